"""qvq-nb ask: text as it is written, options that are handed on, and old spellings that name the new ones."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from commands import qvq

from qvq_nb import case
from qvq_nb.inference.engine import Delta


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
        yield from (Delta("thinking", "I see \x1b]0;evil\x07"), Delta("answer", "six."), Answer())

    asked = []

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: SimpleNamespace(stream=stream))
    return asked


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


@pytest.mark.parametrize(
    ("options", "wishes"),
    [
        (("--dtype", "fp16"), {"dtype": "fp16"}),
        (("--quantization", "nf4"), {"quantization": "nf4"}),
        (("--dtype", "auto", "--max-memory", "0=70GiB"), {"dtype": "auto", "max_memory": "0=70GiB"}),
        (("--offload",), {"offload": True}),
    ],
)
def test_ask_hands_on_what_was_asked_for_and_nothing_else(monkeypatch, options, wishes):
    def load(model, **given):
        asked.append(given)
        return SimpleNamespace(stream=lambda image, question: iter([Answer()]))

    asked = []
    monkeypatch.setattr("qvq_nb.inference.reasoner.load", load)
    assert qvq("ask", "a.png", "How many?", *options)[0] == 0
    assert asked == [wishes]


@pytest.mark.parametrize("command", [("ask", "a.png", "?"), ("plan",), ("rehearse",)])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("--precision", "nf4"), "--quantization nf4"),
        (("--precision", "bf16"), "--dtype bf16"),
        (("--dtype", "nf4"), "--quantization nf4"),
        (("--dtype", "int8"), "--quantization int8"),
    ],
)
def test_an_old_spelling_is_one_sentence_that_names_the_new_one(command, old, new):
    code, output, notes = qvq(*command, *old)
    assert code == 1 and output == "" and new in notes
    assert notes.startswith("qvq-nb: ") and notes.count("\n") == 1


@pytest.mark.parametrize("command", ["ask", "plan", "rehearse"])
def test_help_names_the_new_words_only(command):
    _, output, _ = qvq(command, "--help")
    assert "--dtype" in output and "--quantization" in output and "--precision" not in output


@pytest.mark.parametrize(
    ("question", "code", "output", "notes"),
    [
        ("How many pelicans are there in this picture?", 0, "Let me", "stopped by: end"),
        ("What is the weather like tomorrow?", 1, "From the kit", "was not asked"),
        (" ", 1, "", "The question is empty"),
    ],
)
def test_a_process_that_leaves_at_once_leaves_nothing_unsaid(tmp_path, question, code, output, notes):
    case("recognition").image.save(tmp_path / "a.png")
    command = [sys.executable, "-m", "qvq_nb.cli", "ask", str(tmp_path / "a.png"), question]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == code and notes in done.stderr
    assert done.stdout.startswith(output) and bool(output) == done.stdout.endswith("\n")


def test_ctrl_c_ends_the_line_and_says_that_the_model_was_stopped(monkeypatch):
    def stream(image, question):
        yield Delta("thinking", "I see")
        raise KeyboardInterrupt

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: SimpleNamespace(stream=stream))
    code, output, errors = qvq("ask", "picture.png", "How many?")
    assert (code, output) == (130, "I see")
    assert errors == "\nqvq-nb: stopped, and so was the model.\n"


def test_an_answer_that_broke_off_ends_with_1(monkeypatch):
    answer = Answer()
    answer.stop_reason = "broken"
    monkeypatch.setattr(
        "qvq_nb.inference.reasoner.load", lambda model: SimpleNamespace(stream=lambda *_: iter([answer]))
    )
    assert qvq("ask", "picture.png", "How many?")[0] == 1
