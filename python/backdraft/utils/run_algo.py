"""Where catalyst's algorithms import `run_algorithm` from."""

from backdraft.algorithm import run_algorithm

__all__ = ["run_algorithm"]
