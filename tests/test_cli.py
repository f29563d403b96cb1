"""The command qvq-nb: help, what goes where, and exit codes."""

import subprocess
import sys

import pytest
from commands import qvq

from qvq_nb.errors import QvqError

COMMANDS = ("doctor", "models", "case", "ask", "run", "lab", "lessons", "evaluate")


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
