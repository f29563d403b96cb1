"""The family `semicircles` and the target that reads multiples of π."""

from fractions import Fraction
from math import pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb.cases import case, facts_and_style, family_module
from qvq_nb.grading.pi_multiple import PiMultiple
from qvq_nb.grading.verdict import check

SEEDS = range(200)


def case_facts(seed, wide):
    return facts_and_style("semicircles", seed, wide)[0]


def height(facts, x):
    """f(x), from the ends of the semicircles alone."""
    left = 0
    for one in facts["semicircles"]:
        right = left + 2 * one["radius"]
        if left <= x <= right:
            return (1 if one["above"] else -1) * sqrt((x - left) * (right - x))
        left = right
    return 0


@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_area_under_the_drawn_curve(wide):
    for seed in SEEDS:
        facts = case_facts(seed, wide)
        steps = facts["end"] * 60
        middles = ((step + 0.5) / 60 for step in range(steps))
        area = sum(height(facts, x) for x in middles) / 60
        assert abs(area - Fraction(facts["answer"]) * pi) < 0.05, seed


@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_exact_sum_of_half_discs(wide):
    for seed in SEEDS:
        facts = case_facts(seed, wide)
        diameters = [
            Fraction(2 * one["radius"]) * (1 if one["above"] else -1) for one in facts["semicircles"]
        ]
        assert sum(map(abs, diameters)) == facts["end"]
        assert Fraction(facts["answer"]) == sum(one * abs(one) / 8 for one in diameters), seed


def test_easy_cases_have_whole_radii_up_to_4_and_no_integral_of_0():
    for seed in SEEDS:
        facts = case_facts(seed, False)
        assert len(facts["semicircles"]) in (2, 3) and Fraction(facts["answer"])
        assert {one["radius"] for one in facts["semicircles"]} <= {1, 2, 3, 4}


def test_wide_cases_reach_five_semicircles_half_radii_and_large_ones():
    drawn = [case_facts(seed, True)["semicircles"] for seed in SEEDS]
    radii = {one["radius"] for semicircles in drawn for one in semicircles}
    assert {len(semicircles) for semicircles in drawn} == {2, 3, 4, 5}
    assert min(radii) < 1.5 and max(radii) == 6 and any(radius % 1 for radius in radii)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_all_are_drawn_with_numbers_that_stand_apart(language, wide):
    for seed in SEEDS:
        drawn = case("semicircles", seed, language, wide=wide)
        assert drawn.image.size == (392, 252) and str(drawn.facts["end"]) in drawn.question
        canvas = family_module("semicircles").draw(*facts_and_style("semicircles", seed, wide), language)
        ends = [glyphs for key, glyphs in canvas.places.items() if key.startswith("end")]
        assert len(ends) == len(drawn.facts["semicircles"]) + 1
        assert all(left[-1].x + 12 < right[0].x for left, right in zip(ends, ends[1:])), seed


RIGHT = {
    "7/2": [
        "7π/2", r"\frac{7\pi}{2}", r"\frac{7}{2}\pi", r"$\dfrac{7}{2}\pi$", "3.5π", "3.5pi", "7/2 * pi",
        r"\boxed{\frac{7\pi}{2}}", r"\(\frac{7\pi}{2}\)", r"$$ \frac72\pi $$", r"\[ \boxed{3.5\pi} \]",
        r"\frac{7}{2} \cdot \pi", "(7/2)π", "7*pi/2", "**7π/2**", "7½π/15 + 3π", "3½π", r"3\frac{1}{2}\pi",
        "The integral of f from 0 to 8 is 7π/2.", "f 从 0 到 8 的积分是 7π/2。", "积分为7π/2", "11.0",
        "10.9956", "The integral of f from 0 to 8 is 10.99.", "7π/2 ≈ 10.996", "7π/2 (about 11.0)", "(7π/2)",
        r"\int_0^8 f(x)\,dx = \frac{7\pi}{2}", "1/2 π(4² - 3²) = 7π/2", "8π - 9π/2 = 7π/2",
        r"The answer is $$ \boxed{\frac{7\pi}{2}} $$ and not 5π.",
        r"\boxed{\frac{7\pi}{2} \text{ square units}}", "7π/2 平方单位", "7π ÷ 2",
        "7/2 x π", r"\frac{7{\pi}}{2}", "It is exactly 7π/2!", r"\frac{7\pi}2",
    ],
    "-1/2": [
        "-π/2", "−π/2", r"-\frac{\pi}{2}", r"\frac{-\pi}{2}", "-0.5π", "minus π/2", "negative pi/2", "负π/2",
        "积分是−π/2", "答案为-π/2。", r"\boxed{-\frac{\pi}{2}}", r"\boxed{- \frac{1}{2}\pi}", "-1.571",
    ],
    "-1": ["-π", r"-\pi", "-pi", "-1π", "-3.14"],
    "1/2": ["π/2", r"\frac{\pi}{2}", "0.5π", "1.57", r"\frac{1}{2}\pi"],
    "0": ["0", "0π", r"\boxed{0}", "The integral is zero.", "积分为零。", "0.0"],
}  # fmt: skip

WRONG = {
    "7/2": ["7/2", r"\boxed{\frac{7}{2}}", "3.5", "-7π/2", "负7π/2", "7π", "7π/4", "22.0", "11.1", "5π/2",
            "3.51π", "7π/2 + 1", "积分为-7π/2", "0"],
    "-1/2": ["π/2", "-1/2", "-π", "1.571", "-π/4"],
    "0": ["π", "0.01", "-π/8"],
    "7": ["7", r"\boxed{7}", r"\boxed{14\pi}", "7.02π"],
}  # fmt: skip

UNCLEAR = {
    "7/2": [
        "not 7π/2", "It is not 7π/2.", r"\boxed{\neq 7\pi/2}", "more than 7π/2", "at least 7π/2", "≥ 7π/2",
        "7π/2 or more", "不是7π/2", "至少7π/2", "超过7π/2", "7π/2以上", "less than 3.5π",
        "It isn't 7π/2", "7π/2 or 5π/2", "7π/2 or 12", "5π/2, no wait, 7π/2", "between 3π and 4π",
        "7π/2 is wrong", "half of 7π",
        r"The answer is not $$ \boxed{\frac{7\pi}{2}} $$ but 5π", "7π²/2", "7πr/2", "±7π/2", "3 1/2 π",
        "7,0π/2", r"\frac{7}{2\pi}", "7/(2π)", "many", r"\boxed{}", r"\boxed{7\pi} \boxed{5\pi}",
        r"\boxed{5\pi}, corrected: \boxed{7\pi/2}", r"\sqrt{7\pi/2}", "7π/0", "7π/2 + C",
    ],
    "1": ["二分之七π", "seven π", "half π", "pi over two", "2³√π"],
    "7": [r"\frac{7}{\pi}", r"\frac7\pi", r"\frac{7\pi}{\frac{a}{b}}"],
    "5": ["3,5π", "x5π"],
}  # fmt: skip


def pairs(table):
    return [
        pytest.param(written, text, id=f"{written}: {text}") for written in table for text in table[written]
    ]


@pytest.mark.parametrize(("written", "text"), pairs(RIGHT))
def test_a_multiple_of_pi_is_right_however_it_is_written(written, text):
    assert PiMultiple(written).grade(text, "en").outcome == "right"


@pytest.mark.parametrize(("written", "text"), pairs(WRONG))
def test_another_value_or_a_lost_sign_half_or_pi_is_wrong(written, text):
    assert PiMultiple(written).grade(text, "en").outcome == "wrong"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("written", "text"), pairs(UNCLEAR))
def test_what_gives_no_single_value_is_unclear_and_says_how_to_write_it(written, text, language):
    finding = PiMultiple(written).grade(text, language)
    assert finding.outcome == "unclear" and r"\boxed{" in finding.reason


def test_a_missing_pi_is_named():
    assert "lacks the factor π" in check(PiMultiple("7/2"), r"\boxed{\frac{7}{2}}").reason
    assert "漏了因子 π" in check(PiMultiple("7/2"), "7/2", "zh").reason


@given(st.fractions(min_value=-100, max_value=100, max_denominator=8))
def test_the_expected_multiple_is_right_and_its_double_and_its_opposite_are_not(factor):
    target = PiMultiple(str(factor))
    assert target.grade(target.expected, "en").ok
    assert target.grade(f"{float(factor) * pi:.6f}", "zh").ok
    for other in (-factor, 2 * factor):
        assert target.grade(PiMultiple(str(other)).expected, "en").ok == (factor == 0)


@given(st.text() | st.text("0123456789π()+-/×^. ,\\{}fracpboxed=≈或", max_size=300))
def test_no_text_breaks_the_target(text):
    assert check(PiMultiple("7/2"), text).outcome in ("right", "wrong", "unclear")


@pytest.mark.parametrize(
    "piece",
    ["1 2 ", "9", "(", "π", " ", r"\frac{", r"\frac{1}{", "^{ ", "_", "_0^", "π/2 or ", "not ", "(9^3)^3",
     "-", "1,", "π\n", "\\pi ", "从1", "from 1 "],
)  # fmt: skip
def test_a_text_as_long_as_the_longest_answer_is_graded(piece):
    assert not PiMultiple("7/2").grade(piece * (30_000 // len(piece)), "en").ok
