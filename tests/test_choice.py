"""A choice as the answer: one letter, said as people and models say it."""

import pytest

from qvq_nb.grading.choice import Choice

OPTIONS = ("father, meiosis I", "father, meiosis II", "mother, meiosis I", "mother, meiosis II")
B = Choice("B", OPTIONS)


@pytest.mark.parametrize(
    "final",
    [
        "B", "b", "(B)", "B.", "**B**", r"\boxed{B}", r"\boxed{\text{B}}", r"\boxed{(b)}", "答案是B", "选B。",
        "Ｂ", "option B", "The answer is B.", "The answer is (B).", "B. father, meiosis II",
        "father, meiosis II",
        r"\boxed{\text{Father, meiosis II}}", "A child with X1X1X2 got both from the father, so B.",
        "故选 B 项。", r"It is A. No, wait. \boxed{B}", "Answer: B\n\nB is the only option that fits.",
    ],
)  # fmt: skip
def test_the_right_option_is_right(final):
    assert B.grade(final, "en").outcome == "right"


@pytest.mark.parametrize(
    "final",
    ["A", "The answer is A.", "(C)", r"\boxed{D}", "答案是A", "father, meiosis I", "A is right.",
     "Option A shows it.", r"B \boxed{C}"],
)  # fmt: skip
def test_another_option_is_wrong(final):
    assert B.grade(final, "en").outcome == "wrong"


@pytest.mark.parametrize(
    "final",
    ["", "B or C", "A, B", "not B", "The answer is not B.", "B is wrong", "不是B", "B不对", "排除B",
     "I cannot tell.", r"\boxed{}", r"\boxed{BC}", "B. mother, meiosis I",
     "A. father, meiosis I\nB. father, meiosis II"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_does_not_choose_one_option_is_unclear(final, language):
    finding = B.grade(final, language)
    assert finding.outcome == "unclear" and r"\boxed{" in finding.reason


@pytest.mark.parametrize("letter", "ABCD")
def test_the_letter_itself_is_right_without_the_texts_of_the_options(letter):
    assert Choice(letter).grade(Choice(letter).expected, "zh").ok


def test_a_long_text_is_graded():
    assert B.grade("B " * 100_000, "en").ok and B.grade("not " * 100_000, "en").outcome == "unclear"
