"""A question without one right answer, such as for a poem: an answer to it is never right or wrong."""

from dataclasses import dataclass
from typing import ClassVar

from qvq_nb.grading.verdict import Finding, phrase, shortened


@dataclass(frozen=True)
class NoTruth:
    """What cannot be graded; `why` is a sentence that says so, in English and in Chinese.

    `judges` tells the check that no answer is right or wrong, not even one that is missing or cut off.
    """

    why: tuple[str, str]
    judges: ClassVar[bool] = False

    @property
    def expected(self) -> str:
        """Nothing: there is no truth to show."""
        return ""

    def grade(self, final: str, language: str) -> Finding:
        """Says why an answer is not judged."""
        return Finding("no truth", shortened(final), phrase(self.why, language))
