"""A chemical compound as the answer: by its formula or by any of its names, and no other one beside it."""

import re
from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.grading.substances import Mention, mentions, normal_form, plain, words
from qvq_nb.grading.verdict import Finding, say, shortened

_ARROW = re.compile(r"[^.。;；,，\n]*(?:→|⟶|->|=>|⇌)[^.。;；,，\n]*")
_NAMES_IT = re.compile(
    r"(?i)\b(?:is|are|contains?|called|namely|gives?|produces?|yields?|leaves?)\b|是|为|生成|得到|含有|:"
)
_TELLS_ORIGIN = re.compile(
    r"(?i)\b(?:because|since|formed|produced|from|by|when|after|which|as|due to)\b"
    r"|因为|由于|由|通过|，因|反应"
)
_ADDS = re.compile(r"(?i)\b(?:also|too|as well|additionally)\b|还|也|此外|同时")
_LABEL = re.compile(
    r"(?i)(?:filtrate|solution|residue|solid|liquid|gas|滤液|滤渣|溶液|固体|气体)\s*([A-Z])(?![A-Za-z])"
)


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
        """Grades the compounds that the last box gives as the answer, or else the sentence about it."""
        box = trace.boxed(final)
        text = plain(self._sentences_about(final) if box is None else box)
        found = _named(words(_ARROW.sub(" ", text)))
        said = [mention for mention in found if not mention.denied]
        right = {normal_form(written) for written in (self.formula, *self.names)}
        others = [mention for mention in said if mention.normal not in right]
        got = _listed(said or found) or shortened(final)
        if not found:
            return Finding("wrong", got, say("no substance", language))
        if not said:
            return Finding("wrong", got, say("denied", language, got=got))
        if not others:
            return Finding("right", got, say("right", language, got=got))
        if len(others) < len(said):
            return Finding("wrong", got, say("other substance too", language, got=_listed(others)))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.expected))

    def _sentences_about(self, final: str) -> str:
        """The last sentence that names a compound, of those about the label if any, and what adds to it."""
        naming = [one for one in trace.sentences(final) if mentions(words(plain(one)))]
        about = [one for one in naming if self.label and self.label in _LABEL.findall(plain(one))]
        chosen = about or naming
        if not chosen:
            return final
        place = naming.index(chosen[-1])
        adds = place > 0 and _ADDS.search(chosen[-1])
        later = [sentence for sentence in naming[place + 1 :] if _ADDS.search(sentence)]
        return " ".join([*(chosen[-2:] if adds else chosen[-1:]), *later])


def _listed(found: list[Mention]) -> str:
    return ", ".join(dict.fromkeys(mention.text for mention in found))


def _named(text: str) -> list[Mention]:
    """The compounds that a sentence gives as its answer: after its last "is", not those they come from."""
    found = mentions(text)
    if not found:
        return []
    verbs = [verb.end() for verb in _NAMES_IT.finditer(text) if verb.end() <= found[-1].start]
    if verbs and not any(mention.denied for mention in found):
        found = [mention for mention in found if mention.start >= verbs[-1]]
    origin = _TELLS_ORIGIN.search(text, found[0].end)
    return [mention for mention in found if not origin or mention.start < origin.start()]
