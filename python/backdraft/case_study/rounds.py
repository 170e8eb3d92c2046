"""Interleaved rounds of all variants, each run in a process of its own."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from backdraft.case_study.folder import FOLDER_CHECKS
from backdraft.case_study.retry import LOGGINGS

__all__ = ["VARIANTS", "Variant", "measure", "report"]

#: Resamples of the bootstrap.
RESAMPLES = 10_000

#: What the real catalyst saved with ten held pairs, in per cent: median (least to most).
#: Measured at the commit before its fix, five or six interleaved rounds of minute bars.
CATALYST = {
    ("lazy", "every-call"): "14.7 (12.0 to 19.1)",
    ("eager", "lru-cache"): "10.2 (9.0 to 16.0)",
    ("lazy", "lru-cache"): "25.3 (23.9 to 28.1)",
    ("lazy", "weak-memo"): "10.6 (9.1 to 15.9)",
    ("eager", "weak-memo"): "-3.7 (-5.4 to -2.4)",
}


@dataclass(frozen=True)
class Variant:
    """One setting of the two switches."""

    logging: str
    folder_check: str

    def __str__(self) -> str:
        return f"{self.logging}, {self.folder_check}"


#: All settings, the slow one first.
VARIANTS = [Variant(*both) for both in product(LOGGINGS, FOLDER_CHECKS)]


def measure(
    script: str,
    arguments: Sequence[str],
    rounds: int,
    tell: Callable[[str], None] = lambda text: None,
) -> dict[Variant, list[float]]:
    """Run every variant once a round, in an order that rotates.

    Parameters
    ----------
    script : str
        What runs one variant: with `--seconds` it prints the CPU seconds of its loop and
        the final value as JSON.
    arguments : sequence of str
        Its other arguments.
    rounds : int
        How many rounds.
    tell : callable, optional
        What is told of progress.

    Returns
    -------
    dict
        For each variant the CPU seconds of its loop, round by round.

    Raises
    ------
    RuntimeError
        When a variant fails, or ends with another value than the first one did.
    """
    seconds: dict[Variant, list[float]] = {variant: [] for variant in VARIANTS}
    values = set()
    for round_ in range(rounds):
        shift = round_ % len(VARIANTS)
        for variant in VARIANTS[shift:] + VARIANTS[:shift]:
            tell(f"round {round_ + 1} of {rounds}: {variant}")
            one = _run(script, arguments, variant)
            seconds[variant].append(one["seconds"])
            values.add(one["final_value"])
            if len(values) > 1:
                raise RuntimeError(f"the variant {variant} changed the result: {values}")
    return seconds


def report(seconds: dict[Variant, list[float]], ticks: int) -> str:
    """Return the table of times and savings, beside the real catalyst's."""
    baseline = seconds[VARIANTS[0]]
    lines = [
        f"{'variant':<20}{'us a tick':>10}   {'saving measured, %':<24}catalyst itself, %",
    ]
    for variant, times in seconds.items():
        micros = statistics.median(times) / ticks * 1e6
        line = f"{variant!s:<20}{micros:>10.1f}"
        if variant != VARIANTS[0]:
            savings = [100 * (1 - time / base) for time, base in zip(times, baseline, strict=True)]
            median, low, high = estimate(savings)
            known = CATALYST.get((variant.logging, variant.folder_check), "")
            line += f"   {f'{median:.1f} ({low:.1f} to {high:.1f})':<24}{known}"
        lines.append(line)
    return "\n".join(lines)


def estimate(values: Sequence[float], seed: int = 1) -> tuple[float, float, float]:
    """Return the median with the 95 % interval of its percentile bootstrap.

    Of one value the interval is that value.
    """
    dice = random.Random(seed)
    medians = sorted(
        statistics.median(dice.choices(values, k=len(values))) for _ in range(RESAMPLES)
    )
    tail = int(0.025 * RESAMPLES)
    return statistics.median(values), medians[tail], medians[-1 - tail]


def _run(script: str, arguments: Sequence[str], variant: Variant) -> dict[str, float]:
    command = [
        sys.executable,
        script,
        *arguments,
        "--logging",
        variant.logging,
        "--folder-check",
        variant.folder_check,
        "--seconds",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the variant {variant} failed:\n{done.stderr.strip()}")
    return json.loads(done.stdout)
