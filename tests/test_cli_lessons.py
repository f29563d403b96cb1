"""qvq-nb run, lab and lessons: what reaches the lessons' room, and how the command ends."""

import os

import nbformat
import pytest
from commands import qvq
from nbformat.v4 import new_code_cell, new_notebook

from qvq_nb import lessons


def lesson(folder, code):
    parameters = new_code_cell('model = ""\nlanguage = ""', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters, new_code_cell(code)]), folder / "lesson.ipynb")
    return folder / "lesson.ipynb"


@pytest.mark.parametrize(
    ("source", "code", "says"), [("1 + 1", 0, "passed"), ("1 / 0", 1, "cell 2: ZeroDivisionError")]
)
def test_run_ends_with_a_table_a_report_and_an_exit_code(tmp_path, source, code, says):
    where = ("--to", tmp_path / "out", "--timeout", 600)
    done, table, notes = qvq("run", lesson(tmp_path, source), *where)
    assert done == code
    assert says in " ".join(table.split()) or says in " ".join(table.replace("│", " ").split())
    assert "Peak memory" in table and "report.html" in notes
    assert sorted(os.listdir(tmp_path / "out")) == ["lesson.ipynb", "report.html"]


def test_run_runs_so_many_at_a_time(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(lessons, "run", lambda *asked_for, parallel: asked.append(parallel) or [])
    monkeypatch.setattr(lessons, "write_report", lambda results, report, model, language: report)
    assert qvq("run", "--parallel", 2)[0] == qvq("run")[0] == 0
    assert qvq("run", "--parallel", 0)[0] == 2
    assert asked == [2, 1]


@pytest.mark.parametrize(("changed", "code"), [(["en/00_start.ipynb"], 1), ([], 0)])
def test_lessons_build_check_tells_by_its_exit_code(monkeypatch, changed, code):
    monkeypatch.setattr(lessons, "build", lambda check: changed)
    said = qvq("lessons", "build", "--check")
    assert said[0] == code and said[1].split() == changed


def test_lessons_measure_hands_its_lessons_on(monkeypatch):
    from qvq_nb.lessons import measure

    asked = []
    monkeypatch.setattr(measure, "measure", lambda lessons, model, progress: asked.append((lessons, model)))
    assert qvq("lessons", "measure", "05", "06", "--model", "qvq-mini")[0] == 0
    assert asked == [(["05", "06"], "qvq-mini")]


def test_lab_ends_as_jupyterlab_does(monkeypatch):
    from qvq_nb.lessons import lab

    asked = []
    monkeypatch.setattr(lab, "open_lab", lambda *wishes: asked.append(wishes) or 3)
    assert qvq("lab", "--language", "zh", "--no-browser", "--port", 9000)[0] == 3
    assert asked == [("zh", False, 9000)]
