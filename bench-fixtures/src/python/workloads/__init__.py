"""The workloads, each in a module of its own that says what it catches.

A module has `functions(task)`, which lists the functions of its truth. Where they are not
simply run in random rounds it has `run(task)`; where it needs what an interpreter may not
have, `missing()` says so; `OPTIONS` are the options that mean something to it.
"""

from importlib import import_module

NAMES = {
    "split": "split",
    "lockstep-1000": "lockstep",
    "lockstep-10000": "lockstep",
    "recursion": "recursion",
    "sleep": "sleep",
    "threads": "contention",
    "c-keeps-gil": "c_keeps_gil",
    "c-drops-gil": "c_drops_gil",
    "generators": "generators",
    "comprehensions": "comprehensions",
    "exceptions": "exceptions",
    "decorators": "decorators",
    "lru-cache": "lru_cache",
    "eager-logging": "eager_logging",
    "asyncio": "async_tasks",
    "sub-interpreters": "sub_interpreters",
}


def load(name):
    return import_module("workloads." + NAMES[name])
