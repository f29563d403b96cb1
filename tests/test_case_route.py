"""Two routes: the legs are read again from the map, and answers of two parts are graded."""

import re
from fractions import Fraction

import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.cases.scenes import route

SEEDS = range(200)


def read_again(canvas) -> tuple[list[Fraction], set[str]]:
    """The length of the upper and of the lower route, by where their legs are written, and the units."""
    middle, lengths, units = canvas.places["A"][0].y, [Fraction(0)] * 2, set()
    for key, glyphs in canvas.places.items():
        if len(key) > 1:
            number, unit = re.fullmatch(
                r"([\d.]+)(\D+)", "".join(glyph.character for glyph in glyphs)
            ).groups()
            lengths[glyphs[0].y > middle] += Fraction(number)
            units.add(unit)
    return lengths, units


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_follows_from_the_legs_that_stand_on_the_map(language, wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("route", seed, wide)
        (upper, lower), units = read_again(route.draw(facts, style, language))
        (_, which), (_, less) = route.target(facts, language).parts
        assert (which.expected, less.value) == ("1" if upper < lower else "2", abs(upper - lower)), seed
        assert units == {{"min": ("min", "分钟"), "km": ("km", "公里")}[facts["unit"]][language == "zh"]}


def test_no_two_legs_are_written_on_top_of_each_other():
    for seed in SEEDS:
        facts, style = facts_and_style("route", seed, True)
        places = route.draw(facts, style, "en").places
        boxes = [
            (glyphs[0].x - 10, glyphs[-1].x + 10, glyphs[0].y)
            for key, glyphs in places.items()
            if len(key) > 1
        ]
        for number, (left, right, y) in enumerate(boxes):
            for other_left, other_right, other_y in boxes[:number]:
                assert right < other_left or other_right < left or abs(y - other_y) > 23, seed


def test_either_route_may_be_shorter_and_both_units_come():
    for wide in (False, True):
        drawn = [facts_and_style("route", seed, wide)[0] for seed in SEEDS]
        assert {facts["which"] for facts in drawn} == {1, 2} and {facts["unit"] for facts in drawn} == {
            "min",
            "km",
        }


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("1, 3", "right"),
        (r"\boxed{1, 3}", "right"),
        (r"\boxed{\text{Route 1}, 3 \text{ min}}", "right"),
        ("Route 1, 3 minutes", "right"),
        ("Route 1, 3 minutes quicker", "right"),
        ("路线 1，3 分钟", "right"),
        ("第一条，快 3 分钟", "right"),
        ("Route 2, 3 minutes", "wrong"),
        ("Route 1, 13 minutes", "wrong"),
        (r"\boxed{2, 35}", "wrong"),
        ("Route 1", "unclear"),
        ("They are the same.", "unclear"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_graded_part_by_part(answer, outcome, language):
    assert case("route", language=language).check(answer).outcome == outcome
