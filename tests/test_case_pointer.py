"""Headlines and a pointer: its tip is found again in the pixels, and the headline beside it is the answer."""

import numpy
import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.cases.reading import pointer

SEEDS = range(200)


def tip_height(canvas, color) -> float:
    """y of the leftmost pixels of that colour, which are the tip of an arrow or of a finger."""
    pixels = numpy.asarray(canvas.image()).astype(int)
    rows, columns = numpy.nonzero(abs(pixels - color).sum(axis=2) < 40)
    return rows[columns <= columns.min() + 1].mean()


@pytest.mark.parametrize("wide", [False, True])
def test_the_answer_is_the_headline_at_the_height_of_the_tip_seen_in_the_pixels(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("pointer", seed, wide)
        language = LANGUAGES[(seed or 0) % 2]
        canvas = pointer.draw(facts, style, language)
        height = tip_height(canvas, style.accent if facts["pointer"] == "arrow" else (245, 205, 165))
        lines = {glyph.y for glyph in canvas.glyphs}
        nearest = min(lines, key=lambda y: abs(y - height))
        assert abs(nearest - height) < 6, seed
        read = "".join(
            glyph.character for glyph in sorted(canvas.glyphs, key=lambda one: one.x) if glyph.y == nearest
        )
        target = pointer.target(facts, language)
        assert read == target.expected.replace(" ", ""), seed
        assert len({target.expected, *target.others}) == len(lines), seed


def test_no_headline_reaches_the_pointer():
    for seed in SEEDS:
        facts, style = facts_and_style("pointer", seed, True)
        canvas = pointer.draw(facts, style, "en")
        (tip,) = canvas.places["tip"]
        assert max(glyph.x for glyph in canvas.glyphs) < tip.x - 10


def test_the_number_of_headlines_the_place_and_the_pointer_vary():
    drawn = [facts_and_style("pointer", seed, True)[0] for seed in SEEDS]
    assert {len(facts["headlines"]) for facts in drawn} == set(range(2, 9))
    assert {facts["pointed"] for facts in drawn} == set(range(8))
    assert {facts["pointer"] for facts in drawn} == {"arrow", "hand"}
    assert len({facts["tail"] for facts in drawn}) > 8


@pytest.mark.parametrize(
    "form", ["{}", r"\boxed{{\text{{{}}}}}", "“{}”", "It points at “{}”.", "指向的是《{}》。"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_headline_is_graded_in_every_form(form, language):
    drawn = case("pointer", language=language)
    assert drawn.check(form.format(drawn.truth)).ok
    for other in drawn.target.others:
        assert drawn.check(form.format(other)).outcome == "wrong"


def test_what_names_no_headline_or_two_is_not_right():
    drawn = case("pointer")
    assert drawn.question == "Which headline does the hand point at? Write its words."
    for answer in (
        f"{drawn.truth} or {drawn.target.others[0]}",
        "The third one.",
        f"Not at {drawn.truth}.",
        "",
    ):
        assert not drawn.check(answer).ok
