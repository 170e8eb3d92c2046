"""vectorbt: all cash at the next open, which the user obtains by moving the signals."""

import peer

# isort: split
import numpy as np
import pandas as pd
import vectorbt as vbt
from numba import njit
from vectorbt.portfolio.nb import order_nb, order_nothing_nb


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


def weights(data):
    """Trade equal weights of what is rising, by an order function of one's own."""
    close = pd.concat([frame["close"] for frame in data], axis=1, keys=range(len(data)))
    opens = pd.concat([frame["open"] for frame in data], axis=1, keys=range(len(data)))
    rising = (close.rolling(peer.FAST).mean() > close.rolling(peer.SLOW).mean()).to_numpy()
    ran = vbt.Portfolio.from_order_func(
        close,
        order_to_weight,
        opens.to_numpy(),
        close.to_numpy(),
        rising,
        peer.WEIGHT / len(data),
        pre_segment_func_nb=sales_first,
        pre_segment_args=(opens.to_numpy(), close.to_numpy(), rising, peer.WEIGHT / len(data)),
        cash_sharing=True,
        group_by=True,
        init_cash=peer.CASH,
        freq="1h",
    )
    return peer.Ran(ran.final_value(), len(ran.orders.records))


@njit
def wanted(col, row, position, value, close, rising, target):
    """Return how many coins the last close asks to trade, or nothing."""
    is_rising = rising[row - 1, col]
    was_rising = row >= 2 and rising[row - 2, col]
    share = target if is_rising else 0.0
    price = close[row - 1, col]
    if is_rising != was_rising or abs(position * price / value - share) > peer.DRIFT:
        return share * value / price - position
    return 0.0


@njit
def sales_first(c, opens, close, rising, target):
    """Decide at the last close what to trade at this open, and sort it."""
    sizes = np.zeros(c.group_len)
    if c.i == 0:
        return (sizes,)
    value = c.last_cash[c.group]
    for col in range(c.group_len):
        value += c.last_position[col] * close[c.i - 1, col]
    for col in range(c.group_len):
        sizes[col] = wanted(col, c.i, c.last_position[col], value, close, rising, target)
    n = 0
    for is_sale in (True, False):
        for col in range(c.group_len):
            if (sizes[col] < 0) == is_sale:
                c.call_seq_now[n] = col
                n += 1
    return (sizes,)


@njit
def order_to_weight(c, sizes, opens, close, rising, target):
    """Order at the open what was decided."""
    if sizes[c.col] == 0.0:
        return order_nothing_nb()
    return order_nb(size=sizes[c.col], price=opens[c.i, c.col], fees=peer.COMMISSION)


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
        peer.frames,
        {
            "S1": lambda data: cross(data[0]),
            "S2": weights,
            "S3": lambda data: idle(data[0]),
            "sweep": lambda data: sweep(data[0]),
        },
    )
