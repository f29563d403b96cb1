"""The clip of a ball in a row of cells: what its pixels show is what its facts say."""

from random import Random

import numpy
import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.cases.follow_up import follow_up

SEEDS = range(200)
clip = family_module("clip")


def where(frame, color: str) -> float:
    """x of the middle of the ball of that colour, in pixels."""
    red, green, blue = numpy.asarray(frame).astype(int).transpose(2, 0, 1)
    seen = {
        "red": (red > 150) & (green < 90) & (blue < 90),
        "blue": (blue > 150) & (red < 90) & (green < 130),
        "yellow": (red > 190) & (green > 150) & (blue < 90),
    }[color]
    assert seen.sum() > 60
    return numpy.nonzero(seen)[1].mean()


def seen_path(states, color: str) -> list[int]:
    """The number below the ball in each of the drawings."""
    return [
        int(min(state.glyphs, key=lambda glyph: abs(glyph.x - where(state.image(), color))).character)
        for state in states
    ]


def of_a_ball(seeds, wide: bool) -> list[int | None]:
    """The seeds whose clips ask how often a ball jumps."""
    return [seed for seed in seeds if "form" not in facts_and_style("clip", seed, wide)[0]]


@pytest.mark.parametrize("wide", [False, True])
def test_the_ball_found_in_the_pixels_jumps_as_often_as_the_answer_says(wide):
    for seed in of_a_ball(SEEDS, True) if wide else (None, *SEEDS):
        drawn = case("clip", seed, wide=wide)
        places = [where(frame, drawn.facts["color"]) for frame in drawn.image.frames[::2]]
        jumps = sum(abs(after - before) > 5 for before, after in zip(places, places[1:]))
        assert jumps > 0 and drawn.truth == str(jumps), seed


@pytest.mark.parametrize("wide", [False, True])
def test_the_other_questions_have_the_answers_that_the_pixels_give(wide):
    for seed in of_a_ball(range(60), wide):
        facts, style = facts_and_style("clip", seed, wide)
        path = seen_path(clip.draw(facts, style, "en").states, facts["color"])
        right = len([after for before, after in zip(path, path[1:]) if after > before])
        truths = {"beginning": path[0], "end": path[-1], "right": right}
        for kind, truth in truths.items():
            assert clip.follow_up(kind, facts, "en", Random(0))[2].expected == str(truth), (seed, kind)


def test_every_state_is_held_for_two_equal_frames_and_the_slices_fit_the_positions():
    for seed in (None, *range(60)):
        drawn = case("clip", seed, wide=seed is not None)
        frames = drawn.image.frames
        held = list(zip(frames[::2], frames[1::2]))
        assert len(held) == len(drawn.facts.get("lit") or drawn.facts["path"]) and len(frames) == 2 * len(
            held
        )
        assert all(first.tobytes() == second.tobytes() for first, second in held)
        assert len(frames) / 2 <= frames[0].width / 28


def test_an_easy_ball_moves_by_one_cell_at_most_and_a_wide_one_further():
    def furthest(wide):
        paths = [facts_and_style("clip", seed, wide)[0]["path"] for seed in of_a_ball(SEEDS, wide)]
        return max(abs(after - before) for path in paths for before, after in zip(path, path[1:]))

    assert furthest(False) == 1 and furthest(True) == 7


def test_rows_and_clips_of_every_length_and_every_number_of_jumps_come():
    facts = [facts_and_style("clip", seed, wide=True)[0] for seed in of_a_ball(SEEDS, True)]
    assert {one["cells"] for one in facts} == set(range(3, 9))
    assert {len(one["path"]) for one in facts} == set(range(4, 9))
    assert {facts_and_style("clip", seed)[0]["answer"] for seed in SEEDS} == set("1234567")


def test_a_second_ball_is_never_in_the_first_ones_cell_and_the_question_names_the_colour():
    drawn = [facts_and_style("clip", seed, wide=True)[0] for seed in of_a_ball(SEEDS, True)]
    twos = [facts for facts in drawn if facts["other"]]
    assert 0.25 * len(drawn) < len(twos) < 0.75 * len(drawn)
    for facts in twos:
        other, color = facts["other"], facts["color"]
        assert other["color"] != color
        assert all(one != two for one, two in zip(facts["path"], other["path"], strict=True))
        assert {"red": "红球", "blue": "蓝球", "yellow": "黄球"}[color] in clip.question(facts, "zh")
        assert f"the {color} ball" in clip.question(facts, "en")
        assert f"the {color} ball" in follow_up("clip", facts, "en", Random(1)).question


def test_a_lone_ball_is_asked_about_without_its_colour():
    assert case("clip").question == "How many times does the ball jump to another cell?"
    assert case("clip", language="zh").question == "球跳到别的格子几次？"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wide", [False, True])
def test_200_seeds_are_drawn(language, wide):
    for seed in SEEDS:
        facts, style = facts_and_style("clip", seed, wide)
        states = clip.draw(facts, style, language).states
        assert len(states) == len(facts.get("lit") or facts["path"])


@pytest.mark.parametrize(
    "answer",
    [
        "5", "five", r"$$ \boxed{5} $$", "**5**", "5 times", "The ball jumps 5 times.",
        "The ball jumps to another cell five times.", "6 → 5 → 4 → 5 → 4 → 3\n\nThe ball jumps 5 times.",
        "5次", "五次", "球跳到别的格子5次。", "球一共跳了五次。",
    ],
)  # fmt: skip
def test_a_right_number_of_jumps_is_right_in_every_form(answer):
    for language in LANGUAGES:
        assert case("clip", language=language).check(answer).ok


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "4",
        "7 times",
        "八次",
        "many times",
        r"\boxed{15}",
        "It jumps 5 or 6 times.",
        "2 jumps to the left",
    ],
)
def test_another_number_of_jumps_is_not_right(answer):
    for language in LANGUAGES:
        assert not case("clip", language=language).check(answer).ok


@pytest.mark.parametrize(
    "answer", ["3", "cell 3", "The ball is in cell 3 at the end.", "3号", "在3号格子里。"]
)
def test_a_cell_is_known_by_its_number(answer):
    last = clip.follow_up("end", clip.CANONICAL, "en", Random(0))[2]
    assert last.grade(answer, "en").ok and not last.grade(answer.replace("3", "4"), "en").ok
