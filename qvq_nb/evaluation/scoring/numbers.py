"""Numbers in replies as benchmarks read them: `$1,250.50`, 44%, 25.5 million, `\\frac{3}{5}`, "two"."""

import re
from fractions import Fraction
from typing import NamedTuple

from qvq_nb import trace
from qvq_nb.evaluation.scoring.latex import parted
from qvq_nb.evaluation.scoring.stated import Stated, first_sentence, sentences
from qvq_nb.grading.quantities import plain, quantities

LONGEST, MOST_IN_WORDS = 1000, 200  # characters of a piece that is searched for digits, for words
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d{1,3}(?:[ ]\d{3})+(?![\d ])|\d{1,300})(?:\.\d{1,300})?|\.\d{1,300}"
)
_NUMBER = re.compile(
    rf"""(?P<sign>(?<![\w)\].%°])[-+](?=[\d.])|\b(?:minus|negative)[ ]|负)?
    (?P<digits>{_DIGITS})
    (?:[ ]?/[ ]?(?P<denominator>\d{{1,300}}(?:\.\d+)?)(?![\d/]))?
    (?:[ ]?[×*x·⋅][ ]?10[ ]?(?:\^|\*\*)[ ]?\(?(?P<power>[-+]?\d{{1,3}})(?!\d)
      |[eE](?P<exponent>[-+]?\d{{1,3}})(?!\d))?
    (?P<pi>[ ]?π)?(?P<percent>[ ]?%)?(?P<scale>[ ]?(?:thousand|million|billion|万|亿)(?![a-z]))?""",
    re.VERBOSE,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8}
_MOST = 10**300
_PI = Fraction("3.14159265358979323846")
_CONNECTOR = re.compile(
    r"[=≈:：]|\b(?:is|are|was|were|be|equals?|approximately|about)\b|[是为有]|等于", re.IGNORECASE
)
_RESULT = re.compile(r"[=≈]|→")
_EXPLAINS = re.compile(
    r"[,，;；]\s*(?=[^\W\d])|\s\(|\b(?:because|since|which|where|when|as|out of)\b|因为|由于"
)
_BOLD = re.compile(r"\*\*\s*([$¥€£]?\s*[-−]?[\d.][^*\n]{0,40}?)\s*\*\*(?!\s*[:：])")
_WORDY = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{3,}|[\u3400-\u9fff]{2,}|\n")
_WORKED_OUT = re.compile(r"[√^]|\\(?:frac|sqrt)")
_CONCLUDES = re.compile(r"\b(?:is|are|equals|be|by|to)\b(?![^$]*\$[^$]*$)|[是为]|等于", re.IGNORECASE)
_FORMULA = re.compile(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]")


class Number(NamedTuple):
    """A number in a text: its value, how it is written, and where.

    `scaled` is 25.5 million in full, `part` is 44 % as a part of one; None of other numbers.
    """

    value: Fraction
    text: str
    start: int = 0
    scaled: Fraction | None = None
    part: Fraction | None = None


def numbers(text: str) -> list[Number]:
    """Every number written in digits in a piece of text; of a long one only its beginning is read."""
    return [number for found in _NUMBER.finditer(_dressed_down(text)) if (number := _of(found))]


def only_number(text: str) -> Number | None:
    """The number of a text that holds one and nothing else but a unit or a few words; None of any other."""
    text = _dressed_down(re.sub(r"[A-Za-z](?:_\{?\w+\}?)?\s*(?:=|\\approx|≈)", "", text[:LONGEST]))
    found = [number for match in _NUMBER.finditer(text) if (number := _of(match))]
    return found[0] if len(found) == 1 and not re.search(r"[√^!+*]|\d\s*[-(]|sqrt", text) else None


def decimals(written: str) -> int:
    """How many digits stand after the point of a number in digits."""
    found = re.search(r"\.(\d+)\s*%?\s*$", written)
    return len(found[1]) if found else 0


def stated_number(reply: Stated) -> Number | None:
    """The number that a reply without a box gives: after a cue, in bold, or else in its last sentences."""
    for rest in reply.after_cues:
        if number := _first(first_sentence(rest)):
            return number
    bold = _BOLD.findall(reply.final)
    if bold and (number := _first(bold[-1])):
        return number
    for sentence in reversed(sentences(reply.final)):
        if number := _concluded(sentence) or _in_words(sentence, said=True):
            return number
    return _in_words(reply.final)


def _first(rest: str) -> Number | None:
    """The first number of what follows a cue; of "8 + 10 = 18, as …" the result."""
    written = numbers(rest)
    if not written:
        return _in_words(rest)
    text = _dressed_down(rest)
    ends = [found.start() for found in _EXPLAINS.finditer(text) if found.start() > written[0].start]
    results = [found.end() for found in _RESULT.finditer(text) if found.end() < min(ends, default=len(text))]
    after = [number for number in written if results and number.start >= results[-1]]
    return (after or written)[0]


def _concluded(sentence: str) -> Number | None:
    """The first number after the last "is", "=" … that has one after it, or else the last number."""
    written = numbers(sentence)
    if not written:
        return None
    links = [
        found.end()
        for found in _CONNECTOR.finditer(_dressed_down(sentence))
        if found.end() <= written[-1].start
        and (found.group() not in ":：" or found.end() <= written[0].start)
    ]
    after = [number for number in written if links and number.start >= links[-1]]
    return after[0] if after else written[-1]


def _in_words(sentence: str, said: bool = False) -> Number | None:
    """The last number in words, "three" or 十二; with `said` only after "are", 有 or the like."""
    text = plain(sentence[-MOST_IN_WORDS:])
    link = _CONNECTOR.search(text)
    found = [word for word in quantities(text, words=True) if not said or (link and link.end() <= word.start)]
    found = [word for word in found if word.value != 1] or found
    return Number(found[-1].value, found[-1].text, found[-1].start) if found else None


def _dressed_down(text: str) -> str:
    text = text[:LONGEST].replace("\\pi", "π").replace("\\sqrt", "√")
    text = re.sub(r"([-−])\s*\\?[$¥€£](?=\d)", r"\1", text)
    return re.sub(r"[ \t]+", " ", plain(text)).strip()


def _of(found: re.Match) -> Number | None:
    before = found.string[max(0, found.start("digits") - 1) : found.start("digits")]
    if before and (before in "_^." or before.isdigit()):
        return None
    value = Fraction(re.sub(r"[, ]", "", found["digits"]))
    denominator = Fraction(found["denominator"] or 1)
    if not denominator:
        return None
    power = int(found["power"] or found["exponent"] or 0)
    value = value / denominator * Fraction(10) ** power * (_PI if found["pi"] else 1)
    if (found["sign"] or "").strip() in ("-", "minus", "negative", "负"):
        value = -value
    if abs(value) > _MOST:
        return None
    scaled = value * _SCALES[found["scale"].strip()] if found["scale"] else None
    part = value / 100 if found["percent"] else None
    return Number(value, found.group().strip(), found.start(), scaled, part)


def stated_formula(reply: Stated, several: bool, number: bool) -> str:
    """The formula that a reply gives: its box (its boxes for a list of several), or what it concludes with.

    Where the answer is a `number`, a reply without a box and without formulas gives its number.
    """
    if reply.box is not None:
        boxes = [box for box in trace.all_boxed(reply.final) if r"\boxed" not in box]
        apart = several and len(boxes) > 1 and len(parted(reply.box, ",")) == 1
        return ", ".join(boxes) if apart else reply.box
    if not reply.after_cues and not _WORDY.search(reply.final) and not _FORMULA.search(reply.final):
        return reply.final
    conclusions = []
    for sentence in (*map(first_sentence, reply.after_cues[:1]), *reversed(sentences(reply.final)[-5:])):
        sentence = sentence[-LONGEST:]
        *_, conclusion = _CONCLUDES.split(sentence)
        conclusions.append(conclusion)
        for piece in dict.fromkeys((conclusion, sentence)):
            if formulas := [next(filter(None, groups), "") for groups in _FORMULA.findall(piece)]:
                return ", ".join(formulas)
            if _WORKED_OUT.search(piece) and not _WORDY.search(piece):
                return piece
            if number and (found := _concluded(piece)):
                return found.text
        if reply.after_cues:
            return sentence
    return next(iter(conclusions), "")
