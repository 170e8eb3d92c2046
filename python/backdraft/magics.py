"""Notebook magics: `%flame`, `%%flame` and `%%flamediff`."""

from __future__ import annotations

from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from backdraft._pages import Page
from backdraft.errors import OptionError
from backdraft.profiler import Profile

__all__ = ["Flames"]

#: What stands between the two programs of `%%flamediff`.
DIVIDER = "---"


@magics_class
class Flames(Magics):
    """Flame graphs of what a line or a cell does."""

    @line_cell_magic
    def flame(self, line: str, cell: str | None = None) -> Page:
        """Run a statement (`%flame f()`) or a cell (`%%flame --rate 2000`), show its graph.

        The profile is kept under the name `_flame`.
        """
        if cell is None:
            options, code = _options(self.flame_options, ""), line
        else:
            options, code = _options(self.flame_options, line), cell
        return self._sample(code, options.rate).flamegraph()

    @magic_arguments()
    @argument("--rate", type=float, default=997.0, help="samples per CPU second")
    def flame_options(self) -> None:
        """Hold the options of the magics."""

    @line_cell_magic
    def flamediff(self, line: str, cell: str | None = None) -> Page:
        """Run two programs, divided by a line `---`, and show what changed beyond chance."""
        before, divider, after = (cell or line).partition(f"\n{DIVIDER}\n")
        if not divider:
            raise OptionError(f"%%flamediff needs two programs with a line `{DIVIDER}` between")
        rate = _options(self.flame_options, line if cell is not None else "").rate
        first = self._sample(before, rate)
        return first.compare(self._sample(after, rate))

    def _sample(self, code: str, rate: float) -> Profile:
        session = Profile(rate)
        with session:
            result = self.shell.run_cell(code, silent=False)
        result.raise_error()
        self.shell.push({"_flame": session})
        return session


def _options(magic: Any, line: str) -> Any:
    return parse_argstring(magic, line)
