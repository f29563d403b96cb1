"""Formulas of benchmarks' answers, compared: hand-made samples, and truths that plain Python works out."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.evaluation.scoring import score

EQUAL = [
    ("x=1", "1", "expression", {}),
    ("\\boxed{x=1}", "1", "expression", {}),
    ("\\boxed{1}", "x=1", "expression", {}),
    ("So the final answer is $\\frac{3}{4}$.", "0.75", "expression", {}),
    ("The answer is $x = \\frac{1}{2}$.", "\\frac{1}{2}", "expression", {}),
    ("所以最终答案是$\\frac{1}{2}$。", "0.5", "expression", {}),
    ("所以最终答案是\\boxed{\\frac{\\sqrt{3}}{2}}。", "$\\frac{\\sqrt3}{2}$", "expression", {}),
    ("Thus the area is $12\\pi$.", "12\\pi", "expression", {}),
    ("Thus the area is 12π.", "12\\pi", "expression", {}),
    ("The answer is \\sqrt{3}", "\\sqrt{3}", "expression", {}),
    ("\\boxed{12 \\pi \\text{ square units}}", "12\\pi", "expression", {}),
    ("\\boxed{\\frac{3 \\sqrt{3}}{2}}", "\\frac{3}{2}\\sqrt{3}", "expression", {}),
    ("\\boxed{0.866}", "$\\frac{\\sqrt3}{2}$", "expression", {}),
    ("\\boxed{\\sqrt{3}}", "1.73", "expression", {}),
    ("\\boxed{60\\%}", "0.6", "expression", {}),
    ("\\boxed{0.6}", "60", "expression", {"unit": "%"}),
    ("\\boxed{2a+b}", "b+2a", "expression", {}),
    ("\\boxed{x^2-1}", "(x-1)(x+1)", "expression", {}),
    ("\\boxed{\\frac{1}{2}mv^2}", "\\frac{mv^{2}}{2}", "expression", {}),
    ("\\boxed{v_0 t}", "v_{0}t", "expression", {}),
    ("\\boxed{k_B T_\\mathrm{s}}", "k_{\\mathrm{B}}T_{s}", "expression", {}),
    ("\\boxed{\\frac{L_\\odot}{4\\pi d^2}}", "L_{\\odot}/(4 \\pi d^{2})", "expression", {}),
    ("\\boxed{2v_0/g}", "t_{\\max }=\\frac{2 v_{0}}{g}", "expression", {}),
    ("\\boxed{a' + 1}", "1+a^{\\prime}", "expression", {}),
    ("\\boxed{3 \\times 10^8}", "300000000", "expression", {}),
    ("\\boxed{3\\times10^{8}\\text{ m/s}}", "3\\times 10^8", "expression", {"unit": "m/s"}),
    ("\\boxed{9.8\\,\\mathrm{m/s^2}}", "9.8", "expression", {"unit": "$\\mathrm{m/s^2}$"}),
    ("\\boxed{9.8 m/s^2}", "9.8", "expression", {"unit": "m/s^2"}),
    ("\\boxed{3 \\text{ km}}", "3000", "expression", {"unit": "m"}),
    ("\\boxed{50\\,\\mathrm{cm}}", "0.5", "expression", {"unit": "$\\mathrm{m}$"}),
    ("\\boxed{20 \\text{ cm}^2}", "0.002", "expression", {"unit": "m^2"}),
    ("\\boxed{12 \\text{ min}}", "12", "expression", {"unit": "min"}),
    ("\\boxed{1,000}", "1000", "expression", {}),
    ("\\boxed{1000}", "1,000", "expression", {}),
    ("\\boxed{12{,}500}", "12500", "expression", {}),
    ("\\boxed{2:3}", "\\frac{2}{3}", "expression", {}),
    ("\\boxed{5:8}", "S_1:S_2=10:16", "expression", {}),
    ("\\boxed{24}", "4!", "expression", {}),
    ("\\boxed{能}", "能", "expression", {}),
    ("\\boxed{\\text{Yes}}", "Yes", "expression", {}),
    ("\\boxed{1.73}", "1.732", "expression", {"precision": 0.01}),
    ("\\boxed{x+y=5}", "y=5-x", "equation", {}),
    ("\\boxed{y=\\frac{x}{2}}", "x=2y", "equation", {}),
    ("\\boxed{2x+3y-6=0}", "\\frac{x}{3}+\\frac{y}{2}=1", "equation", {}),
    ("\\boxed{x^2+y^2=4}", "\\frac{x^2}{4}+\\frac{y^2}{4}=1", "equation", {}),
    ("\\boxed{(-\\infty,2]}", "(-\\infty, 2]", "interval", {}),
    ("\\boxed{x \\le 2}", "(-\\infty, 2]", "interval", {}),
    ("\\boxed{0<a<1}", "(0,1)", "interval", {}),
    ("\\boxed{a \\in (0, 1)}", "(0,1)", "interval", {}),
    ("\\boxed{[1, +\\infty)}", "[1,\\infty)", "interval", {}),
    ("\\boxed{(2,3]\\cup[0,1)}", "[0,1)\\cup (2,3]", "interval", {}),
    ("\\boxed{(0.5, 200)}", "(\\frac{1}{2},200)", "interval", {}),
    ("\\boxed{(x,y)=(1, 2)}", "(1,2)", "tuple", {}),
    ("\\boxed{(0.5, 2)}", "(\\frac{1}{2},2)", "tuple", {}),
    ("\\boxed{\\left( 3, \\dfrac{\\pi}{2} \\right)}", "(3, \\frac{\\pi}{2})", "tuple", {}),
    ("\\boxed{3, 1, 2}", "1,2,3", "list", {}),
    ("\\boxed{200, 100}", ["100", "200"], "list", {}),
    ("\\boxed{1} and \\boxed{2}", "2,1", "list", {}),
    ("\\boxed{1 \\text{ and } 2}", ["1", "2"], "list", {}),
    ("\\boxed{x=1 \\text{ or } x=2}", "1,2", "list", {}),
    ("So the final answer is $x=1$ or $x=2$.", "1,2", "list", {}),
    ("所以最终答案是\\boxed{1和2}。", "2,1", "list", {}),
    ("\\boxed{\\pm 2}", "2,-2", "list", {}),
    ("\\boxed{\\{1,2,3\\}}", "\\{3,2,1\\}", "list", {}),
    ("\\boxed{(1,2),(3,4)}", "(3,4),(1,2)", "list", {}),
    ("\\boxed{1.01, 2.5}", "1,2.4", "list", {"precision": "0.02,0.2"}),
    ("\\boxed{2.5, 1.01}", "1,2.4", "list", {"precision": [0.02, 0.2]}),
    ("\\boxed{[0, 2, 1]}", "[0, 2, 1]", "list", {}),
]
UNEQUAL = [
    ("\\boxed{x=2}", "x=1", "expression", {}),
    ("\\boxed{200}", "2", "expression", {}),
    ("\\boxed{60}", "0.6", "expression", {}),
    ("\\boxed{0.5\\%}", "50", "expression", {}),
    ("\\boxed{60\\%}", "0.6\\%", "expression", {}),
    ("\\boxed{0.3}", "\\frac{1}{3}", "expression", {}),
    ("\\boxed{0.87}", "$\\frac{\\sqrt3}{2}$", "expression", {"precision": 1e-8}),
    ("\\boxed{1.73}", "1.732", "expression", {}),
    ("\\boxed{5}", "5!", "expression", {}),
    ("\\boxed{2\\times 10^{-34}}", "6.6\\times 10^{-34}", "expression", {}),
    ("\\boxed{2\\times 10^{-34}}", "1\\times 10^{-34}", "expression", {}),
    ("\\boxed{3 \\text{ km}}", "3", "expression", {"unit": "m"}),
    ("\\boxed{3\\,\\mu\\text{m}}", "3", "expression", {"unit": "m"}),
    ("\\boxed{R t}", "r t", "expression", {}),
    ("\\boxed{3+m}", "3", "expression", {}),
    ("\\boxed{v_1 t}", "v_0 t", "expression", {}),
    ("\\boxed{x-1}", "x+1", "expression", {}),
    ("\\boxed{不能}", "能", "expression", {}),
    ("\\boxed{\\text{No}}", "Yes", "expression", {}),
    ("\\boxed{y=2x+2}", "2x-y+1=0", "equation", {}),
    ("\\boxed{2x+1}", "y=2x+2", "equation", {}),
    ("\\boxed{(-\\infty,2)}", "(-\\infty, 2]", "interval", {}),
    ("\\boxed{(0,1)\\cup(2,3]}", "[0,1)\\cup (2,3]", "interval", {}),
    ("\\boxed{(2, 1)}", "(1,2)", "tuple", {}),
    ("\\boxed{(1,2,3)}", "(1,2)", "tuple", {}),
    ("\\boxed{(1,200)}", "(1200)", "tuple", {}),
    ("\\boxed{3, 1}", "1,2,3", "list", {}),
    ("\\boxed{1, 1, 2}", "1,2,2", "list", {}),
    ("\\boxed{(1,2),(4,3)}", "(3,4),(1,2)", "list", {}),
    ("\\boxed{(3,1,2)}", "3,1,2", "list", {}),
    ("\\boxed{[0, 1, 2]}", "[0, 2, 1]", "list", {}),
    ("\\boxed{1.01, 2.5}", "1,2.4", "list", {"precision": [0.02, 0.05]}),
]


@pytest.mark.parametrize("text, gold, kind, more", EQUAL)
def test_equal_formulas_are_right(text, gold, kind, more):
    assert score(text, gold, kind, **more).ok


@pytest.mark.parametrize("text, gold, kind, more", UNEQUAL)
def test_other_formulas_are_not_right(text, gold, kind, more):
    assert not score(text, gold, kind, **more).ok


numbers = st.fractions(min_value=-50, max_value=50, max_denominator=20)


def tex(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    value = abs(value)
    return (
        f"{sign}{value}"
        if value.denominator == 1
        else f"{sign}\\frac{{{value.numerator}}}{{{value.denominator}}}"
    )


@given(one=numbers, other=numbers)
@settings(max_examples=60, deadline=None)
def test_two_numbers_are_equal_exactly_if_their_fractions_are(one, other):
    assert score(f"\\boxed{{{tex(one)}}}", tex(other), "expression").ok == (one == other)
    assert score(f"\\boxed{{{tex(one)}}}", f"{tex(other)}+0", "expression").ok == (one == other)


@given(roots=st.lists(st.integers(-6, 6), min_size=2, max_size=3), off=st.integers(-1, 1))
@settings(max_examples=10, deadline=None)
def test_a_product_equals_the_polynomial_whose_values_are_the_same(roots, off):
    product = "".join(f"(x-({root}))" for root in roots)
    coefficients = [1]
    for root in roots:
        coefficients = [a - root * b for a, b in zip([*coefficients, 0], [0, *coefficients])]
    powers = range(len(coefficients) - 1, -1, -1)
    written = "+".join(f"({coefficient})x^{{{power}}}" for coefficient, power in zip(coefficients, powers))
    assert score(f"\\boxed{{{product}}}", f"{written}+({off})", "expression").ok == (off == 0)


@given(
    wanted=st.lists(st.integers(0, 9), min_size=1, max_size=4),
    given_=st.lists(st.integers(0, 9), min_size=1, max_size=4),
    tolerances=st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=4, max_size=4),
)
@settings(max_examples=80, deadline=None)
def test_lists_agree_if_some_order_of_them_does(wanted, given_, tolerances):
    each = tolerances[: len(wanted)]
    some = len(wanted) == len(given_) and any(
        all(abs(a - b) <= allowed for a, b, allowed in zip(wanted, order, each))
        for order in itertools.permutations(given_)
    )
    verdict = score(
        f"\\boxed{{{', '.join(map(str, given_))}}}", list(map(str, wanted)), "list", precision=each
    )
    assert verdict.ok == some


def test_math_verify_is_given_the_last_box_alone():
    assert score("First \\boxed{7}, then I see my mistake.\n\n\\boxed{8}", "8", "expression").ok
    assert not score("First \\boxed{8}, then I see my mistake.\n\n\\boxed{7}", "8", "expression").ok
