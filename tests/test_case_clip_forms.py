"""Clips of lamps, and of series that go on: what is seen in the pixels and what has to come next."""

from collections import Counter
from itertools import groupby
from random import Random

import numpy
import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.cases.follow_up import follow_up
from qvq_nb.media.clip import Clip

SEEDS = range(200)
NAMES = {"red": "红色", "blue": "蓝色", "green": "绿色", "yellow": "黄色"}
PURE = {"red": (206, 52, 61), "blue": (26, 97, 188), "green": (26, 168, 116), "yellow": (246, 210, 52)}
TURNS = {"en": ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"), "zh": "一二三四五六七"}
clip = family_module("clip")


def drawn_with(form: str):
    drawn = [(seed, *facts_and_style("clip", seed, wide=True)) for seed in SEEDS]
    return [one for one in drawn if one[1].get("form") == form]


def lit_lamp(frame) -> str | None:
    """The colour of the lamp that shines in a frame, None where all are dark."""
    pixels = numpy.asarray(frame).astype(int)
    seen = {name: (abs(pixels - color).max(axis=2) < 12).sum() for name, color in PURE.items()}
    shining = [name for name, count in seen.items() if count > 200]
    assert len(shining) <= 1
    return shining[0] if shining else None


def seen_lightings(film) -> list[str]:
    """The colours in the order in which their lamps go on, as seen in the pixels."""
    shown = [lit_lamp(state.image()) for state in film.states]
    assert shown[0] is None
    return [color for color, _ in groupby(shown) if color]


def continuations(seen: list) -> set:
    """What may come next if a series of some length from one to half of what is seen comes over and over."""
    found = set()
    for length in range(1, len(seen) // 2 + 1):
        if all(seen[index] == seen[index % length] for index in range(len(seen))):
            found.add(seen[len(seen) % length])
    return found


def test_the_lamp_of_a_turn_is_the_one_that_goes_on_then_in_the_pixels():
    turns = Counter()
    for _, facts, style in drawn_with("lamps"):
        seen = seen_lightings(clip.draw(facts, style, "en"))
        assert seen[facts["turn"] - 1] == facts["answer"], facts
        turns[facts["turn"]] += 1
        for language in LANGUAGES:
            asked = clip.question(facts, language)
            assert TURNS[language][facts["turn"] - 1] in asked
    assert set(turns) >= {1, 2, 3, 4, 5} and sum(turns.values()) > 20


def test_of_a_series_of_lamps_only_the_answer_can_come_next():
    drawn = drawn_with("next lamp")
    assert len(drawn) > 20
    for _, facts, style in drawn:
        seen = seen_lightings(clip.draw(facts, style, "en"))
        assert len(seen) >= 4 and continuations(seen) == {facts["answer"]}, facts


def test_of_a_series_of_cells_only_the_answer_can_come_next():
    drawn, lengths = drawn_with("next cell"), set()
    assert len(drawn) > 20
    for _, facts, style in drawn:
        states, color = clip.draw(facts, style, "en").states, numpy.array(clip.COLORS[facts["color"]][0])
        seen = []
        for state in states:
            ball = abs(numpy.asarray(state.image()).astype(int) - color).max(axis=2) < 8
            x = numpy.nonzero(ball)[1].mean()
            seen.append(min(state.glyphs, key=lambda glyph: abs(glyph.x - x)).character)
        assert continuations(seen) == {facts["answer"]}, facts
        assert all(one != after for one, after in zip(seen, seen[1:]))
        lengths.add(min(n for n in range(1, 5) if all(seen[i] == seen[i % n] for i in range(len(seen)))))
    assert lengths == {2, 3, 4}


def test_every_form_comes_only_if_facts_are_wide():
    forms = Counter(facts_and_style("clip", seed, wide=True)[0].get("form") for seed in SEEDS)
    assert set(forms) == {None, "lamps", "next lamp", "next cell"} and 80 < forms[None] < 120
    assert not [seed for seed in (None, *SEEDS) if "form" in facts_and_style("clip", seed)[0]]


def test_no_two_lamps_of_a_board_share_a_colour_and_a_clip_fits_the_positions():
    for form in ("lamps", "next lamp"):
        for seed, facts, _ in drawn_with(form):
            (shown,) = case("clip", seed, wide=True).media
            assert len(set(facts["lamps"])) == len(facts["lamps"]) >= 3
            assert isinstance(shown, Clip) and len(shown.frames) == 2 * len(facts["lit"]) <= 16


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_ups_about_lamps_have_the_answers_that_the_pixels_give(language):
    kinds = set()
    for seed, facts, style in drawn_with("lamps"):
        seen = seen_lightings(clip.draw(facts, style, language))
        for number in range(4):
            asked = follow_up("clip", facts, language, Random(10 * seed + number))
            kinds.add(asked.kind)
            if asked.kind == "times":
                lamp = asked.subject["lamp"]
                assert asked.truth == str(seen.count(lamp))
                assert {"en": lamp, "zh": NAMES[lamp]}[language] in asked.question
            else:
                assert asked.truth == {"en": seen[-1], "zh": NAMES[seen[-1]]}[language]
            assert asked.target.grade(asked.truth, language).ok
    assert kinds == {"times", "last"}


LAMPS = {"form": "lamps", "lamps": ["red", "green", "blue"], "turn": 2, "answer": "green"}


@pytest.mark.parametrize(
    "answer",
    [
        "green", "Green.", r"\boxed{\text{green}}", "The green lamp.", "**green**",
        "The second is the green lamp.", "绿色", "绿", "绿灯", "第二次亮起的是绿色的灯。", r"\boxed{绿色}",
        "Red, then green, then blue.\n\n**Final Answer**\n\n\\boxed{green}",
    ],
)  # fmt: skip
def test_the_colour_of_a_lamp_is_right_in_every_form(answer):
    for language in LANGUAGES:
        assert clip.target(LAMPS, language).grade(answer, language).ok


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("red", "wrong"), ("蓝灯", "wrong"), (r"\boxed{\text{blue}}", "wrong"), ("The red lamp.", "wrong"),
        ("red or green", "unclear"), ("not green", "unclear"), ("the second one", "unclear"),
        ("不是绿色", "unclear"), ("Green or maybe blue", "unclear"),
    ],
)  # fmt: skip
def test_another_colour_is_wrong_and_two_of_them_are_unclear(answer, outcome):
    for language in LANGUAGES:
        assert clip.target(LAMPS, language).grade(answer, language).outcome == outcome


@pytest.mark.parametrize("answer", ["4", "cell 4", "In cell 4.", "4号", "接下来在4号格子里。", r"\boxed{4}"])
def test_the_next_cell_is_known_by_its_number(answer):
    facts = {**clip.CANONICAL, "form": "next cell", "path": [4, 2, 5, 4, 2, 5], "answer": "4"}
    assert continuations(facts["path"]) == {4}
    for language in LANGUAGES:
        assert clip.target(facts, language).grade(answer, language).ok
        assert not clip.target(facts, language).grade(answer.replace("4", "2"), language).ok
