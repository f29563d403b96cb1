"""Several things asked at once: "which invoice" and "how much more", each with a target of its own."""

import re
from dataclasses import dataclass

from qvq_nb.grading.rule import Unclear, read
from qvq_nb.grading.verdict import Finding, Target, say, shortened

_SEPARATOR = re.compile(r"(?<![\\{])[,;]|[、，；\n]|\\\\|\band\b|和", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？\n](?=.)")
_NAME = re.compile(r"(?!(?:of|the)\b)[a-z]+|[㐀-鿿]+?(?=的|$|[^㐀-鿿])|(?<=的)[㐀-鿿]+")
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")


@dataclass(frozen=True)
class Several:
    """Named parts, each with its target: a right answer gives all of them, in order.

    The last box, or else the whole final part, is separated at each comma, semicolon, "and" or new line.
    Parts that are all numbers may stand in another order where each is named, and parts of different kinds
    in one sentence: "Route 1 is quicker by 3 minutes".
    """

    parts: tuple[tuple[str, Target], ...]

    @property
    def expected(self) -> str:
        """The truths of the parts, separated by commas."""
        return ", ".join(target.expected for _, target in self.parts)

    def grade(self, final: str, language: str) -> Finding:
        """Grades part by part; wrong if one of them is, else unclear if one of them is."""
        try:
            read_part = read(final, lambda one, other: one.split() == other.split())
        except Unclear as unclear:
            return unclear.finding(final, language)
        said = read_part.text
        got = shortened(said)
        pieces = self._in_order(self._separated(said))
        if not pieces and not read_part.boxed:
            pieces = self._in_one_sentence(said, language)
        if not pieces:
            names = ", ".join(name for name, _ in self.parts)
            return Finding("unclear", got, say("not in parts", language, names=names))
        graded = [(name, target.grade(piece, language)) for (name, target), piece in zip(self.parts, pieces)]
        for outcome in ("wrong", "unclear"):
            for name, finding in graded:
                if finding.outcome == outcome:
                    return Finding(outcome, got, say("one part", language, name=name, reason=finding.reason))
        return Finding("right", got, say("right", language, got=got))

    def _in_order(self, pieces: list[str]) -> list[str]:
        """The pieces in the order of the parts, which names may tell; none where they do not fit."""
        if len(pieces) != len(self.parts):
            return []
        told = [self._named(piece) for piece in pieces]
        if all(at in fitting for at, fitting in enumerate(told)):
            return pieces
        places = [fitting[0] if len(fitting) == 1 else None for fitting in told]
        if sorted(map(str, places)) != sorted(map(str, range(len(pieces)))):
            return []
        return [pieces[places.index(at)] for at in range(len(pieces))]

    def _named(self, piece: str) -> list[int]:
        """The parts that a piece may be about by the words of their names; all, where their kinds differ."""
        if len({type(target) for _, target in self.parts}) > 1:
            return list(range(len(self.parts)))
        names = [set(_NAME.findall(name.lower())) for name, _ in self.parts]
        known = set().union(*names)
        spoken = {
            word for word in known if re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", piece.lower())
        }
        return [at for at, words in enumerate(names) if spoken <= words]

    def _in_one_sentence(self, said: str, language: str) -> list[str]:
        """The whole text for each part, where it is one sentence that answers parts of different kinds."""
        kinds = {type(target) for _, target in self.parts}
        is_one = re.search("[A-Za-z㐀-鿿]", said) and not _SENTENCE_END.search(said.strip())
        if not is_one or len(kinds) < len(self.parts):
            return []
        unclear = any(target.grade(said, language).outcome == "unclear" for _, target in self.parts)
        return [] if unclear else [said] * len(self.parts)

    def _separated(self, said: str) -> list[str]:
        """The pieces of a text; a comma that may part thousands separates only where pieces are missing."""
        said = _without_numbering(said)
        pieces = _pieces(_THOUSANDS.sub("", said))
        return pieces if len(pieces) >= len(self.parts) else _pieces(said)


def _without_numbering(text: str) -> str:
    """The text without 1., 2., … before its lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    bare = [re.sub(rf"^\s*{at}[.)、]\s+", "", line) for at, line in enumerate(lines, 1)]
    return "\n".join(bare) if len(lines) > 1 and all(map(str.__ne__, lines, bare)) else text


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _SEPARATOR.split(text) if any(map(str.isalnum, piece))]
