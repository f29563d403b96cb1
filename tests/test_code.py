"""A program as the answer: what is interpreted, what is refused, and that nothing is ever executed."""

import io
from contextlib import redirect_stdout

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.science import flow
from qvq_nb.grading.forms.code import Code
from qvq_nb.grading.forms.interpreter import MOST_STEPS, Fails, NotRead, parsed, printed
from qvq_nb.grading.verdict import OUTCOMES, check

DOUBLE = Code("print(2 * int(input()))", (("3", "6"), ("-4", "-8")))


def fenced(program: str, word: str = "python") -> str:
    return f"```{word}\n{program}\n```"


def by_python(program: str, typed: str) -> str:
    """What Python itself prints for a program of this file."""
    lines, output = iter(typed.splitlines()), io.StringIO()
    with redirect_stdout(output):
        exec(program, {"input": lambda prompt="": next(lines)})
    return output.getvalue()


PROGRAMS = (
    "x = int(input('x? '))\nwhile x < 50:\n    x = 2 * x + 3\nprint(x)",
    "a = b = int(input())\nfor i in range(3, 40, 7):\n    if i % 2 == 0 and not a > 100:\n        a += i\n"
    "    elif i == 17:\n        continue\n    else:\n        b -= i // 2\nprint(a, b)",
    "for i in range(5, -5, -3):\n    print(i % 4, -i // 3, i * -2, 'and', 1 < i <= 5 or i == -1)",
    "n = int(input())\nwhile True:\n    n = n - 7\n    if n != 3 and n < 10:\n        break\nprint('n =', n)",
    "x = 3\nx *= 4\nx //= 5\nx %= 2\nprint(x)\nfor i in range(0):\n    print(i)\nprint()\nprint(+x)",
)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("typed", ["7", "12", "61"])
def test_what_is_interpreted_prints_what_python_prints(program, typed):
    assert printed(parsed(program), typed) == by_python(program, typed)


@given(st.integers(-99, 99), st.integers(-9, 9), st.sampled_from(["//", "%", "*", "-", "+", "<", ">=", "=="]))
def test_every_operation_counts_as_python_does(left, right, sign):
    program = f"print({left} {sign} ({right}))"
    if right == 0 and sign in ("//", "%"):
        with pytest.raises(Fails):
            printed(parsed(program), "")
    else:
        assert printed(parsed(program), "") == by_python(program, "")


@pytest.mark.parametrize(
    "program",
    [
        "import os\nprint(1)", "from os import path", "print(2 ** 9)", "print((1).real)", "print(7 / 2)",
        "print(f'{1}')", "print(__import__('os'))", "print(eval('1'))", "open('x')", "print(1, end='')",
        "x = [1]\nprint(x)", "x, y = 1, 2\nprint(x)", "def f():\n    pass", "print(1 if 2 else 3)",
        "lambda: 1", "while 0:\n    pass\nelse:\n    print(1)", "print(1.5)", "break", "x: int = 1",
        "for i in [1]:\n    print(i)", "print(1 << 3)", "print(not-a-word is 1)", "input(input())",
        "print(len('a'))", "del print", "print((x := 1))", "print(None)", "class A: pass", "x = = 1",
    ],
)  # fmt: skip
def test_what_is_outside_of_the_small_language_is_refused(program):
    with pytest.raises((NotRead, Fails)) as raised:
        printed(parsed(program), "1")
    assert all(raised.value.args) and len(raised.value.args) == 2
    assert check(DOUBLE, fenced(program)).outcome in ("unclear", "wrong")


@pytest.mark.parametrize(
    "program",
    [
        "while True:\n    pass", "x = 1\nwhile x:\n    x = x + 1\nprint(x)", "x = 2\nwhile 1:\n    x = x * x",
        "for i in range(10000000000000):\n    x = i", "while 1:\n    print('no end')", "print(1 // 0)",
        "print(y)",
        "for i in range(1, 2, 0):\n    print(i)", "int('six')", "print(input(), input(), input())",
        "print(input() + 1)", "x = 'a'\nx *= 99", "print('a' * 99)",
    ],
)  # fmt: skip
def test_a_program_that_never_ends_or_breaks_off_is_wrong(program):
    verdict = check(DOUBLE, fenced(program))
    assert verdict.outcome == "wrong" and "3" in verdict.reason


def test_the_steps_are_counted_so_that_no_program_runs_for_long():
    rounds = MOST_STEPS // 10
    assert printed(parsed(f"for i in range({rounds}):\n    pass\nprint(i)"), "") == f"{rounds - 1}\n"
    with pytest.raises(Fails):
        printed(parsed(f"for i in range({MOST_STEPS}):\n    pass\nprint(i)"), "")


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (fenced("x = int(input())\nprint(x + x)"), "right"),
        (fenced("x = int(input())\nprint(x + x)", ""), "right"),
        ("The program:\n\n" + fenced("print(int(input()) * 2)") + "\nIt doubles its input.", "right"),
        ("**Final Answer**\n\n" + fenced("print(int(input()) * 2)") + "\nFor 3 it prints 6.", "right"),
        (fenced("print(2 * int(input()))") + "\nOutput:\n" + fenced("6", "text"), "right"),
        (r"\boxed{print(2 * int(input()))}", "right"),
        (fenced("print(6)"), "wrong"),  # right for one of the inputs only
        (fenced("x = int(input())\nprint(x)"), "wrong"),
        (fenced("x = int(input())"), "wrong"),
        ("print(6)", "unclear"),
        ("6", "unclear"),
        ("It prints 6.", "unclear"),
        (fenced("print(2 * int(input()))") + "\nor\n" + fenced("print(6)"), "unclear"),
        ("```python\nprint(2 * int(input()))", "unclear"),  # cut off
        (fenced("It doubles the input."), "unclear"),
        (fenced("import sys\nprint(2 * int(input()))"), "unclear"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_is_graded_by_what_its_program_prints(answer, outcome, language):
    assert check(DOUBLE, answer, language).outcome == outcome


def test_a_whole_final_part_that_is_a_program_needs_no_fence():
    assert DOUBLE.grade("x = int(input())\nprint(2 * x)", "en").ok


def test_the_reason_names_the_input_and_both_outputs():
    assert "input -4 it prints “4”, where “-8”" in check(Code("", DOUBLE.runs[1:]), fenced("print(4)")).reason


@pytest.mark.parametrize("wide", [False, True])
def test_the_charts_program_prints_the_answer_of_the_chart_and_python_agrees_on_every_input(wide):
    for seed in range(200):
        facts, _ = facts_and_style("flow", seed, wide)
        _, _, target = flow.follow_up("program", facts, "en", None)
        assert dict(target.runs)[str(facts["start"])] == facts["answer"]
        assert len(target.runs) > 2 and target.grade(target.expected, "en").ok
        for typed, output in target.runs:
            assert by_python(target.program, typed) == output + "\n", (seed, typed)
        deaf = f"x = {facts['start']}\n{target.program.split(chr(10), 1)[1]}"  # the start is not read
        assert target.grade(fenced(deaf), "en").outcome == "wrong"


def test_the_easy_charts_are_the_ones_that_they_were():
    assert [case("flow", seed).truth for seed in range(8)] == TRUTHS_OF_OLD


TRUTHS_OF_OLD = ["15", "38", "38", "20", "11", "76", "18", "63"]

PIECES = st.sampled_from(
    [
        "```",
        "python\n",
        "print(",
        ")",
        "x",
        "=",
        "1",
        "\n",
        " ",
        "while",
        ":",
        "(",
        "-",
        "not ",
        "\\boxed{",
        "}",
        "|",
    ]
    + ["~~~", "\t", "\0", "int(", "input()", "界"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
@example("```\n" + "(" * 4000 + "\n```")
@example("```\n" + "-" * 3900 + "1\n```")
@example("```\nx=" + "not " * 900 + "1\nprint(x)\n```")
@example("```\n" + "if 1:\n" * 90 + "```")
@example("```\n" + "x=1\n" * 9000 + "```")
@example("`" * 20000)
@example("\ud800")
def test_no_text_raises(text):
    for language in ("en", "zh"):
        assert DOUBLE.grade(text, language).outcome in OUTCOMES
