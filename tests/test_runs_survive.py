"""What lessons do to a run: their outputs, their processes, their memory, and being killed at any moment."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from survives import survives
from test_runner import notebook, printed

from qvq_nb.errors import QvqError
from qvq_nb.leftovers import LOCK, abandoned, owned_folder
from qvq_nb.lessons import run
from qvq_nb.lessons.finding import read_lesson
from qvq_nb.lessons.report import page
from qvq_nb.lessons.workers.bounded import MAXIMUM_CELL_BYTES, MAXIMUM_NOTEBOOK_BYTES, Held

PATIENCE_SECONDS = 300
SHOW = "from IPython.display import clear_output, display, update_display\n"
DAEMON = """
import os, sys
for environment in {environments}:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            code = "import os, time; open({place!r} + str(os.getpid()), 'w'); time.sleep(3600)"
            os.execve(sys.executable, [sys.executable, "-c", code], environment)
        os._exit(0)
    os.wait()
import time
while not [name for name in os.listdir({folder!r}) if name.startswith({name!r})]:
    time.sleep(0.05)
"""
# name → the cell's code, the status, a part of the error, a part of what is printed
LESSONS = {
    "unknown_magic": ("%nosuchmagic", "failed", "Line magic function `%nosuchmagic` not found", ""),
    "unknown_cell_magic": ("%%nosuchmagic\n1", "failed", "Cell magic `%%nosuchmagic` not found", ""),
    "one_huge_output": ("print('x' * 60_000_000)", "passed", "", "[left out"),
    "many_outputs": ("for i in range(6000): print('y' * 10_000)", "passed", "", "[left out"),
    "emptied_again": (
        f"{SHOW}for i in range(12):\n    print('z' * 2_000_000)\n    clear_output()\nprint('end')",
        "passed", "", "end",
    ),
    "a_display_that_grows": (
        f"{SHOW}display('a', display_id='one')\nupdate_display('a' * 60_000_000, display_id='one')",
        "passed", "", "[left out",
    ),
    "a_picture_that_is_a_number": (
        f"{SHOW}display({{'image/png': 5}}, raw=True)\nprint('after')", "passed", "", "after",
    ),
    "half_a_character": (f"{SHOW}print('\\ud83d')", "passed", "", "UnicodeEncodeError"),
    "half_a_character_raised": ("raise ValueError('\\ud83d')", "failed", "cell 3", ""),
    "a_false_verdict": (
        f"{SHOW}display({{'application/vnd.qvq.verdict+json': {{'x': 1}}, 'text/plain': 'none'}}, raw=True)",
        "passed", "", "",
    ),
    "a_long_error": ("raise ValueError('e' * 3_000_000)", "failed", "cell 3: ValueError: eee", ""),
    "an_exit": ("import sys\nsys.exit(3)", "failed", "SystemExit: 3", ""),
    "not_python": ("1 +", "failed", "SyntaxError", ""),
    "too_much_memory": (
        "import time\nheld = [bytearray(100 * 2**20) for _ in range(12)]\ntime.sleep(3600)",
        "stopped", "its limit of 1.00 GiB of memory in cell 3", "",
    ),
    "too_many_processes": (
        "import subprocess, time\nfor _ in range(400): subprocess.Popen(['sleep', "
        "'3600'])\ntime.sleep(3600)",
        "stopped", "its limit of 256 processes in cell 3", "",
    ),
    "its_worker_killed": (
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(3600)",
        "failed", "ended early", "",
    ),
}  # fmt: skip

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no fork and no such signals")


def wait_for(path: Path) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        assert time.monotonic() < patience, f"{path} did not come"
        time.sleep(0.1)


def alive(process_ids) -> list[int]:
    return [
        number
        for number in process_ids
        if psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    ]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """One run over all lessons, with a limit of 1 GiB: result by name, and what was alive afterwards."""
    folder = tmp_path_factory.mktemp("lessons")
    lessons = [notebook(folder, name, code) for name, (code, *_) in LESSONS.items()]
    results = run(lessons, to=folder / "out", parallel=2, memory_gib=1)
    return {result.lesson: result for result in results}


@survives(
    "lessons",
    en=(
        "a cell prints without end, shows what no notebook can hold, takes all memory, starts hundreds "
        "of processes, kills the process that runs it, or uses a magic that does not exist",
        "shows the beginning and says what was left out, or stops that lesson and names the limit, the "
        "cell and the reason; the executed notebook is kept and the other lessons go on",
    ),
    zh=(
        "某一格不停地输出、显示 notebook 装不下的内容、占满内存、启动几百个进程、杀掉运行它的进程，"
        "或用了不存在的魔法命令",
        "只显示开头并说明略去了什么，或停止这一课并说明是哪个限制、哪一格、什么原因；运行后的 notebook "
        "会保留，其他课继续",
    ),
)
@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_whatever_a_cell_does_the_lesson_ends_with_a_status_and_a_notebook(outcome, name):
    _, status, error, says = LESSONS[name]
    result = outcome[name]
    assert (result.status, error in result.error) == (status, True), result.error
    assert says in printed(result)
    assert result.notebook_path.stat().st_size < 2 * MAXIMUM_CELL_BYTES
    nbformat.validate(nbformat.read(result.notebook_path, as_version=4))
    assert len(result.error) < 1000 and name in page([result])


@survives(
    "lessons",
    en=("a lesson that passes leaves daemons behind, with or without its environment",
        "ends them: nothing that a run started is alive after it"),
    zh=("一课通过了，"
        "却留下守护进程（无论是否保留环境变量）", "把它们结束掉：运行结束后，由它启动的进程一个也不剩"),
)  # fmt: skip
@posix
@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        "dict(os.environ)",
        pytest.param("{}", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux")),
    ],
)
def test_nothing_that_a_lesson_started_is_alive_after_it(tmp_path, environment):
    place = str(tmp_path / "daemon-")
    code = DAEMON.format(environments=f"[{environment}]", place=place, folder=str(tmp_path), name="daemon-")
    (result,) = run([notebook(tmp_path, "daemons", code)], to=tmp_path / "out")
    assert result.passed, result.error
    started = [int(path.name.removeprefix("daemon-")) for path in tmp_path.glob("daemon-*")]
    assert len(started) == 1 and alive(started) == []


@pytest.fixture
def slow_run(tmp_path):
    """A run of a lesson that hangs in its last cell, under way; its temporary files lie in `temporary`."""
    (tmp_path / "temporary").mkdir()
    here = tmp_path / "here"
    code = f"open({str(here)!r}, 'w')\nimport time\ntime.sleep(3600)"
    lesson = notebook(tmp_path, "slow", "print('executed')", code)
    command = [sys.executable, "-m", "qvq_nb.cli", "run", str(lesson), "--to", str(tmp_path / "out")]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # tests in the background inherit a deaf ear
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for(here)
    family = psutil.Process(process.pid).children(recursive=True)
    yield process, family
    for one in [*family, process]:
        with suppress(psutil.Error):
            one.kill()
    process.wait()


@survives(
    "lessons",
    en=("`run` is killed (SIGKILL), alone or with everything that it started",
        "the executed cells are kept, at once or when the next run begins, with a note of the cell in "
        "which it "
        "was killed; what lay around is removed"),
    zh=("`run` 被杀掉（SIGKILL），单独或连同它启动的一切",
        "已执行的单元格会保留（立即，或在下一次运行开始时），并注明是在哪一格被杀掉的；残留物会清除"),
)  # fmt: skip
@posix
@pytest.mark.slow
@pytest.mark.parametrize("killed", ["alone", "with everything"])
def test_a_killed_run_keeps_what_was_executed_and_the_next_one_clears_up(
    slow_run, tmp_path, killed, monkeypatch
):
    process, family = slow_run
    victims = [psutil.Process(process.pid), *(family if killed == "with everything" else [])]
    for victim in victims:
        victim.suspend()
    for victim in victims:
        victim.kill()
    process.wait()
    psutil.wait_procs(family, timeout=60)
    kept = tmp_path / "out" / "slow.ipynb"
    assert kept.exists() == (killed == "alone")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    run([notebook(tmp_path, "next")], to=tmp_path / "out")
    executed = nbformat.read(kept, as_version=4)
    assert "the run was killed in cell 4" in executed.cells[0].source
    assert [output.text for output in executed.cells[-2].outputs] == ["executed\n"]
    assert alive(one.pid for one in family) == []
    assert list((tmp_path / "temporary").iterdir()) == []


@survives(
    "lessons",
    en=("`run` gets SIGTERM, SIGINT, or its terminal is closed",
        "stops everything, writes notebook and report, says what is kept; exit code 130"),
    zh=("`run` 收到 SIGTERM、SIGINT，或终端被关闭",
        "停止一切，写好 notebook 和报告，说明保留了什么；退出码 130"),
)  # fmt: skip
@posix
@pytest.mark.slow
@pytest.mark.parametrize("stop", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_stopped_run_says_what_is_kept_and_stops_everything(slow_run, tmp_path, stop):
    process, family = slow_run
    process.send_signal(getattr(signal, stop))
    said = process.communicate()[1].decode()
    assert process.returncode == 130 and "What was executed is kept in" in said and "Traceback" not in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "slow.ipynb"]
    assert alive(one.pid for one in family) == [] == list((tmp_path / "temporary").iterdir())


@survives(
    "lessons",
    en=("the parameters cell has a magic, a shell command or a help request beside its values",
        "finds the values all the same"),
    zh=("参数单元格里除了取值，还有魔法命令、shell 命令或帮助请求", "照样找到这些取值"),
)  # fmt: skip
@pytest.mark.parametrize(
    "beside", ["%matplotlib inline", "!ls", "model?", "%time x = 1", "files = !ls", "%env A=1"]
)
def test_what_only_ipython_understands_does_not_hide_the_parameters(tmp_path, beside):
    path = tmp_path / "magic.ipynb"
    cell = nbformat.v4.new_code_cell(
        f'{beside}\nmodel = "a"\nlanguage = "b"', metadata={"tags": ["parameters"]}
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    assert read_lesson(path, {"model": "", "language": ""}).cells == [cell]
    with pytest.raises(QvqError, match="no parameter temperature"):
        read_lesson(path, {"temperature": 1})


def test_what_a_cell_holds_is_counted_as_the_notebook_will_hold_it():
    held = Held()
    assert held.add(0, MAXIMUM_CELL_BYTES, None) and not held.add(0, 1, None)
    held.clear(0)
    assert held.add(0, 10, "one") and held.add(0, 10, "one")
    assert not held.change(1, MAXIMUM_CELL_BYTES // 2 + 1, "one")  # it stands twice in cell 0
    assert held.change(1, MAXIMUM_CELL_BYTES // 2, "one") and held.room(0) == 0
    cells = MAXIMUM_NOTEBOOK_BYTES // MAXIMUM_CELL_BYTES
    assert all(held.add(cell, MAXIMUM_CELL_BYTES, None) for cell in range(1, cells))
    assert not held.add(cells, 1, None)


def test_a_folder_in_use_or_of_another_kind_is_not_taken_for_abandoned(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with owned_folder("run", to="somewhere") as folder:
        assert list(abandoned("run")) == []
        (folder / "owner.json").rename(tmp_path / "kept.json")
    assert not folder.exists()
    folder.mkdir()
    (folder / LOCK).touch()
    (tmp_path / "kept.json").rename(folder / "owner.json")
    assert list(abandoned("lab")) == []
    assert [(found, told["to"]) for found, told in abandoned("run", "lab")] == [(folder, "somewhere")]
    assert not folder.exists()
