"""The toy game with lamps: its rule is found again from the pixels of the clip, and is the only one."""

from random import Random

import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.cases.scenes import rules

SEEDS = range(200)
AROUND = {(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)}
STRAIGHT = {(-1, 0), (0, -1), (0, 1), (1, 0)}
LINE = range(-4, 5)
# By which steps from the pressed lamp a switched one is reached; those that leave the board do nothing.
SWITCHED = {
    "plus": STRAIGHT | {(0, 0)},
    "row": {(0, step) for step in LINE},
    "column": {(step, 0) for step in LINE},
    "diagonal": AROUND - STRAIGHT | {(0, 0)},
    "square": AROUND | {(0, 0)},
    "beside": STRAIGHT,
    "around": AROUND,
    "cross": {(0, step) for step in LINE} | {(step, 0) for step in LINE},
}


def seen(canvas) -> set[tuple[int, int]]:
    """The places of the lit lamps, by the colour in the middle of each."""
    image, lamps = canvas.image(), [key for key in canvas.places if key.startswith("lamp")]
    found = set()
    for key in lamps:
        (middle,) = canvas.places[key]
        red, _, blue = image.getpixel((round(middle.x), round(middle.y)))
        if red - blue > 100:
            found.add(tuple(map(int, key.split()[1:])))
    return found


def after(rule: str, press: tuple[int, int], board: set, places: set) -> set:
    return board ^ ({(press[0] + down, press[1] + right) for down, right in SWITCHED[rule]} & places)


@pytest.mark.parametrize("wide", [False, True])
def test_the_pixels_of_the_clip_leave_one_rule_and_it_gives_the_answer(wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("rules", seed, wide)
        *shown, new = rules.draw(facts, style, "en").states
        places = {tuple(map(int, key.split()[1:])) for key in new.places}
        boards = [seen(canvas) for canvas in shown]
        steps = list(zip(map(tuple, facts["presses"]), boards[::2], boards[1::2]))
        fits = [
            rule
            for rule in SWITCHED
            if all(after(rule, press, board, places) == following for press, board, following in steps)
        ]
        assert fits == [facts["rule"]], seed
        assert boards[2::2] == boards[1:-1:2], seed  # a press goes on from what the one before left
        lit = after(fits[0], tuple(facts["asked"]), seen(new), places)
        assert facts["answer"] == str(len(lit)) != str(len(seen(new))), seed
        assert rules.follow_up("before", facts, "en", Random(0))[2].expected == str(len(seen(new)))
        switched = rules.follow_up("switched", facts, "en", Random(0))[2].expected
        assert switched == str(len(lit ^ seen(new)))


def test_the_ring_is_round_the_pressed_lamp_and_the_press_asked_for_was_not_shown():
    for seed in range(40):
        facts, style = facts_and_style("rules", seed, True)
        assert facts["asked"] not in facts["presses"]
        for press, canvas in zip(facts["presses"], rules.draw(facts, style, "en").states[::2]):
            caption = "".join(glyph.character for glyph in canvas.glyphs if glyph.y > rules.TOP)
            assert caption.startswith(f"press({press[0]},{press[1]})")


def test_the_slices_of_the_clip_fit_the_positions_and_every_rule_comes():
    drawn = case("rules", wide=False)
    assert drawn.image.frames[0].width / 28 >= 2 * rules.MOST_PRESSES + 1
    assert all(
        len(facts_and_style("rules", seed, True)[0]["presses"]) <= rules.MOST_PRESSES for seed in SEEDS
    )
    assert {facts_and_style("rules", seed, True)[0]["rule"] for seed in SEEDS} == set(SWITCHED)
    assert {facts_and_style("rules", seed)[0]["rule"] for seed in SEEDS} == set(rules.EASY_RULES)
    assert len({facts_and_style("rules", seed)[0]["answer"] for seed in SEEDS}) > 6


@pytest.mark.parametrize("wide", [False, True])
def test_200_seeds_are_drawn_in_chinese(wide):
    for seed in SEEDS:
        facts, style = facts_and_style("rules", seed, wide)
        assert len(rules.draw(facts, style, "zh").states) == 2 * len(facts["presses"]) + 1


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("6", "right"), ("six", "right"), (r"\boxed{6}", "right"), ("6 lamps are lit.", "right"),
        ("After pressing (2, 3), 6 lamps are lit.", "right"), ("6盏", "right"),
        ("按下 (2, 3) 后亮6盏。", "right"),
        ("7", "wrong"), ("4 lamps", "wrong"), (r"\boxed{8}", "wrong"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_graded(answer, outcome, language):
    assert case("rules", language=language).check(answer).outcome == outcome


@pytest.mark.parametrize("answer", ["6 or 8 lamps", "It is the plus rule.", "", "many"])
def test_what_is_not_one_number_is_not_right(answer):
    assert not case("rules").check(answer).ok
