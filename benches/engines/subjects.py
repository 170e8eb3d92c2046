"""Who is compared: packages, their conventions, and how far their arithmetic may be off."""

from dataclasses import dataclass, field

CONVENTIONS = {
    "A": ("next-open", "on-fill"),
    "B": ("next-open", "on-decision"),
    "C": ("close", "on-decision"),
    "next-close": ("next-close", "on-decision"),
}


@dataclass(frozen=True)
class Peer:
    """A package from the registry, and its script here."""

    name: str
    requirements: tuple[str, ...]
    script: str
    convention: str
    # Of the final value, relative.
    tolerance: float
    reason: str
    cases: tuple[str, ...]
    # Where a case has another convention.
    conventions: dict[str, str] = field(default_factory=dict)


PEERS = (
    Peer(
        "backtesting.py",
        ("backtesting",),
        "peer_backtesting.py",
        "A",
        1e-8,
        "whole units of 1e-8 coins",
        ("S1", "S3", "sweep"),
    ),
    Peer(
        "backtrader",
        ("backtrader",),
        "peer_backtrader.py",
        "B",
        1e-11,
        "binary fractions",
        ("S1", "S2", "S3"),
    ),
    Peer(
        "vectorbt",
        ("vectorbt>=1",),
        "peer_vectorbt.py",
        "A",
        1e-11,
        "binary fractions",
        ("S1", "S2", "S3", "sweep"),
        {"S2": "B"},
    ),
    Peer(
        "nautilus_trader",
        ("nautilus_trader",),
        "peer_nautilus.py",
        "C",
        1e-8,
        "coins and money in steps of 1e-8",
        ("S1", "S3"),
    ),
    Peer(
        "hftbacktest",
        ("hftbacktest", "pandas"),
        "peer_hftbacktest.py",
        "B",
        1e-6,
        "its book needs a spread: here a millionth, paid by each purchase; lots of 1e-8",
        ("S1", "S3"),
    ),
)
