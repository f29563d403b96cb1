"""Numbers in words: six hundred and five, minus twenty, 四百六十二, 肆佰, 315万9000."""

import re
from fractions import Fraction

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12, "dozens": 12,
}  # fmt: skip
_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_PLACES = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
TIMES = {"once": 1, "twice": 2, "thrice": 3}
OFTEN = re.compile(rf"(?i)\b(?:{'|'.join(TIMES)})\b")
_WORD = "|".join(sorted((*_VALUES, *SCALES), key=len, reverse=True))
ENGLISH = re.compile(
    rf"(?i)(?<![A-Za-z])(?:an? (?=(?:{_WORD})\b))?"
    rf"(?:{_WORD})(?:(?: ?- ?| and | point | )(?:{_WORD})\b)*(?![A-Za-z])(?<!\bone(?= of | another\b))"
)

_CHINESE_DIGIT = "零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_CHINESE_UNIT = "十百千万亿拾佰仟萬億"
# 一共, 一起 … are words, not the number one.
CHINESE = re.compile(
    rf"(?<![第统唯万之其任某每逐\d.])(?:\d{{1,12}}(?:\.\d{{1,12}})?(?=[{_CHINESE_UNIT}]))?"
    rf"(?:[{_CHINESE_DIGIT.replace('一', '')}{_CHINESE_UNIT}]|一(?![共起样定些般下直致切旦边方面是]))"
    rf"(?:(?<=[{_CHINESE_UNIT}零])\d{{1,12}}(?![\d.,])|[点{_CHINESE_DIGIT}{_CHINESE_UNIT}])*"
)
PLACE = re.compile(
    rf"(?i)(?<![A-Za-z])(?P<word>{'|'.join(_PLACES)})(?![A-Za-z])|(?<![\w.])(?P<digits>\d{{1,3}})(?:st"
    rf"|nd|rd|th)\b"
    rf"|第 ?(?P<chinese>\d{{1,3}}|[{_CHINESE_DIGIT}十百]{{1,5}})"
)
CENTS = re.compile(rf"零?(?:([\d{_CHINESE_DIGIT}])角)?(?:零?([\d{_CHINESE_DIGIT}])分)?整?")
_DIGIT_PAIR = _CHINESE_DIGIT.translate(str.maketrans("", "", "零〇○"))
_FIVE_OR_SIX = re.compile(rf"(?<![点{_CHINESE_DIGIT}])[{_DIGIT_PAIR}]{{2}}(?![{_CHINESE_DIGIT}])")  # 五六只
LONGEST = 60  # characters of a number; more is no answer, and would only take time


def english(words: str) -> Fraction | None:
    """The number in English words; None where they are none together, such as "six two"."""
    total, group, last, after_point = Fraction(0), None, None, ""
    whole, point, decimals = re.sub(r"[-\s]+", " ", words.lower()).partition(" point ")
    for word in whole.split()[: LONGEST // 2]:
        if word in ("and", "a", "an"):
            continue
        if word in SCALES:
            scale = SCALES[word]
            group = (group or 1) * scale
            if scale >= 1000:
                total, group = total + group, None
            last = None
        else:
            value = _VALUES[word]
            joins = last is None or (last >= 20 and value < 10 and last != value)
            if not joins:
                return None
            group, last = (group or 0) + value, value
    if point:
        digits = [str(_VALUES.get(word, "")) for word in decimals.split()]
        if not all(len(digit) == 1 for digit in digits) or len(digits) > LONGEST:
            return None
        after_point = "".join(digits)
    return total + (group or 0) + Fraction("0." + (after_point or "0"))


def chinese(written: str) -> Fraction | None:
    """The number in Chinese numerals, formal ones too, mixed with digits or not; None where it is none."""
    if len(written) > LONGEST or written.endswith("点") or _FIVE_OR_SIX.search(written):
        return None
    import cn2an

    try:
        return Fraction(str(cn2an.cn2an(written.translate(str.maketrans("〇○萬億", "零零万亿")), "smart")))
    except (ValueError, KeyError, IndexError, TypeError, ArithmeticError):
        return None


def place(found: re.Match) -> Fraction | None:
    """The place in a row that "third", "3rd" or 第三 says."""
    if found["word"]:
        return Fraction(_PLACES[found["word"].lower()])
    digits = found["digits"] or found["chinese"]
    return Fraction(digits) if digits.isdecimal() else chinese(digits)


def ordinal(word: str) -> int:
    """The number of "third", also in "two thirds"."""
    return 4 if word == "quarter" else _PLACES[word]


def hundredths(found: re.Match) -> Fraction:
    """What 伍角 and 零伍分 add to an amount."""
    tens, ones = (Fraction(0) if part is None else chinese_digit(part) for part in found.groups())
    return tens / 10 + ones / 100


def chinese_digit(digit: str) -> Fraction:
    """One digit, in any writing."""
    return Fraction(digit) if digit.isdigit() else chinese(digit) or Fraction(0)
