"""A chemical compound as the answer: by its formula or by any of its names, and no other one beside it."""

import re
from bisect import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from qvq_nb.grading.rule import Unclear, affirmed, read
from qvq_nb.grading.values.substances import Mention, mentions, normal_form, plain, words
from qvq_nb.grading.values.words import FRAME, FRAME_CHINESE
from qvq_nb.grading.verdict import Finding, say

# An equation tells what reacts, and not what is asked for; so does what another substance comes from.
_ARROW = re.compile(r"[→⟶⇌⟹]|[-=]>|\+.*=|=.*\+")
_EQUATION = re.compile(r"(?:[A-Z][A-Za-z0-9()\[\]]*|[\d+=→⟶⇌⟹↑↓·\-> ])+")
_COMES_FROM = re.compile(
    r"(?i)(?:\bfrom|\breact\w* (?:of|with)|\bdisplac\w+|\bvia|由|从|用|通过|加入|消耗) ?(?:the )?$"
)
_LABEL = re.compile(
    r"(?i:(?<![a-z])(?:(?:filtrate|solution|residue|solid|liquid|gas|substance|compound|precipitate) ?"
    r"|滤液|滤渣|溶液|固体|气体|沉淀|物质))\(?([A-Z])(?![A-Za-z\d])|(?<![A-Za-z\d(])([A-HJ-Z])(?= (?:is"
    r"|was|are|contains?|has|holds)\b| ?[=:是为含])"
    r"|(?<=在|到)([A-HJ-Z])(?![A-Za-z\d(])|(?<![A-Za-z\d(])([A-HJ-Z])(?=[中里内])|(?: in "
    r"| is )([A-HJ-Z])(?![A-Za-z\d(])"
)
_CLAUSE_EDGE = re.compile(
    r"(?i)[.,;:!?()=→。，；：！？（）、\n]|\b(?:because|since|which|where|after|when|formed|rather|not|but)\b|因为|而"
)
_SENTENCE_END = re.compile(r"[.!。！\n](?!\d)")


@dataclass(frozen=True)
class Compound:
    """A compound: what is expected in people's words, its formula with plain digits, and its names.

    `label` is the letter under which the drawing shows it: E of "filtrate E"; None where it shows no other.
    """

    expected: str
    formula: str
    names: tuple[str, ...]
    label: str | None = None

    def grade(self, final: str, language: str) -> Finding:
        """Grades the compound in the last box, or else the only one that the text gives for the label."""
        try:
            said = read(final, lambda one, other: normal_form(one) == normal_form(other))
            found = self._stated(words(plain(said.text)))
        except Unclear as unclear:
            return unclear.finding(final, language)
        got = ", ".join(dict.fromkeys(mention.text for mention in found))
        if found[0].normal in self._right:
            return Finding("right", got, say("right", language, got=got))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.expected))

    @cached_property
    def _right(self) -> set:
        return {normal_form(written) for written in (self.formula, *self.names)}

    def _is_same(self, one: Mention, other: Mention) -> bool:
        return one.normal == other.normal or {one.normal, other.normal} <= self._right

    def _stated(self, text: str) -> list[Mention]:
        """The mentions of the one compound that a text gives as the answer."""
        text = _without_equations(text)
        found = [
            one for one in mentions(text) if not _COMES_FROM.search(text[max(0, one.start - 30) : one.start])
        ]
        kept = self._of_the_label(text, affirmed(text, found, self._is_same))
        if not kept:
            raise Unclear("no substance")
        if not all(self._is_same(kept[0], mention) for mention in kept):
            raise Unclear("several")
        _doubt_beside(text, kept)
        return kept

    def _of_the_label(self, text: str, found: list[Mention]) -> list[Mention]:
        """Those that the text gives to the label, or to none; Unclear where a label goes without one."""
        labels = (
            [(label.start(), label[label.lastindex]) for label in _LABEL.finditer(text)] if self.label else []
        )
        if all(letter == self.label for _, letter in labels):
            return found
        given: dict[str | None, list[Mention]] = {None: []}
        ends = [end.start() for end in _SENTENCE_END.finditer(text)]
        for (start, letter), (stop, _) in pairwise([*labels, (len(text), "")]):
            stop = min((end for end in ends if start < end < stop), default=stop)
            of_it = [one for one in found if start < one.start < stop]
            if not of_it:
                raise Unclear("several")
            given.setdefault(letter, []).extend(of_it)
        bound = {id(one) for group in given.values() for one in group}
        loose = [one for one in found if id(one) not in bound]
        return given.get(self.label, []) + loose


def _doubt_beside(text: str, kept: list[Mention]) -> None:
    """Raises Unclear where the clause of a compound says more than that it is the answer."""
    pieces, position = [], 0
    for one in mentions(text):
        pieces += [text[position : one.start], " " * (one.end - max(one.start, position))]
        position = max(one.end, position)
    bare = "".join([*pieces, text[position:]])
    edges = [0, *(edge.end() for edge in _CLAUSE_EDGE.finditer(bare)), len(bare) + 1]
    for place in sorted({bisect(edges, one.start) for one in kept}):
        clause = _CLAUSE_EDGE.sub(" ", bare[edges[place - 1] : edges[place]])
        english = [word for word in re.findall("[A-Za-z]+", clause) if not FRAME.fullmatch(word)]
        if other := english or re.findall("[㐀-鿿]+", FRAME_CHINESE.sub(" ", clause)):
            raise Unclear("doubted", word=other[0])


def _without_equations(text: str) -> str:
    """The text without its chemical equations."""
    return _EQUATION.sub(lambda run: " ; " if _ARROW.search(run.group()) else run.group(), text)
