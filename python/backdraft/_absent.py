"""What zipline and catalyst have and this package has not: said where it is imported.

Their algorithms run with their import lines changed, so that it is an import that fails
first; it should say what to do rather than that there is no such name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder

from backdraft.errors import NotOffered

#: Modules below this package, with all that is below them, and what takes their place.
_MODULES = {
    "assets": "backdraft.api.symbol returns assets, and backdraft.market(...).assets has all",
    "constants": "the algorithm can do without it",
    "curate": "prices are given by data=, see backdraft.market",
    "data": "prices are given by data=, see backdraft.market",
    "exchange": "there is no exchange to speak to: prices are given by data=",
    "exchange.utils.exchange_utils": "backdraft.market(...).assets are the pairs of the market",
    "extensions": "there is nothing to be registered: prices are given by data=",
    "finance": "backdraft.finance has account, commission, execution, rules and slippage",
    "finance.cancel_policy": "say how long an order waits by its time_in_force",
    "gens": "backdraft.run_algorithm runs an algorithm",
    "marketplace": "there are no data sets to buy: read yours before the run",
    "pipeline": "choose among assets in handle_data, by what data.history returns of them",
    "protocol": "portfolio, positions and orders come with the context",
    "sources": "prices are given by data=, see backdraft.market",
    "support": "the algorithm can do without it",
    "testing": "backdraft.market makes markets of any frame of prices",
    "utils": "the algorithm can do without it",
    "utils.events": "backdraft.api has date_rules and time_rules",
}

_NO_LIMIT = "look at context.portfolio where you order"
_NO_FUTURES = "there are no futures"
_WAITING = "say how long an order waits by its time_in_force"
#: Names of their module `api`.
_NAMES = {
    "EODCancel": _WAITING,
    "NeverCancel": _WAITING,
    "attach_pipeline": _MODULES["pipeline"],
    "batch_market_order": "call order for each asset",
    "calendars": "markets here never close",
    "cancel_policy": _WAITING,
    "continuous_future": _NO_FUTURES,
    "events": _MODULES["utils.events"],
    "fetch_csv": "read the file before the run, and look up get_datetime()",
    "future_symbol": _NO_FUTURES,
    "get_dataset": _MODULES["marketplace"],
    "get_orderbook": "prices are bars: data.current has the last one",
    "history": "call data.history",
    "math_utils": "numpy has its functions",
    "pipeline_output": _MODULES["pipeline"],
    "set_asset_restrictions": _NO_LIMIT,
    "set_cancel_policy": _WAITING,
    "set_do_not_order_list": _NO_LIMIT,
    "set_max_leverage": "set_account(Margin(leverage=2)) limits it",
    "set_max_order_count": _NO_LIMIT,
    "set_max_order_size": _NO_LIMIT,
    "set_max_position_size": _NO_LIMIT,
    "set_min_leverage": _NO_LIMIT,
    "set_symbol_lookup_date": "a pair has one name, leave it out",
}


def api_name(name: str) -> object:
    """Say of a name that `backdraft.api` does not have what takes its place."""
    if name in _NAMES:
        raise _not_offered(f"backdraft.api.{name}", _NAMES[name])
    raise AttributeError(f"module 'backdraft.api' has no attribute '{name}'")


class Finder(MetaPathFinder):
    """Is asked for the modules of this package that are nowhere."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: object = None
    ) -> None:
        """Say what takes the place of a module, if it is one of theirs."""
        package, _, name = fullname.partition(".")
        if package != "backdraft":
            return
        parts = name.split(".")
        above = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        known = next((module for module in above if module in _MODULES), None)
        if known is not None:
            raise _not_offered(fullname, _MODULES[known])


def _not_offered(name: str, instead: str) -> NotOffered:
    return NotOffered(f"{name} is not offered: {instead}", name=name)


def install() -> None:
    """Have the finder asked after all others."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
