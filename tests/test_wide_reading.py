"""Invoices and charts with wide facts: true, legible, and as varied as they promise to be."""

from collections import Counter
from decimal import Decimal
from itertools import combinations
from random import Random

import pytest

from qvq_nb.cases import LANGUAGES, facts_and_style, family_module
from qvq_nb.cases.drawing import Canvas, text_width
from qvq_nb.cases.follow_up import follow_up

SEEDS = range(200)
READING = ("invoice", "chart")


def wide_facts(family: str) -> list[dict]:
    return [facts_and_style(family, seed, wide=True)[0] for seed in SEEDS]


def test_the_taxes_of_wide_invoices_are_what_is_counted_in_whole_cents():
    for facts in wide_facts("invoice"):
        taxes = []
        for line in facts["lines"]:
            cents = int(line["amount"].replace(".", ""))
            taxes.append((cents * line["rate"] + 50) // 100)  # half a cent is rounded up
            assert line["tax"] == f"{taxes[-1] // 100}.{taxes[-1] % 100:02d}"
        total = f"{sum(taxes) // 100}.{sum(taxes) % 100:02d}"
        if "form" in facts:
            assert facts["answer"] == f"{'yes' if facts['total_tax'] == total else 'no'}, {total}"
        else:
            assert facts["answer"] == facts["total_tax"] == total
        amounts = sum(int(line["amount"].replace(".", "")) for line in facts["lines"])
        assert Decimal(facts["total_amount"]) * 100 == amounts


def test_the_answer_of_a_wide_chart_is_a_value_of_the_model_that_none_of_its_others_exceeds():
    for facts in (facts for facts in wide_facts("chart") if not facts["stacked"]):
        values = [Decimal(value) for value in facts["values"][facts["asked"]]]
        answer = Decimal(facts["answer"])
        assert answer in values and not [value for value in values if value > answer]


def test_wide_invoices_reach_the_whole_ranges():
    drawn = wide_facts("invoice")
    lines = [line for facts in drawn for line in facts["lines"]]
    amounts = [Decimal(line["amount"]) for line in lines]
    assert {len(facts["lines"]) for facts in drawn} == set(range(2, 9))
    assert {line["rate"] for line in lines} == {0, 1, 3, 5, 6, 9, 13}
    assert Decimal("0.01") <= min(amounts) < Decimal("0.03") and 90_000 < max(amounts) < 100_000
    tens = Counter(len(str(int(amount * 100))) for amount in amounts)
    assert set(tens) == set(range(1, 8)) and min(tens.values()) * 2 > max(tens.values())
    items = {line["item"] for line in lines}
    assert len(items) > 300
    for facts in drawn:
        assert len({line["item"] for line in facts["lines"]}) == len(facts["lines"])
    assert any(item.isascii() and item.isalpha() for item in items)
    assert any(not item.isascii() for item in items) and any(item[-1].isdigit() for item in items)


def test_wide_charts_reach_the_whole_ranges():
    drawn = wide_facts("chart")
    values = [value for facts in drawn for row in facts["values"].values() for value in row]
    tenths = [float(value) for value in values if "." in value]
    whole = [int(value) for value in values if "." not in value]
    assert {len(facts["values"]) for facts in drawn} == set(range(2, 9))
    assert {len(facts["benchmarks"]) for facts in drawn} == {1, 2, 3}
    assert 0.1 <= min(tenths) < 1 and 99 < max(tenths) <= 99.9
    assert 1 <= min(whole) < 5 and 980 < max(whole) <= 999
    assert len({name for facts in drawn for name in facts["values"]}) > 300


@pytest.mark.parametrize("wide, smallest", [(False, 16), (True, 12)])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", READING)
def test_no_text_touches_another_or_a_rule_between_columns(family, language, wide, smallest, monkeypatch):
    texts, rules = [], []
    write, rule = Canvas.text, Canvas.line

    def writing(self, x, y, text, size=None, fill=None, bold=False, align="left", key=None):
        size = size or self.style.text_size
        width = text_width(text, size, bold)
        left = x - {"left": 0, "center": width / 2, "right": width}[align]
        texts.append((text, size, left, y - size / 2, left + width, y + size / 2))
        write(self, x, y, text, size, fill, bold, align, key)

    def ruling(self, points, *arguments):
        (x0, y0), (x1, y1) = points
        if x0 == x1:
            rules.append((x0, y0, y1))
        rule(self, points, *arguments)

    monkeypatch.setattr(Canvas, "text", writing)
    monkeypatch.setattr(Canvas, "line", ruling)
    for seed in SEEDS:
        texts.clear()
        rules.clear()
        facts, style = facts_and_style(family, seed, wide)
        canvas = family_module(family).draw(facts, style, language)
        assert canvas.width % 28 == canvas.height % 28 == 0
        assert canvas.width // 28 <= 14 and canvas.height // 28 <= 12
        for text, size, left, top, right, bottom in texts:
            assert size >= smallest and left >= 2 and right <= canvas.width - 2, (seed, text)
            assert not [
                x for x, y0, y1 in rules if left < x + 1 and x - 1 < right and y0 < bottom and top < y1
            ]
        for (one, _, *first), (other, _, *second) in combinations([text for text in texts if text[0]], 2):
            (x0, y0, x1, y1), (left, top, right, bottom) = first, second
            assert x1 + 3 <= left or right + 3 <= x0 or y1 <= top or bottom <= y0, (seed, one, other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_fact_of_a_wide_case_stands_under_its_key(language):
    for seed in SEEDS:
        facts, style = facts_and_style("invoice", seed, wide=True)
        places = family_module("invoice").draw(facts, style, language).places
        written = {key: "".join(glyph.character for glyph in glyphs) for key, glyphs in places.items()}
        for index, line in enumerate(facts["lines"]):
            assert written[f"item {index}"] == line["item"].replace(" ", "")
            assert written[f"amount {index}"] == line["amount"] and written[f"tax {index}"] == line["tax"]
            assert written[f"rate {index}"] == f"{line['rate']}%"
        assert written["total tax"] == f"¥{facts['total_tax']}"
        facts, style = facts_and_style("chart", seed, wide=True)
        places = family_module("chart").draw(facts, style, language).places
        written = {key: "".join(glyph.character for glyph in glyphs) for key, glyphs in places.items()}
        for group, (model, values) in enumerate(facts["values"].items()):
            assert written[f"name {group}"] == model
            if facts["printed"]:
                assert [written[f"value {group} {index}"] for index in range(len(values))] == values
        assert [written[f"benchmark {index}"] for index in range(len(values))] == facts["benchmarks"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", READING)
def test_follow_ups_of_wide_cases_grade_right_also_in_a_sentence_with_the_name(family, language):
    kinds = set()
    for seed in SEEDS:
        facts, _ = facts_and_style(family, seed, wide=True)
        asked = follow_up(family, facts, language, Random(seed))
        kinds.add(asked.kind)
        subject = asked.subject.get("model", "")
        if "line" in asked.subject:
            subject = facts["lines"][asked.subject["line"]]["item"]
        sentence = {"en": f"For {subject} it is {asked.truth}.", "zh": f"{subject}：{asked.truth}。"}[
            language
        ]
        for answer in (asked.truth, rf"\boxed{{{asked.truth}}}", sentence):
            assert asked.target.grade(answer, language).ok, (seed, answer)
        off = f"{Decimal(asked.truth.rstrip('%')) + Decimal(asked.target.tolerance) + 1}"
        assert not asked.target.grade(off, language).ok and not asked.target.grade(subject, language).ok
    assert kinds >= set(family_module(family).FOLLOW_UPS)
