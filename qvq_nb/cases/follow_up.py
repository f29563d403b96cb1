"""Other questions about the same drawing: the tax of one line, the lowest bar, the metal that is won.

A model that answers these reads the question too, not only the picture. Their words are in the families.
"""

from dataclasses import dataclass
from random import Random

from qvq_nb.cases import LANGUAGES, family_module
from qvq_nb.errors import QvqError
from qvq_nb.grading.verdict import Target


@dataclass(frozen=True)
class FollowUp:
    """One more question about a drawing: its kind, what it is about (`subject`), its wording, its target."""

    kind: str
    subject: dict
    question: str
    target: Target

    @property
    def truth(self) -> str:
        """The answer, as people write it."""
        return self.target.expected


def follow_up(family: str, facts: dict, language: str, random: Random) -> FollowUp:
    """A follow-up question drawn by `random`."""
    module = family_module(family)
    if not hasattr(module, "FOLLOW_UPS"):
        raise QvqError(f"A case of {family} has one question only; draw another one with another seed.")
    wordings = module.follow_ups(facts) if hasattr(module, "follow_ups") else module.FOLLOW_UPS
    kind = random.choice(list(wordings))
    subject, words, target = module.follow_up(kind, facts, language, random)
    wording = random.choice(wordings[kind][LANGUAGES.index(language)])
    return FollowUp(kind, subject, wording.format(**{**subject, **words}), target)
