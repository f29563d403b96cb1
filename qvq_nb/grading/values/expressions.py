"""Sums and products of numbers and π, by math-verify; every text is bounded before it gets there."""

import logging
import re
from fractions import Fraction
from itertools import accumulate

LONGEST, MOST_DIGITS, MOST_POWERS, DEEPEST = 120, 15, 3, 8
_ALLOWED = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+|[π√()+\-/×·⋅ ]|\^ ?\(?-?\d{1,2}\)?(?!\d))+")
_STEPS = [
    (re.compile(written), meant)
    for written, meant in (
        (r"\^ ?(?:\((-?\d+)\)|(-?\d+))", r"^{\1\2} "),
        # math-verify adds what stands side by side, as in a mixed number: 2(3) would be 5.
        (r"(?<=[\dπ)}]) ?(?=[π(√])|(?<=[π)]) ?(?=\d)", r"\\cdot "),
        (
            r"/ ?((?:\d+(?:\.\d+)?|\.\d+|π|\([^()]*\))(?:\^\{-?\d+\})?)",
            r"\\cdot \\frac{1}{\1}",
        ),  # 1/2 π is π/2
        (r"[×·⋅]", r"\\cdot "),
        (r"√\(([^()]*)\)", r"\\sqrt{\1}"),
        (r"(\d*)\.(\d+)", lambda found: rf"\frac{{{int(found[1] + found[2])}}}{{1{'0' * len(found[2])}}}"),
        (r"π", r"\\pi "),
    )
]


def value(written: str) -> tuple[Fraction, Fraction] | None:
    """(number, factor of π) of a text that went through `plain`, such as (8 - 9/2)π; None where it is none.

    Long ones, deep ones, large powers and factorials are refused before they are worked out.
    """
    written = written.strip()
    depths = list(accumulate(((sign == "(") - (sign == ")") for sign in written), initial=0))
    if (
        len(written) > LONGEST
        or not _ALLOWED.fullmatch(written)
        or max(depths) > DEEPEST
        or min(depths) < 0
        or depths[-1]
        or written.count("^") > MOST_POWERS
        or any(len(digits) > MOST_DIGITS for digits in re.findall(r"\d+", written))
        or any(abs(int(power)) > 9 for power in re.findall(r"\^ ?\(?(-?\d+)", written))
        or re.search(r"\d \d|[π)] ?\.|\d ?√|\) \d|[+\-/×·⋅^]$|\^ ?\(?-?\d+\)? ?\^", written)
    ):
        return None
    tex = written
    for pattern, meant in _STEPS:
        tex = pattern.sub(meant, tex)
    return None if "/" in tex else _worked_out(tex)


def _worked_out(tex: str) -> tuple[Fraction, Fraction] | None:
    import sympy
    from math_verify import LatexExtractionConfig, parse

    logging.getLogger("math_verify.parser").setLevel(logging.ERROR)  # it warns that it has no time limit
    boxed = LatexExtractionConfig(try_extract_without_anchor=False)
    try:
        # The time limit works in the main thread only; the bounds above make up for it.
        found = parse(rf"\boxed{{{tex}}}", [boxed], fallback_mode="no_fallback", parsing_timeout=None)
        if not found or not isinstance(found[0], sympy.Expr):
            return None
        terms = sympy.expand(found[0].doit())
        number, factor = terms.coeff(sympy.pi, 0), terms.coeff(sympy.pi, 1)
        if sympy.simplify(terms - number - factor * sympy.pi) != 0 or not (
            number.is_Rational and factor.is_Rational
        ):
            return None
        return Fraction(int(number.p), int(number.q)), Fraction(int(factor.p), int(factor.q))
    except Exception:  # whatever a library makes of a strange text, it is no value
        return None
