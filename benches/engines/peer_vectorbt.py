"""vectorbt: all cash at the next open, which the user obtains by moving the signals."""

import peer

# isort: split
import pandas as pd
import vectorbt as vbt


def signals(close, fast, slow):
    """Return when to buy and when to sell, at the bar after the decision."""
    fast_mean, slow_mean = close.rolling(fast).mean(), close.rolling(slow).mean()
    entries = (fast_mean > slow_mean).shift(1, fill_value=False)
    exits = (fast_mean < slow_mean).shift(1, fill_value=False)
    return entries, exits


def portfolio(data, entries, exits):
    """Trade the signals."""
    return vbt.Portfolio.from_signals(
        data["close"],
        entries,
        exits,
        price=data["open"],
        init_cash=peer.CASH,
        fees=peer.COMMISSION,
        freq="1h",
    )


def cross(data):
    """Trade one pair of windows."""
    ran = portfolio(data, *signals(data["close"], peer.FAST, peer.SLOW))
    return peer.Ran(ran.final_value(), len(ran.orders.records))


def idle(data):
    """Order nothing."""
    never = pd.Series(False, index=data.index)
    return peer.Ran(portfolio(data, never, never).final_value(), 0)


def sweep(data):
    """Trade a thousand pairs of windows as columns."""
    windows = peer.sweep_windows()
    means = {
        n: data["close"].rolling(n).mean() for n in sorted({n for pair in windows for n in pair})
    }

    def columns(is_signal):
        signal = {f"{f}/{s}": is_signal(means[f], means[s]) for f, s in windows}
        return pd.DataFrame(signal).shift(1, fill_value=False)

    ran = portfolio(data, columns(pd.Series.gt), columns(pd.Series.lt))
    values = ran.final_value()
    return peer.Ran(values.max(), values=values.to_dict())


if __name__ == "__main__":
    peer.main(
        "vectorbt",
        lambda files: peer.frames(files)[0],
        {"S1": cross, "S3": idle, "sweep": sweep},
    )
