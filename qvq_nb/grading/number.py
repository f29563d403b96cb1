"""A number as the answer: exact, in its unit, and only where the text states one number and not several."""

import re
from dataclasses import dataclass
from fractions import Fraction

from qvq_nb import trace
from qvq_nb.grading.quantities import CUBIC_CENTIMETRES, Quantity, plain, quantities
from qvq_nb.grading.stated import chosen
from qvq_nb.grading.verdict import Finding, phrase, say, shortened

_OPENS_WITH_HEDGE = re.compile(r"(?i)^\W*(?:or|maybe|perhaps|possibly|alternatively|或|也可能|可能|也许)")


@dataclass(frozen=True)
class Number:
    """A number and its `unit`, None for a mere number.

    `written` is the number in digits, such as "462.05". `accepts` are units that may stand beside it as well,
    such as yuan or %. `names` are those whose digits are no answer, such as "MATH 500". `tolerance` is how
    far off the answer may be, in the number's unit. `slips` are known wrong values, each with a sentence in
    English and in Chinese that says what was done to get it.
    """

    written: str
    unit: str | None = None
    accepts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tolerance: str = "0"
    slips: tuple[tuple[str, str, str], ...] = ()

    @property
    def value(self) -> Fraction:
        """The exact number."""
        return Fraction(self.written)

    @property
    def expected(self) -> str:
        """The number with its unit."""
        space = "" if self.unit in (None, "%") else " "
        return f"{self.written}{space}{self.unit or ''}"

    def grade(self, final: str, language: str) -> Finding:
        """Grades the number in the last box, or else the one that the sentences state."""
        box = trace.boxed(final)
        if box is not None and self._boxes_disagree(final):
            return Finding("wrong", shortened(final), say("several", language))
        # The "=" keeps a minus at the start of the box from being read as a list item.
        found = self._from_sentences(final) if box is None else self._chosen("= " + box)
        if not found:
            return Finding("wrong", shortened(final), say("no number", language))
        if len(found) > 1:
            got = ", ".join(dict.fromkeys(quantity.text for quantity in found))
            return Finding("wrong", got, say("several", language))
        return self._compared(found[0], language)

    def _compared(self, found: Quantity, language: str) -> Finding:
        converted = found.unit not in (None, self.unit, *self.accepts)
        ok, words = True, {"got": found.text, "expected": self.expected}
        if converted and not self._is_volume(found):
            ok, reason = False, "wrong unit" if self.unit else "needless unit"
            words |= {"unit": found.unit, "wanted": self.unit}
        elif abs(self._in_unit(found) - self.value) > Fraction(self.tolerance):
            return Finding("wrong", found.text, self._wrong(found, language))
        elif self.unit and found.unit is None:
            reason = "right without unit"
            words["unit"] = self.unit
        else:
            reason = "right converted" if converted else "right"
        return Finding("right" if ok else "wrong", found.text, say(reason, language, **words))

    def _wrong(self, found: Quantity, language: str) -> str:
        reason = say("wrong number", language, got=found.text, expected=self.expected)
        known = (slip[1:] for slip in self.slips if Fraction(slip[0]) == self._in_unit(found))
        return " ".join([reason, *(phrase(sentences, language) for sentences in known)])

    def _is_volume(self, found: Quantity) -> bool:
        return self.unit in CUBIC_CENTIMETRES and found.unit in CUBIC_CENTIMETRES

    def _in_unit(self, found: Quantity) -> Fraction:
        """The value in this number's unit, where both are volumes; else as it stands."""
        if not self._is_volume(found):
            return found.value
        return found.value * CUBIC_CENTIMETRES[found.unit] / CUBIC_CENTIMETRES[self.unit]

    def _chosen(self, text: str) -> list[Quantity]:
        return chosen(self._without_names(text), self._in_unit)

    def _from_sentences(self, final: str) -> list[Quantity]:
        """What a text without box states: what all of it says, or else its last sentence with a number."""
        whole = self._chosen(final)
        if len(whole) < 2:
            return whole
        saying = [sentence for sentence in trace.sentences(final) if self._chosen(sentence)]
        if not saying or (len(saying) > 1 and _OPENS_WITH_HEDGE.search(saying[-1])):
            return whole
        return self._chosen(saying[-1])

    def _boxes_disagree(self, final: str) -> bool:
        """Whether several boxes stand in one paragraph and differ: a list of candidates, not a correction."""
        last_paragraph = [part for part in re.split(r"\n\s*\n", final) if trace.boxed(part) is not None][-1:]
        boxes = trace.all_boxed("".join(last_paragraph))
        found = [quantity for box in boxes for quantity in quantities(plain("= " + box))[-1:]]
        return len(boxes) > 1 and len({self._in_unit(quantity) for quantity in found}) > 1

    def _without_names(self, text: str) -> str:
        for name in sorted(self.names, key=len, reverse=True):
            if any(map(str.isdigit, name)):
                text = text.replace(name, " ")
        return text
