"""The examples, which are written as zipline's and catalyst's are."""

import runpy
from pathlib import Path

import pytest

from backdraft import run_algorithm

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
FUNCTIONS = ("initialize", "handle_data", "before_trading_start", "analyze")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_trades(path):
    names = runpy.run_path(str(path))
    functions = {name: names[name] for name in FUNCTIONS if name in names}
    frequency = "daily" if path.stem == "dual_moving_average" else "hourly"
    result = run_algorithm(**functions, start="2016-01-05", end="2016-06", data_frequency=frequency)
    assert result.summary["fills"] > 0 and result.summary["rejected"] == 0
    assert result.final_value != result.summary["capital"]


def test_there_are_the_four_that_everybody_knows():
    assert len(EXAMPLES) == 4
