"""A name as the answer, such as "copper" or 铜, or one of a few: "the second", 第二张."""

import re
import unicodedata
from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.grading.verdict import Finding, say, shortened

_UNDECIDED = re.compile(
    r"\b(?:not|neither|nor|or|either|maybe|perhaps|possibly|cannot)\b|n't\b|不是|并非|而非|不|或|可能|也许"
)


@dataclass(frozen=True)
class Text:
    """A name, right where a box or the whole final part holds just it or one of the names in `accepts`.

    TeX, spaces, case, a leading article and a full stop do not count. Where `others`, the names of what else
    it may be, are given, a sentence that mentions one side only and does not deny it is an answer, too.
    """

    expected: str
    accepts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def grade(self, final: str, language: str) -> Finding:
        """Whether the last box, or the whole text without one, is the name."""
        box = trace.boxed(final)
        said = final if box is None else box
        got = shortened(said)
        names = (self.expected, *self.accepts)
        right = _bare(said) in map(_bare, names)
        if not right and self.others and _bare(said) not in map(_bare, self.others):
            right = _mentions(said, names)
            if right == _mentions(said, self.others) or _UNDECIDED.search(_plain(said)):
                return Finding("unclear", got, say("not one name", language))
        if right:
            return Finding("right", got, say("right", language, got=got))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.expected))


def _plain(text: str) -> str:
    """The text in small letters, without TeX and Markdown."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"\\(?:text|mathrm|mathbf|textbf)\b|\\[ ,;]|[{}$*\\]", " ", text).strip()


def _bare(text: str) -> str:
    """The letters of a name alone: no article, no space, no comma, no full stop at the end."""
    return re.sub(r"^(?:the|an?)\s+|[\s,]|[.。]\s*$", "", _plain(text))


def _mentions(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text holds one of the names, as a word of its own where it is in Latin letters or digits."""
    edge = r"(?<![a-z\d.])(?:{})(?![a-z\d]|\.\d)"
    return bool(re.search(edge.format("|".join(re.escape(_plain(name)) for name in names)), _plain(text)))
