"""The kit's own cases as one more set: drawn when they are asked, graded by their targets."""

from collections.abc import Iterable, Sequence

from qvq_nb import cases
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets.question import Question

SEEDS = range(cases.EVALUATION_SEEDS_FROM, cases.EVALUATION_SEEDS_FROM + 200)


class OwnQuestions(Sequence):
    """The questions of the kit's own cases; one is drawn each time that it is taken."""

    name = "cases"

    def __init__(self, places: Sequence[tuple[str, str, int]], wide: bool):
        self._places, self._wide = tuple(places), wide
        self.left_out: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return OwnQuestions(self._places[place], self._wide)
        return _question(*self._places[place], self._wide)


def cases_set(
    families: str | Iterable[str] | None = None,
    languages: str | Iterable[str] = cases.LANGUAGES,
    seeds: int | Iterable[int] = SEEDS,
    wide: bool = False,
) -> OwnQuestions:
    """The questions of some families, or all, in some languages, for several seeds or so many of them.

    QvqError for a family or a language that does not exist, for a wrong seed, and where nothing is asked.
    """
    families = cases.FAMILIES if families is None else _several(families)
    languages = _several(languages)
    seeds = range(SEEDS.start, SEEDS.start + seeds) if isinstance(seeds, int) else tuple(seeds)
    for family in families:
        cases.family_module(family)
    for language in set(languages) - set(cases.LANGUAGES):
        raise QvqError(f"There is no language {language!r}; choose en or zh.")
    for seed in seeds:
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise QvqError(f"A seed is a whole number from 0 upwards; {seed!r} is not.")
    places = [(family, language, seed) for family in families for language in languages for seed in seeds]
    if not places:
        raise QvqError("There is nothing to ask: give at least one family, one language and one seed.")
    return OwnQuestions(places, wide)


def _several(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _question(family: str, language: str, seed: int, wide: bool) -> Question:
    case = cases.case(family, seed=seed, language=language, wide=wide)
    return Question(
        id=case.id,
        set=OwnQuestions.name,
        prompt=case.question,
        pictures=case.media,
        gold=case.truth,
        kind="case",
        language=language,
        categories={"family": family, "facts": "wide" if wide else "easy"},
        row={
            "index": case.id,
            "family": family,
            "seed": str(seed),
            "question": case.question,
            "answer": case.truth,
        },
        case=case,
    )
