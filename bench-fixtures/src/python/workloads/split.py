"""Four functions at 50, 30, 15 and 5 %, in phases of random length.

The easy case: nothing repeats, so any unbiased sampler gets it right.
"""

from .kernel import functions

__all__ = ["OPTIONS", "functions"]

OPTIONS = ("shares",)
