"""The card: its fields are read back from what is drawn, and records of it are graded."""

import json
from random import Random

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.reading import card
from qvq_nb.grading.verdict import check

SEEDS = range(200)


def drawn_fields(facts: dict, style, language: str) -> dict[str, str]:
    """Label → value as they stand on the card, by their height; spaces leave no glyph."""
    places = card.draw(facts, style, language).places
    texts = {key: "".join(glyph.character for glyph in glyphs) for key, glyphs in places.items()}
    rows = {round(glyphs[0].y, 3): texts[key] for key, glyphs in places.items() if key.startswith("value")}
    labels = {round(glyphs[0].y, 3): texts[key] for key, glyphs in places.items() if key.startswith("label")}
    assert set(rows) <= set(labels)
    return {label: rows.get(y, "") for y, label in labels.items()}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_what_stands_on_the_card_and_what_is_missing_is_not_drawn(wide, language):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("card", seed, wide)
        drawn = {label.lower(): value for label, value in drawn_fields(facts, style, language).items()}
        truth = json.loads(card.target(facts, language).expected)
        assert 4 <= len(truth) <= 8 if wide else len(truth) == 5
        for key, value in truth.items():
            assert f'"{key}"' in card.question(facts, language)
            on_card = drawn.pop(key.replace(" ", ""), "")
            assert on_card == ("" if value == "N/A" else value.replace(" ", "")), (seed, key)
        assert not drawn
        assert check(card.target(facts, language), json.dumps(truth), language).ok


@pytest.mark.parametrize("wide", [False, True])
def test_texts_keep_clear_of_the_figure_and_of_the_edge_of_the_card(wide):
    for seed in range(100):
        facts, style = facts_and_style("card", seed, wide)
        canvas = card.draw(facts, style, "en")
        dx, _ = style.shift
        left, right = (114, 382) if facts["photo"] == "left" else (12, 290)
        fields = [key for key in canvas.places if key != "title"]
        for key in fields:
            assert all(left + dx < glyph.x < right + dx for glyph in canvas.places[key]), (seed, key)
            if key.startswith("label") and key.replace("label", "value") in canvas.places:
                value = canvas.places[key.replace("label", "value")]
                assert canvas.places[key][-1].x + 10 < value[0].x, (seed, key)


def test_cards_with_and_without_a_missing_field_with_a_blank_and_with_a_nickname_come():
    easy, wide = ([facts_and_style("card", seed, wide)[0] for seed in SEEDS] for wide in (False, True))
    assert {list(facts["values"].values()).count(None) for facts in easy} == {0, 1}
    assert {list(facts["values"].values()).count(None) for facts in wide} == {0, 1, 2}
    assert all('"' in facts["values"]["height"] for facts in (*easy, *wide))
    assert all(set(facts["shown"]) == {k for k, v in facts["values"].items() if v} for facts in easy)
    assert any(facts["values"][field] is None for facts in wide for field in facts["shown"])
    assert any('"' in (facts["values"].get("name") or "") for facts in wide)
    names = {facts["values"]["name"] for facts in easy}
    assert len(names) > 150 and {name.isascii() for name in names} == {True, False}


def test_a_quote_mark_that_is_not_escaped_is_unclear_and_one_that_is_dropped_is_wrong():
    for seed in range(20):
        for language in ("en", "zh"):
            drawn = case("card", seed, language, wide=True)
            assert drawn.check(drawn.truth.replace('\\"', '"')).outcome == "unclear"
            assert drawn.check(drawn.truth.replace('\\"', "")).outcome == "wrong"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_in_each_form_are_graded(language):
    drawn = case("card", language=language)
    truth = json.loads(drawn.truth)
    (missing,) = (key for key, value in truth.items() if value == "N/A")
    block = json.dumps(truth, ensure_ascii=False, indent=2)
    for right in (block, f"```json\n{block}\n```", f"\\boxed{{{drawn.truth}}}", f"I looked.\n\n{block}\n"):
        assert drawn.check(right).outcome == "right", right
    for other in (None, "", "none", "2030-01-01"):
        verdict = drawn.check(json.dumps({**truth, missing: other}, ensure_ascii=False))
        assert verdict.outcome == "wrong" and missing in verdict.reason and "N/A" in verdict.reason
    assert drawn.check("Tavin Solel, B-20461").outcome == "unclear"


def test_a_value_keeps_its_form_whatever_the_seed():
    for seed in SEEDS:
        values = card.sample(Random(seed), wide=True)["values"]
        assert all(value is None or value == value.strip() != "" for value in values.values())
