"""Wide facts of the cases that are worked out, sofa and derivative: their truths, ranges and drawings."""

from fractions import Fraction

import pytest

from qvq_nb.cases import case, facts_and_style, family_module
from qvq_nb.cases.drawing import Canvas, text_width

SEEDS = range(200)


def wide_facts(family: str) -> list[dict]:
    return [facts_and_style(family, seed, True)[0] for seed in SEEDS]


def test_a_sofas_volume_is_the_sum_of_its_slices_one_centimetre_deep():
    for facts in wide_facts("sofa"):
        depth, right = facts["depth"], facts.get("right", 0)
        slices = (
            facts["long"] if y < depth else depth * ((y < facts["short"]) + (y < right))
            for y in range(max(facts["short"], right))
        )
        volume = Fraction(sum(slices) * facts["height"], {"cm³": 1, "m³": 10**6}[facts["unit"]])
        assert Fraction(facts["answer"]) == volume, facts


def test_the_slope_is_that_of_the_functions_drawn_as_straight_lines():
    step = Fraction(1, 10**12)
    for facts in wide_facts("derivative"):
        x, rows = facts["x"], {row["x"]: row for row in facts["table"]}

        def line(name, place, t, rows=rows):
            """The tangent of f or g at `place`, at `t`."""
            value, slope = (Fraction(str(rows[place][column])) for column in (name, name + "'"))
            return value + slope * (t - place)

        def h(t, rule=facts["rule"], x=x, rows=rows, line=line):
            g = line("g", x, t)
            if rule == "chain":
                return line("f", rows[x]["g"], g)
            f = line("f", x, t)
            return f * g if rule == "product" else f / g if rule == "quotient" else f + g

        slope = (h(x + step) - h(x - step)) / (2 * step)
        assert abs(Fraction(facts["answer"]) - slope) < Fraction(1, 10**6), facts


def test_wide_sofas_reach_their_ranges():
    facts = wide_facts("sofa")
    sizes = [one[name] for one in facts for name in ("long", "short", "depth", "height")]
    assert max(one["long"] for one in facts) > 900 and {size % 10 for size in sizes} == set(range(10))
    for name in ("depth", "height"):
        assert min(one[name] for one in facts) < 45 and max(one[name] for one in facts) > 145
    assert min(sizes) >= 40 and max(sizes) <= 999
    assert {(one["form"], one["unit"]) for one in facts} == {
        (form, unit) for form in ("corner", "straight", "U") for unit in ("cm³", "m³")
    }
    assert 50 < sum(one["unit"] == "m³" for one in facts) < 85


def test_wide_tables_reach_their_ranges():
    facts = wide_facts("derivative")
    values = [row[column] for one in facts for row in one["table"] for column in ("f", "g", "f'", "g'")]
    xs = [[row["x"] for row in one["table"]] for one in facts]
    assert {len(one) for one in xs} == set(range(2, 9))
    assert min(values) <= -98 and max(values) >= 98 and max(map(abs, values)) <= 99
    assert any(isinstance(value, float) for value in values)
    assert min(map(min, xs)) < -90 and max(map(max, xs)) > 90
    assert any(one[-1] - one[0] > len(one) for one in xs)
    assert {one["rule"] for one in facts} == {"product", "quotient", "sum", "chain"}
    assert all(10_000 % Fraction(one["answer"]).denominator == 0 for one in facts)


@pytest.mark.parametrize("family", ["sofa", "derivative"])
def test_no_text_overlaps_another(family, monkeypatch):
    boxes = []

    def remember(self, x, y, text, size=None, fill=None, bold=False, align="left", key=None):
        size = size or self.style.text_size
        half = text_width(text, size, bold) / 2
        boxes.append((x - half, y - size * 0.4, x + half, y + size * 0.4))

    monkeypatch.setattr(Canvas, "text", remember)  # both families write centred texts only
    for seed in SEEDS:
        boxes.clear()
        facts, style = facts_and_style(family, seed, True)
        family_module(family).draw(facts, style, "en")
        for index, one in enumerate(boxes):
            for other in boxes[:index]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (seed, one, other)


def test_a_volume_in_metres_may_be_answered_in_centimetres():
    drawn = next(one for seed in SEEDS if (one := case("sofa", seed, wide=True)).facts["unit"] == "m³")
    cubic_centimetres = Fraction(drawn.facts["answer"]) * 10**6
    assert drawn.check(f"The volume is {cubic_centimetres} cm³.").ok
    assert not drawn.check(f"The volume is {cubic_centimetres + 1} cm³.").ok


@pytest.mark.parametrize("family", ["sofa", "derivative"])
def test_follow_ups_of_wide_cases_are_graded(family):
    for seed in range(30):
        drawn = case(family, seed, "zh", wide=True)
        for number in range(5):
            other = drawn.follow_up(number)
            assert other.check(other.truth).ok and not other.check("").ok


def test_the_whole_sofa_lies_inside_the_picture(monkeypatch):
    points = []
    monkeypatch.setattr(Canvas, "polygon", lambda self, corners, *_, **__: points.extend(corners))
    sofa = family_module("sofa")
    for seed in SEEDS:
        points.clear()
        sofa.draw(*facts_and_style("sofa", seed, True), "en")
        assert all(0 < x < sofa.WIDTH and 0 < y < sofa.HEIGHT for x, y in points), seed
