"""One of several lettered options as the answer."""

import re
import unicodedata
from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.grading.verdict import Finding, say, shortened

LETTERS = "ABCDEFGH"
_LABEL = re.compile(r"^\W*([A-H])(?![A-Za-z0-9])\W*")
_LETTER = re.compile(r"(?<![A-Za-z0-9^_])([A-H])(?![A-Za-z0-9'’^_])")
_ALONE = re.compile(r"[\W_]*([a-h])[\W_]*")
_NAMED = re.compile(r"(?i)\b(?:option|answer|choice|is|are|choose|pick)\W*$")
_ARTICLE = re.compile(r"\s+(?!(?:is|was|because|since|as|and|or|but|for|fits|holds)\b)[a-z]")
_DENIED_BEFORE = re.compile(
    r"(?i)(?:\b(?:not|isn't|cannot be|can't be|never|neither|nor|rather than|instead of|rules? out"
    r"|exclude[sd]?|except)\b|不是|不选|并非|而非|不可能是|排除|除了)(?:\s*(?:the|option|answer|choice|选项))*\W*$"
)
_DENIED_AFTER = re.compile(
    r"(?i)^\W*(?:(?:is|was|can)\s*(?:not|n't)|can't|(?:is|was)\s+(?:wrong|false|incorrect|impossible|excluded)"
    r"|项?(?:不对|不正确|错|是错|不是|不可能|被排除|不成立))"
)
_NEAR = 40  # characters beside a letter in which a denial is looked for


@dataclass(frozen=True)
class Choice:
    """The option called `letter`; `options` are the texts of A, B, …, and a text alone is accepted, too."""

    letter: str
    options: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The letter."""
        return self.letter

    def grade(self, final: str, language: str) -> Finding:
        """Grades the last box, or else the whole final part: it names one option and does not deny it."""
        box = trace.boxed(final)
        said = final if box is None else box
        chosen = self._chosen(_plain(said))
        if len(chosen) != 1:
            return Finding("unclear", shortened(said), say("not one option", language))
        (got,) = chosen
        if got == self.letter:
            return Finding("right", got, say("right", language, got=got))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.letter))

    def _chosen(self, text: str) -> set[str]:
        """The letters of the options that a text names; none where it denies one of them."""
        label, alone = _LABEL.match(text), _ALONE.fullmatch(text)
        if alone:
            return {alone[1].upper()}
        bodies = {_letters_only(text), _letters_only(_LABEL.sub("", text))}
        named = {letter for letter, option in zip(LETTERS, self.options) if _letters_only(option) in bodies}
        if named:
            return named | ({label[1]} if label else set())
        found = [one for one in _LETTER.finditer(text) if not _is_article(text, one)]
        denied = any(
            _DENIED_BEFORE.search(text[max(0, one.start() - _NEAR) : one.start()])
            or _DENIED_AFTER.search(text[one.end() : one.end() + _NEAR])
            for one in found
        )
        return set() if denied else {one[1] for one in found}


def _is_article(text: str, found: re.Match) -> bool:
    """Whether a letter is the "A" of "A child has …" and not the name of an option."""
    named = _NAMED.search(text[max(0, found.start() - _NEAR) : found.start()])
    return found[1] == "A" and not named and bool(_ARTICLE.match(text[found.end() : found.end() + _NEAR]))


def _plain(text: str) -> str:
    """The text without the dress of TeX and Markdown, full-width letters as plain ones."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\\(?:text|mathrm|mathbf|textbf|boxed)\b|[*`${}\\]", " ", text).strip()


def _letters_only(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
