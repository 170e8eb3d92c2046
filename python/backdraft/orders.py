"""The orders that wait: what they are, and withdrawing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backdraft._arguments import asset as require_asset
from backdraft._arguments import wrong
from backdraft._backdraft import Asset, open_orders
from backdraft._backdraft import cancel_order as _cancel
from backdraft._frames import moment
from backdraft._running import algorithm
from backdraft.errors import OptionError

__all__ = ["Order", "cancel_order", "get_open_orders", "get_order"]


@dataclass(frozen=True)
class Order:
    """An open order.

    Attributes
    ----------
    id : str
        Its name, as `order` returned it.
    asset : Asset
        What to trade.
    amount : float
        Coins; negative for a sale.
    created : datetime
        When it was placed.
    filled : float
        Coins that have been traded.
    limit, stop : float or None
        The prices that it waits for, in the quote currency.
    kind : str
        `market`, `limit`, `stop`, `stop-limit` or `trailing-stop`.
    time_in_force : {'GTC', 'IOC', 'FOK', 'GTD'}
        How long it waits.
    good_till : datetime or None
        The moment at which a `GTD` order ends.
    """

    id: str
    asset: Asset
    amount: float
    created: datetime
    filled: float = 0.0
    limit: float | None = None
    stop: float | None = None
    kind: str = "market"
    time_in_force: str = "GTC"
    good_till: datetime | None = None

    @property
    def sid(self) -> Asset:
        """What to trade."""
        return self.asset

    @property
    def open_amount(self) -> float:
        """Coins that are still to be traded."""
        return self.amount - self.filled

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def get_open_orders(asset: Asset | None = None) -> Any:
    """Return open orders: a list for an asset, else a mapping of assets to lists."""
    orders: dict[Asset, list[Order]] = {}
    assets: Sequence[Asset] = algorithm().market.assets
    for name, place, kind, amount, filled, prices, placed, (time_in_force, until) in open_orders():
        it = Order(
            name,
            assets[place],
            amount,
            moment(placed),
            filled,
            *prices,
            kind,
            time_in_force,
            None if until is None else moment(until),
        )
        orders.setdefault(it.asset, []).append(it)
    return orders if asset is None else orders.get(require_asset(asset), [])


def get_order(order_id: str | Order, asset_or_symbol: object = None) -> Order | None:
    """Return an order while it is open, then None.

    Parameters
    ----------
    order_id : str or Order
        What `order` returned.
    asset_or_symbol
        For catalyst's sake.
    """
    name = _name(order_id)
    orders = (it for its in get_open_orders().values() for it in its)
    return next((it for it in orders if it.id == name), None)


def cancel_order(order_param: str | Order, symbol: object = None) -> None:
    """Withdraw an open order; one that has ended is left as it is.

    Parameters
    ----------
    order_param : str or Order
        What `order` returned, or an order itself.
    symbol
        For catalyst's sake.
    """
    _cancel(_name(order_param))


def _name(order: Any) -> str:
    """Return the name of an order, and of nothing else."""
    name = order.id if isinstance(order, Order) else order
    if not isinstance(name, str):
        raise wrong("order", order, "order() returns its name, and get_open_orders() orders")
    if not name.removeprefix("order-").isdecimal():
        raise OptionError(f"`{name}` is not the name of an order, such as order() returns")
    return name
