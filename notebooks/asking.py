"""Questions to the reader, whose answers are checked in code."""

from collections.abc import Callable
from typing import Any


def check(answer: Any, is_right: Callable[[Any], bool], right: str, wrong: str) -> None:
    """Say whether an answer is right, and what to make of it.

    Parameters
    ----------
    answer
        The reader's; None as long as there is none.
    is_right : callable
        Decides.
    right, wrong : str
        What to say in either case; `wrong` helps without giving it away.
    """
    if answer is None:
        print("Your turn: replace None above by your answer, and run both cells again.")
    elif is_right(answer):
        print(f"Right. {right}")
    else:
        print(f"Not quite. {wrong}")
