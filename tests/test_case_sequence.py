"""The row of polygons: its corners are counted as drawn, its rule is found again, answers are graded."""

from itertools import cycle, islice

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.drawing import Canvas
from qvq_nb.cases.scenes import sequence
from qvq_nb.cases.scenes.find import COLORS

SEEDS = range(200)
WORDS = {
    "en": ("triangle", "square", "pentagon", "hexagon", "heptagon", "octagon", "nonagon", "decagon"),
    "zh": ("三角形", "正方形", "五边形", "六边形", "七边形", "八边形", "九边形", "十边形"),
}


def drawn(seed, wide, language, monkeypatch) -> list[tuple[list, tuple]]:
    """The corners and the fill of each polygon as it is drawn, from left to right."""
    polygons = []
    with monkeypatch.context() as patched:
        patched.setattr(
            Canvas, "polygon", lambda self, points, fill, *_: polygons.append((list(points), fill))
        )
        sequence.draw(*facts_and_style("sequence", seed, wide), language)
    return sorted(polygons)


def next_by_rules(row: list) -> set:
    """What comes next by any rule that the row follows: numbers grow or shrink, things take turns."""
    found = set()
    for period in (1, 2, 3):
        start = row[:period]
        if len(set(start)) == period and list(islice(cycle(start), len(row))) == row:
            found.add(start[len(row) % period])
    if isinstance(row[0], int):
        jumps = [b - a for a, b in zip(row, row[1:])]
        if len(set(jumps)) == 1:
            found.add(row[-1] + jumps[0])
        evens, odds = set(jumps[::2]), set(jumps[1::2])
        if len(evens) == len(odds) == 1 and sorted(map(abs, (*evens, *odds))) == [0, 1]:
            found.add(row[-1] + [*evens, *odds][len(jumps) % 2])
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_only_polygon_that_a_rule_gives_next(wide, language, monkeypatch):
    names = {color: entry[1 if language == "en" else 2] for color, entry in COLORS.items()}
    by_fill = {entry[0]: names[color] for color, entry in COLORS.items()}
    for seed in SEEDS if wide else (None, *SEEDS):
        polygons = drawn(seed, wide, language, monkeypatch)
        (sides,) = next_by_rules([len(points) for points, _ in polygons])
        truth = WORDS[language][sides - 3]
        if wide:
            (color,) = next_by_rules([by_fill[fill] for _, fill in polygons])
            truth = f"{color} {truth}" if language == "en" else color + truth
        assert case("sequence", seed, language, wide=wide).truth == truth, seed


@pytest.mark.parametrize("wide", [False, True])
def test_polygons_are_regular_apart_from_each_other_and_inside_the_picture(wide, monkeypatch):
    for seed in SEEDS:
        polygons = [points for points, _ in drawn(seed, wide, "en", monkeypatch)]
        for points in polygons:
            edges = [abs(complex(*a) - complex(*b)) for a, b in zip(points, points[1:] + points[:1])]
            assert max(edges) - min(edges) < 1e-6 and min(edges) > 15, seed
            assert all(4 < x < sequence.WIDTH - 4 and 4 < y < sequence.HEIGHT - 4 for x, y in points), seed
        for left, right in zip(polygons, polygons[1:]):
            assert max(x for x, _ in left) + 5 < min(x for x, _ in right), seed


def test_every_kind_of_rule_is_drawn_and_wide_rows_have_five_to_seven_polygons_and_all_colours():
    rows = {wide: [case("sequence", seed, wide=wide).facts for seed in SEEDS] for wide in (False, True)}
    for facts in rows.values():
        kinds = {
            kind for one in facts for kind, known in sequence.side_rows(len(one["sides"]) + 1, 10).items()
            if (*one["sides"], one["answer"]["sides"]) in known
        }  # fmt: skip
        assert kinds == {"steps", "pairs", "two in turn", "three in turn"}
    assert {len(one["sides"]) for one in rows[False]} == {5} and not any(one["colors"] for one in rows[False])
    assert {len(one["sides"]) for one in rows[True]} == {5, 6, 7}
    assert {color for one in rows[True] for color in one["colors"]} == set(COLORS)


def test_the_canonical_questions_and_truths():
    english, chinese = case("sequence"), case("sequence", language="zh")
    assert (english.question, english.truth) == ("Which shape comes next?", "octagon")
    assert (chinese.question, chinese.truth) == ("下一个是什么图形？", "八边形")


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("octagon", "right"),
        ("An octagon.", "right"),
        (r"\boxed{\text{octagon}}", "right"),
        ("The sides grow by one, so a regular octagon comes next.", "right"),
        ("八边形", "right"),
        ("下一个是正八边形。", "right"),
        ("heptagon", "wrong"),
        ("The next shape is a square.", "wrong"),
        ("七边形", "wrong"),
        ("After the heptagon comes an octagon.", "unclear"),
        ("an octagon or a nonagon", "unclear"),
        ("not an octagon", "unclear"),
        ("I cannot tell.", "unclear"),
    ],
)
def test_a_shape_is_graded(answer, outcome):
    assert case("sequence").check(answer).outcome == outcome


def test_a_shape_with_its_colour_is_graded():
    one = next(
        case("sequence", seed, wide=True) for seed in SEEDS
        if case("sequence", seed, wide=True).truth == "red triangle"
    )  # fmt: skip
    assert one.check("A red triangle comes next.").ok and one.check("红色的三角形").ok
    assert one.check(r"\boxed{红色三角形}").ok
    assert one.check("blue triangle").outcome == one.check("It is a red square.").outcome == "wrong"
    assert one.check("a triangle").outcome == "unclear"
