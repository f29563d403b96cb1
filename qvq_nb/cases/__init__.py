"""The worked cases: drawings made by code, so that the truth is known. One file holds all of a family."""

from importlib import import_module
from random import Random
from types import ModuleType

from qvq_nb.cases.case import Case
from qvq_nb.errors import QvqError

FAMILIES = ("recognition", "invoice", "chart", "chemistry", "sofa", "derivative")
LANGUAGES = ("en", "zh")
EVALUATION_SEEDS_FROM = 10_000_000  # nothing is ever trained or tuned on these seeds


def family_module(family: str) -> ModuleType:
    """All of a family: CANONICAL, sample, draw, question, target, FOLLOW_UPS, follow_up."""
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
    """The canonical case of a family, or a fresh one for each `seed`; `scale=2` is larger, for slides."""
    module = family_module(family)
    if language not in LANGUAGES:
        raise QvqError(f"There is no language {language!r}; choose en or zh.")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise QvqError(
            f"A seed is a whole number from 0 upwards, or None for the canonical case; {seed!r} is not."
        )
    facts, style = facts_and_style(family, seed)
    return case_of(family, facts, module.draw(facts, style, language, scale).image(), language, seed)


def case_of(family: str, facts: dict, image, language: str = "en", seed: int | None = None) -> Case:
    """The family's question about an `image` that shows `facts`, whoever drew it."""
    module = family_module(family)
    name = f"{family}-{language}" if seed is None else f"{family}-{language}-{seed}"
    question, target = module.question(facts, language), module.target(facts, language)
    return Case(name, (image,), question, target, language, facts, family, seed)
