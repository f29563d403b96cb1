"""The cuboid and the cube: unit cubes and faces are counted again from the drawn sizes; grading."""

from fractions import Fraction
from functools import cache
from itertools import product

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.drawing import text_width
from qvq_nb.cases.scenes import solids

SEEDS = range(200)


@cache
def drawn(seed: int | None, wide: bool, language: str):
    """The facts of a case, its text size, and its glyphs that have a key."""
    facts, style = facts_and_style("solids", seed, wide)
    return facts, style.text_size, solids.draw(facts, style, language).places


def sizes(seed, wide, language) -> tuple[list[list[Fraction]], str]:
    """Length, depth and height of both solids as written in the picture, and their unit."""
    places = drawn(seed, wide, language)[2]
    texts = {key: "".join(glyph.character for glyph in places[key]) for key in places}
    unit = "cm" if texts["cube length"].endswith("cm") else "m"
    assert all(text.endswith(unit) and not text[: -len(unit)].endswith("c") for text in texts.values())
    numbers = {key: Fraction(text.removesuffix(unit)) for key, text in texts.items()}
    cuboid = [numbers[f"cuboid {kind}"] for kind in ("length", "depth", "height")]
    return [cuboid, [numbers["cube length"]] * 3], unit


def counted(length, depth, height) -> list[int]:
    """Unit faces that see the light and unit cubes, one by one."""
    cells = set(product(range(length), range(depth), range(height)))
    steps = [tuple(sign * (axis == k) for k in range(3)) for axis in range(3) for sign in (1, -1)]
    faces = sum(tuple(a + b for a, b in zip(cell, step)) not in cells for cell in cells for step in steps)
    return [faces, len(cells)]


def summed(*edges) -> list[Fraction]:
    """The areas of the six faces from their corners, and the volume of the pyramids from them to a corner."""
    surface = volume = Fraction(0)
    for axis, end in product(range(3), (0, 1)):
        corners = []
        for u, v in ((0, 0), (1, 0), (0, 1)):
            shares = [u, v]
            shares.insert(axis, end)
            corners.append([share * edge for share, edge in zip(shares, edges)])
        one, other = ([b - a for a, b in zip(corners[0], corner)] for corner in corners[1:])
        across = [one[k - 2] * other[k - 1] - one[k - 1] * other[k - 2] for k in range(3)]
        surface += sum(map(abs, across))
        volume += abs(sum(a * b for a, b in zip(across, corners[0]))) / 3
    return [surface, volume]


def test_the_truth_of_easy_cases_is_the_count_of_unit_faces_and_cubes():
    for seed in (None, *range(60)):
        both, unit = sizes(seed, False, "en")
        truth = [number for solid in both for number in counted(*map(int, solid))]
        assert list(map(int, drawn(seed, False, "en")[0]["answers"])) == truth, seed
        assert unit == "cm"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_sum_over_faces_and_pyramids_of_the_drawn_sizes(wide, language):
    for seed in SEEDS:
        both, unit = sizes(seed, wide, language)
        facts = drawn(seed, wide, language)[0]
        truth = [number for solid in both for number in summed(*solid)]
        assert list(map(Fraction, facts["answers"])) == truth, seed
        parts = solids.target(facts, language).parts
        assert [part.unit for _, part in parts] == [f"{unit}²", f"{unit}³"] * 2


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_no_label_lies_on_another(wide, language):
    for seed in SEEDS:
        _, size, places = drawn(seed, wide, language)
        boxes = []
        for glyphs in places.values():
            half = text_width("0", size)
            boxes.append((glyphs[0].x - half, glyphs[0].y, glyphs[-1].x + half))
        for one, other in product(boxes, boxes):
            beside = one[2] < other[0] or other[2] < one[0]
            assert one is other or beside or abs(one[1] - other[1]) > size * 0.9, seed


def test_wide_cases_reach_metres_decimals_and_sizes_near_999_in_both_views():
    all_facts = [drawn(seed, True, "en")[0] for seed in SEEDS]
    written = [size for facts in all_facts for size in (*facts["cuboid"], facts["side"])]
    assert {facts["unit"] for facts in all_facts} == {"cm", "m"}
    assert {facts["view"] for facts in all_facts} == set(solids.VIEWS)
    assert any("." in size for size in written) and max(map(float, written)) > 900
    assert not any(len(set(facts["cuboid"])) == 1 for facts in all_facts)


def test_the_canonical_questions_and_truth():
    english, chinese = case("solids"), case("solids", language="zh")
    assert english.question == (
        "What are the surface area and the volume of the cuboid, and then those of the cube?"
    )
    assert chinese.question == "依次求长方体的表面积和体积、正方体的表面积和体积。"
    assert english.truth == chinese.truth == "94 cm², 60 cm³, 24 cm², 8 cm³"


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("94 cm², 60 cm³, 24 cm², 8 cm³", "right"),
        (r"\boxed{94\text{ cm}^2, 60\text{ cm}^3, 24\text{ cm}^2, 8\text{ cm}^3}", "right"),
        ("The cuboid has 94 cm² and 60 cm³, the cube 24 cm² and 8 cm³.", "right"),
        ("表面积 94 平方厘米、体积 60 立方厘米，表面积 24 平方厘米、体积 8 立方厘米", "right"),
        (r"\boxed{94, 60, 24, 8}", "right"),
        ("94 cm², 60 cm³, 24 cm², 4 cm³", "wrong"),
        ("94 cm², 60 cm², 24 cm², 8 cm²", "wrong"),
        ("60 cm³, 94 cm², 8 cm³, 24 cm²", "wrong"),
        ("24 cm², 8 cm³, 94 cm², 60 cm³", "wrong"),
        ("94 cm², 60 cm³", "unclear"),
        ("I cannot tell.", "unclear"),
    ],
)
def test_four_quantities_are_graded(answer, outcome):
    assert case("solids").check(answer).outcome == outcome


def test_a_wrong_part_is_named_in_the_language_of_the_case():
    assert case("solids").check("94, 60, 24, 4").reason.startswith("volume of the cube")
    assert case("solids", language="zh").check("94, 61, 24, 8").reason.startswith("长方体的体积")


def test_large_numbers_may_have_commas_between_thousands():
    large = next(
        one for seed in SEEDS
        if "." not in (one := case("solids", seed, wide=True)).truth and len(one.facts["answers"][1]) > 6
    )  # fmt: skip
    units = [part.unit for _, part in large.target.parts]
    written = "; ".join(f"{int(number):,} {unit}" for number, unit in zip(large.facts["answers"], units))
    assert large.check(written).ok and large.check(rf"\boxed{{{written}}}").ok
