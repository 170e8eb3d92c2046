"""The stub and the marker: what type checkers believe is what there is."""

import importlib.resources
import subprocess
import sys
from pathlib import Path


def test_the_stub_is_the_module(tmp_path):
    allowed = Path(__file__).with_name("stubtest-allowlist.txt")
    command = [sys.executable, "-m", "mypy.stubtest", "backdraft._backdraft", "--concise"]
    command += ["--allowlist", str(allowed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_typed(tmp_path):
    assert importlib.resources.files("backdraft").joinpath("py.typed").is_file()
    program = tmp_path / "strategy.py"
    program.write_text(
        "import backdraft\n"
        "class Mine(backdraft.Strategy):\n"
        "    def on_tick(self, data: backdraft.Data) -> None:\n"
        "        asset = self.assets[0]\n"
        "        mean: float = data.history(asset, 'close', 72, '1h').mean()\n"
        "        if mean > data.current(asset, 'price'):\n"
        "            self.order(asset, 1)\n"
        "result = backdraft.run(Mine(), pairs=['btc_usdt'])\n"
        "value: float = result.final_value\n"
        "wrong: str = result.final_value\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1 and "strategy.py:10" in errors[0], done.stdout + done.stderr
