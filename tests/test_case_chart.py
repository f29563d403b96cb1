"""Wide charts: what their pixels and their axis show is what the answer says, in each form of the bars."""

from decimal import Decimal
from functools import cache
from itertools import product
from random import Random

import numpy
import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module, names
from qvq_nb.cases.drawing import mix
from qvq_nb.cases.follow_up import follow_up

SEEDS = range(200)
chart = family_module("chart")


@pytest.fixture(scope="module")
def charts():
    return [facts_and_style("chart", seed, wide=True) for seed in SEEDS]


def text_under(canvas, key: str) -> str:
    return "".join(glyph.character for glyph in canvas.places[key])


def middle(canvas, key: str, lying: bool) -> float:
    """Where a text is along the value axis' direction: x where bars lie, else y."""
    places = [glyph.x if lying else glyph.y for glyph in canvas.places[key]]
    return (min(places) + max(places)) / 2


def value_at(canvas, facts) -> callable:
    """Pixel → value, from where the first and the last label of the axis stand."""
    keys = [key for key in canvas.places if key.startswith("axis ")]
    values = [float(text_under(canvas, key)) for key in keys]
    pixels = [middle(canvas, key, facts["lying"]) for key in keys]
    steps = numpy.diff(pixels) / numpy.diff(values)
    assert len(keys) >= 4 and abs(steps - steps[0]).max() < 0.01 * abs(steps[0])  # an even scale
    return lambda pixel: values[0] + (pixel - pixels[0]) * (values[-1] - values[0]) / (pixels[-1] - pixels[0])


@cache
def seen_bars(seed: int) -> dict:
    """(group, series) → the values at which its bar begins and ends, measured in the picture."""
    facts, style = facts_and_style("chart", seed, wide=True)
    canvas = chart.draw(facts, style, "en", scale=2)
    picture, value = numpy.asarray(canvas.image()).astype(int), value_at(canvas, facts)
    names, seen = list(facts["values"]), {}
    picture[:72] = style.paper  # the legend has the same colours
    if not facts["lying"]:
        picture = picture.transpose(1, 0, 2)
    centres = [2 * middle(canvas, f"name {group}", not facts["lying"]) for group in range(len(names))]
    half = (centres[1] - centres[0]) / 2
    for group, series in product(range(len(names)), range(len(facts["benchmarks"]))):
        color = style.palette[series]
        color = mix(color, (255, 255, 255), 0.4) if facts["stacked"] else color
        band = picture[max(0, round(centres[group] - half)) : round(centres[group] + half)]
        along = numpy.nonzero((abs(band - color).max(axis=2) <= 1).sum(axis=0) > 4)[0]
        ends = sorted((value(along.min() / 2), value((along.max() + 1) / 2)))
        seen[group, series] = ends
    return seen


def test_a_bar_without_a_printed_value_ends_in_the_picture_where_the_axis_has_its_value(charts):
    read = 0
    for seed, (facts, _) in ((seed, one) for seed, one in enumerate(charts) if not one[0]["printed"]):
        bars = seen_bars(seed)
        for (group, series), (low, high) in bars.items():
            value = float(facts["values"][list(facts["values"])[group]][series])
            start = bars[group, series - 1][1] if facts["stacked"] and series else 0
            exact = float(chart.tolerance(facts)) / 3
            assert abs(high - low - value) < 2 * exact and abs(low - start) < exact, (facts, group, series)
            read += 1
    assert read > 600


def test_the_answer_is_right_as_it_is_read_off_the_picture(charts):
    for seed, (facts, style) in enumerate(charts):
        group = list(facts["values"]).index(facts["asked"])
        if facts["printed"]:
            canvas = chart.draw(facts, style, "zh")
            numbers = [
                Decimal(text_under(canvas, f"value {group} {i}")) for i in range(len(facts["benchmarks"]))
            ]
        else:
            bars = seen_bars(seed)
            ends = [bars[group, series] for series in range(len(facts["benchmarks"]))]
            numbers = [high - low for low, high in ends]
        if not facts["stacked"]:
            read = max(numbers)
        else:
            read = sum(numbers) if facts["part"] is None else numbers[facts["part"]]
        assert case("chart", seed, wide=True).check(f"It is {float(read):.2f}.").ok, (seed, read)


def test_a_reading_is_right_up_to_the_tolerance_that_the_question_tells_and_no_further(charts):
    told = 0
    for (facts, _), language in product(charts, LANGUAGES):
        target, question = chart.target(facts, language), chart.question(facts, language)
        truth, slack = Decimal(facts["answer"]), Decimal(target.tolerance)
        assert (slack == 0) == facts["printed"]
        assert not target.grade(str(truth + slack + Decimal("0.1")), language).ok
        assert target.grade(str(truth - slack), language).ok
        assert not target.grade(str(truth - slack - 1), language).ok
        if slack:
            told += 1
            within = {"en": f"to within {slack.normalize():f}.", "zh": f"误差不超过 {slack.normalize():f}。"}
            assert question.endswith(within[language])
    assert told > 100


def test_an_axis_has_four_to_six_labels_and_a_tolerance_of_at_most_a_twentieth(charts):
    for facts, style in (one for one in charts if not one[0]["printed"]):
        canvas = chart.draw(facts, style, "en")
        labels = [float(text_under(canvas, key)) for key in canvas.places if key.startswith("axis ")]
        highest = max(labels)
        assert 4 <= len(labels) <= 6 and highest / 60 < chart.tolerance(facts) <= highest / 20
        totals = [
            sum(map(float, row)) if facts["stacked"] else max(map(float, row))
            for row in facts["values"].values()
        ]
        assert 0.6 * highest < max(totals) <= highest


def test_every_form_of_bars_comes(charts):
    forms = [(facts["stacked"], facts["lying"], facts["printed"]) for facts, _ in charts]
    assert set(forms) == set(product((False, True), repeat=3))
    assert 80 < sum(printed for *_, printed in forms) < 120
    parts = {facts["part"] for facts, _ in charts if facts["stacked"]}
    assert parts == {None, 0, 1, 2}


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_ups_of_each_form_ask_for_what_the_chart_shows(language, charts):
    kinds = set()
    for seed, (facts, _) in enumerate(charts):
        asked = follow_up("chart", facts, language, Random(seed))
        kinds.add((facts["stacked"], asked.kind))
        row = facts["values"].get(asked.subject.get("model"), [])
        if asked.kind in ("part", "value"):
            assert asked.truth == row[asked.subject["benchmark"]]
        if asked.kind == "whole":
            assert 10 * Decimal(asked.truth) == sum(int(10 * Decimal(value)) for value in row)
        if facts["lying"] and not facts["stacked"]:
            assert "high is" not in asked.question and "柱" not in asked.question
        assert (asked.target.tolerance == "0") == facts["printed"] and "{" not in asked.question
    assert kinds == {
        *((False, kind) for kind in chart.FOLLOW_UPS),
        *((True, kind) for kind in chart.STACK_FOLLOW_UPS),
    }


def test_no_invented_name_says_something_about_a_number():
    made = {
        name(Random(seed)).split("-")[0] for name in (names.model, names.benchmark) for seed in range(20_000)
    }
    assert len(made) > 1_000 and not made & {"More", "Never", "None", "Note", "Same", "Sole"}


@pytest.mark.parametrize("answer", ["about 47", "47", r"\boxed{47}", "The value is 47.", "大约是 47。"])
def test_a_reading_is_right_in_every_form(answer):
    facts = {**chart.CANONICAL, "stacked": False, "lying": True, "printed": False, "answer": "47.5"}
    for language in LANGUAGES:
        assert chart.target(facts, language).grade(answer, language).ok
        assert not chart.target(facts, language).grade(answer.replace("47", "57"), language).ok
