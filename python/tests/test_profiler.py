"""Sampling a Python program from inside."""

import json
import subprocess
import sys
import time

import polars as pl
import pytest

import backdraft
from backdraft import profile


def work(seconds=0.3):
    """Use so much CPU time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(1_000))


def test_a_block_is_sampled():
    with profile(rate=1000, title="work") as p:
        work()
    assert p.n_samples > 100
    assert "samples" in p.quality
    table = p.table()
    assert isinstance(table, pl.DataFrame)
    assert (table["self_low"] <= table["self"]).all() and (
        table["self"] <= table["self_high"]
    ).all()
    assert table["self_samples"].sum() == p.n_samples
    value, low, high = p.share_of("")
    assert (value, high) == (1.0, 1.0) and low > 0.9
    assert str(p).endswith(p.quality)


def test_a_graph_begins_where_it_is_told_to():
    with profile(rate=1000) as p:
        work(0.2)
    below = p.native.root_at("work (test_profiler.py")
    assert 0 < below.n_samples <= p.n_samples
    assert all(stack[0].startswith("work (") for stack, _ in below.stacks())
    text = p.flamegraph(root="work (test_profiler.py").text
    assert "work (test_profiler.py" in text and len(text) < len(p.flamegraph().text)


def test_a_function_is_sampled_by_a_decorator():
    session = profile(rate=1000)

    @session
    def decorated():
        work(0.1)
        return 7

    assert decorated() == 7
    assert session.n_samples > 10


def test_there_is_no_profile_before_the_end():
    with profile() as p, pytest.raises(backdraft.NotRunning):
        p.table()
    with pytest.raises(backdraft.OptionError, match=r"`-1` is not a valid rate: .* from 0\.1 to"):
        profile(rate=-1).__enter__()
    with profile(), pytest.raises(backdraft.ProfilerError, match="already running"), profile():
        pass


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.svg", b"<?xml"),
        ("x.html", b"<!doctype html>"),
        ("x.speedscope.json", b"{"),
        ("x.pb.gz", b"\x1f\x8b"),
        ("x.folded", b""),
        ("x.json", b"{"),
    ],
)
def test_a_profile_is_saved_in_the_format_of_its_name(tmp_path, name, begins):
    with profile(rate=1000) as p:
        work(0.1)
    p.save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)
    if name.endswith(".json"):
        json.loads((tmp_path / name).read_text())
    with pytest.raises(backdraft.OptionError, match="end its name in"):
        p.save(tmp_path / "x.docx")


def test_notebooks_show_the_graph_in_place():
    with profile(rate=1000) as before:
        work(0.1)
    with profile(rate=1000) as after:
        work(0.1)
    for shown in (before, before.flamegraph(), before.compare(after)):
        text = shown._repr_html_()
        assert text.startswith("<iframe srcdoc=") and "<script" not in text


def test_a_whole_program_is_sampled(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(
        "import sys, time\n"
        "end = time.thread_time() + 0.3\n"
        "while time.thread_time() < end:\n"
        "    sum(range(1000))\n"
        "print(sys.argv[1:], __name__)\n"
        "sys.exit(3)\n"
    )
    output = tmp_path / "out.svg"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "backdraft.profiler",
            "-o",
            output,
            "--rate",
            "1000",
            script,
            "--x",
            "1",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout == "['--x', '1'] __main__\n"
    assert "samples" in done.stderr and output.read_text().startswith("<?xml")


def sample(*arguments, cwd):
    command = [sys.executable, "-m", "backdraft.profiler", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.parametrize(
    ("ending", "status", "words"),
    [
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("sys.exit('enough')", 1, "enough"),
        ("raise KeyboardInterrupt", 130, ""),
        ("pass", 0, ""),
    ],
)
def test_a_profile_is_written_however_the_program_ends(tmp_path, ending, status, words):
    script = tmp_path / "script.py"
    script.write_text(f"import sys\ntotal = sum(range(1_000_000))\n{ending}\n")
    done = sample("script.py", cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert words in done.stderr and done.stderr.endswith("The profile: profile.html\n")
    assert done.stderr.count("samples in") == 1
    # No frame of ours, and no warning, stands before the program's.
    assert "runpy" not in done.stderr and "Warning" not in done.stderr
    assert (tmp_path / "profile.html").read_text().startswith("<!doctype html>")
    assert {it.name for it in tmp_path.iterdir()} == {"profile.html", "script.py"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.py"], "error: cannot read `absent.py`: no such file"),
        (["-m", "absent.module"], "error: `absent.module` is not a valid program"),
        (["-o", "x.doc", "script.py"], "error: `x.doc` is not a valid path: end its name in"),
        (["-o", "absent/x.svg", "script.py"], "error: cannot write `absent/x.svg`: there is no"),
        (["--rate", "-1", "script.py"], "error: `-1` is not a valid rate"),
    ],
)
def test_a_wrong_command_is_refused_before_the_program_runs(tmp_path, arguments, words):
    (tmp_path / "script.py").write_text("print('has run')\n")
    done = sample(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith(words), done.stderr
    assert done.stdout == "" and [it.name for it in tmp_path.iterdir()] == ["script.py"]


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    with profile() as session:
        pass
    for path in (tmp_path, tmp_path / "absent" / "x.svg"):
        with pytest.raises((backdraft.FileError, backdraft.OptionError)):
            session.save(path)
    with pytest.raises(backdraft.FileError, match=r"cannot write .*No such file"):
        backdraft.run("idle", start="2016-02", end="2016-03").tearsheet(tmp_path / "no" / "x.html")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "backdraft")
    yield shell
    InteractiveShell.clear_instance()


BUSY = "import time\nend = time.thread_time() + 0.15\nwhile time.thread_time() < end: {}\n"


def test_magics(shell):
    shell.run_cell_magic("flame", "--rate 2000", BUSY.format("sum(range(1000))") + "found = 7")
    assert shell.user_ns["found"] == 7 and shell.user_ns["_flame"].n_samples > 50
    graph = shell.run_line_magic("flame", "sorted(range(1_000_000))")
    assert "iframe" in graph._repr_html_()
    both = BUSY.format("sum(range(1000))") + "\n---\n" + BUSY.format("sorted(range(1000))")
    assert "Before" in shell.run_cell_magic("flamediff", "", both).text
    with pytest.raises(backdraft.OptionError, match="two programs"):
        shell.run_cell_magic("flamediff", "", "x = 1")
    with pytest.raises(ZeroDivisionError):
        shell.run_cell_magic("flame", "", "1 / 0")
