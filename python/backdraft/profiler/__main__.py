"""The command `python -m backdraft.profiler`: a program run and sampled.

What is wrong with the command is said before the program runs, with exit status 2. Else
the status is the program's own, and its profile is written however it ended.
"""

from __future__ import annotations

import argparse
import importlib.util
import runpy
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from backdraft._backdraft import Profile as Seen
from backdraft.errors import Error, FileError, OptionError
from backdraft.profiler import Profile


def main(arguments: list[str] | None = None) -> int:
    """Sample a program and return its exit status."""
    options = _parser().parse_args(arguments)
    session = Profile(options.rate, max_overhead=options.max_overhead, title=options.program)
    try:
        _check(options)
        status = _run(session, options)
        session.save(options.output)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(session, file=sys.stderr)
    print(f"The profile: {options.output}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backdraft.profiler",
        description="Run a Python program, sample it, and write its profile.",
        epilog="The exit status is the program's, or 2 where it could not be run.",
    )
    parser.add_argument("-o", "--output", default="profile.html", help="default: profile.html")
    parser.add_argument("--rate", type=float, default=997.0, help="per CPU second; default: 997")
    parser.add_argument("--max-overhead", type=float, help="a fraction, such as 0.01")
    parser.add_argument("-m", dest="is_module", action="store_true", help="run a module")
    parser.add_argument("program", help="a script, or with -m a module")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="its arguments")
    return parser


def _check(options: argparse.Namespace) -> None:
    """Refuse what would be found out only when the program is over."""
    Seen.require_format(options.output)
    folder = Path(options.output).absolute().parent
    if not folder.is_dir():
        raise FileError(f"cannot write `{options.output}`: there is no folder `{folder}`")
    if options.is_module:
        try:
            found = importlib.util.find_spec(options.program)
        except ImportError:
            found = None
        if found is None:
            raise OptionError(f"`{options.program}` is not a valid program: no such module")
    elif not Path(options.program).exists():
        raise FileError(f"cannot read `{options.program}`: no such file")


def _run(session: Profile, options: argparse.Namespace) -> int:
    """Run the program in the session and return its exit status."""
    sys.argv = [options.program, *options.args]
    run: Callable[..., Any] = runpy.run_module if options.is_module else runpy.run_path
    if not options.is_module:
        sys.path[0] = str(Path(options.program).resolve().parent)
    with session:
        try:
            run(options.program, run_name="__main__")
        except SystemExit as end:
            if end.code is None or isinstance(end.code, int):
                return end.code or 0
            print(end.code, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        except BaseException as error:
            traceback.print_exception(type(error), error, _its_own(error.__traceback__))
            return 1
    return 0


def _its_own(frames: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the program's first frame on, without ours."""
    ours = (__file__, runpy.run_path.__code__.co_filename)
    while frames is not None and frames.tb_frame.f_code.co_filename in ours:
        frames = frames.tb_next
    return frames


if __name__ == "__main__":
    sys.exit(main())
