"""Texts that are no answer: nothing raises, nothing is worked out that no answer can be, no time is lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.evaluation.scoring import KINDS, formula, score


@pytest.mark.parametrize(
    "bomb",
    [
        "10^{10^{10^{10}}}",
        "99999999!",
        "{" * 5000 + "1" + "}" * 5000,
        "2^{2^{2^{2^{2^{2}}}}}",
        "(23)^{(23)^{(23)}}",
        "(10^{9})!",
        "((23)!)!",
        "(" * 700,
        "9" * 5000,
    ],
)
def test_what_no_answer_can_be_is_not_worked_out(bomb):
    verdict = score(f"\\boxed{{{bomb}}}", "10", "expression")
    assert verdict.outcome in ("unclear", "wrong")
    assert formula.same(bomb[:1000], bomb[:1000]) in (True, None)


FRAGMENTS = [
    "\\frac",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\\sqrt",
    "^",
    "_",
    "\\boxed{",
    "$",
    "x",
    "=",
    "1",
    "23",
    ".5",
    ",",
]
FRAGMENTS += [
    "\\pm",
    "\\cup",
    "\\in",
    "\\text{",
    "%",
    "!",
    "\\",
    " ",
    "\n",
    "A",
    "(B)",
    "The answer is ",
    "答案是",
    "½",
    "²",
]
FRAGMENTS += [
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "&",
    "\\\\",
    "<",
    "\\leq",
    "∞",
    ":",
    ";",
    "'",
    "|",
    "\\infty",
    "-",
    "e",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join) | st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_raises(text):
    for kind, gold in (("expression", "\\frac{x}{2}"), ("list", "1,2"), ("float", "3.5"), ("text", "1/2")):
        assert score(text, gold, kind).outcome in ("right", "wrong", "unclear")
    for kind, gold in (
        ("choice", "B"),
        ("integer", "3"),
        ("vqa", ["3"] * 10),
        ("anls", "a"),
        ("relaxed", "1"),
    ):
        assert score(text, gold, kind, choices=("1", "x^2") if kind == "choice" else None).outcome


@pytest.mark.parametrize(
    "piece", ["the answer is ", "(A) ", "**1** ", "\\boxed{", "{", "1,", "答案", "Answer:\n", " "]
)
def test_a_text_ten_times_as_long_takes_no_hundred_times_as_long(piece):
    def seconds(length):
        text = piece * (length // len(piece))
        begin = process_time()
        for kind in KINDS:
            score(text, "4", kind, choices=("3", "4") if kind == "choice" else None)
        return process_time() - begin

    seconds(1000)
    assert seconds(12_000) < 60 * max(seconds(1200), 0.1)


def test_the_algebra_is_loaded_only_when_a_formula_is_compared():
    code = (
        "import sys; from qvq_nb.evaluation.scoring import score; score('B', 'B', 'choice', choices='xyz');"
    )
    code += "print({'sympy', 'math_verify', 'numpy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_formulas_are_compared_in_any_thread():
    with ThreadPoolExecutor(2) as threads:
        verdicts = threads.map(
            lambda text: score(text, "x+y", "expression"), ["\\boxed{y+x}", "\\boxed{y-x}"]
        )
        assert [verdict.outcome for verdict in verdicts] == ["right", "wrong"]
