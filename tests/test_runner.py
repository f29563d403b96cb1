"""The runner: what happens to sound, broken, hanging and dying notebooks, one at a time and two at a time."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from survives import survives

from qvq_nb.errors import QvqError
from qvq_nb.lessons import job, run, runner
from qvq_nb.lessons.finding import read_lesson
from qvq_nb.lessons.report import page
from qvq_nb.lessons.runner import longest_first

PARAMETERS = 'model = "none"\nlanguage = "none"'
UNSTOPPABLE = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)
open({path!r} + ".new", "w").write(str(child.pid))
os.replace({path!r} + ".new", {path!r})
while True:
    try:
        time.sleep(3600)
    except BaseException:
        pass
"""
WHERE = "import os, sys\nprint(sys.executable)\nprint(os.getcwd())\nprint(model, language)"


def notebook(folder, name, *codes):
    """A lesson with a title (cell 1), a parameters cell (cell 2) and these code cells (from 3)."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [new_markdown_cell("# Title"), new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=[*cells, *map(new_code_cell, codes)]), path)
    return path


def printed(result):
    outputs = [output for cell in result.notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """One run over four notebooks: (results by name, folder, steps told, each with its thread).

    The clock leaps over the limit once the hanging notebook hangs: slow machines get the same results.
    """
    folder = tmp_path_factory.mktemp("run")
    hangs = folder / "child.txt"
    first = [
        notebook(folder, "sound", WHERE),
        notebook(folder, "broken", "1 + 1", "raise ValueError('<b>no</b>')", "print('never')"),
        notebook(folder, "dying", "import os\nos._exit(9)"),
    ]
    hanging = notebook(folder, "hanging", UNSTOPPABLE.format(path=str(hangs)), "print('never')")
    steps = []

    def tell(step):
        steps.append((step, threading.current_thread()))

    with pytest.MonkeyPatch.context() as patch:
        clock = SimpleNamespace(sleep=time.sleep, monotonic=lambda: time.monotonic() + 1000 * hangs.exists())
        patch.setattr(job, "time", clock)
        results = run(first, language="zh", to=folder / "out", timeout_seconds=600, progress=tell, parallel=2)
        results += run([hanging], to=folder / "out", timeout_seconds=600, progress=tell)
    return {result.lesson: result for result in results}, folder / "out", steps


def test_a_sound_notebook_passes_on_this_python_with_the_parameters_in_a_folder_of_its_own(outcome):
    result = outcome[0]["sound"]
    python, folder, parameters = printed(result).splitlines()
    assert result.status == "passed" and result.error == ""
    assert python == sys.executable
    assert folder != os.getcwd() and not os.path.exists(folder)
    assert parameters == "qvq-mini zh"
    assert result.seconds > 0 and result.peak_memory_mib > 10


def test_a_broken_notebook_fails_with_its_cell_and_error_and_is_kept(outcome):
    result = outcome[0]["broken"]
    assert result.status == "failed"
    assert result.failing_cell == 4
    assert result.error == "cell 4: ValueError: <b>no</b>"
    assert "never" not in printed(result)
    kept = nbformat.read(result.notebook_path, as_version=4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", []))


def test_a_hanging_notebook_that_ignores_interrupts_is_stopped_with_its_children_and_kept(outcome):
    result = outcome[0]["hanging"]
    assert result.status == "stopped"
    assert result.error == "stopped at its limit of 600 s in cell 3"
    assert "stopped at its limit" in nbformat.read(result.notebook_path, as_version=4).cells[0].source
    child = int((outcome[1].parent / "child.txt").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_dead_kernel_is_a_failure_that_names_the_cell(outcome):
    result = outcome[0]["dying"]
    assert result.status == "failed"
    assert "kernel died" in result.error and "cell 3" in result.error


def test_progress_tells_every_cell_and_the_result_of_every_lesson(outcome):
    results, steps = outcome[0], [step for step, _ in outcome[2]]
    assert [step.cell for step in steps if step.lesson == "sound" and not step.result] == [1, 2, 2, 3]
    assert {step.result.lesson for step in steps if step.result} == set(results)


def test_progress_is_told_in_the_thread_that_waits_however_many_lessons_run_at_a_time(outcome):
    assert {thread for _, thread in outcome[2]} == {threading.main_thread()}


def test_the_results_come_in_the_order_given(outcome):
    assert list(outcome[0]) == ["sound", "broken", "dying", "hanging"]


def test_only_whole_notebooks_lie_in_the_folder_afterwards(outcome):
    assert sorted(path.name for path in outcome[1].iterdir()) == [
        f"{n}.ipynb" for n in ("broken", "dying", "hanging", "sound")
    ]


def test_executed_notebooks_name_no_temporary_folder_of_the_runner(outcome):
    assert "papermill" not in nbformat.read(outcome[0]["sound"].notebook_path, as_version=4).metadata


def test_the_report_shows_failing_cell_and_error_escaped(outcome):
    results, _, _ = outcome
    html = page(list(results.values()), "qvq-mini", "en")
    assert "cell 4: ValueError: &lt;b&gt;no&lt;/b&gt;" in html
    assert "<b>no</b>" not in html
    assert "stopped at its limit of 600 s in cell 3" in html


def test_a_kernel_of_the_user_does_not_take_the_place_of_this_python(tmp_path, monkeypatch):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": ["false"], "display_name": "other", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    (result,) = run([notebook(tmp_path, "sound", WHERE)], to=tmp_path / "out", timeout_seconds=600)
    assert result.status == "passed", result.error
    assert printed(result).splitlines()[0] == sys.executable
    assert os.listdir(tmp_path / "jupyter" / "kernels") == ["python3"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"lessons": ["no-such-lesson"]}, "no-such-lesson"),
        ({"lessons": ["no-such.ipynb"]}, "no-such.ipynb"),
        ({"model": "no-such-model"}, "no-such-model"),
        ({"language": "xx"}, "xx"),
        ({"timeout_seconds": 0}, "0"),
        ({"parallel": 0}, "0"),
        ({"parameters": {"temperature": 3}}, "temperature"),
    ],
)
def test_a_mistake_is_an_error_before_anything_runs(tmp_path, arguments, says):
    marker = tmp_path / "ran"
    lesson = notebook(tmp_path, "lesson", f"open({str(marker)!r}, 'w')")
    with pytest.raises(QvqError, match=re.escape(says)):
        run(**{"lessons": [lesson], "to": tmp_path / "out", **arguments})
    assert not marker.exists() and not (tmp_path / "out").exists()


def test_a_notebook_without_the_parameters_is_an_error(tmp_path):
    path = tmp_path / "bare.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), path)
    with pytest.raises(QvqError, match="no parameter model, language"):
        run([path], to=tmp_path / "out")


@pytest.mark.parametrize(
    ("needs", "order"),
    [({"b": {"machine_minutes": 0.5}, "c": {"machine_minutes": 3}}, "cbad"), (None, "abcd")],
)
def test_the_longest_lessons_start_first_as_far_as_they_are_measured(tmp_path, monkeypatch, needs, order):
    (tmp_path / "source").mkdir()
    if needs:
        (tmp_path / "source" / "needs.json").write_text(json.dumps(needs))
    monkeypatch.setattr(runner, "notebooks_folder", lambda: tmp_path)
    assert [path.stem for path in longest_first([tmp_path / f"{name}.ipynb" for name in "abcd"])] == [*order]


def test_a_progress_that_fails_ends_the_run_with_its_error(tmp_path):
    def fail(step):
        raise RuntimeError("no terminal")

    lessons = [notebook(tmp_path, name, "import time\ntime.sleep(3600)") for name in ("slow", "later")]
    with pytest.raises(RuntimeError, match="no terminal"):
        run(lessons, to=tmp_path / "out", progress=fail)
    assert not (tmp_path / "out" / "later.ipynb").exists()


def test_a_parameter_is_known_however_it_is_written(tmp_path):
    path = tmp_path / "written.ipynb"
    source = 'model: str = "none"  # or model="qvq-72b"\nlanguage, seeds = "none", [\n    1,\n]'
    cells = [new_code_cell(source, metadata={"tags": ["parameters"]})]
    nbformat.write(new_notebook(cells=cells), path)
    assert read_lesson(path, {"model": "", "language": "", "seeds": []}).cells[0].source == source
    with pytest.raises(QvqError, match="no parameter temperature, only language, model, seeds"):
        read_lesson(path, {"model": "", "temperature": 1})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_killed_runner_leaves_no_kernel_behind(tmp_path):
    said = tmp_path / "kernel.txt"
    slow = notebook(tmp_path, "slow", UNSTOPPABLE.format(path=str(said)))
    running = subprocess.Popen(
        [sys.executable, "-m", "qvq_nb.cli", "run", str(slow), "--to", str(tmp_path / "out")],
        env={**os.environ, "TMPDIR": str(tmp_path)},  # it cannot clean up after itself
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    patience = time.monotonic() + 300
    while not said.exists() and time.monotonic() < patience:
        time.sleep(0.1)
    family = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    running.wait()
    assert len(family) >= 3  # the worker, the kernel and the kernel's child
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_what_is_no_notebook_is_an_error(tmp_path):
    path = tmp_path / "text.ipynb"
    path.write_text("hello")
    with pytest.raises(QvqError, match="no notebook that can be read"):
        run([path], to=tmp_path / "out")


def test_two_lessons_of_one_name_are_an_error(tmp_path):
    with pytest.raises(QvqError, match="twice"):
        run([notebook(tmp_path / "a", "same"), notebook(tmp_path / "b", "same")], to=tmp_path / "out")


@survives(
    "together",
    en=("two runs write into one folder", "whole notebooks, none of them mixed"),
    zh=("两次运行写入同一个文件夹", "notebook 都完整，不会互相掺杂"),
)
def test_two_runs_into_one_folder_leave_whole_notebooks(tmp_path):
    lesson = notebook(tmp_path, "sound", WHERE)
    command = [
        sys.executable,
        "-m",
        "qvq_nb.cli",
        "run",
        str(lesson),
        "--to",
        str(tmp_path / "out"),
        "--timeout",
        "600",
    ]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    said = [one.communicate()[1].decode() for one in runs]
    assert [one.returncode for one in runs] == [0, 0], said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "sound.ipynb"]
    nbformat.validate(nbformat.read(tmp_path / "out" / "sound.ipynb", as_version=4))


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console, not to one process")
def test_ctrl_c_keeps_what_was_executed_and_says_so(tmp_path):
    slow = notebook(tmp_path, "slow", "import time\ntime.sleep(3600)")
    lessons = [notebook(tmp_path, "sound", WHERE), slow, notebook(tmp_path, "later")]
    command = [sys.executable, "-m", "qvq_nb.cli", "run", *map(str, lessons), "--to", str(tmp_path / "out")]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # tests in the background inherit a deaf ear
    )
    patience = time.monotonic() + 300
    while not (tmp_path / "out" / "sound.ipynb").exists() and time.monotonic() < patience:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=300)[1].decode()
    assert process.returncode == 130
    assert "1 of 3 lessons are finished" in said and "kept in" in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html",
        "slow.ipynb",
        "sound.ipynb",
    ]
