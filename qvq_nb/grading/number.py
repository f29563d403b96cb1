"""A number as the answer: exact, in its unit, and only where the text states one number and not several."""

import re
from bisect import bisect
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from qvq_nb.grading.rule import Said, Unclear, affirmed, any_of, doubt_in, read
from qvq_nb.grading.values import expressions, shares, units
from qvq_nb.grading.values.plain import plain
from qvq_nb.grading.values.quantities import MOST, Quantity, Reader
from qvq_nb.grading.values.words import BOUND_NUMBER, NOTHING_ELSE, REASON, SO
from qvq_nb.grading.verdict import Finding, phrase, say, shortened

# "At x = 2" and x=2 时 say where, and not what.
_CONDITION = re.compile(
    r"(?i)\b(?:at|when|for|where) [a-z] ?= ?-?\d+(?:\.\d+)?(?![\d.]*\w)|[a-z] ?= ?-?\d+(?:\.\d+)? ?[时处]"
)
# What a value is said to be of: h'(2) = …, CD is …; one behind a sign is a term.
_SYMBOL = re.compile(
    r"(?<![A-Za-z'′’)+×·⋅/*^-])(?<![)+×·⋅/*^-] )"
    r"(?P<symbol>(?:[A-Za-z]['′’]*|\([a-z]{2,3}\))\(-?[\w.]+\)|[A-Z]{2}|[α-ωΑ-Ω])"
    r" ?(?:=|is\b|equals\b|[是为]|等于|的[值长]\w{0,4}[是为])"
)
_END = re.compile(r"[.,;](?!\d)|[，。；\n]")
_BESIDE_THE_BOX = re.compile(r"[-+€£¥$%±<>≠≈~√×*/^|\\ ]*$")
_VALUE_OF = re.compile(r"(?i)\b(?:number|count|amount|quantity) of ([a-z]+)")


@dataclass(frozen=True)
class Number:
    """A number and its `unit`, None for a mere number.

    `written` is the number in digits, such as "462.05" or "3/10". `accepts` are units and counted things
    that may stand beside it, such as yuan, %, pelicans or 只. `names` are those whose digits are no answer,
    such as "MATH 500", and `others` what else a number may be about. It may be off by `tolerance`, in its
    unit. Where it is the value of a `symbol` such as CD or h'(2), that of another one is no answer.
    `slips` are wrong values, each with an English and a Chinese sentence on how one comes to it. With
    `place`, "the third" is 3.
    """

    written: str
    unit: str | None = None
    accepts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tolerance: str = "0"
    slips: tuple[tuple[str, str, str], ...] = ()
    others: tuple[str, ...] = ()
    place: bool = False
    symbol: str | None = None

    @cached_property
    def value(self) -> Fraction:
        """The exact number."""
        return Fraction(self.written)

    @property
    def expected(self) -> str:
        """The number with its unit."""
        space = "" if self.unit in (None, "%") else " "
        return f"{self.written}{space}{self.unit or ''}"

    def grade(self, final: str, language: str) -> Finding:
        """Grades the number in the last box, or else the only one of its kind in the text."""
        try:
            said = read(final, self._same_boxes)
            found = self._in_box(said) if said.boxed else self._in_text(self._plain(said.text))
        except Unclear as unclear:
            return unclear.finding(final, language)
        return self._compared(found, language)

    def _compared(self, found: Quantity, language: str) -> Finding:
        value = self._in_unit(found)
        words = {"got": found.text, "expected": self.expected}
        if value is None:
            reason = "wrong unit" if self.unit or self._own_units else "needless unit"
            wanted = self.unit or ", ".join(sorted(self._own_units))
            return Finding(
                "wrong", found.text, say(reason, language, unit=found.unit, wanted=wanted, **words)
            )
        if abs(value - self.value) > Fraction(self.tolerance):
            slip = next((slip[1:] for slip in self.slips if Fraction(slip[0]) == value), None)
            reason = phrase(slip, language) if slip else say("wrong number", language, **words)
            return Finding("wrong", found.text, reason)
        if self.unit and found.unit is None:
            reason = say("right without unit", language, unit=self.unit, **words)
        elif value != self.value:
            reason = say("right within", language, tolerance=self.tolerance, **words)
        else:
            converted = found.unit not in (None, self.unit, *self.accepts)
            reason = say("right converted" if converted else "right", language, **words)
        return Finding("right", found.text, reason)

    @cached_property
    def _own_units(self) -> set[str]:
        return {self.unit, *self.accepts} & units.UNITS

    @cached_property
    def _reader(self) -> Reader:
        return Reader(
            tuple(word for word in self.accepts if word not in units.UNITS), self.place, self.others
        )

    def _in_unit(self, found: Quantity) -> Fraction | None:
        """The value in this number's unit, None where that cannot be."""
        if found.unit is None or found.unit in self._own_units:
            return found.value
        if self.unit:
            return units.converted(found.value, found.unit, self.unit)
        is_share = found.unit == "%" and not self._own_units and 0 < self.value < 1
        return found.value / 100 if is_share else None

    def _without_names(self, text: str) -> str:
        """The text with spaces for the names, and for conditions such as "at x = 2"."""
        for name in sorted(filter(None, self.names), key=len, reverse=True):
            text = re.sub(re.escape(plain(name).strip()), _spaces, text, flags=re.IGNORECASE)
        text = REASON.sub(lambda reason: BOUND_NUMBER.sub(_spaces, reason.group()), text)
        text = self._compared_with.sub(lambda than: than[1] + " " * len(than[2]), text)
        return _CONDITION.sub(_spaces, text)

    @cached_property
    def _compared_with(self) -> re.Pattern:
        """ "higher than" where "274.55 higher" is asked, and not a bound."""
        either = "|".join(re.escape(word) for word in self.accepts if word.isascii()) or "(?!)"
        return re.compile(rf"(?i)\b({either})( than)\b(?! ?[\d¥])")

    def _same_boxes(self, one: str, other: str) -> bool:
        try:
            first, second = (self._in_box(Said(content, boxed=True)) for content in (one, other))
        except Unclear:
            return one.split() == other.split()
        return self._same(first, second)

    def _same(self, one: Quantity, other: Quantity) -> bool:
        first, second = self._in_unit(one), self._in_unit(other)
        return first is not None and first == second

    def _in_box(self, said: Said) -> Quantity:
        """The number in a box, with a sign and a unit right beside the box; a sum is worked out."""
        before = _BESIDE_THE_BOX.search(said.before).group()
        text = self._plain(before + said.text + re.split(r"(?<!\^)(?<!\^\{)[0-9]|\n", said.after)[0])
        if factorial := re.search(r"\d ?!", text):
            raise Unclear("unreadable", got=factorial.group())
        try:
            return self._in_text(text)
        except Unclear as unclear:
            if unclear.what in ("doubted", "about another"):
                raise
            doubt_in(text)
            right_side = text.rpartition("=")[2]
            sides = re.fullmatch(r"(?P<sum>[^A-Za-z%°一-鿿]+)(?P<unit>.*)", right_side, re.DOTALL)
            worked = sides and expressions.value(sides["sum"])
            if not worked or worked[1]:
                raise
            number = self._reader.quantities("1" + sides["unit"])[:1] or [None]
            if number[0] is None or number[0].noun == "other":
                raise
            return replace(number[0], value=worked[0] * number[0].value, text=shortened(right_side.strip()))

    def _in_text(self, text: str) -> Quantity:
        """The only number of the asked kind in a text."""
        whole = re.sub(NOTHING_ELSE % "|".join(map(re.escape, self.others or ("(?!)",))), _spaces, text)
        text = self._without_names(whole)
        found = self._of_the_symbol(text, self._reader.quantities(text))
        if len(found) > MOST:
            raise Unclear("several")
        if mixed := next((one for one in found if one.noun == "ambiguous"), None):
            raise Unclear("unreadable", got=shortened(mixed.text))
        ours = [one for one in found if one.noun in ("", "asked") and self._is_measured_alike(one)]
        if not ours and len(found) == 1 and found[0].noun == "qualified":
            ours = found
        ours = _concluded(text, ours)
        unreadable = [one for one in ours if one.value is None]
        if unreadable:
            raise Unclear("unreadable", got=shortened(unreadable[0].text))
        kept = affirmed(text, ours, self._same, roughly=self.tolerance != "0")
        self._doubt_others(whole, found)
        if not kept:
            measured = [one for one in found if one.unit and one.value is not None and one.noun == ""]
            if not ours and len(found) == len(measured) == 1:
                return measured[0]
            raise Unclear("no number")
        if not all(self._same(kept[0], one) for one in kept):
            raise Unclear("several")
        return max(kept, key=lambda one: one.unit is not None)

    def _is_measured_alike(self, found: Quantity) -> bool:
        """Whether a number is in a unit that the asked one may have, or in none."""
        return (
            self._in_unit(found if found.value is not None else replace(found, value=Fraction(1))) is not None
        )

    def _of_the_symbol(self, text: str, found: list[Quantity]) -> list[Quantity]:
        """The quantities, "other" where the text gives them as the value of another symbol of that kind."""
        if not self.symbol:
            return found
        marks = sorted(
            [(one.start(), one["symbol"]) for one in _SYMBOL.finditer(text)]
            + [(one.start(), None) for one in _END.finditer(text)]
        )
        own, places = re.sub("[′’]", "'", self.symbol), [place for place, _ in marks]
        told = [marks[at - 1][1] if (at := bisect(places, one.start)) else None for one in found]
        foreign = [name is not None and re.sub("[′’]", "'", name) != own for name in told]
        if found and all(foreign):
            raise Unclear("about another", name=told[-1])
        return [replace(one, noun="other") if other else one for one, other in zip(found, foreign)]

    def _plain(self, text: str) -> str:
        return shares.in_digits(plain(text), self.unit is None and 0 < self.value < 1)

    @cached_property
    def _other_names(self) -> re.Pattern:
        return any_of(self.others)

    def _doubt_others(self, text: str, found: list[Quantity]) -> None:
        """Raises Unclear where a text names what else the number may be about, other than behind a number."""
        counted = [one for one in found if one.noun in ("other", "qualified")]
        behind = {one.end + bool(text[one.end : one.end + 1] == " ") for one in counted}
        before = {one.start for one in counted}
        for named in self._other_names.finditer(text):
            labels = re.match(r"e?s?[ :：=|]*", text[named.end() : named.end() + 12]).end() + named.end()
            if named.start() not in behind and labels not in before:
                raise Unclear("about another", name=named.group().strip())
        counted = _VALUE_OF.search(text)
        nouns = {word.lower() for word in self.accepts}
        if nouns - units.UNITS and counted and counted[1].lower() not in nouns:
            raise Unclear("about another", name=counted[1])


def _concluded(text: str, found: list[Quantity]) -> list[Quantity]:
    """Without the mere numbers before the one "so", where other numbers follow it: they only lead there."""
    turns = list(SO.finditer(text))
    if len(turns) != 1 or not found or found[-1].start < turns[0].start():
        return found
    return [one for one in found if one.noun != "" or one.start > turns[0].start()]


def _spaces(found: re.Match) -> str:
    return " " * len(found.group())
