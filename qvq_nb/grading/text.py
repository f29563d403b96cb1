"""A name as the answer, such as "copper" or 铜, or one of a few: "the second", 第二张."""

import re
from dataclasses import dataclass
from itertools import pairwise

from qvq_nb.grading.rule import Unclear, affirmed, read
from qvq_nb.grading.values.plain import plain
from qvq_nb.grading.values.words import COMPARED_WITH, FRAME, FRAME_CHINESE
from qvq_nb.grading.verdict import Finding, say, shortened

_SHORT = 4  # words of a text that is a name by itself


@dataclass(frozen=True)
class _Mention:
    """A name in a text, and whether it is the expected one."""

    is_right: bool
    start: int
    end: int


@dataclass(frozen=True)
class Text:
    """A name, right where a box or the whole final part holds just it or one of the names in `accepts`.

    TeX, spaces, case, a leading article and a full stop do not count. A sentence that says no more than that
    this is the answer is one, too; where `others`, the names of what else it may be, are given, so is any
    other sentence that mentions one side only and does not deny it.
    """

    expected: str
    accepts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def grade(self, final: str, language: str) -> Finding:
        """Whether the last box, or the whole text without one, is the name."""
        try:
            said = read(final, lambda one, other: _bare(one) == _bare(other)).text
            right = self._is_right(said)
        except Unclear as unclear:
            return unclear.finding(final, language)
        got = shortened(said)
        if right:
            return Finding("right", got, say("right", language, got=got))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.expected))

    def _is_right(self, said: str) -> bool:
        names = (self.expected, *self.accepts)
        bare = _bare(said)
        for is_right, group in ((True, names), (False, self.others)):
            if bare in map(_bare, group):
                return is_right
        text = plain(said).lower()
        found = [_Mention(True, *span) for span in _places(text, names)]
        found += [_Mention(False, *span) for span in _places(text, self.others)]
        found.sort(key=lambda one: (one.start, -one.end))
        found = [one for before, one in pairwise([None, *found]) if not before or one.start >= before.end]
        found = [one for one in found if not COMPARED_WITH.search(text[max(0, one.start - 20) : one.start])]
        kept = affirmed(text, found, lambda one, other: one.is_right == other.is_right)
        if not kept and not found and not self.others and 0 < len(text.split()) <= _SHORT:
            return False  # another name
        is_enough = self.others or _is_framed(text, kept)
        if not is_enough or len({one.is_right for one in kept}) != 1:
            raise Unclear("not one name")
        return kept[0].is_right


def _is_framed(text: str, kept: list[_Mention]) -> bool:
    """Whether a text says of one name just that it is the answer."""
    if len(kept) != 1:
        return False
    around = f"{text[: kept[0].start]} ; {text[kept[0].end :]}"
    english = all(map(FRAME.fullmatch, re.findall("[A-Za-z]+", around)))
    return english and not re.search(r"[㐀-鿿\d]", FRAME_CHINESE.sub("", around))


def _bare(text: str) -> str:
    """The letters of a name alone: no article, no space, no comma, no full stop at the end."""
    return re.sub(r"^(?:the|an?)\s+|[\s,]|[.。]\s*$", "", plain(text).lower().strip())


def _places(text: str, names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where a text holds one of the names, as a word of its own where it is in Latin letters or digits."""
    longest_first = sorted((plain(name).lower() for name in names), key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first)) or "(?!)"
    return [found.span() for found in re.finditer(rf"(?<![a-z\d.])(?:{either})(?![a-z\d]|\.\d)", text)]
