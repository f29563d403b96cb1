r"""A multiple of π as the answer: 7π/2, `\frac{7}{2}\pi`, 3.5 pi, or its decimals; 7/2 alone is none."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from qvq_nb.grading.rule import Unclear, affirmed, any_of, read
from qvq_nb.grading.values import expressions, units
from qvq_nb.grading.values.plain import plain
from qvq_nb.grading.verdict import Finding, say, shortened

TOLERANCE = Fraction(5, 1000)  # of decimals, as a share of the value
PI = Fraction(math.pi)
MOST_VALUES = 8  # more are no one answer, and would only take time

_TERMS = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[π√()+\-/×·⋅^ ])+")
_LIMITS = re.compile(
    r"√?_ ?\d+ ?\^ ?\d+|\bfrom (?:x ?= ?)?\d+ to (?:x ?= ?)?\d+|从 ?(?:x ?= ?)?\d+ ?到 ?(?:x ?= ?)?\d+"
    r"|(?<![A-Za-z])x ?= ?\d+|\[ ?\d+ ?, ?\d+ ?\]"
)
_ANOTHER_WAY_TO_SAY = re.compile(
    r"(?i)(?:[=≈]|\bor|\babout|\bapproximately|\broughly|或|约|约为|约等于|即) ?\(?$"
)
_TIED_BEFORE = re.compile(
    r"(?i)[a-z_'%]$|[±√] ?$|\d,$"
    r"|(?:[零一二两三四五六七八九十百半]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)) ?$"
)
_SIGN_WORD = re.compile(r"(?i)\b(?:minus|negative) (?=[\dπ(.])|负 ?(?=[\dπ(.])")


class _Value(NamedTuple):
    """`number` + `factor` · π, and where it stands; None for both where that cannot be read."""

    number: Fraction | None
    factor: Fraction | None
    text: str
    start: int
    end: int

    @property
    def size(self) -> Fraction:
        return self.number + self.factor * PI


@dataclass(frozen=True)
class PiMultiple:
    """An exact multiple of π; `written` is the factor, such as "7/2" for 7π/2.

    What is written with π has to be equal, decimals without it may be off by 0.5 %. `others` are names of
    what else the value may be of, such as a part of what is asked for.
    """

    written: str
    others: tuple[str, ...] = ()

    @property
    def value(self) -> Fraction:
        """The exact factor of π."""
        return Fraction(self.written)

    @property
    def expected(self) -> str:
        """The multiple as people write it, such as -π/2."""
        above, below = self.value.numerator, self.value.denominator
        if not above:
            return "0"
        factor = {1: "", -1: "-"}.get(above, str(above))
        return f"{factor}π" if below == 1 else f"{factor}π/{below}"

    def grade(self, final: str, language: str) -> Finding:
        """Grades the last box, or else the one value that stands in the text."""
        try:
            values = self._stated(final)
        except Unclear as unclear:
            return unclear.finding(final, language)
        got = shortened(", ".join(dict.fromkeys(value.text for value in values)))
        if all(map(self._is_right, values)):
            return Finding("right", got, say("right", language, got=got))
        lacks_pi = values[0][:2] == (self.value, 0)
        reason = "without π" if lacks_pi else "wrong number"
        return Finding("wrong", got, say(reason, language, got=got, expected=self.expected))

    def _is_right(self, value: _Value) -> bool:
        if value.factor:
            return value[:2] == (0, self.value)
        return abs(value.number - self.value * PI) <= TOLERANCE * abs(self.value * PI)

    def _stated(self, final: str) -> list[_Value]:
        """The one value of a text, in every way in which it is written there."""
        said = read(final, lambda one, other: one.split() == other.split())
        if named := any_of(self.others).search(said.text):
            raise Unclear("about another", name=named.group())
        text = _cleared(said.text)
        values = _values(text)
        kept = affirmed(text, values, _is_same, roughly=True)
        if not kept or any(value.number is None for value in kept):
            raise Unclear("no multiple of π")
        if not all(_is_same(kept[0], value) for value in kept):
            raise Unclear("several")
        return kept


def _is_same(one: _Value, other: _Value) -> bool:
    """Whether two values say the same, such as 7π/2, 3.5π and 11.0."""
    if None in (one.number, other.number):
        return False
    if one.factor and other.factor:
        return one[:2] == other[:2]
    return abs(one.size - other.size) <= TOLERANCE * abs(other.size)


def _cleared(text: str) -> str:
    """The text as people would type it, with π for pi, and without the limits of an integral."""
    text = re.sub(r"(?i)(?<![a-z\\])pi(?![a-z])", "π", plain(text))
    text = re.sub(r"(?<=[\dπ)]) ?\* ?(?=[\dπ(])|(?<=[\dπ)]) x (?=[\dπ(])", "×", text)
    text = _SIGN_WORD.sub(" -", text)
    text = re.sub(r"(?i)\bzero\b|(?<![一-鿿])零(?![一-鿿])|(?<=[为是于])零", "0", text)
    return _LIMITS.sub(" ; ", text.replace("\n", " ; "))


def _values(text: str) -> list[_Value]:
    """The values of a cleared text: those with π, and numbers that say the same in decimals."""
    found = [place for place in _TERMS.finditer(text) if re.search("[0-9π]", place.group())]
    has_pi = any("π" in place.group() for place in found)
    values = []
    for place in found:
        start = place.end() - len(place.group().lstrip(" )"))
        before = text[max(0, start - 20) : start]
        if has_pi and "π" not in place.group() and not _ANOTHER_WAY_TO_SAY.search(before):
            continue
        piece = text[start : place.end()].rstrip().removesuffix(" (")
        written, end = _balanced(piece.rstrip(" (-")), start + len(piece)
        tied = _TIED_BEFORE.search(before) or re.match(r"[A-Za-z_'%±√]|,\d", text[end : end + 2])
        tied = tied or units.after(text, end)[0]
        number = None if tied or len(values) > MOST_VALUES else expressions.value(written)
        shown = re.sub(r"\(([\dπ.]+)\)", r"\1", written)
        values.append(
            _Value(
                *(number or (None, None)), shown.strip("()") if shown.count("(") == 1 else shown, start, end
            )
        )
    return values


def _balanced(written: str) -> str:
    """The terms without the parentheses that surround more than them, as in "(about 11.0)"."""
    excess = written.count("(") - written.count(")")
    while excess > 0 and written.startswith("("):
        written, excess = written[1:].lstrip(), excess - 1
    while excess < 0 and written.endswith(")"):
        written, excess = written[:-1].rstrip(), excess + 1
    return written
