"""hftbacktest: sized at the deciding close, filled at the next open, from a book.

It has no bars. Each bar becomes two states of a book, at its open and just before its
end, whose offer is one tick of a millionth above its bid; an order that is sent at the
end of a bar arrives after the next one has opened.
"""

import peer

# isort: split
import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_CLEAR_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    GTC,
    LOCAL_EVENT,
    MARKET,
    SELL_EVENT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
)
from hftbacktest.types import event_dtype
from numba import njit

SECOND = 1_000_000_000
HOUR = 3_600 * SECOND
TICK, LOT = 1e-6, 1e-8
# The end of a bar is seen so long before the next one opens.
EARLY = SECOND
LATENCY = 2 * SECOND


def prepare(files):
    """Make the book's events of the bars."""
    [frame] = peer.frames(files)
    begins = np.arange(len(frame), dtype=np.int64) * HOUR + HOUR
    times = np.column_stack([begins, begins + HOUR - EARLY]).ravel()
    prices = frame[["open", "close"]].to_numpy().ravel()
    both = EXCH_EVENT | LOCAL_EVENT
    bid, offer = both | BUY_EVENT, both | SELL_EVENT
    # Clear both sides, then write them anew.
    states = [
        (bid | DEPTH_CLEAR_EVENT, np.nan, 0.0),
        (offer | DEPTH_CLEAR_EVENT, np.nan, 0.0),
        (bid | DEPTH_EVENT, 0.0, 1e9),
        (offer | DEPTH_EVENT, TICK, 1e9),
    ]
    events = np.zeros(len(times) * len(states), event_dtype)
    for idx, (kind, above, quantity) in enumerate(states):
        part = events[idx :: len(states)]
        part["ev"], part["px"], part["qty"] = kind, prices + above, quantity
        part["exch_ts"] = part["local_ts"] = times
    return events, len(frame)


@njit
def cross(hbt, n_hours, is_idle, fast, slow, allocation, cash):
    """Walk the hours, and trade on the difference of the averages."""
    closes = np.zeros(n_hours)
    fast_sum = slow_sum = 0.0
    hbt.elapse(HOUR - EARLY)
    for hour in range(n_hours):
        # A second more than an hour, once, to see what came at the very end.
        hbt.elapse(HOUR if hour else HOUR + 1)
        if is_idle:
            continue
        hbt.clear_inactive_orders(0)
        close = hbt.depth(0).best_bid
        # Whole cents, whose sums are exact.
        closes[hour] = round(close * 100.0)
        fast_sum += closes[hour]
        slow_sum += closes[hour]
        if hour >= fast:
            fast_sum -= closes[hour - fast]
        if hour >= slow:
            slow_sum -= closes[hour - slow]
        if hour + 1 < slow or hour + 1 == n_hours:
            continue
        held = hbt.position(0)
        if fast_sum * slow > slow_sum * fast and held == 0.0:
            state = hbt.state_values(0)
            money = cash + state.balance - state.fee
            hbt.submit_buy_order(0, hour, close, allocation * money / close, GTC, MARKET, False)
        elif fast_sum * slow < slow_sum * fast and held > 0.0:
            hbt.submit_sell_order(0, hour, close, held, GTC, MARKET, False)
    state = hbt.state_values(0)
    return cash + state.balance - state.fee + state.position * hbt.depth(
        0
    ).best_bid, state.num_trades


def run(data, is_idle):
    """Run one strategy."""
    events, n_hours = data
    asset = (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(LATENCY, LATENCY)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(peer.COMMISSION, peer.COMMISSION)
        .tick_size(TICK)
        .lot_size(LOT)
    )
    hbt = HashMapMarketDepthBacktest([asset])
    value, fills = cross(hbt, n_hours, is_idle, peer.FAST, peer.SLOW, peer.ALLOCATION, peer.CASH)
    hbt.close()
    return peer.Ran(value, int(fills))


if __name__ == "__main__":
    peer.main(
        "hftbacktest",
        prepare,
        {"S1": lambda data: run(data, False), "S3": lambda data: run(data, True)},
    )
