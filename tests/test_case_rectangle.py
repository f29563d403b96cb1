"""The cut rectangle: its parts are measured again from the drawn ratios, exactly and with random points."""

import re
from fractions import Fraction
from functools import cache
from math import sqrt
from random import Random

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.science import rectangle

SEEDS = range(200)


@cache
def drawn(seed: int | None, wide: bool, language: str):
    """The facts of a case, and its glyphs: those with a key, and all."""
    facts, style = facts_and_style("rectangle", seed, wide)
    canvas = rectangle.draw(facts, style, language)
    return facts, canvas.places, canvas.glyphs


def points(facts: dict, places: dict) -> dict[str, tuple[Fraction, Fraction]]:
    """Each letter's exact place in a square of side 1: corners as drawn, E and F by the ratios as written."""
    letters = facts["letters"]
    at = {letter: places[f"place {letter}"][0] for letter in letters}
    lefts, tops = ([getattr(at[one], axis) for one in letters[:4]] for axis in "xy")
    exact = {
        letter: (Fraction(at[letter].x > sum(lefts) / 4), Fraction(at[letter].y > sum(tops) / 4))
        for letter in letters[:4]
    }
    for letter in letters[4:6]:
        written = "".join(glyph.character for glyph in places[f"ratio {letter}"])
        start, middle, _, end, one, other = re.fullmatch(r"(\w)(\w):(\w)(\w)=(\d):(\d)", written).groups()
        assert middle == letter
        share = Fraction(int(one), int(one) + int(other))
        exact[letter] = tuple(a + share * (b - a) for a, b in zip(exact[start], exact[end]))
    a, b, _, _, e, f = (exact[letter] for letter in letters[:6])
    exact[letters[6]] = crossing(a, e, b, f)
    return exact


def crossing(p, q, r, s):
    """Where the line through p and q meets the one through r and s."""
    (px, py), (rx, ry) = p, r
    ux, uy, vx, vy = q[0] - px, q[1] - py, s[0] - rx, s[1] - ry
    along = ((rx - px) * vy - (ry - py) * vx) / (ux * vy - uy * vx)
    return px + along * ux, py + along * uy


def asked_part(seed, wide):
    """The corners of the part whose letters stand in the question, and the case."""
    one = case("rectangle", seed, wide=wide)
    letters = re.search(r"(?:triangle|quadrilateral) (\w+)\?", one.question)[1]
    exact = points(one.facts, drawn(seed, wide, "en")[1])
    return [exact[letter] for letter in letters], one


@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_exact_area_of_the_part_in_the_question(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        part, one = asked_part(seed, wide)
        twice = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(part, part[1:] + part[:1]))
        assert abs(twice) / 2 == Fraction(one.facts["answer"]), seed
        assert one.truth == str(Fraction(one.truth))


@pytest.mark.slow
@pytest.mark.parametrize("wide", [False, True])
def test_random_points_fall_into_the_part_as_often_as_the_truth_says(wide):
    random, count = Random(1), 4000
    for seed in range(60):
        part, one = asked_part(seed, wide)
        edges = [(*map(float, start), *map(float, end)) for start, end in zip(part, part[1:] + part[:1])]
        inside = 0
        for _ in range(count):
            x, y = random.random(), random.random()
            sides = {(x1 - x0) * (y - y0) > (y1 - y0) * (x - x0) for x0, y0, x1, y1 in edges}
            inside += len(sides) == 1  # the parts have no corner that points inwards
        truth = float(Fraction(one.truth))
        assert abs(inside / count - truth) < 4.5 * sqrt(truth * (1 - truth) / count), seed


@pytest.mark.parametrize("wide", [False, True])
def test_the_drawing_is_true_to_its_ratios(wide):
    for seed in SEEDS:
        facts, places, _ = drawn(seed, wide, "en")
        at = {letter: places[f"place {letter}"][0] for letter in facts["letters"]}
        left, right = min(one.x for one in at.values()), max(one.x for one in at.values())
        top, bottom = min(one.y for one in at.values()), max(one.y for one in at.values())
        for letter, (x, y) in points(facts, places).items():
            assert abs(left + float(x) * (right - left) - at[letter].x) < 1, seed
            assert abs(top + float(y) * (bottom - top) - at[letter].y) < 1, seed


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_letters_stand_clear_of_each_other(wide, language):
    for seed in SEEDS:
        facts, places, glyphs = drawn(seed, wide, language)
        letters = [places[f"letter {letter}"][0] for letter in facts["letters"]]
        for letter in letters:
            near = [one for one in glyphs if one != letter and abs(one.x - letter.x) < 12]
            assert all(abs(one.y - letter.y) > 13 for one in near), seed


def test_easy_names_are_permuted_and_wide_cases_ask_for_every_part():
    easy, wide = ([drawn(seed, kind, "en")[0] for seed in SEEDS] for kind in (False, True))
    assert len({facts["letters"] for facts in easy}) == 8
    assert {facts["part"] for facts in easy} == {"ABO"}
    assert {facts["part"] for facts in wide} == set(rectangle.PARTS)
    assert {Fraction(facts[name]).denominator for facts in wide for name in "ef"} == set(range(2, 10))


def test_the_canonical_questions_and_truth():
    english, chinese = case("rectangle"), case("rectangle", language="zh")
    assert english.question == (
        "What is the probability that a random point of the rectangle lies in triangle ABO?"
    )
    assert chinese.question == "在长方形内随机取一点，它落在三角形 ABO 内的概率是多少？"
    assert english.truth == chinese.truth == "3/10"


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (r"\boxed{\frac{3}{10}}", "right"),
        (r"\boxed{\dfrac{3}{10}}", "right"),
        ("3/10", "right"),
        ("0.3", "right"),
        ("The probability is 3/10.", "right"),
        ("概率是 3/10。", "right"),
        (r"The area is half of 0.6, so \boxed{0.3}", "right"),
        ("6/10", "wrong"),
        (r"\boxed{\frac{10}{3}}", "wrong"),
        (r"\boxed{\frac{1}{4}}", "wrong"),
        (r"\boxed{3}", "wrong"),
    ],
)
def test_a_fraction_is_graded(answer, outcome):
    assert case("rectangle").check(answer).outcome == outcome
