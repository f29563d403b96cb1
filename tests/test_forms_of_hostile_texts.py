"""Programs, tables and transcriptions are read in steps that grow no faster than the text."""

import sys

import pytest

from qvq_nb.cases.free import FREE
from qvq_nb.grading.forms.code import Code
from qvq_nb.grading.forms.no_truth import NoTruth
from qvq_nb.grading.forms.table import TableCells
from qvq_nb.grading.forms.transcription import Transcription

TARGETS = (
    Code("print(1)", (("1", "1"), ("2", "1"))),
    TableCells(("a", "b"), (("1", "2"),)),
    Transcription(tuple(f"the quick brown fox jumps {number} times" for number in range(10))),
    NoTruth(FREE["poem"][1]),
)
PIECES = (
    *(
        "`",
        "```\n",
        "|a|\n",
        "|",
        "-",
        "(",
        "\\boxed{",
        " ",
        "not ",
        "\n",
        "~~~ ",
        "x=1\n",
        "```py\nx\n```\n",
    ),
    *("the quick brown fox", "while 1:\n ", "界"),
)


def steps(target, text: str) -> int:
    """How many lines of Python run while a target grades a text."""
    counted = 0

    def trace(frame, event, argument):
        nonlocal counted
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        target.grade(text, "en")
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: type(target).__name__)
@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_takes_at_most_about_twice_the_steps(target, piece):
    short, long = (steps(target, (piece * length)[:length]) for length in (5_000, 10_000))
    assert long <= 2.2 * short + 500
