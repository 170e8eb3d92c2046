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
    """Equal weights of what is rising, mended when it crosses or drifts."""

    def __init__(self):
        def mean(data, period):
            return bt.indicators.SMA(data.close, period=period)

        self.means = [(mean(data, peer.FAST), mean(data, peer.SLOW)) for data in self.datas]
        self.was_rising = [False] * len(self.datas)
        self.fills = 0

    def notify_order(self, order):
        """Count what is executed."""
        self.fills += order.status == order.Completed

    def next(self):
        """Order what has crossed or is off its weight, sales first."""
        value = self.broker.getvalue()
        orders = []
        for idx, (data, (fast, slow)) in enumerate(zip(self.datas, self.means, strict=True)):
            is_rising = fast[0] > slow[0]
            target = peer.WEIGHT / len(self.datas) if is_rising else 0.0
            weight = self.getposition(data).size * data.close[0] / value
            if is_rising != self.was_rising[idx] or abs(weight - target) > peer.DRIFT:
                # The package's own order_target_percent rounds to whole coins.
                size = target * value / data.close[0] - self.getposition(data).size
                orders.append((size > 0, idx, size))
            self.was_rising[idx] = is_rising
        for _, idx, size in sorted(orders):
            (self.buy if size > 0 else self.sell)(self.datas[idx], size=abs(size))


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
            "S2": lambda files: run(files, Weights),
            "S3": lambda files: run(files, Idle),
        },
    )
