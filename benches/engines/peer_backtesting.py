"""backtesting.py: sized and filled at the next open, in whole units of 1e-8 coins."""

import peer

# isort: split
import pandas as pd
from backtesting import Strategy
from backtesting.lib import FractionalBacktest


def mean(values, n_bars):
    """Return the simple moving average, and 0 until there is one.

    Where an indicator has no value, the package skips the hour, and one more.
    """
    return pd.Series(values).rolling(n_bars).mean().fillna(0.0)


class Cross(Strategy):
    """Long while the fast average is above the slow one."""

    fast, slow = peer.FAST, peer.SLOW

    def init(self):
        """Compute the averages."""
        self.fast_mean = self.I(mean, self.data.Close, self.fast)
        self.slow_mean = self.I(mean, self.data.Close, self.slow)

    def next(self):
        """Trade on the difference of the two."""
        if len(self.data) < self.slow:
            return
        if self.fast_mean[-1] > self.slow_mean[-1]:
            if not self.position:
                self.buy()
        elif self.fast_mean[-1] < self.slow_mean[-1] and self.position:
            self.position.close()


class Idle(Strategy):
    """Does nothing."""

    def init(self):
        """Prepare nothing."""

    def next(self):
        """Order nothing."""


def prepare(files):
    """Name the columns as the package wants them."""
    [frame] = peer.frames(files)
    return frame.rename(columns=str.title)


def run(data, strategy, **parameters):
    """Run one strategy."""
    test = FractionalBacktest(data, strategy, cash=peer.CASH, commission=peer.COMMISSION)
    stats = test.run(**parameters)
    trades, open_trades = stats["_trades"], len(stats["_strategy"].trades)
    # A trade that is still open is not in the table of trades.
    return peer.Ran(stats["Equity Final [$]"], 2 * len(trades) + open_trades)


def sweep(data):
    """Run every tenth pair of windows, which takes as long as others' thousand."""
    windows = peer.sweep_windows(tenth=True)
    values = {f"{f}/{s}": run(data, Cross, fast=f, slow=s).value for f, s in windows}
    return peer.Ran(max(values.values()), values=values)


if __name__ == "__main__":
    peer.main(
        "backtesting",
        prepare,
        {
            "S1": lambda data: run(data, Cross),
            "S3": lambda data: run(data, Idle),
            "sweep": sweep,
        },
    )
