r"""A multiple of π as the answer: 7π/2, `\frac{7}{2}\pi`, 3.5 pi, or its decimals; 7/2 alone is none."""

import math
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from qvq_nb import trace
from qvq_nb.grading.quantities import plain
from qvq_nb.grading.verdict import Finding, say, shortened

TOLERANCE = Fraction(5, 1000)  # of decimals, as a share of the value
PI = Fraction(math.pi)
MOST_TERMS, MOST_DIGITS, LARGEST = 60, 15, 10**30  # more is no answer, and would only take time

_ARGUMENT = r"\s*(\{[^{}]*\}|\d|π)"
_FRACTION = re.compile(rf"(?:(?<![\d./^])(\d+))?\s*\\[dt]?frac{_ARGUMENT}{_ARGUMENT}")
_TERMS = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[π()+\-/×·⋅^ ])+")
_TERM = re.compile(r"[0-9.]+|[^0-9. ]")
_LIMITS = re.compile(
    r"_ ?\d+ ?\^ ?\d+|\bfrom (?:x ?= ?)?\d+ to (?:x ?= ?)?\d+|从 ?(?:x ?= ?)?\d+ ?到 ?(?:x ?= ?)?\d+"
    r"|(?<![A-Za-z])x ?= ?\d+|\[ ?\d+ ?, ?\d+ ?\]"
)
_ANOTHER_WAY_TO_SAY = re.compile(
    r"(?i)(?:[=≈]|\bor|\babout|\bapproximately|\broughly|或|约|约为|约等于|即) ?\(?$"
)
_DOUBTED_BEFORE = re.compile(
    r"(?i)(?:\b(?:not|never|cannot|rather than|instead of|neither|nor|at (?:least|most)|over|under|exceeds"
    r"|(?:more|less|greater|larger|smaller) than|up to|nearly|almost|half|twice|double)\b|n't\b|[<>≤≥≠]"
    r"|不是|并非|而非|不等于|不为|不到|不足|超过|大于|小于|多于|少于|至少|至多|最多|最少|接近)[^\dπ,.;，。；]{0,24}$"
    r"|(?:\b(?:one|two|three|four|five|six|seven|eight|nine|ten)|[零一二两三四五六七八九十百半]) ?$"
)
_DOUBTED_AFTER = re.compile(
    r"(?i)^[ ),，]*(?:or (?:more|less)|at (?:least|most)|over\b|(?:is|was) (?:not|wrong|incorrect|false)"
    r"|isn't|以上|以下|不对|不是|是错|的一半|的两倍)"
)


class _Value(NamedTuple):
    """`number` + `pis` · π, and how it was written."""

    number: Fraction
    pis: Fraction
    text: str = ""

    @property
    def size(self) -> Fraction:
        return self.number + self.pis * PI


class _Unreadable(Exception):
    """Terms that give no number."""


@dataclass(frozen=True)
class PiMultiple:
    """An exact multiple of π; `written` is the factor, such as "7/2" for 7π/2.

    What is written with π has to be equal, decimals without it may be off by 0.5 %.
    """

    written: str

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
        box = trace.boxed(final)
        said = _cleared(final if box is None else box)
        doubted = box is not None and _DOUBTED_BEFORE.search(_cleared(final[: final.rfind(r"\boxed")][-60:]))
        try:
            values = _values(said)
            problem = None if values else "no multiple of π"
        except _Unreadable as unreadable:
            values, problem = [], str(unreadable)
        if doubted:
            problem = "doubted multiple of π"
        elif values and not _agree(values):
            problem = "several multiples of π"
        got = ", ".join(dict.fromkeys(value.text for value in values)) or said.strip()
        got = shortened(got)
        if problem:
            return Finding("unclear", got, say(problem, language))
        if all(map(self._is_right, values)):
            return Finding("right", got, say("right", language, got=got))
        lacks_pi = values[0][:2] == (self.value, 0)
        reason = "without π" if lacks_pi else "wrong number"
        return Finding("wrong", got, say(reason, language, got=got, expected=self.expected))

    def _is_right(self, value: _Value) -> bool:
        if value.pis:
            return value[:2] == (0, self.value)
        return abs(value.number - self.value * PI) <= TOLERANCE * abs(self.value * PI)


def _agree(values: list[_Value]) -> bool:
    """Whether all are one value, written in several ways, such as 7π/2 = 3.5π ≈ 11.0."""
    exact = {value[:2] for value in values if value.pis}
    first = values[0].size
    return len(exact) < 2 and all(abs(value.size - first) <= TOLERANCE * abs(first) for value in values)


def _cleared(text: str) -> str:
    """The text without dress, on one line, with π for all its names and every fraction as (a/b)."""
    text = "; ".join(" ".join(line.split()) for line in text.splitlines())
    text = re.sub("[¼½¾⅐-⅞]", lambda found: _as_tex(found.group()), text)
    text = re.sub(r"(?i)\\pi(?![a-z])|(?<![a-z\\])pi(?![a-z])|[𝜋𝛑ϖ]", "π", text)
    text = re.sub(r"(?:\\math[a-z]+ ?|(?<=\d))\{ ?π ?\}", "π", text)
    text = re.sub(r"\\(?:neq|ne|not)(?![A-Za-z])", "≠", text)
    text = re.sub(r"\\(?:geq?|leq?|gt|lt)(?![A-Za-z])", "≥", text)
    text = re.sub(r"\\pm(?![A-Za-z])", "±", text)
    text = re.sub(r"\\sqrt(?![A-Za-z])", "√", text)
    text = re.sub(r"\\[dt]?frac", "√", _FRACTION.sub(_in_parentheses, text))  # one left cannot be read
    text = text.replace("**", " ")
    text = re.sub(r"(?<=[\wπ)]) ?\* ?(?=[\dπ(.])|(?<=[\dπ)]) x (?=[\dπ(])", "×", text)
    text = plain(text.replace("÷", "/").replace(r"\div", "/"))
    text = re.sub(r"(?i)\b(?:minus|negative) (?=[\dπ(.])|负 ?(?=[\dπ(.])", " -", text)
    return re.sub(r"(?i)\bzero\b|(?<![一-鿿])零(?![一-鿿])|(?<=[为是于])零", "0", text)


def _as_tex(fraction: str) -> str:
    above, _, below = unicodedata.normalize("NFKC", fraction).partition("⁄")
    return rf"\frac{{{above}}}{{{below}}}"


def _in_parentheses(found: re.Match) -> str:
    whole, above, below = found[1], found[2].strip("{} "), found[3].strip("{} ")
    fraction = f"(({above})/({below}))"
    if whole and above.isdigit() and below.isdigit():
        return f"({whole}+{fraction})"  # 3\frac{1}{2}
    return f"{whole or ''}{fraction}"


def _values(text: str) -> list[_Value]:
    """The values of a cleared text: those with π, and numbers that say the same in decimals.

    Raises _Unreadable, with the key of its sentence, where a value is doubted or cannot be read.
    """
    text = _LIMITS.sub(" ; ", text)
    found = [place for place in _TERMS.finditer(text) if re.search("[0-9π]", place.group())]
    has_pi = any("π" in place.group() for place in found)
    values = []
    for place in found:
        start = place.end() - len(place.group().lstrip(" )"))
        if (
            has_pi
            and "π" not in place.group()
            and not _ANOTHER_WAY_TO_SAY.search(text[max(0, start - 20) : start])
        ):
            continue
        piece = text[start : place.end()].rstrip().removesuffix(" (")
        written, end = _balanced(piece.rstrip(" (-")), start + len(piece)
        if _DOUBTED_BEFORE.search(text[max(0, start - 50) : start]) or _DOUBTED_AFTER.search(
            text[end : end + 30]
        ):
            raise _Unreadable("doubted multiple of π")
        if re.search(r"[A-Za-z_'%]$|[±√] ?$|\d,$", text[max(0, start - 2) : start]) or re.match(
            r"[A-Za-z_'%±√]|,\d", text[end : end + 2]
        ):
            raise _Unreadable("no multiple of π")
        values.append(_read(written))
    return values


def _balanced(written: str) -> str:
    """The terms without the parentheses that surround more than them, as in "(about 11.0)"."""
    excess = written.count("(") - written.count(")")
    while excess > 0 and written.startswith("("):
        written, excess = written[1:].lstrip(), excess - 1
    while excess < 0 and written.endswith(")"):
        written, excess = written[:-1].rstrip(), excess + 1
    return written


def _read(written: str) -> _Value:
    terms = _TERM.findall(written[: 20 * MOST_TERMS])
    if len(terms) > MOST_TERMS or len(written) > 20 * MOST_TERMS:
        raise _Unreadable("no multiple of π")
    terms.reverse()  # the next one is the last
    value = _sum(terms)
    if terms:
        raise _Unreadable("no multiple of π")
    shown = re.sub(r"\(([\dπ.]+)\)", r"\1", written)
    return value._replace(text=shown[1:-1] if re.fullmatch(r"\([^()]*\)", shown) else shown)


def _sum(terms: list[str]) -> _Value:
    sign = -1 if terms and terms[-1] in "+-" and terms.pop() == "-" else 1
    number, pis, _ = _product(terms)
    total = _Value(sign * number, sign * pis)
    while terms and terms[-1] in "+-":
        sign = -1 if terms.pop() == "-" else 1
        number, pis, _ = _product(terms)
        total = _Value(total.number + sign * number, total.pis + sign * pis)
    return total


def _product(terms: list[str]) -> _Value:
    value = _factor(terms)
    while terms and (terms[-1] in "/×·⋅π("):
        operation = terms.pop() if terms[-1] in "/×·⋅" else "×"
        other = _factor(terms)
        if (other.pis and (value.pis or operation == "/")) or (operation == "/" and not other.number):
            raise _Unreadable("no multiple of π")
        if operation == "/":
            value = _Value(value.number / other.number, value.pis / other.number)
        else:
            pis = value.pis * other.number + value.number * other.pis
            value = _Value(value.number * other.number, pis)
        if max(abs(value.number), abs(value.pis)) > LARGEST:
            raise _Unreadable("no multiple of π")
    return value


def _factor(terms: list[str]) -> _Value:
    """A number, π or a sum in parentheses, squared or cubed where that is written."""
    term = terms.pop() if terms else ""
    if term == "π":
        value = _Value(Fraction(0), Fraction(1))
    elif term == "(":
        value = _sum(terms)
        if not terms or terms.pop() != ")":
            raise _Unreadable("no multiple of π")
    elif term == "-":
        return _Value(*(-part for part in _factor(terms)[:2]))
    elif re.fullmatch(r"\d+(?:\.\d+)?|\.\d+", term) and len(term) <= MOST_DIGITS:
        value = _Value(Fraction(term), Fraction(0))
    else:
        raise _Unreadable("no multiple of π")
    if terms and terms[-1] == "^":
        terms.pop()
        power = terms.pop() if terms else ""
        if value.pis or power not in ("1", "2", "3") or abs(value.number) > LARGEST:
            raise _Unreadable("no multiple of π")
        value = _Value(value.number ** int(power), Fraction(0))
    return value
