"""One of several lettered options as the answer."""

import re
import unicodedata
from dataclasses import dataclass

from qvq_nb.grading.rule import Unclear, affirmed, read
from qvq_nb.grading.values.plain import plain
from qvq_nb.grading.values.words import BOUNDS
from qvq_nb.grading.verdict import Finding, say

LETTERS = "ABCDEFGH"
_LABEL = re.compile(r"^\W*([A-H])(?![A-Za-z0-9])\W*")
_LETTER = re.compile(r"(?<![A-Za-z0-9^_])(?P<letter>[A-H])(?![A-Za-z0-9'’^_]|[-+](?!\w)| is for\b)")
_ALONE = re.compile(r"[\W_]*([A-Ha-h])(?: ?项)?[\W_]*")
_NAMED = re.compile(r"(?i)\b(?:option|answer|choice|is|are|choose|pick|not|nor|or)\W*$")
_FOREIGN = re.compile(
    r"(?i)\b(?:(?-i:an?)|figure|fig\.?|picture|vitamin|part|panel|table|appendix|all of"
    r"|plan|type|grade) $"
)
_ARTICLE = re.compile(
    r"\s+(?!(?:is|was|because|since|as|and|or|but|for|fits|holds|not|rather|instead)\b)[a-z]"
)
_COMPARED = re.compile(rf"(?i)(?:{BOUNDS}) ?(?=\d)")  # bounds a number, which no letter is
_NEAR = 40  # characters beside a letter in which its kind is looked for


@dataclass(frozen=True)
class _Mention:
    """An option's letter in a text."""

    letter: str
    start: int
    end: int


@dataclass(frozen=True)
class Choice:
    """The option called `letter`; `options` are the texts of A, B, …, and a text alone is accepted, too.

    `matter` are words of the question that only sound like a denial, such as "failed to separate".
    """

    letter: str
    options: tuple[str, ...] = ()
    matter: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The letter."""
        return self.letter

    def grade(self, final: str, language: str) -> Finding:
        """Grades the last box, or else the whole final part: it names one option and does not deny it."""
        try:
            said = read(final, lambda one, other: _letters_only(one) == _letters_only(other))
            got = self._chosen(plain(said.text).strip())
        except Unclear as unclear:
            return unclear.finding(final, language)
        if got == self.letter:
            return Finding("right", got, say("right", language, got=got))
        return Finding("wrong", got, say("wrong name", language, got=got, expected=self.letter))

    def _chosen(self, text: str) -> str:
        """The letter of the one option that a text names and does not deny."""
        label, alone = _LABEL.match(text), _ALONE.fullmatch(text)
        bodies = {_letters_only(text), _letters_only(_LABEL.sub("", text))}
        named = {letter for letter, option in zip(LETTERS, self.options) if _letters_only(option) in bodies}
        if named:
            chosen = named | ({label[1]} if label else set())
        elif alone and not re.search(r"[?≠<>≤≥±]|[A-Ha-h][-+]", text):
            chosen = {alone[1].upper()}
        else:
            text = re.sub("|".join(map(re.escape, self.matter)) or "(?!)", " ", _COMPARED.sub(" ", text))
            found = [
                _Mention(one["letter"], one.start(), one.end())
                for one in _LETTER.finditer(text)
                if not _is_article(text, one)
            ]
            kept = affirmed(text, found, lambda one, other: one.letter == other.letter)
            chosen = {mention.letter for mention in kept} if found else self._named_in(text)
        if len(chosen) != 1:
            raise Unclear("not one option")
        return chosen.pop()

    def _named_in(self, text: str) -> set[str]:
        """The letters of the options whose texts stand in a sentence without a letter."""
        letters, named = _letters_only(text), set()
        for letter, option in sorted(
            zip(LETTERS, map(_letters_only, self.options)), key=lambda one: -len(one[1])
        ):
            if option and (found := re.search(rf"(?<!\d){re.escape(option)}", letters)):
                letters = letters.replace(found.group(), " ")
                named.add(letter)
        return named


def _is_article(text: str, found: re.Match) -> bool:
    """Whether a letter is the "A" of "A child has …" or of "Figure A", and not the name of an option."""
    before = text[max(0, found.start() - _NEAR) : found.start()]
    if _FOREIGN.search(before):
        return True
    named = _NAMED.search(before)
    return (
        found["letter"] == "A" and not named and bool(_ARTICLE.match(text[found.end() : found.end() + _NEAR]))
    )


def _letters_only(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
