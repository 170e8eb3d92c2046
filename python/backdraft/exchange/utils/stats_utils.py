"""What catalyst's examples do with a frame of performance."""

from __future__ import annotations

from typing import Any

from backdraft._frames import pandas

__all__ = ["extract_transactions", "get_pretty_stats"]


def extract_transactions(perf: Any) -> Any:
    """Return the fills of a result as a DataFrame by tick: `amount`, `price` and so on."""
    pd = pandas("extract_transactions")
    rows = [
        {"tick": tick, **fill} for tick, fills in perf["transactions"].items() for fill in fills
    ]
    return pd.DataFrame(rows).set_index("tick") if rows else pd.DataFrame()


def get_pretty_stats(perf: Any, num_rows: int = 10) -> str:
    """Return the last rows of a result as text, without what is not a number."""
    return perf.select_dtypes("number").tail(num_rows).to_string()
