"""Whether a question belongs to what a narrow model was trained on: by its words alone, before it is asked.

The words stand in the family files of `qvq_nb.cases`. Small slips are forgiven, and doubtful questions
are let through: where a picture does not show what is asked about, the model says so itself.
"""

import re
import unicodedata
from difflib import get_close_matches

from qvq_nb.cases import family_module
from qvq_nb.cases.scope import DEFINITION, NOT_SHOWN, Topic
from qvq_nb.models.profiles import EMBEDDED, get

SHORTEST_MISSPELT_LETTERS = 6
SHORTEST_MEANT_LETTERS = 5
SIMILARITY_OF_A_SLIP = 0.85  # of difflib: one letter wrong, missing or swapped in a word of seven
SCOPES = tuple(family_module(family).SCOPE for family in get(EMBEDDED).families)
KNOWN_WORDS = {
    word
    for scope in SCOPES
    for words in (scope.en.own, scope.en.everyday, scope.en.asked)
    for word in words.split()
}


def is_inside(question: str) -> bool:
    """Whether a question, in English or Chinese, is about one of the drawings of the worked cases."""
    text = unicodedata.normalize("NFKC", question).lower().strip()
    text = re.sub(r"\b([fghs]|fg|gf|f[ ·*]g|\))\s*['′’`‘]+", r"\1 prime ", text)
    forbidden = [*NOT_SHOWN, *(pattern for scope in SCOPES for pattern in scope.not_shown)]
    if re.fullmatch(DEFINITION, text) or any(re.search(pattern, text) for pattern in forbidden):
        return False
    words = {_meant(word) for word in re.findall(r"[a-z][a-z0-9]*|\d+", text)}
    return any(
        (scope.patterns and all(re.search(pattern, text) for pattern in scope.patterns))
        or _speaks_of(scope.en, lambda listed: words & set(listed.split()))
        or _speaks_of(scope.zh, lambda listed: {word for word in listed.split() if word in text}, alone=True)
        for scope in SCOPES
    )


def _speaks_of(topic: Topic, found_among, alone: bool = False) -> bool:
    """Whether an own word is found, or an everyday and an asked one; `alone`: even the same."""
    everyday, asked = found_among(topic.everyday), found_among(topic.asked)
    return bool(found_among(topic.own)) or bool(everyday and asked) and (alone or len(everyday | asked) > 1)


def _meant(word: str) -> str:
    """The listed word that is meant: itself, its singular, or the one that it nearly is; else the word."""
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in KNOWN_WORDS:
            return form
    if len(word) < SHORTEST_MISSPELT_LETTERS:
        return word
    candidates = [known for known in KNOWN_WORDS if len(known) >= SHORTEST_MEANT_LETTERS]
    return next(iter(get_close_matches(word.removesuffix("s"), candidates, 1, SIMILARITY_OF_A_SLIP)), word)
