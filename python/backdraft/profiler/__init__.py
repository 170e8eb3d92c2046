"""Sampling a Python program from inside: where its time goes, with error bars.

`with profile() as p:` samples what is inside; `@profile()` samples each call of a
function; `python -m backdraft.profiler script.py` samples a whole program.
"""

from __future__ import annotations

from contextlib import ContextDecorator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from backdraft._arguments import wrong
from backdraft._backdraft import Profile as _Profile
from backdraft._backdraft import Sampler
from backdraft._files import write
from backdraft._pages import Page
from backdraft.errors import NotRunning, OptionError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Profile", "profile"]


class Profile(ContextDecorator):
    """A session of sampling, and what it saw once it is over.

    Parameters
    ----------
    rate : float
        Mean samples per second of each thread's CPU time, 0.1 to 5000.
    seed : int
        Of the random intervals between samples.
    max_overhead : float, optional
        The most that sampling may cost, as a part of the program's CPU time (0.01 is
        1 %); the rate is lowered to keep it.
    intervals : {'random', 'fixed'}
        Fixed ones only to show what goes wrong.
    title : str, optional
        The headline of drawings.
    """

    def __init__(
        self,
        rate: float = 997.0,
        *,
        seed: int = 1,
        max_overhead: float | None = None,
        intervals: str = "random",
        title: str | None = None,
    ) -> None:
        if callable(rate):
            raise wrong("rate", rate, "write @backdraft.profile() to sample a function")
        if intervals not in ("random", "fixed"):
            raise OptionError(f"`{intervals}` is not a valid intervals: choose random or fixed")
        self._sampler = Sampler(rate, seed, max_overhead, intervals == "random")
        self._profile: _Profile | None = None
        # A function that calls itself, or that several threads call, is sampled once.
        self._depth = 0
        self._lock = Lock()
        self.title = title

    def __enter__(self) -> Profile:
        with self._lock:
            if self._depth == 0:
                self._sampler.start()
            self._depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self._profile = self._sampler.stop()

    @property
    def native(self) -> _Profile:
        """What was seen, as the extension has it."""
        if self._profile is None:
            raise NotRunning("there is no profile before the session is over")
        return self._profile

    @property
    def n_samples(self) -> int:
        """How many samples were taken."""
        return self.native.n_samples

    @property
    def quality(self) -> str:
        """One line on how well it was sampled: rate, losses, cost."""
        return self.native.quality

    def flamegraph(self, root: str | None = None) -> Page:
        """Return the interactive flame graph; notebooks show it in place.

        Parameters
        ----------
        root : str, optional
            A part of a function's name: only what runs below such a function is drawn,
            without what called it.
        """
        profile = self.native if root is None else self.native.root_at(root)
        page = profile.render("profile.html", self.title)
        return Page(page.decode())

    def table(self) -> pl.DataFrame | pd.DataFrame:
        """Return every function with its share and the 95 % interval of it.

        Returns
        -------
        polars.DataFrame or pandas.DataFrame
            Samples in the function (`self`) and in what it called (`total`); shares as
            fractions. A pandas frame where polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            from backdraft._frames import frame

            return frame(self.native.functions)
        return pl.DataFrame(self.native.functions)

    def share_of(self, function: str) -> tuple[float, float, float]:
        """Return the share of samples with this function on their stack.

        Parameters
        ----------
        function : str
            A part of its name.

        Returns
        -------
        tuple of float
            The share, and the ends of its 95 % interval, as fractions.
        """
        return self.native.share_of(function)

    def save(self, path: str | Path) -> None:
        """Write the profile; the ending of the name chooses the format.

        Parameters
        ----------
        path
            `.svg`, `.html`, `.folded`, `.speedscope.json`, `.pb.gz`, `.firefox.json` or
            `.json`.
        """
        write(path, self.native.render(path, self.title))

    def compare(self, after: Profile) -> Page:
        """Return this profile and `after` side by side, changes beyond chance coloured."""
        return Page(self.native.comparison(after.native, self.title))

    def __str__(self) -> str:
        return self.native.text().rstrip()

    def _repr_html_(self) -> str | None:
        return None if self._profile is None else self.flamegraph()._repr_html_()


def profile(rate: float = 997.0, **options: Any) -> Profile:
    """Sample what is inside a `with` block, or each call of a decorated function.

    Parameters
    ----------
    rate : float
        Mean samples per second of each thread's CPU time.
    **options
        As for `Profile`.

    Examples
    --------
    >>> with profile(rate=1000) as p:
    ...     total = sum(i * i for i in range(1_000_000))
    >>> p.save("profile.html")  # doctest: +SKIP
    """
    return Profile(rate, **options)
