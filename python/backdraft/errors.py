"""Everything that Backdraft raises, below one class, in the words of the command line."""

from __future__ import annotations

__all__ = [
    "DataError",
    "Error",
    "FileError",
    "NotModelled",
    "NotOffered",
    "NotRunning",
    "NotSupported",
    "OptionError",
    "ProfilerError",
    "RangeError",
    "TooRich",
    "UnknownPair",
    "WrongType",
]


class Error(Exception):
    """Something could not be done.

    Attributes
    ----------
    hint : str or None
        What to do about it, if there is something to do; also shown below a traceback.
    """

    hint: str | None = None


class OptionError(Error, ValueError):
    """An option's value makes no sense."""


class WrongType(OptionError, TypeError):
    """An argument is of a type that makes no sense there."""


class DataError(Error, ValueError):
    """Prices are not what they should be."""


class FileError(Error, OSError):
    """A file or folder could not be used."""


class UnknownPair(Error, LookupError):
    """The market does not have this pair."""


class RangeError(Error, ValueError):
    """The hours asked for go beyond the data."""


class TooRich(Error, ArithmeticError):
    """The account outgrew the numbers that it is counted in."""


class NotSupported(Error, NotImplementedError):
    """Something that other back-testers have and this one has not."""


class NotOffered(ImportError, NotSupported):
    """A module or function that zipline or catalyst has and this package has not."""


class NotRunning(Error, RuntimeError):
    """Something was asked for that is there only while a strategy runs."""


class ProfilerError(Error, RuntimeError):
    """The profiler could not do its work."""


class NotModelled(UserWarning):
    """A cost that the strategy asked for is not in the result."""
