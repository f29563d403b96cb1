r"""Numbers and units as people and models write them: `3,159,000 cubic cm`, `\frac{1}{2}`, `−29`, 六只.

Nothing is evaluated, and every value is an exact fraction.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Quantity:
    """A number found in a text: its exact value, its unit's name (None without one), and where it stood."""

    value: Fraction
    unit: str | None
    text: str
    start: int
    end: int


# Volumes in cubic centimetres: this is how "3.159 m³" and "3159000 cm³" become the same number.
CUBIC_CENTIMETRES = {
    "mm³": Fraction(1, 1000), "cm³": Fraction(1), "dm³": Fraction(1000), "m³": Fraction(1_000_000),
    "mL": Fraction(1), "cL": Fraction(10), "dL": Fraction(100), "L": Fraction(1000),
    "in³": Fraction("16.387064"), "ft³": Fraction("28316.846592"),
}  # fmt: skip

# The first pattern that fits wins: volumes stand before areas, and areas before lengths.
_WRITTEN = {
    "mm³": r"mm(?:[ ]*\^[ ]*3|3)(?!\d)|cubic\s+(?:mm\b|millimet(?:er|re)s?\b)|立方毫米",
    "cm³": r"cm(?:[ ]*\^[ ]*3|3)(?!\d)|ccm\b|cc\b|cu\.?\s*cm\b|cubic[\s-]+(?:cms?\b|centimet(?:er|re)s?\b)"
           r"|cent?imet(?:er|re)s?\s+cubed|立方厘米|立方公分",
    "dm³": r"dm(?:[ ]*\^[ ]*3|3)(?!\d)|cubic\s+(?:dm\b|decimet(?:er|re)s?\b)|立方分米",
    "m³": r"m(?:[ ]*\^[ ]*3|3)(?!\d)|[Cc]ubic[\s-]+(?:m\b|met(?:er|re)s?\b)|met(?:er|re)s?\s+cubed"
          r"|立方米|立方公尺",
    "in³": r"in(?:[ ]*\^[ ]*3|3)(?!\d)|cubic\s+in(?:ch(?:es)?)?\b|立方英寸",
    "ft³": r"ft(?:[ ]*\^[ ]*3|3)(?!\d)|cubic\s+(?:ft\b|feet\b|foot\b)|立方英尺",
    "mL": r"m[lL]\b|millilit(?:er|re)s?\b|毫升",
    "cL": r"c[lL]\b|centilit(?:er|re)s?\b|厘升",
    "dL": r"d[lL]\b|decilit(?:er|re)s?\b|分升",
    "L": r"[lL]\b(?!-)|[Ll]it(?:er|re)s?\b|公升|升",
    "cm²": r"cm(?:[ ]*\^[ ]*2|2)(?!\d)|(?:sq\.?|square)\s*(?:cm\b|centimet(?:er|re)s?\b)|平方厘米",
    "m²": r"m(?:[ ]*\^[ ]*2|2)(?!\d)|(?:[Ss]q\.?|[Ss]quare)\s*(?:m\b|met(?:er|re)s?\b)|平方米",
    "cm": r"cms?\b|centimet(?:er|re)s?\b|厘米|公分",
    "mm": r"mm\b|millimet(?:er|re)s?\b|毫米",
    "m": r"m\b|met(?:er|re)s?\b|米",
    "W": r"W\b|[Ww]atts?\b|瓦特?",
    "kg": r"kg\b|[Kk]ilograms?\b|千克|公斤",
    "yuan": r"yuan\b|rmb\b|cny\b|元|块|圆|人民币",
    "dollar": r"usd\b|us\s*dollars?\b|dollars?\b|美元",
    "euro": r"euros?\b|eur\b|€|欧元",
    "°": r"°|degrees?\b|度",
    "%": r"%|per\s?cent\b",
}  # fmt: skip
_UNITS = [
    (name, re.compile(rf"[ ]*(?:{written})", re.IGNORECASE if len(name) > 2 else 0))
    for name, written in _WRITTEN.items()
]

_DIGIT_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_MINUS_SIGNS = re.compile("[−–﹣－‒]")
_UNSIGNED = (
    r"(?:\d{1,3}(?:(?P<separator>[,'\ ])\d{3})(?:(?P=separator)\d{3})*(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
)
_NUMBER = re.compile(
    rf"""(?P<sign>(?<![\w)\]}}])[-+]\s?|(?<=[=([,:≈])\s*[-+]\s*|(?:\bminus|\bnegative|负)\s*)?
    (?P<digits>{_UNSIGNED})
    (?:\s*/\s*(?P<denominator>\d+(?:\.\d+)?)(?![\d/]))?
    (?:\s*(?:[×x*·⋅]\s*10\s*(?:\^|\*\*)\s*[({{]?\s*|(?<=\d)[eE])(?P<exponent>[-+]?\d{{1,3}})[)}}]?(?!\d))?
    (?P<scale>\s*(?:million\b|thousand\b|万|亿))?""",
    re.VERBOSE,
)
_SCALES = {"thousand": 1000, "million": 1_000_000, "万": 10_000, "亿": 100_000_000}

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ENGLISH = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[-\s](?P<unit>{'|'.join(_ONES[1:10])}))?"
    rf"|(?P<one>{'|'.join(sorted(_ONES, key=len, reverse=True))})(?!\s+of))\b",
    re.IGNORECASE,
)
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
# 一共, 一起 … are words, not the number one.
_CHINESE = re.compile(r"(?<![第统唯])(?:一(?![共起样定些般下直张幅])|[零〇二两三四五六七八九十百])+")


def plain(text: str) -> str:
    r"""The text without LaTeX and typographic dress: `$3{,}159\ \text{cm}^3$` becomes `3,159 cm^3`."""
    text = _SUPERSCRIPTS.sub(lambda found: "^" + found.group().translate(_DIGIT_SUPERSCRIPTS), text)
    text = _MINUS_SIGNS.sub("-", unicodedata.normalize("NFKC", text))
    text = text.replace("{,}", ",").replace("⁄", "/")
    text = re.sub(r"\\[dt]?frac\s*(\d)\s*(\d)", r" \1/\2 ", text)
    text = re.sub(r"\\[dt]?frac\s*\{\s*([^{}]*)\}\s*\{\s*([^{}]*)\}", r" \1/\2 ", text)
    text = re.sub(r"\\(?:times|cdot)(?![A-Za-z])|(?<=\d)\s*\*\s*(?=10\s*(?:\^|\*\*))", "×", text)
    text = re.sub(r"\^?\s*\{?\s*\\prime\s*\}?", "'", text)
    text = re.sub(r"\\approx(?![A-Za-z])", "≈", text)
    text = re.sub(
        r"\\(?:ldots|dots|quad|qquad|left|right|displaystyle)(?![A-Za-z])|\\[ ,;:!\[\]()]|~", " ", text
    )
    text = re.sub(r"\\[A-Za-z]+\s*", " ", text)  # \text, \mathrm, \boxed …: what is in their braces stays
    text = re.sub(r"\\(.)", r"\1", text)  # \%, \$, \{
    text = re.sub(r"\^\s*\{\s*([^{}]*?)\s*\}", r"^\1", text)
    return re.sub(r"[ \t\u00a0\u202f]+", " ", re.sub(r"[{}$¥￥*]", " ", text))


def quantities(text: str, words: bool = False) -> list[Quantity]:
    """Every number in a text that went through `plain`, with its unit; with `words` also "six" and 六.

    A number that is part of a name or a formula is none: QwQ-32B, h'(2), FeSO4, 90^3, "1." of a list item.
    """
    found = [quantity for match in _NUMBER.finditer(text) if (quantity := _from_digits(text, match))]
    if words:
        found += [_from_word(text, match, _english_value(match)) for match in _ENGLISH.finditer(text)]
        found += [_from_word(text, match, _chinese_value(match.group())) for match in _CHINESE.finditer(text)]
    return sorted(found, key=lambda quantity: quantity.start)


def _from_digits(text, match) -> Quantity | None:
    before = text[: match.start("digits")]
    sign = (match["sign"] or "").strip()
    unit, end = _unit_at(text, match.end())
    goes_on = unit is None and re.match(r"[A-Za-z_]|\^|\*\*\d", text[end:])
    if goes_on or _is_no_number(before, text[: match.start()], sign, text[match.end() :]):
        return None
    try:
        value = Fraction(re.sub(r"[,'\s]", "", match["digits"])) / Fraction(match["denominator"] or 1)
    except ZeroDivisionError:
        return None
    value *= Fraction(10) ** int(match["exponent"] or 0) * _SCALES.get((match["scale"] or "").strip(), 1)
    is_bullet = sign == "-" and re.search(r"(?:^|\n)\s*-\s$", before)
    start = match.start("digits") if is_bullet else match.start()
    is_negative = sign in ("-", "minus", "negative", "负") and not is_bullet
    return Quantity(-value if is_negative else value, unit, text[start:end].strip(), match.start(), end)


def _is_no_number(before: str, before_sign: str, sign: str, after: str) -> bool:
    """Whether digits between these texts are part of a name, of a function's argument or of a list."""
    in_a_name = re.search(r"[A-Za-z_^.\d]$|[A-Za-z]-$", before) and sign not in ("minus", "negative")
    without_one_sign = re.search(r"±$|(?<![\w)\]}])-$", before_sign)  # "±29" and "--29" say no one number
    argument = after.startswith(")") and re.search(
        r"(?<![A-Za-z])[A-Za-z]['′’]*\($", before_sign if sign else before
    )
    list_item = re.search(r"(?:^|\n)\s*$", before) and re.match(r"[.)、]\s+\S", after)
    return bool(in_a_name or without_one_sign or argument or list_item)


def _from_word(text, match, value) -> Quantity:
    unit, end = _unit_at(text, match.end())
    return Quantity(Fraction(value), unit, text[match.start() : end], match.start(), end)


def _unit_at(text, position) -> tuple[str | None, int]:
    for name, pattern in _UNITS:
        if found := pattern.match(text, position):
            return name, found.end()
    return None, position


def _english_value(match) -> int:
    if match["one"]:
        return _ONES.index(match["one"].lower())
    return _TENS[match["tens"].lower()] + _ONES.index((match["unit"] or "zero").lower())


def _chinese_value(word: str) -> int:
    total, digit = 0, None
    for character in word:
        if character in "十百":
            total += (1 if digit is None else digit) * (10 if character == "十" else 100)
            digit = None
        else:
            digit = _CHINESE_DIGITS[character]
    return total + (digit or 0)
