"""Shares in words: three tenths, 3 out of 10, 十分之三, 百分之三十."""

import re

from qvq_nb.grading.values import numerals

_PERCENT = re.compile(r"百分之(负?[\d.零一二三四五六七八九十百点]+)")
_CHINESE = r"[\d零一二三四五六七八九十百]{1,6}"
_SHARE = re.compile(
    r"(?P<above>\d{1,6}) (?:out of|in) (?P<below>\d{1,6})(?!\.?\d)"
    rf"|(?P<chinese_below>{_CHINESE})分之(?P<chinese_above>{_CHINESE})"
    r"|(?i:\b(?P<counted>one|two|three|four|five|six|seven|eight|nine)[ -]"
    r"(?P<part>third|fourth|quarter|fifth|sixth|seventh|eighth|ninth|tenth|twelfth)s?\b)"
)


def in_digits(text: str, is_asked: bool) -> str:
    """The text with per cent in digits, and other shares, too, where one is asked: "three tenths" as 3/10."""
    text = _PERCENT.sub(r"\1%", text)
    return _SHARE.sub(_as_fraction, text) if is_asked else text


def _as_fraction(found: re.Match) -> str:
    if found["above"]:
        return f"{found['above']}/{found['below']}"
    if found["counted"]:
        return f"{numerals.english(found['counted'])}/{numerals.ordinal(found['part'].lower())}"
    above, below = numerals.chinese(found["chinese_above"]), numerals.chinese(found["chinese_below"])
    return found.group() if above is None or below is None else f"{above}/{below}"
