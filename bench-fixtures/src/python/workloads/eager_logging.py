"""A message for debugging that nobody reads: formatted eagerly, lazily, and logged.

The eager caller formats before `logging` can say that it is not wanted. Frames come and go
fastest where something is really logged, and a profiler that drops the stacks which it
could not read in time reports too little of that.
"""

import logging

from .pace import function

LOGGER = logging.getLogger("workload.retry")
LOGGER.propagate = False
LOGGER.setLevel(logging.INFO)


class Discard(logging.Handler):
    """Formats what is logged and throws it away."""

    def emit(self, record):
        self.format(record)


LOGGER.addHandler(Discard())


class Attempt:
    def __init__(self, pair, at):
        self.pair = pair
        self.at = at

    def __repr__(self):
        return f"Attempt(pair={self.pair!r}, at={self.at!r}, args=({self.at}, 'close'))"


def make(attempt):
    return (attempt.at * 7_919) % 1_009


def format_eagerly(n_units):
    attempt = Attempt("eth_btc", 1_451_606_400)
    for _ in range(n_units):
        LOGGER.debug("retry: calling %s, attempt %r" % ("get_price", attempt))
        make(attempt)


def format_lazily(n_units):
    attempt = Attempt("eth_btc", 1_451_606_400)
    for _ in range(4 * n_units):
        LOGGER.debug("retry: calling %s, attempt %r", "get_price", attempt)
        make(attempt)


def log_really(n_units):
    attempt = Attempt("eth_btc", 1_451_606_400)
    for _ in range(n_units):
        LOGGER.info("retry: called %s, attempt %r", "get_price", attempt)
        make(attempt)


def functions(task):
    return [
        function(format_eagerly, 0.60, 520.0),
        function(format_lazily, 0.25, 810.0),
        function(log_really, 0.15, 7_100.0),
    ]
