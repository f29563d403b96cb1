"""What a target is, and what it finds in an answer."""

from typing import NamedTuple, Protocol


class Finding(NamedTuple):
    """What a target finds in the final part of an answer: the outcome, what was read, the reason why.

    The outcome is "right", "wrong" or, where the text does not give one answer, "unclear"; of a question
    without a truth it is "no truth".
    """

    outcome: str
    got: str
    reason: str

    @property
    def ok(self) -> bool:
        return self.outcome == "right"


class Target(Protocol):
    """What an answer is held against. `expected` is the truth as people write it."""

    @property
    def expected(self) -> str: ...

    def grade(self, final: str, language: str) -> Finding:
        """Grades the final part of an answer, never empty; `language` is that of the reason, en or zh."""


def shortened(text: str, longest: int = 80) -> str:
    """A text on one line of at most `longest` characters."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
