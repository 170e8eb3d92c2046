"""backtrader: sized at the deciding close, filled at the next open.

It reads its files while it runs, so its run is one with reading.
"""

import peer

# isort: split
import backtrader as bt


class Cross(bt.Strategy):
    """Long while the fast average is above the slow one."""

    def __init__(self):
        self.fast = bt.indicators.SMA(self.data.close, period=peer.FAST)
        self.slow = bt.indicators.SMA(self.data.close, period=peer.SLOW)
        self.fills = 0

    def notify_order(self, order):
        """Count what is executed."""
        self.fills += order.status == order.Completed

    def next(self):
        """Trade on the difference of the two."""
        if self.fast[0] > self.slow[0]:
            if not self.position:
                close = self.data.close[0]
                self.buy(size=peer.ALLOCATION * self.broker.getvalue() / close)
        elif self.fast[0] < self.slow[0] and self.position:
            self.close()


class Weights(bt.Strategy):
    """Equal weights of what is above its slow average, mended beyond a band."""

    def __init__(self):
        self.means = [
            (
                bt.indicators.SMA(d.close, period=peer.FAST),
                bt.indicators.SMA(d.close, period=peer.SLOW),
            )
            for d in self.datas
        ]
        self.fills = 0

    def notify_order(self, order):
        """Count what is executed."""
        self.fills += order.status == order.Completed

    def next(self):
        """Order what is off its weight, sales first."""
        value = self.broker.getvalue()
        targets = []
        for data, (fast, slow) in zip(self.datas, self.means, strict=True):
            if fast[0] == slow[0]:
                continue
            target = peer.WEIGHT / len(self.datas) if fast[0] > slow[0] else 0.0
            held = self.getposition(data).size * data.close[0] / value
            if abs(held - target) > peer.BAND or (target == 0.0 and held != 0.0):
                targets.append((target - held, data, target))
        for _, data, target in sorted(targets, key=lambda it: it[0]):
            self.order_target_percent(data, target)


class Idle(bt.Strategy):
    """Does nothing."""

    fills = 0


def run(files, strategy):
    """Run one strategy."""
    engine = bt.Cerebro(stdstats=False)
    for file in files:
        engine.adddata(
            bt.feeds.GenericCSVData(
                dataname=str(file),
                dtformat=1,
                timeframe=bt.TimeFrame.Minutes,
                compression=60,
                datetime=0,
                open=3,
                high=4,
                low=5,
                close=6,
                volume=7,
                openinterest=-1,
            )
        )
    engine.broker.setcash(peer.CASH)
    engine.broker.setcommission(commission=peer.COMMISSION)
    engine.addstrategy(strategy)
    [ran] = engine.run()
    return peer.Ran(engine.broker.getvalue(), ran.fills)


if __name__ == "__main__":
    peer.main(
        "backtrader",
        list,
        {
            "S1": lambda files: run(files, Cross),
            "S3": lambda files: run(files, Idle),
        },
    )
