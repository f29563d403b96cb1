"""The worked cases: drawings made by code, so that the truth is known. One file holds all of a family."""

from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType

from qvq_nb.cases.case import Case
from qvq_nb.errors import QvqError

_SUBJECTS = {
    file.stem: subject
    for subject in ("scenes", "reading", "science")
    for file in sorted((Path(__file__).parent / subject).glob("*.py"))
    if file.stem != "__init__"
}
BASIC = ("recognition", "invoice", "chart", "chemistry", "sofa", "derivative")  # each has a lesson of its own
FAMILIES = (*BASIC, *sorted(set(_SUBJECTS) - set(BASIC)))
LANGUAGES = ("en", "zh")
EVALUATION_SEEDS_FROM = 10_000_000  # nothing is ever trained or tuned on these seeds


def family_module(family: str) -> ModuleType:
    """All of a family: CANONICAL, sample, draw, question, target; some have FOLLOW_UPS and follow_up, too.

    Where wide facts have questions of their own, `follow_ups(facts)` gives them in the shape of FOLLOW_UPS.
    """
    if family not in FAMILIES:
        raise QvqError(f"There is no case family {family!r}; choose one of: {', '.join(FAMILIES)}.")
    return import_module(f"qvq_nb.cases.{_SUBJECTS[family]}.{family}")


def facts_and_style(family: str, seed: int | None, wide: bool = False):
    """The facts and the looks of a case; `seed=None` is the canonical one, `wide` takes whole ranges."""
    from qvq_nb.cases.drawing import Style, random_style

    module = family_module(family)
    if seed is None:
        return module.CANONICAL, Style()
    random = Random(f"{family}-wide-{seed}" if wide else f"{family}-{seed}")
    return module.sample(random, wide), random_style(random)


def case(
    family: str, seed: int | None = None, language: str = "en", scale: int = 1, wide: bool = False
) -> Case:
    """The canonical case of a family, or a fresh one for each `seed`; `scale=2` is larger, for slides.

    Fresh cases are easy ones, as in the lessons; `wide=True` takes whole ranges of numbers, names and forms.
    """
    from qvq_nb.cases.drawing import shown

    module = family_module(family)
    if language not in LANGUAGES:
        raise QvqError(f"There is no language {language!r}; choose en or zh.")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise QvqError(
            f"A seed is a whole number from 0 upwards, or None for the canonical case; {seed!r} is not."
        )
    if wide and seed is None:
        raise QvqError("The canonical case is one and the same; give a seed for a case with wide facts.")
    facts, style = facts_and_style(family, seed, wide)
    return case_of(family, facts, shown(module.draw(facts, style, language, scale)), language, seed, wide)


def case_of(
    family: str, facts: dict, media, language: str = "en", seed: int | None = None, wide: bool = False
) -> Case:
    """The family's question about an image, or several media, that show `facts`, whoever drew them."""
    module = family_module(family)
    media = media if isinstance(media, tuple) else (media,)
    words = (family, language, *(["wide"] if wide else []), *([] if seed is None else [str(seed)]))
    question, target = module.question(facts, language), module.target(facts, language)
    return Case("-".join(words), media, question, target, language, facts, family, seed)
