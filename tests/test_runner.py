"""The runner: what happens to sound, broken, hanging and dying notebooks, and what the report shows of them."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from html import unescape
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from qvq_nb.errors import QvqError
from qvq_nb.lessons import LessonResult, run, runner, write_report
from qvq_nb.lessons.report import MAXIMUM_IMAGE_CHARACTERS, page

PARAMETERS = 'model = "none"\nlanguage = "none"'
PNG = base64.b64encode(b"\x89PNG picture").decode()
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
    """One run over four notebooks: (results by name, folder, steps told while running).

    The clock leaps over the limit once the hanging notebook hangs, so that a slow machine gets the same results.
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
    with pytest.MonkeyPatch.context() as patch:
        clock = SimpleNamespace(sleep=time.sleep, monotonic=lambda: time.monotonic() + 1000 * hangs.exists())
        patch.setattr(runner, "time", clock)
        results = run(
            first, language="zh", to=folder / "out", timeout_seconds=600, progress=steps.append, parallel=2
        )
        results += run([hanging], to=folder / "out", timeout_seconds=600, progress=steps.append)
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
    results, _, steps = outcome
    assert [step.cell for step in steps if step.lesson == "sound" and not step.result][-1] == 3
    assert {step.result.lesson for step in steps if step.result} == set(results)


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


def test_what_is_no_notebook_is_an_error(tmp_path):
    path = tmp_path / "text.ipynb"
    path.write_text("hello")
    with pytest.raises(QvqError, match="no notebook that can be read"):
        run([path], to=tmp_path / "out")


def test_two_lessons_of_one_name_are_an_error(tmp_path):
    with pytest.raises(QvqError, match="twice"):
        run([notebook(tmp_path / "a", "same"), notebook(tmp_path / "b", "same")], to=tmp_path / "out")


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


# --- the report, from outputs such as the lessons leave


def shown(mime, data, **more):
    return new_output("display_data", data={mime: data, "text/plain": "…", **more})


def case_lesson(verdict=None, **cell):
    """The executed cells of a lesson: picture, question, answer, verdict."""
    verdict = {"family": "invoice", "seed": None, "language": "en", "ok": False, "expected": "462.05", "got": "46.2",
               "reason": "46.2 is not 462.05", "model": "qvq-mini", **(verdict or {})}  # fmt: skip
    case = {
        "family": "invoice",
        "seed": verdict["seed"],
        "question": "What is the tax?",
        "truth": "462.05 yuan",
    }
    answer = {
        "thinking": "Let me <i>see</i>.",
        "final": "$46.2$ <script>alert(1)</script>",
        "model": "qvq-mini",
    }
    outputs = [
        shown("application/vnd.qvq.case+json", case, **{"image/png": PNG}),
        shown("application/vnd.qvq.answer+json", answer),
        shown("application/vnd.qvq.verdict+json", verdict, **{"text/html": "<script>alert(2)</script>"}),
    ]
    return new_notebook(cells=[new_code_cell("case", outputs=[output]) for output in outputs])


def result_of(executed, lesson="05_invoice"):
    return LessonResult(lesson, "passed", 1.0, 100.0, notebook=executed)


def test_the_report_shows_the_canonical_case_with_answer_truth_and_reason():
    html = page([result_of(case_lesson())], "qvq-mini", "en")
    article = unescape(re.search(r"<article>.*?</article>", html, re.S)[0])
    assert f"data:image/png;base64,{PNG}" in article
    for text in (
        "What is the tax?",
        "$46.2$",
        "462.05 yuan",
        "wrong",
        "46.2 is not 462.05",
        "Let me <i>see</i>.",
        "qvq-mini",
    ):
        assert text in article


def test_a_fresh_case_counts_in_the_table_but_is_not_among_the_canonical_ones():
    html = page([result_of(case_lesson({"seed": 7, "ok": True}))], "qvq-mini", "en")
    assert "<article>" not in html
    assert re.search(r'<td class="number">1</td><td class="number">0</td></tr>', html)


def test_a_picture_of_a_plot_does_not_take_the_place_of_the_case():
    executed = case_lesson()
    executed.cells.insert(
        1, new_code_cell("plot", outputs=[shown("image/png", base64.b64encode(b"plot").decode())])
    )
    article = re.search(r"<article>.*?</article>", page([result_of(executed)]), re.S)[0]
    assert PNG in article


def test_nothing_that_a_model_or_a_notebook_wrote_is_obeyed():
    executed = case_lesson()
    executed.cells.append(
        new_markdown_cell("<img src=https://x.test/a.png>\n\n![a](https://x.test/b.png)\n\n[c](javascript:d)")
    )
    executed.cells.append(
        new_code_cell("1", outputs=[new_output("stream", text="\x1b[31m<b>red</b>\x1b[0m")])
    )
    executed.cells.append(new_code_cell("2", outputs=[shown("image/png", '"><script>alert(3)</script>')]))
    html = page([result_of(executed, "<script>x</script>")], '"><script>alert(4)</script>', "en")
    assert "<script" not in html.lower() and "<b>red" not in html and "\x1b" not in html
    assert not re.search(r'src="(?!data:)|href="(?!https:|#|[\w.]*")', html)


def test_the_report_fetches_nothing_and_fits_phone_print_and_dark(tmp_path):
    html = write_report([result_of(case_lesson())], tmp_path / "report.html", "qvq-mini", "zh").read_text(
        encoding="utf-8"
    )
    assert "default-src 'none'" in html and "width=device-width" in html
    assert "prefers-color-scheme: dark" in html and "@media print" in html
    assert not re.search(r"<(script|link|iframe|base)\b|@import|url\(", html)
    assert "标准答案" in html


def test_the_report_stays_small_whatever_the_lessons_drew():
    large = base64.b64encode(bytes(MAXIMUM_IMAGE_CHARACTERS // 4)).decode()
    cells = [new_code_cell("plot", outputs=[shown("image/png", large)]) for _ in range(10)]
    html = page([result_of(new_notebook(cells=cells))])
    assert len(html) < 10_000_000
    assert "left out" in html
