"""The worked cases: drawings made by code, so that the true answer is known."""

from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

from qvq_nb.errors import QvqError

if TYPE_CHECKING:
    from PIL import Image

FAMILIES = ("recognition", "invoice", "chart", "chemistry", "sofa", "derivative")
LANGUAGES = ("en", "zh")
ANSWER_KIND = {family: "substance" if family == "chemistry" else "number" for family in FAMILIES}
EVALUATION_SEEDS_FROM = 10_000_000  # nothing is ever trained or tuned on these seeds


@dataclass(frozen=True)
class Case:
    """A drawing, a question about it, and the truth."""

    family: str
    seed: int | None
    language: str
    image: "Image.Image"
    question: str
    truth: str
    facts: dict

    def check(self, answer):
        """Compares an Answer, or its text, with the truth; returns a Verdict."""
        from qvq_nb.grading.verdict import check

        return check(self, answer)

    def to_dict(self) -> dict:
        """Everything but the image, ready for JSON."""
        return {
            name: getattr(self, name) for name in ("family", "seed", "language", "question", "truth", "facts")
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        fields = {name: value for name, value in self.to_dict().items() if name != "facts"}
        return {
            "application/vnd.qvq.case+json": fields,
            "text/plain": repr(self),
            "image/png": self.image._repr_png_(),
        }

    def __repr__(self):
        seed = "canonical" if self.seed is None else f"seed {self.seed}"
        return f"Case({self.family}, {seed}: {self.question})"


def family_module(family: str):
    """The module that draws `family`: CANONICAL, sample, draw, question, truth."""
    if family not in FAMILIES:
        raise QvqError(f"There is no case family {family!r}; choose one of: {', '.join(FAMILIES)}.")
    return import_module(f"qvq_nb.cases.{family}")


def facts_and_style(family: str, seed: int | None):
    """The facts and the looks of a case; `seed=None` is the canonical one."""
    from qvq_nb.cases.drawing import Style, random_style

    module = family_module(family)
    if seed is None:
        return module.CANONICAL, Style()
    random = Random(f"{family}-{seed}")
    return module.sample(random), random_style(random)


def case(family: str, seed: int | None = None, language: str = "en", scale: int = 1) -> Case:
    """The canonical case of a family, or a fresh one for each `seed`; `scale=2` draws it larger, for slides."""
    module = family_module(family)
    if language not in LANGUAGES:
        raise QvqError(f"There is no language {language!r}; choose en or zh.")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise QvqError(
            f"A seed is a whole number from 0 upwards, or None for the canonical case; {seed!r} is not."
        )
    facts, style = facts_and_style(family, seed)
    image = module.draw(facts, style, language, scale).image()
    return Case(
        family, seed, language, image, module.question(facts, language), module.truth(facts, language), facts
    )
