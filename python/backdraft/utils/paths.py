"""Where catalyst's algorithms import `ensure_directory` from."""

from backdraft.case_study.folder import ensure_directory

__all__ = ["ensure_directory"]
