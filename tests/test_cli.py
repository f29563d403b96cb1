"""The command qvq-nb: what goes where, exit codes, and nothing half-written."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from typer.testing import CliRunner

import qvq_nb
from qvq_nb.cli import main as cli
from qvq_nb.errors import QvqError
from qvq_nb.inference.engine import Delta

COMMANDS = ("doctor", "models", "case", "ask", "run", "lab", "lessons", "evaluate")


def qvq(*arguments):
    """The command's exit code, standard output and standard error."""
    result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


class Answer:
    """What a reasoner's stream ends with."""

    model, new_tokens, seconds, stop_reason, final = "qvq-mini", 2, 0.1, "end", "6"
    notes = ("The image was scaled down.",)

    def to_dict(self):
        return {"final": self.final, "text": "图 \x1b[31m6"}


@pytest.fixture
def reasoner(monkeypatch):
    """A reasoner that thinks in two pieces, with a library that prints in between."""

    def stream(image, question, **options):
        print("a library prints this")
        asked.append(options)
        yield from (Delta("unparsed", "I see \x1b]0;evil\x07"), Delta("unparsed", "six."), Answer())

    asked = []

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: SimpleNamespace(stream=stream))
    return asked


def test_help_lists_every_command_and_the_exit_codes():
    code, output, _ = qvq("--help")
    assert code == 0
    assert all(command in output for command in COMMANDS) and "Exit codes" in output


def test_help_needs_nothing_heavy():
    heavy = "{'torch', 'transformers', 'PIL', 'papermill', 'numpy', 'nbformat'}"
    code = f"import sys, qvq_nb.cli.main; sys.exit(str({heavy} & set(sys.modules)).replace('set()', '') or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_models_lists_the_embedded_and_the_published_one():
    code, output, _ = qvq("models")
    assert code == 0 and "qvq-mini" in output and "qvq-72b" in output


def test_case_writes_picture_and_description(tmp_path):
    code, output, notes = qvq(
        "case", "chart", "--seed", 7, "--language", "zh", "--to", tmp_path / "new" / "case"
    )
    assert code == 0 and output == "" and "case.json" in notes
    assert sorted(os.listdir(tmp_path / "new" / "case")) == ["case.json", "image.png"]
    description = json.loads((tmp_path / "new" / "case" / "case.json").read_text(encoding="utf-8"))
    same = qvq_nb.case("chart", seed=7, language="zh")
    assert {key: description[key] for key in ("family", "seed", "language", "question", "truth")} == {
        "family": "chart", "seed": 7, "language": "zh", "question": same.question, "truth": same.truth,
    }  # fmt: skip
    assert Image.open(tmp_path / "new" / "case" / "image.png").tobytes() == same.image.tobytes()


@pytest.mark.parametrize("arguments", [("nonsense",), ("chart", "--seed", "-1")])
def test_a_case_that_cannot_be_is_one_sentence_and_leaves_nothing(tmp_path, arguments):
    code, output, notes = qvq("case", *arguments, "--to", tmp_path / "case")
    assert code == 1 and output == "" and notes.startswith("qvq-nb: ") and "Traceback" not in notes
    assert not (tmp_path / "case").exists()


def test_a_case_into_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("mine")
    code, _, notes = qvq("case", "chart", "--to", tmp_path / "file")
    assert code == 1 and "could not be written" in notes
    assert (tmp_path / "file").read_text() == "mine"


def test_a_case_that_cannot_be_saved_whole_leaves_the_old_one(tmp_path, monkeypatch):
    qvq("case", "chart", "--to", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    code, _, notes = qvq("case", "chart", "--seed", 1, "--to", tmp_path)
    assert code == 1 and "No space left" in notes
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_ask_streams_the_text_and_keeps_the_terminal_safe(reasoner):
    code, output, notes = qvq("ask", "a.png", "How many?")
    assert code == 0 and output == "I see ]0;evilsix.\n"
    assert "a library prints this" in notes and "qvq-mini" in notes and "scaled down" in notes


def test_ask_json_has_standard_output_for_itself(reasoner):
    code, output, notes = qvq("ask", "a.png", "How many?", "--json")
    assert code == 0 and json.loads(output) == Answer().to_dict()
    assert "a library prints this" in notes


def test_ask_passes_the_thinking_budget_on_and_nothing_without_it(reasoner):
    qvq("ask", "a.png", "How many?")
    qvq("ask", "a.png", "How many?", "--thinking-budget", "0")
    assert reasoner == [{}, {"thinking_budget": 0}]


def test_a_foreseeable_mistake_is_one_sentence_and_exit_code_1(monkeypatch):
    def load(model):
        raise QvqError("There is no model; choose another.")

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", load)
    assert qvq("ask", "a.png", "?", "--json") == (1, "", "qvq-nb: There is no model; choose another.\n")


def test_ctrl_c_ends_with_130(monkeypatch):
    def load(model):
        raise KeyboardInterrupt

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", load)
    assert qvq("ask", "a.png", "?")[0] == 130


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("ask", "a.png"),
        ("run", "--temperature", "1"),
        ("run", "--language", "fr"),
        ("evaluate", "--seeds", "5:3"),
        ("ask", "a.png", "?", "--thinking-budget", "-1"),
        ("evaluate", "--thinking-budget", "many"),
    ],
)
def test_what_is_not_understood_ends_with_2(arguments):
    code, output, notes = qvq(*arguments)
    assert code == 2 and output == "" and notes


@pytest.mark.parametrize(("sound", "code"), [(True, 0), (False, 1)])
def test_doctor_says_every_finding_and_exits_by_them(monkeypatch, sound, code):
    from qvq_nb.doctor import diagnosis as doctor

    findings = [doctor.Finding("torch", sound, "as it is", fixable=not sound)]
    monkeypatch.setattr(doctor, "diagnose", lambda: findings)
    said = qvq("doctor")
    assert said[0] == code and "torch: as it is" in said[1] and ("--fix" in said[2]) == (not sound)
    as_json = qvq("doctor", "--json")
    assert as_json[0] == code
    assert json.loads(as_json[1]) == [
        {"name": "torch", "ok": sound, "message": "as it is", "fixable": not sound}
    ]


def test_doctor_fix_reports_the_state_after_the_repair(monkeypatch):
    from qvq_nb.doctor import diagnosis as doctor

    monkeypatch.setattr(doctor, "diagnose", lambda: [doctor.Finding("torch", False, "broken", fixable=True)])
    monkeypatch.setattr(doctor, "fix", lambda findings: [doctor.Finding("torch", True, "mended")])
    code, output, _ = qvq("doctor", "--fix")
    assert code == 0 and "mended" in output


def test_evaluate_passes_on_what_was_asked_for(monkeypatch):
    from qvq_nb.evaluation import counting as evaluation

    asked = []

    def evaluate(reasoner, families, seeds, languages, progress, thinking_budget):
        progress(1, 3)
        asked.extend([reasoner, families, seeds, languages, thinking_budget])
        return SimpleNamespace(to_dict=lambda: {"rows": []}, table=lambda: [])

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: model)
    monkeypatch.setattr(evaluation, "evaluate", evaluate)
    code, output, _ = qvq(
        "evaluate", "--family", "sofa", "--seeds", "10000000:10000003", "--language", "zh", "--json"
    )
    assert code == 0 and json.loads(output) == {"rows": []}
    assert asked == ["qvq-mini", ("sofa",), range(10_000_000, 10_000_003), ("zh",), None]


@pytest.fixture
def evaluations(monkeypatch):
    """`evaluate` counts one right answer of two, whatever the budget."""
    from qvq_nb.evaluation import counting as evaluation

    def evaluate(reasoner, families, seeds, languages, progress, thinking_budget):
        rows = [{"family": "sofa", "language": "en", "seed": seed, "ok": not seed, "stop_reason": "end", "language_right": True,
                 "facts_right": None, "facts_stated": None, "seconds": 1.0, "error": None} for seed in (0, 1)]  # fmt: skip
        return evaluation.Evaluation("qvq-mini", tuple(rows), thinking_budget)

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: model)
    monkeypatch.setattr(evaluation, "evaluate", evaluate)


def test_evaluate_with_several_thinking_budgets_gives_a_curve(evaluations):
    code, output, _ = qvq(
        "evaluate", "--thinking-budget", "0", "--thinking-budget", "16", "--thinking-budget", "0"
    )
    assert code == 0
    assert [line.split()[:3] for line in output.splitlines()[1:]] == [["0", "1", "2"], ["16", "1", "2"]]


def test_evaluate_json_is_one_evaluation_or_a_list_of_them(evaluations):
    assert json.loads(qvq("evaluate", "--thinking-budget", "16", "--json")[1])["thinking_budget"] == 16
    assert json.loads(qvq("evaluate", "--json")[1])["thinking_budget"] is None
    several = json.loads(qvq("evaluate", "--thinking-budget", "0", "--thinking-budget", "16", "--json")[1])
    assert [one["thinking_budget"] for one in several] == [0, 16]


def lesson(folder, code):
    parameters = new_code_cell('model = ""\nlanguage = ""', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters, new_code_cell(code)]), folder / "lesson.ipynb")
    return folder / "lesson.ipynb"


@pytest.mark.parametrize(
    ("source", "code", "says"), [("1 + 1", 0, "passed"), ("1 / 0", 1, "cell 2: ZeroDivisionError")]
)
def test_run_ends_with_a_table_a_report_and_an_exit_code(tmp_path, source, code, says):
    done, table, notes = qvq("run", lesson(tmp_path, source), "--to", tmp_path / "out", "--timeout", 600)
    assert done == code
    assert says in " ".join(table.split()) or says in " ".join(table.replace("│", " ").split())
    assert "Peak memory" in table and "report.html" in notes
    assert sorted(os.listdir(tmp_path / "out")) == ["lesson.ipynb", "report.html"]


@pytest.mark.parametrize(("changed", "code"), [(["en/00_start.ipynb"], 1), ([], 0)])
def test_lessons_build_check_tells_by_its_exit_code(monkeypatch, changed, code):
    from qvq_nb import lessons

    monkeypatch.setattr(lessons, "build", lambda check: changed)
    said = qvq("lessons", "build", "--check")
    assert said[0] == code and said[1].split() == changed
