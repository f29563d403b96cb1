"""The long strip of words: they are found again by the gaps between the glyphs."""

import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.cases.reading import strip

SEEDS = range(200)


def read_again(canvas) -> list[str]:
    """The words, parted where two glyphs stand further apart than the letters of any word."""
    glyphs = sorted(canvas.glyphs, key=lambda glyph: glyph.x)
    words = [glyphs[0].character]
    for before, glyph in zip(glyphs, glyphs[1:]):
        if glyph.x - before.x > 17:
            words.append("")
        words[-1] += glyph.character
    return words


@pytest.mark.parametrize("wide", [False, True])
def test_the_answer_is_the_kth_word_that_stands_on_the_strip(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("strip", seed, wide)
        language = LANGUAGES[(seed or 0) % 2]
        words = read_again(strip.draw(facts, style, language))
        assert len(words) == 40 if not wide else 20 <= len(words) <= 40
        assert words[facts["place"] - 1] == strip.target(facts, language).expected, seed
        assert not [one for one in words if sum(one in other for other in words) > 1], seed
        assert str(facts["place"]) in strip.question(facts, language)


def test_the_strip_is_a_hundred_times_as_long_as_it_is_high_and_any_word_may_be_asked_for():
    assert case("strip").image.size == (2800, 28)
    places = {facts_and_style("strip", seed, True)[0]["place"] for seed in SEEDS}
    assert len(places) > 30 and max(places) > 35
    assert {facts_and_style("strip", seed)[0]["place"] for seed in SEEDS} == set(range(1, 11))


@pytest.mark.parametrize(
    "form", ["{}", r"\boxed{{{}}}", "**{}**", "Word number 4 is {}.", "第 4 个词是{}。", "“{}”"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_graded_in_every_form(form, language):
    drawn = case("strip", language=language)
    truth, other = drawn.truth, next(word for word in drawn.facts["words"] if word != drawn.truth)
    assert drawn.check(form.format(truth)).ok and drawn.check(form.format(truth.capitalize())).ok
    assert drawn.check(form.format(other)).outcome == "wrong"


def test_two_words_or_none_are_no_answer():
    drawn = case("strip")
    words = drawn.facts["words"]
    for answer in (f"{words[0]} or {drawn.truth}", "I cannot read it.", f"It is not {drawn.truth}."):
        assert drawn.check(answer).outcome == "unclear"
