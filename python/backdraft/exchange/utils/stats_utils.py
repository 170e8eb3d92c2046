"""What catalyst's examples do with a frame of performance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backdraft._frames import pandas

__all__ = ["extract_transactions", "get_pretty_stats", "set_print_settings"]


def extract_transactions(perf: Any) -> Any:
    """Return the fills of a result as a DataFrame by tick: `amount`, `price` and so on."""
    pd = pandas("extract_transactions")
    rows = [
        {"tick": tick, **fill} for tick, fills in perf["transactions"].items() for fill in fills
    ]
    return pd.DataFrame(rows).set_index("tick") if rows else pd.DataFrame()


def get_pretty_stats(
    perf: Any,
    recorded_cols: Sequence[str] | None = None,
    num_rows: int = 10,
    show_tail: bool = True,
) -> str:
    """Return the last rows of a result as text, or its first ones.

    Parameters
    ----------
    perf : Result or pandas.DataFrame
        What `analyze` gets.
    recorded_cols : sequence of str, optional
        The columns to show; all numbers by default.
    num_rows : int
        How many rows.
    show_tail : bool
        Whether to show the last rows, rather than the first.
    """
    shown = perf.select_dtypes("number") if recorded_cols is None else perf[list(recorded_cols)]
    return (shown.tail(num_rows) if show_tail else shown.head(num_rows)).to_string()


def set_print_settings() -> None:
    """Have pandas print frames in wide lines, with eight decimals."""
    pd = pandas("set_print_settings")
    pd.set_option("display.expand_frame_repr", False)
    pd.set_option("display.precision", 8)
    pd.set_option("display.width", 1000)
    pd.set_option("display.max_colwidth", 1000)
