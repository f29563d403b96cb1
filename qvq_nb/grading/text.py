"""A name as the answer, such as "copper" or 铜: what is said must be just that."""

import re
from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.grading.verdict import Finding, say, shortened


@dataclass(frozen=True)
class Text:
    """A name, right where a box or the whole final part holds just it; TeX, spaces and case do not count."""

    expected: str

    def grade(self, final: str, language: str) -> Finding:
        """Whether the last box, or the whole text without one, is the name."""
        said = trace.boxed(final) or final
        got = shortened(said)
        if _plain(said) == _plain(self.expected):
            return Finding("right", got, say("right", language, got=got))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.expected))


def _plain(text: str) -> str:
    """The letters of a name alone: no TeX, no space, no comma, no full stop at the end."""
    text = re.sub(r"\\(?:text|mathrm)\b|\\[ ,;]|[{}$\\]", "", text)
    return re.sub(r"[\s,]|[.。]$", "", text.lower())
