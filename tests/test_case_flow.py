"""The flow chart: its loop is followed again from the drawn texts, and answers to it are graded."""

import re
from fractions import Fraction
from random import Random

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.drawing import Style
from qvq_nb.cases.science import flow

SEEDS = range(200)


def drawn_texts(facts: dict, style: Style, language: str) -> dict:
    """The texts of the chart by key, without spaces and with ASCII signs."""
    places = flow.draw(facts, style, language).places
    return {
        key: "".join(glyph.character for glyph in glyphs).replace("−", "-") for key, glyphs in places.items()
    }


def printed(texts: dict) -> tuple[int, int]:
    """What the drawn chart prints, and after how many rounds, by the closed form of the sequence."""
    start = int(re.fullmatch(r"x=(-?\d+)", texts["start"])[1])
    factor, addend = re.fullmatch(r"x=(?:(\d)·)?x([+-]\d+)?", texts["step"]).groups()
    factor, addend = int(factor or 1), int(addend or 0)
    comparison, bound = re.fullmatch(r"x([<>])(-?\d+)\?", texts["condition"]).groups()

    def value(rounds: int) -> int:
        if factor == 1:
            return start + rounds * addend
        fixed = Fraction(addend, 1 - factor)  # the x that a round leaves as it is
        return int(factor**rounds * (start - fixed) + fixed)

    done = [rounds for rounds in range(20) if (value(rounds) - int(bound)) * (1, -1)[comparison == ">"] >= 0]
    return value(done[0]), done[0]


@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_what_the_drawn_chart_prints(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("flow", seed, wide)
        english, chinese = (drawn_texts(facts, style, language) for language in ("en", "zh"))
        assert (english.pop("yes"), english.pop("no")) == ("yes", "no")
        assert (chinese.pop("yes"), chinese.pop("no")) == ("是", "否")
        assert english == chinese
        output, rounds = printed(english)
        assert (facts["answer"], facts["rounds"]) == (str(output), rounds), seed
        assert 1 <= rounds <= 12
        assert all(abs(facts[name]) <= (999 if wide else 99) for name in ("start", "bound", "addend"))
        assert abs(output) <= (999 if wide else 99)


def test_wide_charts_count_down_start_below_zero_and_end_on_the_bound():
    drawn = [facts_and_style("flow", seed, True)[0] for seed in SEEDS]
    assert {facts["comparison"] for facts in drawn} == {"<", ">"}
    assert any(facts["start"] < 0 for facts in drawn) and any(int(facts["answer"]) < 0 for facts in drawn)
    assert any(facts["answer"] == str(facts["bound"]) for facts in drawn)
    assert len({facts["answer"] for facts in drawn}) > 100


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (r"\boxed{61}", "right"),
        (r"\boxed{x = 61}", "right"),
        ("61", "right"),
        ("It prints **61**.", "right"),
        ("The values of x are 1, 5, 13, 29 and 61.\n\nThe chart prints 61.", "right"),
        ("The values of x are 1, 5, 13, 29 and 61. The chart prints 61.", "unclear"),
        ("输出是 61。", "right"),
        ("程序输出的结果为61", "right"),
        (r"x runs through 1, 5, 13, 29, 61. \boxed{61}", "right"),
        (r"\boxed{29}", "wrong"),  # a round too few
        (r"\boxed{125}", "wrong"),  # a round too many
        ("It prints 50.", "wrong"),
        ("输出是 29。", "wrong"),
        (r"\boxed{-61}", "wrong"),
        ("It prints 61 cm.", "wrong"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_is_graded(answer, outcome, language):
    assert case("flow", language=language).check(answer).outcome == outcome


@pytest.mark.parametrize("answer", ["It prints 29 or 61.", "It prints something."])
def test_an_answer_that_does_not_state_the_output_is_not_right(answer):
    assert not case("flow").check(answer).ok


@pytest.mark.parametrize(
    "answer, ok",
    [
        ("4", True),
        ("The loop runs 4 times.", True),
        ("执行了 4 次。", True),
        ("5 times", False),
        ("3 次", False),
    ],
)
def test_the_rounds_of_the_loop_are_a_question_of_their_own(answer, ok):
    _, _, target = flow.follow_up("rounds", flow.CANONICAL, "en", Random(0))
    assert target.grade(answer, "en").ok == ok


def test_a_negative_output_needs_its_sign():
    facts = {**flow.CANONICAL, "answer": "-209"}
    target = flow.target(facts, "en")
    assert target.grade("It prints −209.", "en").ok and target.grade(r"\boxed{-209}", "en").ok
    assert not target.grade(r"\boxed{209}", "en").ok


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_200_seeds_are_drawn(wide, language):
    for seed in SEEDS:
        assert case("flow", seed, language, wide=wide).image.size == (392, 280)
