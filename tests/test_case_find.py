"""Finding a coloured shape: the place is read back from the pixels, and boxes in all forms are judged."""

from random import Random

import numpy as np
import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.drawing import Style
from qvq_nb.cases.scenes import find
from qvq_nb.grading.box import Box
from qvq_nb.media.boxes import read_boxes

FILLED = {"square": 1.0, "circle": 0.785, "triangle": 0.5}  # share of its box that a shape covers
SQUARE = Box(40, 60, 80, 120, (400, 300), (("blue circle", (200, 150, 280, 210)), ("dot", (0, 0, 9, 9))))
RIGHT = "(100,200),(200,400)"
ON_CIRCLE = "(500,500),(700,700)"


def seen(image, color) -> list[tuple[str, list[int]]]:
    """The shapes of one colour in an image, each with its box: regions of like pixels, told by their area."""
    alike = np.abs(np.asarray(image, int) - color).max(axis=2) < 12
    left = {(int(x), int(y)) for y, x in np.argwhere(alike)}
    shapes = []
    while left:
        region, edge = [], [left.pop()]
        while edge:
            x, y = edge.pop()
            region.append((x, y))
            near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & left
            left -= near
            edge += near
        columns, rows = zip(*region)
        box = [min(columns), min(rows), max(columns) + 1, max(rows) + 1]
        share = len(region) / ((box[2] - box[0]) * (box[3] - box[1]))
        shapes.append((min(FILLED, key=lambda shape: abs(FILLED[shape] - share)), box))
    return shapes


@pytest.mark.slow
@pytest.mark.parametrize("wide", [False, True])
def test_the_asked_object_is_the_only_one_of_its_kind_in_the_pixels_and_stands_there(wide):
    for seed in range(200):
        facts, style = facts_and_style("find", seed, wide)
        image = find.draw(facts, style, "en").image()
        shapes = seen(image, find.COLORS[facts["color"]][0])
        boxes = [box for shape, box in shapes if shape == facts["shape"]]
        assert len(boxes) == 1, seed
        differences = [abs(one - other) for one, other in zip(boxes[0], facts["answer"])]
        assert max(differences) <= 2, (seed, boxes)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_200_seeds_are_drawn_and_their_truth_is_right(wide, language):
    for seed in range(200):
        drawn = case("find", seed, language, wide=wide)
        assert drawn.image.size == (392, 280)
        assert drawn.check(drawn.truth).ok


@pytest.mark.parametrize(
    "wide, least, most, counts", [(False, 44, 76, {6}), (True, 24, 90, set(range(2, 9)))]
)
def test_objects_have_the_promised_sizes_and_keep_apart(wide, least, most, counts):
    found = set()
    for seed in range(200):
        objects = find.sample(Random(seed), wide)["objects"]
        found.add(len(objects))
        for number, one in enumerate(objects):
            left, top, right, bottom = one["box"]
            assert least <= right - left == bottom - top <= most
            assert min(left, top) >= 4 and right <= 388 and bottom <= 276
            for other in objects[:number]:
                a, b, c, d = other["box"]
                assert right + 4 <= a or c + 4 <= left or bottom + 4 <= b or d + 4 <= top, seed
    assert found == counts


def test_the_style_does_not_move_what_is_asked_for():
    facts = find.CANONICAL
    still, moved = (find.draw(facts, Style(shift=shift), "en").image() for shift in ((0, 0), (6, -6)))
    assert still.tobytes() == moved.tobytes()


def test_the_question_names_the_object():
    red = {"color": "red", "shape": "triangle"}
    assert find.question(red, "en") == "Locate the red triangle."
    assert find.question(red, "zh") == "框出红色三角形。"


def test_a_box_on_another_object_is_wrong_and_the_verdict_names_that_one():
    for seed in range(20):
        for language in ("en", "zh"):
            drawn = case("find", seed, language)
            for name, corners in drawn.target.others:
                verdict = drawn.check(Box(*corners, size=drawn.image.size).expected)
                assert verdict.outcome == "wrong" and name in verdict.reason and "0.00" in verdict.reason


def test_the_truth_of_another_sheet_is_right_only_where_the_boxes_overlap_by_half():
    drawn = [case("find", seed) for seed in range(12)]
    for one in drawn:
        for other in drawn:
            (place,) = read_boxes(one.truth, one.image.size)
            (true,) = read_boxes(other.truth, one.image.size)
            if abs(place.overlap(true) - 0.5) > 0.03:  # thousandths are rounded
                assert other.check(one.truth).ok == (place.overlap(true) > 0.5)


@pytest.mark.parametrize(
    "text, form",
    [
        (f"<|box_start|>{RIGHT}<|box_end|>", "box tokens"),
        (f"<|object_ref_start|>the dot<|object_ref_end|><|box_start|>{RIGHT}<|box_end|>.", "box tokens"),
        ("<|quad_start|>(100,200),(200,200),(200,400),(100,400)<|quad_end|>", "quad tokens"),
        (f"the red square{RIGHT}", "bare pairs"),
        (f"It is at {RIGHT}, not far from the middle.", "bare pairs"),
        (f"The square above the dot, not the one below it, is at {RIGHT}.", "bare pairs"),
        (f"红色正方形在{RIGHT}。", "bare pairs"),
        (f"\\boxed{{{RIGHT}}}", "bare pairs"),
        (f"It is not {ON_CIRCLE}. So \\boxed{{{RIGHT}}}", "bare pairs"),
        (f"{RIGHT} and again {RIGHT}", "bare pairs"),
        ('```json\n[{"bbox_2d": [100, 200, 200, 400], "label": "square"}]\n```', "JSON"),
        ('{"bbox_2d": ["100", "200", "200", "400"]}', "JSON"),
    ],
)
def test_each_form_of_the_right_box_is_right_and_the_form_is_named(text, form):
    finding = SQUARE.grade(text, "en")
    assert finding.outcome == "right"
    assert "1.00" in finding.reason and form in finding.reason and "thousandths" in finding.reason
    assert finding.got == SQUARE.expected
    assert "1.00" in SQUARE.grade(text, "zh").reason


@pytest.mark.parametrize(
    "text, overlap, outcome",
    [
        ("(100,200),(200,300)", "0.50", "right"),
        ("(100,200),(200,299)", "0.49", "wrong"),
        ("(133,200),(233,400)", "0.50", "right"),
        ("(140,200),(240,400)", "0.43", "wrong"),
        ("(0,0),(1000,1000)", "0.02", "wrong"),
        ('{"bbox_2d": [40, 60, 80, 120]}', "0.00", "wrong"),  # pixels are not thousandths
        ('{"bbox_2d": [9000, -9, 99999, 5]}', "0.00", "wrong"),
    ],
)
def test_half_an_overlap_decides(text, overlap, outcome):
    finding = SQUARE.grade(text, "en")
    assert finding.outcome == outcome and overlap in finding.reason


def test_a_miss_says_what_was_hit():
    finding = SQUARE.grade(ON_CIRCLE, "en")
    assert finding.outcome == "wrong" and "on the blue circle" in finding.reason
    assert "circle" not in SQUARE.grade("(100,200),(120,220)", "en").reason


@pytest.mark.parametrize(
    "text",
    [
        "In the upper left corner.",
        "在左上角。",
        f"{RIGHT} or {ON_CIRCLE}",
        f'\\boxed{{{RIGHT}}} or \\boxed{{{ON_CIRCLE}}}, and {{"bbox_2d": [1, 2, 3, 4]}}',
        "(100,200,200,400)",
        "(100,200)",
        "x = 100, y = 200",
        f"It is not {RIGHT}.",
        f"不是{RIGHT}。",
        f"{RIGHT} is not the square.",
        f"{RIGHT}不是正方形。",
        f"\\boxed{{\\neq {RIGHT}}}",
        f"Left of {RIGHT}.",
        f"就在<|box_start|>{RIGHT}<|box_end|>的旁边。",
        "\\boxed{upper left}" + RIGHT,
        "<|box_start|>(" + "9" * 5000 + ",2),(3,4)<|box_end|>",
        '{"bbox_2d": [' + "9" * 5000 + ", 2, 3, 4]}",
    ],
)
def test_no_box_several_or_a_denied_one_is_unclear_and_the_reason_shows_how_to_write_it(text):
    for language in ("en", "zh"):
        finding = SQUARE.grade(text, language)
        assert finding.outcome == "unclear"
        assert "<|box_start|>(100,200),(300,400)<|box_end|>" in finding.reason


def test_a_box_from_a_chinese_keyboard_is_read():
    one = case("find", 10, "zh")
    assert one.check(one.truth.translate(str.maketrans("(,)", "（，）"))).ok
