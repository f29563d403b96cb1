r"""The rule by which every answer is read, and the only place for the words that take a value back.

A box decides alone; without a box the final part must hold exactly one value of the asked kind, neither
denied nor bounded; anything else is unclear, which is not right, and the reason says how to write it.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from qvq_nb import trace
from qvq_nb.grading.finding import Finding, shortened
from qvq_nb.grading.sentences import say
from qvq_nb.grading.values.plain import plain
from qvq_nb.grading.values.words import (
    ABOUT_AFTER,
    ABOUT_BEFORE,
    AFTERTHOUGHT,
    AND_NOT,
    BESIDE,
    BUT,
    CLAUSE_AFTER,
    CLAUSE_BEFORE,
    DENIED_BEFORE,
    DOUBTS,
    GLUED_AFTER,
    GLUED_BEFORE,
    LINK,
    MATHS_EDGE,
    MATHS_START,
    OR,
    TAKES_BACK,
    TIGHT,
    WORKED_ON,
)

_NEAR = 60  # characters beside a value in which what belongs to it is looked for

Span = TypeVar("Span")  # has .start and .end


class Unclear(Exception):
    """No single answer can be read; `what` names the sentence that says why, `words` what stands in it."""

    def __init__(self, what: str, **words):
        super().__init__(what)
        self.what, self.words = what, words

    def finding(self, said: str, language: str) -> Finding:
        """This as what a target finds in a text."""
        return Finding("unclear", shortened(said), say(self.what, language, **self.words))


class Said(NamedTuple):
    """The text that is read: a box, with what stands beside it on its line, or all of the final part."""

    text: str
    before: str = ""
    after: str = ""
    boxed: bool = False


def read(final: str, same: Callable[[str, str], bool] = str.__eq__) -> Said:
    """What is read of a final part: its last box, or all of it where there is none.

    `same` tells whether two boxes hold one answer. Raises Unclear where boxes of one paragraph differ, and
    where the words around the box deny, bound or take it back.
    """
    boxes = trace.boxes_in(final)
    if not boxes:
        if trace.has_open_box(final):
            raise Unclear("open box")
        return Said(final)
    last = boxes[-1]
    paragraph = max(final.rfind("\n\n", 0, last.start), 0)
    candidates = dict.fromkeys(box.content for box in boxes if box.start >= paragraph and box.end <= last.end)
    if any(one != last.content and not same(one, last.content) for one in candidates):
        raise Unclear("several")
    before, after = final[: last.start], final[last.end :]
    if GLUED_BEFORE.search(before) or GLUED_AFTER.match(after):
        raise Unclear("unreadable", got=last.content)
    doubt_around(before, after)
    lead = re.search(r"[^\n]{0,200}$", before).group()
    if len(re.findall(r"(?<!\\)\$", lead)) % 2 and "$" in after[:_NEAR]:  # the formula around the box
        lead, after = "".join(lead.rsplit("$", 1)), after.replace("$", "", 1)
    line = re.sub(r"\\[,;:! ]", " ", re.match(r"[^\n]{0,60}", after).group())
    return Said(last.content, lead[-20:], BESIDE.match(line).group(), True)


def doubt_around(before: str, after: str) -> None:
    """Raises Unclear where the clause around a box takes it back, or what follows does."""
    lead = MATHS_EDGE.sub("", before[-4 * _NEAR :])
    ends = [found.end() for found in CLAUSE_BEFORE.finditer(lead)]
    lead = lead[ends[-1] if ends else 0 :]
    rest = after[: 100 * _NEAR]
    tail = MATHS_START.sub("", rest[: 4 * _NEAR], count=1) if MATHS_START.match(rest) else rest[: 4 * _NEAR]
    end = CLAUSE_AFTER.search(tail)
    asked = end and end.group() in "?？"
    tail = tail[: end.end() if asked else end.start()] if end else tail
    for piece in (lead, AND_NOT.sub("", tail, count=1) if AND_NOT.match(tail) else tail):
        if found := DOUBTS.search(piece):
            raise Unclear("doubted", word=found.group().strip())
    taken_back = re.search(f"(?i){TAKES_BACK}", rest) or AFTERTHOUGHT.match(rest)
    if found := TIGHT.search(lead) or ABOUT_BEFORE.search(lead) or taken_back:
        raise Unclear("doubted", word=found.group().strip())


def affirmed(
    text: str, spans: Sequence[Span], same: Callable[[Span, Span], bool], roughly: bool = False
) -> list[Span]:
    """Those of the values at `spans`, in order, that a text affirms; "not 5" and "5 rather than 6" deny one.

    `same` tells whether two are one value, as in "3.159 m³, or 3159 L". One that is said to be about right
    counts with `roughly` only. Raises Unclear where any other word leaves open what is meant.
    """
    kept, about, previous = [], [], None
    gone: list[tuple[int, int]] = []
    for span in spans:
        gap = text[previous.end if previous else 0 : span.start]
        lead = gap[-_NEAR:]
        denied = DENIED_BEFORE.search(lead)
        start = span.start - (len(denied.group()) if denied else 0)
        goes_on = gone and gone[-1][1] == previous.end and LINK.fullmatch(gap)  # "neither 5 nor 6"
        if denied or goes_on:
            gone.append((start, span.end))
        elif found := TIGHT.search(lead) or WORKED_ON.match(text, span.end):
            raise Unclear("doubted", word=found.group().strip())
        elif hedge := ABOUT_BEFORE.search(lead) or ABOUT_AFTER.match(text, span.end):
            about.append((span, hedge.group().strip()))
        else:
            kept.append(span)
        if gone and gone[-1][1] == getattr(previous, "end", None) and BUT.match(gap):  # "not 5 but 6"
            gone.append((previous.end, previous.end + len(BUT.match(gap).group())))
        if previous and OR.fullmatch(gap) and same(previous, span):
            gone.append((previous.end, span.start))
        previous = span
    if found := DOUBTS.search(_without(text, gone)):
        raise Unclear("doubted", word=found.group().strip())
    if about and not roughly and not kept:
        raise Unclear("doubted", word=about[0][1])
    return kept + [span for span, _ in about] if roughly else kept


def any_of(names: Sequence[str]) -> re.Pattern:
    """Finds names in a text, however their words are joined; nothing without any."""
    spelt = (r"[\W_]?".join(map(re.escape, re.findall(r"[^\W_]", name))) for name in names)
    return re.compile(rf"(?i)(?<![A-Za-z0-9])(?:{'|'.join(spelt) or '(?!)'})")


def doubt_in(text: str) -> None:
    """Raises Unclear where a text holds a word that denies, bounds or takes back."""
    affirmed(plain(text), [], lambda one, other: False)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, position = [], 0
    for start, end in spans:
        pieces.append(text[position : max(start, position)])
        position = max(end, position)
    return " ; ".join([*pieces, text[position:]])
