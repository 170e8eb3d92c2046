import pytest

import backdraft


@pytest.fixture(scope="session")
def btc():
    """The embedded market's first pair."""
    return backdraft.market(pairs=["btc_usdt"])


@pytest.fixture(scope="session")
def five():
    return backdraft.market(pairs=5)


@pytest.fixture
def ticks():
    """Runs a function at every tick of a few days and returns the result."""

    def run(function, data=None, start="2016-02", end="2016-02-04", **options):
        return backdraft.run_algorithm(
            handle_data=function, data=data, start=start, end=end, **options
        )

    return run
