"""Units after the numbers of replies: left out, or another metric prefix counted in."""

import re
from fractions import Fraction

from qvq_nb.evaluation.scoring.latex import cleaned

_POWER = r"(?:\^\s*\{?\s*-?\d\s*\}?)?\s*\.?$"
_IN_TEXT = r"\s*\\(?:text|mbox)\s*\{[^{}]*\}\s*"
_IN_FONT = r"\s*\\(?:text|mathrm|mbox|textbf|rm|operatorname)\s*\{(?!\s*[eid]\s*\})[^{}]*\}\s*"
_AND_MORE = rf"(?:(?:\^\s*\{{?\s*-?\d\s*\}}?\s*)?(?:/|\\cdot|\\times)?{_IN_FONT})*"
_UNIT_AFTER = re.compile(rf"(?:(?<=[\d)}}%]){_IN_FONT}|(?<=\w){_IN_TEXT}){_AND_MORE}{_POWER}")
_KNOWN_UNIT = re.compile(
    r"(?<=[\d)}])\s*(?:(?:square|cubic|sq)\.?\s+)?"
    r"(?:[cmkdn]m|[km]?g|m[lL]|ft|inch(?:es)?|feet|miles?|yards?|kHz|Hz|degrees?|units?|years?|days?"
    rf"|hours?|minutes?|seconds?|dollars?|cents?|(?:centi|kilo|milli)?met(?:er|re)s?|percent(?:age)?){_POWER}"
)
_ANY_UNIT = re.compile(
    r"(?<=[\d)}])\s*(?:(?:square|cubic|sq)\.?\s+)?(?!cdot|times|pi)"
    rf"(?:[A-Za-z]{{2,}}(?:[ /][A-Za-z]+){{0,3}}|[A-Zmsghl]){_POWER}"
)
_PREFIXES = {
    "": 0, "k": 3, "M": 6, "G": 9, "d": -1, "c": -2, "m": -3, "μ": -6, "n": -9,
}  # fmt: skip
_METRIC = re.compile(r"([kMGdcmμn]?)(m|g|s|N|J|W|Pa|V|A|Hz|eV|L|C|F|T)(?![A-Za-z])\^?(\d?)(.*)")


def without_unit(text: str, unit: str | None = None, to_number: bool = False) -> str:
    """A formula without the unit after it: the one asked for, one written as text, or a known one.

    Where the answer is `to_number`, any other words after the last digit are a unit, too.
    """
    if unit:
        bare = re.escape(cleaned(unit)).replace(r"\ ", r"\s*")
        asked_for = rf"\s*(?:\\(?:text|mathrm|mbox|rm)\s*\{{)?\s*(?<![A-Za-z])(?:{bare})\s*\}}?\s*$"
        text = re.sub(asked_for, "", text) or text
    text = _UNIT_AFTER.sub("", text)
    return (_ANY_UNIT if to_number else _KNOWN_UNIT).sub("", text).strip()


def in_unit(text: str, unit: str | None, to_number: bool) -> str:
    """A formula without its unit, in the unit asked for: 3 km is (3) · 1000 where metres are."""
    bare = without_unit(text, unit, to_number)
    if not unit or not text.startswith(bare):
        return bare
    given, asked = (_METRIC.fullmatch(_letters(written)) for written in (text[len(bare) :], unit))
    if not given or not asked or given.groups()[1:] != asked.groups()[1:] or given[1] == asked[1]:
        return bare
    scale = Fraction(10) ** ((_PREFIXES[given[1]] - _PREFIXES[asked[1]]) * int(given[3] or 1))
    return rf"({bare}) \cdot \frac{{{scale.numerator}}}{{{scale.denominator}}}"


def _letters(unit: str) -> str:
    unit = unit.replace(r"\mu", "μ").replace("µ", "μ").replace("l", "L")
    return re.sub(r"\\[A-Za-z]+|[\s{}~.$]", "", unit)
