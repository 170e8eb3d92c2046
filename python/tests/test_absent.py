"""What zipline and catalyst have and this package has not."""

import importlib
import subprocess
import sys

import pytest

import backdraft
import backdraft.api


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("pipeline", "by what data.history returns"),
        ("pipeline.factors", "by what data.history returns"),
        ("data.bundles", "prices are given by data="),
        ("exchange.exchange_errors", "there is no exchange"),
        ("exchange.utils.exchange_utils", "pairs of the market"),
        ("finance.cancel_policy", "time_in_force"),
        ("finance.controls", "has account, commission"),
        ("utils.events", "date_rules and time_rules"),
        ("utils.calendars.trading_calendar", "can do without"),
    ],
)
def test_an_absent_module_says_what_takes_its_place(module, words):
    for _ in range(2):
        with pytest.raises(ImportError, match=words) as caught:
            importlib.import_module(f"backdraft.{module}")
        assert isinstance(caught.value, backdraft.NotOffered)
        # What is above a module is looked for before it.
        assert f"backdraft.{module}".startswith(caught.value.name)


def test_a_module_that_nobody_has_is_not_found():
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'backdraft\.nosuch'"):
        importlib.import_module("backdraft.nosuch")
    with pytest.raises(ModuleNotFoundError, match="No module named 'pipeline'"):
        importlib.import_module("pipeline")


@pytest.mark.parametrize(
    "name", ["attach_pipeline", "get_dataset", "set_max_leverage", "EODCancel"]
)
def test_an_absent_function_says_what_takes_its_place(name):
    program = f"from backdraft.api import {name}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert f"NotOffered: backdraft.api.{name} is not offered: " in done.stderr
    with pytest.raises(ImportError, match="cannot import name 'nosuch'"):
        exec("from backdraft.api import nosuch")
    assert not hasattr(backdraft.api, "nosuch")


def test_the_api_has_the_models_that_ziplines_has():
    from backdraft.api import FixedSlippage, commission, execution, slippage

    assert slippage.FixedSlippage is FixedSlippage
    assert commission.PerDollar(0.1).cost == 0.1 and execution.LimitOrder(1.0)
    with pytest.raises(AttributeError):
        _ = backdraft.Strategy().commission
