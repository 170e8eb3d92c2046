"""Runs other back-testing engines and ours on the same work, side by side.

Each run is a process of its own, in turn with the others', so that a slow minute of the
machine is everybody's. The final value of each peer has to agree with ours under the
convention that the peer has; a value that does not is shown, and the exit code is 1.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import exact
import market
import report
from subjects import CONVENTIONS, PEERS, Peer

HERE = Path(__file__).parent
S1 = "sma-cross:fast=24,slow=72"
S2 = "sma-weights:fast=24,slow=72,allocation=0.98,drift=0.01"
STRATEGIES = {"S1": S1, "S2": S2, "S3": "idle"}
N_ASSETS = {"S1": 1, "S2": 20, "S3": 1, "sweep": 1}
SWEEP = ["--strategy", "sma-cross", "--param", "fast=2..41", "--param", "slow=50..290:10"]
OWN = "backdraft (command)"
CASES = tuple(N_ASSETS)
# Longer than any of them takes on a busy machine.
PATIENCE = 600


@dataclass
class Row:
    """One engine at one case: what it is, what it said, and what that cost."""

    engine: str
    case: str
    convention: str
    command: list[str]
    tolerance: float
    reason: str
    # Its scripts can repeat a run in one process; our command line cannot.
    repeats: bool = True
    value_key: str = "value"
    said: list[dict] = field(default_factory=list)
    run_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    error: str | None = None


def main() -> int:
    """Install, write the data, measure, compare, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, default=Path("target"), help="the build folder")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each engine and case")
    parser.add_argument("--repeats", type=int, default=5, help="warm runs of each process")
    parser.add_argument("--only", nargs="+", default=[], help="names of engines")
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=CASES)
    parser.add_argument("--publish", type=Path, help="a copy of the report in this file")
    options = parser.parse_args()

    engines = options.target / "engines"
    files = market.write(
        options.target / "release/market", engines / "data", max(N_ASSETS.values())
    )
    ours = our_values(options.target, files[0])
    rows, skipped = our_rows(options.target, files), {}
    for peer in PEERS:
        if options.only and peer.name not in options.only:
            continue
        python = install(peer, engines)
        if isinstance(python, Path):
            rows += peer_rows(peer, python, files)
        else:
            skipped[peer.name] = python
    rows = [row for row in rows if row.case in options.cases]

    for number in range(options.rounds):
        for row in rows:
            if row.error is None and (number == 0 or sum(row.wall_s) < PATIENCE):
                print(f"{number + 1}/{options.rounds} {row.case} {row.engine}", file=sys.stderr)
                measure(row, options.repeats)

    figures = [figures_of(row, ours, rows, files[0]) for row in rows]
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "rounds": options.rounds,
        "ours": ours,
        "rows": figures,
        "skipped": skipped,
    }
    (options.target / "compare-engines.json").write_text(json.dumps(found, indent=2) + "\n")
    text = report.markdown(found)
    (options.target / "compare-engines.md").write_text(text)
    if options.publish:
        options.publish.write_text(text)
    print(text)
    agree = all(row["agrees"] for row in figures) and all(
        value["agrees"] for value in ours.values()
    )
    return 0 if agree else 1


def install(peer: Peer, engines: Path) -> Path | str:
    """Give a peer an environment of its own; a reason where it cannot be had."""
    folder = (engines / peer.name).absolute()
    python, done = folder / "bin/python", folder / "installed"
    wanted = " ".join(peer.requirements)
    if done.exists() and done.read_text() == wanted:
        return python
    print(f"installing {wanted}", file=sys.stderr)
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    ran = subprocess.run([*pip, *peer.requirements], capture_output=True, text=True)
    if ran.returncode != 0:
        return f"cannot be installed: {last_line(ran.stderr)}"
    done.write_text(wanted)
    return python


def our_values(target: Path, file: Path) -> dict[str, dict]:
    """Return our final values, and those in exact fractions, by convention."""
    values = {}
    for name, (fill, size) in CONVENTIONS.items():
        command = cli(target, S1, [file], fill, size)
        said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        value, fills = exact.sma_cross(file, fill, size)
        off = abs(said["final_value"] / float(value) - 1)
        values[name] = {
            "fill": fill,
            "size": size,
            "value": said["final_value"],
            "exact": float(value),
            "off": off,
            "agrees": off <= 1e-12 and said["fills"] == fills,
        }
    return values


def cli(target: Path, strategy: str, files: list[Path], fill: str, size: str) -> list[str]:
    """Return our command line for one run."""
    program = str(target / "release/backtest")
    names = [str(file) for file in files]
    how = ["--strategy", strategy, "--fill", fill, "--size", size, "--json", "-"]
    return [program, "--data", *names, *how]


def our_rows(target: Path, files: list[Path]) -> list[Row]:
    """Return our rows: the command line, Rust, and Python where that is built."""
    rows = []
    exactly = (0.0, "the same engine")
    for case, strategy in STRATEGIES.items():
        chosen = files[: N_ASSETS[case]]
        names = [str(file) for file in chosen]
        command = cli(target, strategy, chosen, *CONVENTIONS["B"])
        rows.append(Row(OWN, case, "B", command, *exactly, False, "final_value"))
        command = [str(target / "release/examples/timed"), case, *names]
        rows.append(Row("backdraft (Rust)", case, "B", command, *exactly))
        python = target / "python-venv/bin/python"
        if python.exists() and case != "S2":
            command = [str(python.absolute()), str(HERE / "peer_backdraft.py"), case, *names]
            rows.append(Row("backdraft (Python)", case, "B", command, *exactly))
    fill, size = CONVENTIONS["A"]
    program = str(target / "release/backtest")
    how = ["--fill", fill, "--size", size, "--objective", "total_return", "--top", "1"]
    command = [program, "sweep", "--data", str(files[0]), *SWEEP, *how, "--json", "-"]
    rows.append(Row(OWN, "sweep", "A", command, *exactly, False))
    return rows


def peer_rows(peer: Peer, python: Path, files: list[Path]) -> list[Row]:
    """Return the rows of a peer's cases."""
    return [
        Row(
            peer.name,
            case,
            peer.conventions.get(case, peer.convention),
            [
                str(python),
                str(HERE / peer.script),
                case,
                *[str(file) for file in files[: N_ASSETS[case]]],
            ],
            peer.tolerance,
            peer.reason,
        )
        for case in peer.cases
    ]


def measure(row: Row, repeats: int) -> None:
    """Run a row's process once from cold, and then one that repeats the run."""
    cold = launch(row, [])
    if cold is None:
        return
    said, cost = cold
    row.said.append(said)
    row.wall_s.append(cost["wall_s"])
    row.peak_mb.append(cost["peak_mb"])
    if row.repeats and (warm := launch(row, ["--repeats", str(repeats)])):
        row.run_s += warm[0]["run_s"]


def launch(row: Row, more: list[str]) -> tuple[dict, dict] | None:
    """Return what a process said and what it cost, unless it failed."""
    with tempfile.TemporaryDirectory() as folder:
        cost = Path(folder) / "cost.json"
        small = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(cost)]
        ran = subprocess.run([*small, *row.command, *more], capture_output=True, text=True)
        if ran.returncode != 0:
            row.error = last_line(ran.stderr) or f"exit code {ran.returncode}"
            return None
        # Some packages greet before they are spoken to.
        return json.loads(ran.stdout[ran.stdout.index("{") :]), json.loads(cost.read_text())


def figures_of(row: Row, ours: dict[str, dict], rows: list[Row], file: Path) -> dict:
    """Return what the report says of a row."""
    figures = {
        "engine": row.engine,
        "case": row.case,
        "convention": row.convention,
        "tolerance": row.tolerance,
        "reason": row.reason,
        "error": row.error,
        "agrees": False,
    }
    if row.error is not None:
        return figures
    said = row.said[0]
    figures |= {
        "version": said.get("version"),
        "run_s": spread(row.run_s),
        "first_s": spread([said["first_s"] for said in row.said if "first_s" in said]),
        "wall_s": spread(row.wall_s),
        "peak_mb": max(row.peak_mb),
        "fills": said.get("fills"),
    }
    own = next(it for it in rows if it.case == row.case and it.engine == OWN)
    if row.case == "sweep":
        return figures | sweep_figures(row, own, file)
    expected = ours[row.convention]["value"] if row.case == "S1" else own.said[0][own.value_key]
    values = {said[row.value_key] for said in row.said}
    off = max(abs(value / expected - 1) for value in values)
    return figures | {
        "value": said[row.value_key],
        "off": off,
        "agrees": off <= row.tolerance and len(values) == 1,
    }


def sweep_figures(row: Row, own: Row, file: Path) -> dict:
    """Compare a sweep with ours, one pair of windows after the other."""
    values = sweep_values(row.said[0])
    expected = sweep_values(own.said[0])
    off = {name: abs(value / expected[name] - 1) for name, value in values.items()}
    beyond = [name for name, share in off.items() if share > row.tolerance]
    # Where averages tie, rounding decides what a peer's strategy does.
    prices = market.closes([line.split(",") for line in file.read_text().splitlines()[1:]])
    tied = [name for name in beyond if 0 in market.crosses(prices, *map(int, name.split("/")))]
    within = [share for name, share in off.items() if name not in beyond]
    return {
        "value": max(values.values()),
        "n_points": len(values),
        "n_tied": len(tied),
        "off": max(within, default=0.0),
        "agrees": len(tied) == len(beyond) and len(beyond) < len(values) / 2,
    }


def sweep_values(said: dict) -> dict[str, float]:
    """Read the final value of each pair of windows, in our words or in a peer's."""
    if "results" not in said:
        return said["values"]
    return {
        "{fast:.0f}/{slow:.0f}".format(**point["parameters"]): point["result"]["final_value"]
        for point in said["results"]
    }


def spread(seconds: list[float]) -> dict[str, float] | None:
    """Return the best and the median, or nothing of nothing."""
    if not seconds:
        return None
    return {"best": min(seconds), "median": statistics.median(seconds), "n": len(seconds)}


def machine() -> str:
    """Describe the machine, without its name."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {model}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def last_line(text: str) -> str:
    """Return the line in which programs say what went wrong."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


if __name__ == "__main__":
    sys.exit(main())
