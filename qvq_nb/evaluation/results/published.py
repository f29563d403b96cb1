"""Published scores, and what makes them differ from a run's beyond the model."""

import re
from collections.abc import Sequence

from qvq_nb.evaluation.interval import wilson_interval
from qvq_nb.evaluation.results.estimates import estimate
from qvq_nb.evaluation.results.tried import Tried
from qvq_nb.files import read_json
from qvq_nb.paths import data_folder


def published_scores() -> list[dict]:
    """Every published score with its set, source and date, and its 95 % interval where n is known."""
    found = read_json(data_folder() / "published_scores.json")
    return [
        {**{name: found[name] for name in ("model", "source", "date")}, **score, **_interval(score)}
        for score in found["scores"]
    ]


def beside(questions: Sequence[Tried], harness: dict) -> list[dict]:
    """The published scores of the sets in a run, each with the run's own on the same part of the set.

    `differences` names what is not the same or not known: model, questions, prompt, pixels, scorer.
    """
    found = []
    for score in published_scores():
        of_set = [one for one in questions if re.match(score["named"], one.name[0].lower())]
        part = [one for one in of_set if _is_part(one, score["part"])]
        if part:
            here = estimate(part)
            found.append({**score, "here": here, "differences": _differences(score, here, harness)})
    return found


def _differences(score: dict, here: dict, harness: dict) -> list[str]:
    model = str(harness.get("model", "")).lower().rstrip("/").rpartition("/")[2]
    kinds = {"model": model != score["model"].lower(), "questions": score["questions"] != here["total"]}
    # What the authors have not published can't be the same on purpose.
    return [kind for kind, differs in kinds.items() if differs] + ["prompt", "pixels", "scorer"]


def _is_part(question: Tried, part: dict) -> bool:
    categories = question.first["categories"]
    return all(categories.get(name, value) == value for name, value in part.items())


def _interval(score: dict) -> dict:
    total = score["questions"]
    if total is None:
        return {"low": None, "high": None}
    low, high = wilson_interval(score["score"] * total, total)
    return {"low": low, "high": high}
