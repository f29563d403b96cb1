"""U-shaped sofas: their outline in the drawing, their measures and their volume agree."""

from fractions import Fraction
from random import Random

import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.cases.drawing import sofas
from qvq_nb.cases.follow_up import follow_up

SEEDS = range(200)
PER_UNIT = {"cm³": 1, "m³": 100}  # centimetres
sofa = family_module("sofa")


@pytest.fixture(scope="module")
def shapes():
    drawn = [facts_and_style("sofa", seed, wide=True) for seed in SEEDS]
    return [(facts, style) for facts, style in drawn if facts["form"] == "U"]


def shoelace(points) -> float:
    """The area of a polygon."""
    pairs = zip(points, points[1:] + points[:1])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def drawn_polygons(monkeypatch, facts, style):
    """The drawing, and the corners of all its polygons before they are rounded; the first is the outline."""
    drawn = []
    monkeypatch.setattr(sofas, "rounded", lambda points, radius: drawn.append(points) or points)
    return sofa.draw(facts, style, "en"), drawn


def test_the_volume_is_that_of_the_drawn_outline_at_the_scale_of_its_longest_line(shapes, monkeypatch):
    for facts, style in shapes:
        _, (corners, *_) = drawn_polygons(monkeypatch, facts, style)
        width = max(x for x, _ in corners) - min(x for x, _ in corners)
        area = Fraction(shoelace(corners)) * Fraction(facts["long"], 1) ** 2 / Fraction(width) ** 2
        volume = area * facts["height"] / PER_UNIT[facts["unit"]] ** 3
        assert abs(volume / Fraction(facts["answer"]) - 1) < Fraction(1, 10**9), facts


def test_the_volume_is_exactly_that_of_the_box_around_it_less_the_gap_and_what_is_missing_below(shapes):
    for facts, _ in shapes:
        long, depth, left, right = (facts[name] for name in ("long", "depth", "short", "right"))
        longest = max(left, right)
        area = long * longest - (long - 2 * depth) * (longest - depth) - depth * abs(left - right)
        assert Fraction(facts["answer"]) == Fraction(area * facts["height"], PER_UNIT[facts["unit"]] ** 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_measure_of_a_u_shape_stands_at_its_side(language, shapes):
    for facts, style in shapes:
        places = sofa.draw(facts, style, language).places
        x, y = {}, {}
        for name in ("long", "short", "right", "depth", "height"):
            written = "".join(glyph.character for glyph in places[name])
            number = Fraction(written.removesuffix("m" if facts["unit"] == "m³" else "cm"))
            assert number * PER_UNIT[facts["unit"]] == facts[name]
            x[name], y[name] = places[name][0].x, places[name][0].y
        assert x["short"] < x["depth"] < x["right"] and x["short"] < x["long"] < x["right"]
        assert y["long"] < min(y["short"], y["right"]) and max(y.values()) == y["height"]
        keyless = max(y["short"], y["right"], y["depth"])
        assert y["height"] - keyless >= 10


def test_no_line_of_a_cushion_runs_through_a_label(shapes, monkeypatch):
    for facts, style in shapes:
        canvas, drawn = drawn_polygons(monkeypatch, facts, style)
        texts = [(glyph.x - 3, glyph.y - 5, glyph.x + 3, glyph.y + 5) for glyph in canvas.glyphs]
        for polygon in drawn:
            for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1]):
                box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
                assert not [text for text in texts if touch(box, text)], facts


def touch(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sides_of_a_u_shape_are_asked_for_as_they_lie_in_the_drawing(language, shapes):
    kinds = set()
    for number, (facts, _) in enumerate(shapes):
        for seed in range(6):
            asked = follow_up("sofa", facts, language, Random(100 * number + seed))
            kinds.add(asked.kind)
            if asked.kind == "area":
                assert Fraction(asked.truth.split()[0]) * Fraction(
                    facts["height"], PER_UNIT[facts["unit"]]
                ) == Fraction(facts["answer"])
            else:
                assert Fraction(asked.truth.split()[0]) * PER_UNIT[facts["unit"]] == facts[asked.kind]
            assert asked.target.grade(asked.truth, language).ok
    assert kinds == set(sofa.U_FOLLOW_UPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_volume_of_a_u_shape_is_graded_in_every_form(language, shapes):
    seed = next(seed for seed in SEEDS if facts_and_style("sofa", seed, wide=True)[0] == shapes[0][0])
    drawn = case("sofa", seed, language, wide=True)
    number, unit = drawn.truth.split()
    for answer in (
        drawn.truth,
        rf"\boxed{{{number}}}",
        f"The volume is {number} {unit}.",
        f"体积是{number} {unit}。",
    ):
        assert drawn.check(answer).ok, answer
        assert not drawn.check(answer.replace(number, number[:-1] + str((int(number[-1]) + 1) % 10))).ok
