"""The speed limit and the speedometer: the needle is read again from where it points, choices are graded."""

import re
from cmath import phase
from functools import cache
from math import pi

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.scenes import sign

SEEDS = range(200)


@cache
def places(seed: int | None, wide: bool, language: str) -> dict:
    """The glyphs of a picture that have a key."""
    return sign.draw(*facts_and_style("sign", seed, wide), language).places


def written(glyphs: list) -> str:
    return "".join(glyph.character for glyph in glyphs)


def middle(glyphs: list) -> complex:
    return complex(sum(glyph.x for glyph in glyphs) / len(glyphs), glyphs[0].y)


def speed_shown(drawn: dict) -> float:
    """The speed in digits, or by the angles round the dial at which its numbers and its needle stand."""
    if "speed" in drawn:
        return float(written(drawn["speed"]))
    marks = sorted((int(written(glyphs)), middle(glyphs)) for key, glyphs in drawn.items() if "mark " in key)
    (_, a), (_, b), (_, c) = marks[0], marks[len(marks) // 2], marks[-1]
    turned = (c - a) / (b - a)  # the centre of the circle through three of the numbers
    centre = (b - a) * (turned - abs(turned) ** 2) / (2j * turned.imag) + a
    turns = [(number, phase((place - centre) / (a - centre)) % (2 * pi)) for number, place in marks[1:]]
    needle = phase((middle(drawn["needle"]) - centre) / (a - centre)) % (2 * pi)
    last, end = turns[-1]
    return last * needle / end


def is_true(option: str, limit: int, speed: int) -> bool:
    """Whether the sentence of an option holds."""
    amount = re.search(r"\d+", option)
    if amount is None:
        return speed == limit
    below = "below" in option or "低" in option
    return speed - limit == (-1 if below else 1) * int(amount[0])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_only_option_that_holds_for_the_drawn_speed_and_limit(wide, language):
    for seed in SEEDS if wide else (None, *SEEDS):
        one, drawn = case("sign", seed, language, wide=wide), places(seed, wide, language)
        shown, limit = speed_shown(drawn), int(written(drawn["limit"]))
        speed = one.facts["speed"]
        assert abs(shown - speed) < 0.75, (seed, shown, speed)
        assert written(drawn["unit"]) == written(drawn["speed unit"]) == one.facts["unit"]
        options = dict(re.findall(r"^([A-D])\. (.+)$", one.question, re.MULTILINE))
        assert len(set(options.values())) == 4
        assert all(one.facts["unit"] in option for option in options.values() if re.search(r"\d", option))
        assert [letter for letter, option in options.items() if is_true(option, limit, speed)] == [one.truth]


@pytest.mark.parametrize("wide", [False, True])
def test_every_letter_is_the_answer_and_cars_are_above_at_and_below_the_limit(wide):
    drawn = [case("sign", seed, wide=wide) for seed in range(80)]
    assert {one.truth for one in drawn} == set("ABCD")
    signs = {
        (one.facts["speed"] > one.facts["limit"]) - (one.facts["speed"] < one.facts["limit"]) for one in drawn
    }
    assert signs == {-1, 0, 1}


def test_easy_cases_are_tens_of_km_h_and_wide_ones_reach_mph_fives_and_digits():
    easy, wide = ([facts_and_style("sign", seed, kind)[0] for seed in SEEDS] for kind in (False, True))
    assert all(one["unit"] == "km/h" and one["speed"] % 10 == 0 == one["limit"] % 10 for one in easy)
    assert {(one["unit"], one["display"]) for one in wide} == {
        (unit, display) for unit in ("km/h", "mph") for display in ("dial", "digits")
    }
    assert any(one["speed"] % 10 == 5 for one in wide if one["display"] == "dial")
    assert any(one["speed"] % 5 for one in wide if one["display"] == "digits")
    assert all(one["speed"] > 0 for one in wide)


@pytest.mark.parametrize("wide", [False, True])
def test_the_numbers_of_a_dial_stand_apart_from_each_other_and_from_the_sign(wide):
    for seed in SEEDS:
        drawn = places(seed, wide, "en")
        marks = [middle(glyphs) for key, glyphs in drawn.items() if "mark " in key]
        assert all(abs(one - other) > 24 for one in marks for other in marks if one is not other), seed
        right = middle(drawn["limit"]).real + sign.SIGN_RADIUS
        assert all(place.real - 16 > right for place in marks), seed


def test_the_canonical_questions():
    english, chinese = case("sign"), case("sign", language="zh")
    assert english.question.splitlines() == [
        "How does the car's speed compare with the limit?",
        "A. 10 km/h too fast",
        "B. 20 km/h too fast",
        "C. 20 km/h below the limit",
        "D. exactly at the limit",
    ]
    assert chinese.question.startswith("汽车的速度和限速相比怎么样？\nA. 超速 10 km/h\n")
    assert english.truth == chinese.truth == "B"


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (r"\boxed{B}", "right"),
        ("B", "right"),
        ("B. 20 km/h too fast", "right"),
        ("20 km/h too fast", "right"),
        ("80 km/h is 20 km/h more than 60 km/h, so the answer is B.", "right"),
        ("答案是 B", "right"),
        (r"\boxed{C}", "wrong"),
        ("exactly at the limit", "wrong"),
        ("A or B", "unclear"),
        ("It is not B.", "unclear"),
        ("I cannot read the dial.", "unclear"),
    ],
)
def test_a_choice_is_graded(answer, outcome):
    assert case("sign").check(answer).outcome == outcome


def test_a_chinese_option_is_graded():
    one = case("sign", language="zh")
    assert one.check("超速 20 km/h").ok and one.check("B. 超速20km/h").ok
    assert one.check("比限速低 20 km/h").outcome == "wrong"
