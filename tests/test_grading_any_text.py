"""Any text is graded: without an exception, and in time that grows with its length and not faster."""

from time import thread_time

import pytest
from answers import OUTCOMES
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.cases import case
from qvq_nb.grading.number import Number
from qvq_nb.grading.text import Text
from qvq_nb.grading.verdict import check

TARGETS = {
    family: case(family).target
    for family in (
        "recognition", "invoice", "chart", "sofa", "derivative", "chemistry", "clip", "flow", "meiosis",
        "semicircles", "compare", "find",
    )
}  # fmt: skip
TARGETS |= {
    "share": Number("3/10"),
    "name": Text("copper", others=("iron",)),
    "place": Number("3", accepts=("cell",), place=True),
}

PIECES = st.sampled_from(
    [
        "\\boxed{", "}", "{", "$$", "$", "\\frac{", "\\frac12", "\\text{", "^", "_", "(", ")", "\n",
        "\n\n", "6", "-29", "462.05",
        "1,000", "1 000", "9" * 70, "1e99", "10^999", "π", "\\pi", "六", "百", "万", "元", "负", "第",
        "not ", "不", "or ", "=", "+", "/",
        "/0", "FeSO4", "Fe", "E is ", "→", "A", "B.", "second", "more ", "than ", "half ", "one ",
        "twenty", "hundred ", "point ",
        "<think>", "</think>", "**Final Answer**", "答案：", "cm³", "%", "€", "\ud800",
        "<|box_start|>(1,2),(3,4)<|box_end|>", "½", "²",
    ]
)  # fmt: skip

HOSTILE = [
    "1 2 ", "9", "not ", "第", "letters ", "\\boxed{", "\\boxed{6} ", "\\frac{1}{", "(", "6 or ", "$",
    "~~", "<", "iron ", "(H)", "六",
    "1,", "1/", "6 = ", "hundred ", " ", "\n", "- 6\n", "FeSO4 + ", "π + ", "不是6，", "the second ",
    "^{ ", "</think>", "**Answer:** 6\n\n",
]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(text=st.text() | st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join))
@pytest.mark.parametrize("family", TARGETS)
def test_any_text_is_right_wrong_or_unclear_and_says_why(family, text):
    for language in ("en", "zh"):
        verdict = check(TARGETS[family], text, language)
        assert verdict.outcome in OUTCOMES[:3] and verdict.reason


@pytest.mark.parametrize("family", TARGETS)
@pytest.mark.parametrize(
    "text",
    [
        "9" * 5000, r"\boxed{" + "9" * 5000 + "}", "0." + "9" * 5000, "6e" + "9" * 5000,
        "10^" + "9" * 5000, "六" * 5000, "Fe" + "9" * 5000,
        r"\boxed{" + "{" * 5000 + "8" + "}" * 5000 + "}",
        r"\boxed{" + "(" * 5000 + "8" + ")" * 5000 + "}", r"\boxed{10^{10^{10^{10}}}}",
        r"\boxed{99999999!}", r"\boxed{9^{99999999}}", r"\boxed{\frac{\frac{\frac{1}{2}}{3}}{4}}",
        "\\boxed{\ud800}", "\ud800", r"\boxed{6", r"\boxed}8{", "\x00",
        r"\boxed{" + r"\frac{1}{" * 500 + "8" + "}" * 500 + "}", r"\boxed{" + "6+" * 5000 + "6}",
        r"\boxed{\int_0^1 x\,dx}", r"\boxed{__import__('os')}",
    ],
)  # fmt: skip
def test_a_bomb_is_no_answer_and_no_exception(family, text):
    assert not check(TARGETS[family], text).ok


@pytest.mark.parametrize(
    "family", ["recognition", "place", "chemistry", "meiosis", "semicircles", "compare", "find", "name"]
)
def test_a_text_four_times_as_long_takes_no_ten_times_as_long(family):
    def seconds(text):
        began = thread_time()
        check(TARGETS[family], text)
        return thread_time() - began

    for piece in HOSTILE:
        short, long = (piece * (length // len(piece)) for length in (5_000, 20_000))
        seconds(short)
        least_short, least_long = float("inf"), float("inf")
        for _ in range(10):  # the least of several: another process makes the caches cold
            least_short = min(least_short, max(seconds(short), 0.004))
            least_long = min(least_long, seconds(long))
            if least_long < 10 * least_short:
                break
        assert least_long < 10 * least_short, piece
