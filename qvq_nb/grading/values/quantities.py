r"""Numbers with what stands beside them: `3,159,000 cubic cm`, −29, 六只, 肆佰陆拾贰元, "the third cell".

Nothing is evaluated, and every value is an exact fraction.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from qvq_nb.grading.values import numerals, units
from qvq_nb.grading.values.digits import NUMBER, SIGN_WORD, in_digits, is_list_item, sign_before
from qvq_nb.grading.values.words import FUNCTION_SIGNS, FUNCTION_WORD, LABEL, NO_PHRASE, RATE

_SCALE = re.compile(rf"(?i)[ -]?({'|'.join(numerals.SCALES)})\b")
_ARGUMENT = re.compile(r"(?<![A-Za-z])[A-Za-z]['′’]*\([-+]?$")
_TIED_BEFORE = re.compile(
    r"√ ?\(*[-+]?$|[\^|±]\(*[-+]?$|[-+/×·⋅√\dπ]\(+[-+]?$|(?:\d ?[-+]|±) ?[-+]$|π ?[×·]? ?$"
    r"|(?<![A-Za-z])[B-HJ-Zb-z] ?[+×·⋅/] ?$"
)
_WORKED_ON = re.compile(r" ?[/×·⋅^] ?[\d√π(]")
_TIED_AFTER = re.compile(r" ?[×·⋅]? ?[π√]| ?[-+×·⋅/] ?[B-HJ-Zb-z](?![A-Za-z'’])|\^|\||\)+ ?[\^√π×/]")
_WORD = re.compile(r"[ -]?(?:([A-Za-z]+)|([㐀-鿿]))")
_AHEAD = 40  # characters in which the noun of a number is looked for, and those before it that are looked at
MOST = 200  # numbers of a text; with more it is no answer, and would only take time
# A calculation: numbers, signs, single letters and units, on one line.
_CALCULATION = re.compile(
    r"(?:[-\d+×·⋅/^()\[\]'′π%=≈√ ]|[.,](?=\d)|(?<![A-Za-z])[A-Za-z](?![A-Za-z])"
    r"|[α-ω]|(?<![A-Za-z])(?:[cdm]?m|mL|yuan|sin|cos|tan)(?![A-Za-z])|[元只个次张格块])+"
)


@dataclass(frozen=True)
class Quantity:
    """A number found in a text, and where; `value` is None where it cannot be read, such as 462,05 or 6^2.

    `unit` is the unit's name; `noun` tells what it counts: "" nothing, "asked" what is asked for, "qualified"
    some of that, such as "4 whole pelicans", "ambiguous" one of two, as in "pelicans 5 gulls", and "other"
    something else or a label such as "step 3".
    """

    value: Fraction | None
    unit: str | None
    noun: str
    text: str
    start: int
    end: int


class Reader:
    """Finds numbers; `nouns` are what they may count, `others` what else.

    With `places`, "the third" is a number, too.
    """

    def __init__(self, nouns: tuple[str, ...] = (), places: bool = False, others: tuple[str, ...] = ()):
        ordered = sorted(nouns, key=len, reverse=True)
        spelt = [re.escape(noun) + (r"(?![A-Za-z])" if noun[-1].isascii() else "") for noun in ordered]
        either = "|".join(spelt) or r"(?!)"
        self._noun = re.compile(rf"(?i)[ -]?(?:{either})")
        self._noun_ahead = re.compile(rf"(?i)(?<![A-Za-z])(?:{either})")
        self._own_label = re.compile(rf"(?i)(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})(?: number)? ?$")
        self._places = places
        # "gulls 6" and 海鸥6只 say what they count before the number; 只 alone does not say it.
        asked = "|".join(re.escape(noun) for noun in ordered if len(noun) > 1) or "(?!)"
        either = "|".join(map(re.escape, others)) or "(?!)"
        named = rf"(?<![A-Za-z])(?:(?P<asked>{asked})|(?P<other>{either}))(?:e?s)?"
        self._named_before = re.compile(rf"(?i){named}[ :：=|]*$")
        self._named_after = re.compile(rf"(?i) ?[只个]? ?{named}(?![A-Za-z])")

    def quantities(self, text: str) -> list[Quantity]:
        """Every number in a text that went through `plain`; one in a name is none, such as QwQ-32B or h'(2).

        What was calculated on the way to the last "=" is left out, too. Of very many only some are given.
        """
        found = [self._from_digits(text, match) for match in _some(NUMBER, text)]
        for pattern, read in ((numerals.CHINESE, numerals.chinese), (numerals.ENGLISH, numerals.english)):
            found += [self._from_words(text, match, read(match.group())) for match in _some(pattern, text)]
        found += [self._from_often(text, match) for match in _some(numerals.OFTEN, text)]
        if self._places:
            found += [self._from_place(text, match) for match in _some(numerals.PLACE, text)]
        longest_first = sorted(filter(None, found), key=lambda one: (one.start, -one.end))
        apart: list[Quantity] = []
        for one in longest_first:
            if not apart or one.start >= apart[-1].end:
                apart.append(one)
        return _results(text, apart)

    def _from_digits(self, text: str, match: re.Match) -> Quantity | None:
        before = text[max(0, match.start() - _AHEAD) : match.start()]
        sign = sign_before(text, before, match.start())
        start, end = match.start() - len(sign or ""), match.end()
        lead = before[: len(before) - len(sign or "")]
        value = in_digits(match)
        for _ in range(3):
            if scale := _SCALE.match(text, end):
                end = scale.end()
                value = value and value * numerals.SCALES[scale[1].lower()]
        unit, noun, after = self._beside(text, before, end)
        a_name = re.search(r"[A-Za-z_][-.]?$", lead) and sign not in ("minus", "negative")
        goes_on = after == end and re.match(r"[A-Za-z_]", text[end : end + 1])
        argument = _ARGUMENT.search(lead) and text[end : end + 1] == ")"
        if a_name or goes_on or argument or is_list_item(text, before, match):
            return None
        tied = _TIED_BEFORE.search(lead) or _TIED_AFTER.match(text, end) or _WORKED_ON.match(text, after)
        if sign is None or tied:
            value = None
        if value is not None and sign and not sign.startswith("+"):
            value = -value
        return self._amount(text, Quantity(value, unit, noun, text[start:after].strip(), start, after))

    def _from_words(self, text: str, match: re.Match, value: Fraction | None) -> Quantity | None:
        before = text[max(0, match.start() - _AHEAD) : match.start()]
        if match.group().lower() == "one" and _is_pronoun(before):
            return None
        sign = SIGN_WORD.search(before)
        if sign is None and before.endswith("-") and match.group()[0] > "z":
            sign = re.search(r"-$", before)
        unit, noun, end = self._beside(text, before, match.end())
        start = match.start() - (len(sign.group()) if sign else 0)
        if value is not None and sign:
            value = -value
        return self._amount(text, Quantity(value, unit, noun, text[start:end].strip(), start, end))

    def _from_often(self, text: str, match: re.Match) -> Quantity:
        noun = "asked" if self._noun.match("times") else "other"
        value = Fraction(numerals.TIMES[match.group().lower()])
        return Quantity(value, None, noun, match.group(), match.start(), match.end())

    def _from_place(self, text: str, match: re.Match) -> Quantity | None:
        unit, noun, end = self._beside(text, "", match.end())
        value = numerals.place(match)
        return value and Quantity(value, unit, noun, text[match.start() : end], match.start(), end)

    def _amount(self, text: str, found: Quantity) -> Quantity:
        """An amount with its 角 and 分 behind the 元."""
        if found.unit != "yuan" or found.value is None:
            return found
        cents = numerals.CENTS.match(text, found.end)
        value = found.value + numerals.hundredths(cents) * (-1 if found.value < 0 else 1)
        end = cents.end()
        return Quantity(value, "yuan", found.noun, text[found.start : end], found.start, end)

    def _beside(self, text: str, before: str, end: int) -> tuple[str | None, str, int]:
        """The unit of the number that ends there, what it counts, and where that ends."""
        unit, noun, after = self._after(text, end)
        currency = units.before(before)
        unit = unit or currency
        if self._places and self._own_label.search(before):
            noun = "asked"
        elif named := self._named_before.search(before):
            follows = self._named_after.match(text, end)
            if follows and follows.lastgroup != named.lastgroup:
                noun = "ambiguous"
            elif named["other"]:
                noun = "other"
        elif (noun != "asked" and LABEL.search(before)) or before.endswith("第") or RATE.match(text, after):
            noun = "other"
        return unit, noun, after

    def _after(self, text: str, end: int) -> tuple[str | None, str, int]:
        after = end
        while found := self._noun.match(text, after):
            after = found.end()
        if after > end:
            return None, self._goes_on(text, end, after), after
        unit, after = units.after(text, end)
        if unit:
            return unit, "", after
        if not _is_content(text, end):
            return None, "", end
        return None, "qualified" if self._is_ahead(text, end) else "other", end

    def _goes_on(self, text: str, end: int, after: int) -> str:
        """What a number with such a noun counts: "6只" and "6 pelicans", but not "6只鸭" or "6 times 2"."""
        if re.match(r" ?(?:as\b|\d)", text[after : after + 3]) and text[end:after].strip() == "times":
            return "other"
        plural = text[after - 1].isascii() and text[after - 1] == "s"
        if plural or not _is_content(text, after):
            return "asked"
        return "qualified" if self._is_ahead(text, after) else "other"

    def _is_ahead(self, text: str, position: int) -> bool:
        found = self._noun_ahead.search(text, position, position + _AHEAD)
        return bool(found) and not NO_PHRASE.search(text[position : found.start()])


def _some(pattern: re.Pattern, text: str):
    return islice(pattern.finditer(text), MOST + 1)


def _is_pronoun(before: str) -> bool:
    """Whether "one" speaks of a thing, as in "the red one"."""
    word = re.search(r"([A-Za-z]+) $", before)
    return bool(word) and (word[1].lower() == "the" or not FUNCTION_WORD.fullmatch(word[1]))


def _is_content(text: str, position: int) -> bool:
    """Whether a word of content follows there, such as a noun."""
    word = _WORD.match(text, position)
    if not word:
        return False
    if word[1]:
        return not FUNCTION_WORD.fullmatch(word[1])
    if word[2] == "的":
        return bool(re.match("[㐀-鿿]", text[word.end() : word.end() + 1]))
    return word[2] not in FUNCTION_SIGNS


def _results(text: str, found: list[Quantity]) -> list[Quantity]:
    """The quantities without those that a calculation uses before its last "="."""
    worked: list[tuple[int, int]] = []
    for run in _CALCULATION.finditer(text):
        if (last := run.group().rfind("=")) >= 0:
            worked.append((run.start(), run.start() + last))
    worked.reverse()
    kept = []
    for one in found:
        while worked and worked[-1][1] < one.start:
            worked.pop()
        if not worked or one.start < worked[-1][0]:
            kept.append(one)
    return kept
