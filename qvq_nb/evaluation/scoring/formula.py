"""Whether two formulas are equal: numbers with tolerance, expressions, equations, intervals, tuples, lists.

The reading of TeX and the algebra are math-verify's. It sets an alarm in the main thread unless told not to,
so here nothing ends by itself: `pool` puts a deadline on it.
"""

import logging
import math
import re
from functools import lru_cache

import qvq_nb.evaluation.scoring.latex as latex
from qvq_nb.evaluation.scoring.numbers import decimals
from qvq_nb.evaluation.scoring.units import in_unit, without_unit

EXACT = 1e-8  # absolute tolerance where a set gives none for one answer of several
SLACK = 1.01  # on a tolerance, for what floats lose
LONGEST, DEEPEST, MOST_ENTRIES = 1000, 40, 40  # characters, nested braces and entries that are read
_NAME = re.compile(r"(?:[A-Za-z]|\\[A-Za-z]+|[_'|(),:\s\d{}]|\^\s*\{?\s*\\prime\s*\}?)+")
_STARTS_WITH_NAME = re.compile(r"[\s|({]*(?:[A-Za-z]|\\(?!frac|sqrt|sin|cos|tan|log|ln)[A-Za-z]+)")
_INEQUALITY = re.compile(r"[<>]|\\(?:leq|geq|neq)")
_DECIMAL = re.compile(r"[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


def same(
    gold: str,
    got: str,
    tolerances: tuple[float, ...] | None = None,
    unit: str | None = None,
    grouped: bool = True,
) -> bool | None:
    """Whether a formula equals the true one, or the entries of two lists pair; None where it can't be told.

    `tolerances` are absolute: one for all entries of `gold`, or one each. Without any, a decimal may stand
    for what it is the rounded value of, with two or more places. Where digits are not `grouped`, the comma
    of 1,200 parts two entries.
    """
    if any(len(text) > LONGEST or latex.depth(text) > DEEPEST for text in (gold, got)):
        return None
    gold = without_unit(latex.cleaned(gold), unit)
    to_number = not latex.has_names(gold)
    got = in_unit(latex.cleaned(got), unit, to_number)
    if latex.squeezed(gold) == latex.squeezed(got) != "" or gold == got != "":
        return True
    if (
        grouped
        and latex.bracketed(gold) is None
        and len(latex.parted(latex.without_thousands(gold), ",;")) == 1
    ):
        gold, got = latex.without_thousands(gold), latex.without_thousands(got)
    wanted = [without_unit(entry, unit) for entry in latex.entries(_unbraced(gold))]
    given = [in_unit(entry, unit, to_number) for entry in latex.entries(_unbraced(got))]
    if len(wanted) != len(given) and all(map(_INEQUALITY.search, max(wanted, given, key=len))):
        wanted, given = map(_united, (wanted, given))
    if len(wanted) != len(given) or not wanted:
        return False
    if len(wanted) > MOST_ENTRIES:
        return None
    if len(wanted) > 1 and any("=" in entry for entry in wanted + given):
        wanted, given = ([_without_name(entry) for entry in entries] for entries in (wanted, given))
    each = tolerances or (None,)
    each = (*each, *each[-1:] * len(wanted))[: len(wanted)]
    percent = unit is not None and unit.strip() in ("%", "\\%")
    return _paired([[_one(w, g, t, percent) for g in given] for w, t in zip(wanted, each)])


def listed(text: str) -> list[str]:
    """The entries of an answer that is a list without brackets, or a set; one entry for any other."""
    return latex.entries(_unbraced(latex.without_thousands(latex.cleaned(text))))


def worth(text: str) -> float | None:
    """The number that a formula without names is; None of any other."""
    return _finite(latex.undressed(without_unit(_without_name(latex.cleaned(text)))))


@lru_cache(maxsize=1)
def library():
    """math-verify, loaded when it is first needed; without its warning that a timeout is off."""
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    import math_verify

    return math_verify


def _one(gold: str, got: str, tolerance: float | None, percent: bool) -> bool | None:
    if latex.squeezed(gold) == latex.squeezed(got):
        return latex.squeezed(gold) != "" or gold == got
    brackets = latex.bracketed(gold), latex.bracketed(got)
    unions = [_united([text]) for text in (gold, got)]
    if max(map(len, unions)) > 1:
        if len(unions[0]) != len(unions[1]):
            return _equal(gold, got)
        return _paired([[_one(w, g, tolerance, percent) for g in unions[1]] for w in unions[0]])
    if all(brackets) and any(len(latex.parted(inside, ",")) > 1 for _, inside, _ in brackets):
        return _inside(*brackets, tolerance)
    gold, got = (_proportion(latex.undressed(text)) for text in (gold, got))
    if _INEQUALITY.search(gold + got) or "matrix" in gold + got:
        return _equal(gold, got)
    sides = [latex.parted(text, "=") for text in (gold, got)]
    if not all(map(_is_assignment, sides)):
        return _equal(gold, got)
    names = [latex.squeezed(side[0]) for side in sides if len(side) > 1]
    if len(set(names)) > 1:
        return _equal(gold, got)
    return _numbers_or_equal(sides[0][-1], sides[1][-1], tolerance, percent)


def _united(entries: list[str]) -> list[str]:
    """The parts of a union, as the entries "x < 1 or x > 2" are; entries that are none as they are."""
    return latex.parted(entries[0].replace(r"\cup", "∪"), "∪") if len(entries) == 1 else entries


def _inside(gold, got, tolerance) -> bool | None:
    """Whether two intervals, tuples or sets are equal, entry by entry; of sets in any order."""
    wanted, given = (latex.parted(inside, ",") for _, inside, _ in (gold, got))
    if (gold[0], gold[2]) != (got[0], got[2]) or len(wanted) != len(given):
        return False
    table = [[_one(w, g, tolerance, False) for g in given] for w in wanted]
    return _paired(table) if gold[0] == "⦃" else _all(row[place] for place, row in enumerate(table))


def _numbers_or_equal(gold: str, got: str, tolerance: float | None, percent: bool) -> bool | None:
    """Equality of two right sides; of numbers a percentage may also be written as a part of one."""
    percents = percent or gold.endswith("%"), got.endswith("%")
    gold, got = (text.rstrip("% ") for text in (gold, got))
    scales = {(False, True): (1, 100), (True, False): (1, 0.01)}.get(percents, (1,))
    wanted, given = map(_finite, (gold, got))
    if wanted is None or given is None:
        return _equal(gold, got)
    return any(_close(wanted * scale, given, tolerance, gold, got) for scale in scales)


def _close(wanted: float, given: float, tolerance: float | None, gold: str, got: str) -> bool:
    """Whether two values agree within the tolerance, or the exact one rounds to the other, a decimal."""
    if tolerance is not None:
        return abs(wanted - given) <= tolerance * SLACK
    if abs(wanted - given) <= EXACT * (abs(wanted) or 1):
        return True
    written = [bool(_DECIMAL.fullmatch(text)) for text in (gold, got)]
    if all(written) or not any(written):
        return False
    places = max(map(decimals, (gold, got)))
    return places >= 2 and round(wanted, places) == round(given, places)


def _equal(gold: str, got: str) -> bool | None:
    """What math-verify says of two formulas; None where it cannot read one of them."""
    expressions = [_parsed(text) for text in (gold, got)]
    if None in expressions:
        return None
    return library().verify(*expressions, strict=True, allow_set_relation_comp=True, timeout_seconds=None)


@lru_cache(maxsize=512)
def _parsed(text: str):
    """The expression that a formula is to sympy; None where it is none or would be too large to hold."""
    if (
        not text.strip()
        or len(text) > LONGEST
        or latex.depth(text) > DEEPEST
        or latex.is_bomb(text)
        or latex.is_prose(text)
    ):
        return None
    math_verify = library()
    found = math_verify.parse(
        f"${latex.with_plain_names(latex.undressed(text))}$",
        [math_verify.LatexExtractionConfig()],
        fallback_mode="no_fallback",
        parsing_timeout=None,
    )
    return found[0] if found else None


def _finite(text: str) -> float | None:
    """The finite number that a formula is; None of one with names, or that is none."""
    expression = _parsed(text)
    try:
        worth = float(expression.evalf(20))
    except (AttributeError, TypeError, ValueError, OverflowError, ArithmeticError):
        return None
    return worth if math.isfinite(worth) else None


def _is_assignment(sides: list[str]) -> bool:
    """Whether the left sides, if any, are mere names: `a_n = 2n+1` but not `x^2+y^2 = 1`."""
    return all(
        _NAME.fullmatch(side) and _STARTS_WITH_NAME.match(side) for side in sides[:1] if len(sides) > 1
    )


def _without_name(text: str) -> str:
    sides = latex.parted(text, "=")
    return sides[-1] if _is_assignment(sides) else text


def _proportion(text: str) -> str:
    """11:21 as a fraction, so that it may be cancelled."""
    whole = text.split("=")[-1]
    parts = whole.split(":")
    if len(parts) == 2 and all(part.strip() for part in parts) and "=" not in text.split(":")[-1]:
        return rf"\frac{{{parts[0].strip()}}}{{{parts[1].strip()}}}"
    return text


def _unbraced(text: str) -> str:
    r"""`\{1, 2\}` and `{1, 2}` as the list 1, 2."""
    parts = latex.bracketed(text)
    if parts and parts[0] == "⦃" and parts[2] == "⦄":
        return parts[1]
    is_one_group = text.startswith("{") and text.endswith("}") and latex.parted(text, "}")[0] == text
    return text[1:-1] if is_one_group else text


def _paired(table: list[list[bool | None]]) -> bool | None:
    """Whether every row can have a column of its own that is true; None if that hangs on an unknown."""

    def holds(fits):
        owner: dict[int, int] = {}

        def place(row, tried):
            for column, entry in enumerate(table[row]):
                if fits(entry) and column not in tried:
                    tried.add(column)
                    if column not in owner or place(owner[column], tried):
                        owner[column] = row
                        return True
            return False

        return all(place(row, set()) for row in range(len(table)))

    if holds(lambda entry: entry is True):
        return True
    return None if holds(lambda entry: entry is not False) else False


def _all(results) -> bool | None:
    results = list(results)
    return False if False in results else None if None in results else True
