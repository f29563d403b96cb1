"""Several things asked at once: "which invoice" and "how much more", each with a target of its own."""

import re
from dataclasses import dataclass

from qvq_nb.grading.rule import Unclear, read
from qvq_nb.grading.verdict import Finding, Target, say, shortened

_SEPARATOR = re.compile(r"(?<![\\{])[,;]|[、，；\n]|\\\\|\band\b|和", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")


@dataclass(frozen=True)
class Several:
    """Named parts, each with its target: a right answer gives all of them, in their order.

    The last box, or else the whole final part, is separated at each comma, semicolon, "and" or new line.
    """

    parts: tuple[tuple[str, Target], ...]

    @property
    def expected(self) -> str:
        """The truths of the parts, separated by commas."""
        return ", ".join(target.expected for _, target in self.parts)

    def grade(self, final: str, language: str) -> Finding:
        """Grades part by part; wrong if one of them is, else unclear if one of them is."""
        try:
            said = read(final, lambda one, other: one.split() == other.split()).text
        except Unclear as unclear:
            return unclear.finding(final, language)
        pieces = self._separated(said)
        got = shortened(said)
        if len(pieces) != len(self.parts):
            names = ", ".join(name for name, _ in self.parts)
            return Finding("unclear", got, say("not in parts", language, names=names))
        graded = [(name, target.grade(piece, language)) for (name, target), piece in zip(self.parts, pieces)]
        for outcome in ("wrong", "unclear"):
            for name, finding in graded:
                if finding.outcome == outcome:
                    return Finding(outcome, got, say("one part", language, name=name, reason=finding.reason))
        return Finding("right", got, say("right", language, got=got))

    def _separated(self, said: str) -> list[str]:
        """The pieces of a text; a comma that may part thousands separates only where pieces are missing."""
        pieces = _pieces(_THOUSANDS.sub("", said))
        return pieces if len(pieces) >= len(self.parts) else _pieces(said)


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _SEPARATOR.split(text) if any(map(str.isalnum, piece))]
