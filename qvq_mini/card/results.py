"""From the files of `qvq-nb evaluate --json` to what the card shows, as plain values."""

import json
from dataclasses import replace
from pathlib import Path

from qvq_mini.card.statements import score
from qvq_mini.families import TAUGHT
from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import Evaluation, groups
from qvq_nb.evaluation.curve import curve
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED


def read(path: Path) -> list[Evaluation]:
    """The evaluations in a file of `qvq-nb evaluate --json`; QvqError if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        every = [
            Evaluation(one["model"], tuple(one["rows"]), one["thinking_budget"], dict(one["weights"]))
            for one in (content if isinstance(content, list) else [content])
        ]
        if not all(one.counts() and [(place(row), row["thinking"]) for row in one.rows] for one in every):
            raise ValueError("nothing was counted")
        return every
    except OSError as error:
        raise QvqError(f"{path} cannot be read ({error.strerror}); the card is left as it is.") from None
    except NOT_WHAT_WAS_EXPECTED:
        raise QvqError(
            f"{path} is no result of `qvq-nb evaluate --json`; the card is left as it is."
        ) from None


def merge(evaluations: list[Evaluation]) -> list[Evaluation]:
    """One evaluation for each thinking budget, None last; QvqError where they do not belong together."""
    merged: dict[int | None, Evaluation] = {}
    for one in evaluations:
        if not one.weights or one.weights != evaluations[0].weights:
            raise QvqError(
                "The results are not all of the same weights: their sha256 differ or are missing; "
                "measure the same weights."
            )
        earlier = merged.get(one.thinking_budget, replace(one, rows=()))
        twice = {*places(earlier)} & {*places(one)}
        if twice:
            raise QvqError(
                f"{len(twice)} cases were measured twice with the same thinking budget; give each only once."
            )
        merged[one.thinking_budget] = replace(one, rows=tuple(sorted((*earlier.rows, *one.rows), key=place)))
    if None not in merged:
        raise QvqError("There is no result without a thinking budget; measure that, too.")
    limited = [merged[budget] for budget in sorted(budget for budget in merged if budget is not None)]
    if any(places(one) != places(limited[0]) for one in limited):
        raise QvqError("The thinking budgets were measured on different cases; measure all on the same ones.")
    return [*limited, merged[None]]


def summary(evaluations: list[Evaluation]) -> dict:
    """What the card shows: the tables, a failure of each family, and the commands that repeat them."""
    *limited, free = evaluations
    points, budget_command = list(limited), None
    if limited:
        budget_command = command(limited[0].rows, [one.thinking_budget for one in limited])
        same = tuple(row for row in free.rows if place(row) in {*places(limited[0])})
        points += [replace(free, rows=same)] if len(same) == len(limited[0].rows) else []
    return {
        "model": free.model,
        "weights": free.weights,
        "command": command(free.rows),
        "table": [{**count, **facts(rows)} for count, (_, _, rows) in zip(free.counts(), groups(free.rows))],
        "budget_command": budget_command,
        "budget": curve(points),
        "failures": failures(free.rows),
    }


def place(row: dict) -> tuple[int, int, int]:
    """Where a row stands in the card: families and languages in the order of the lessons, then by seed."""
    return TAUGHT.index(row["family"]), LANGUAGES.index(row["language"]), row["seed"]


def places(evaluation: Evaluation) -> list[tuple[int, int, int]]:
    """The places of all rows."""
    return [*map(place, evaluation.rows)]


def facts(rows) -> dict:
    """How many facts were stated while thinking, and how many of them are right."""
    right = stated = 0
    for row in rows:
        drawn, _ = facts_and_style(row["family"], row["seed"])
        one_right, one_stated = score(row["family"], drawn, row["language"], row["thinking"] or "")
        right, stated = right + one_right, stated + one_stated
    return {"facts_right": right, "facts_stated": stated}


def command(rows, budgets=()) -> str:
    """The command that repeats these rows; QvqError where no single one does."""
    families = [family for family in TAUGHT if any(row["family"] == family for row in rows)]
    languages = [language for language in LANGUAGES if any(row["language"] == language for row in rows)]
    seeds = {row["seed"] for row in rows}
    first, end = min(seeds), max(seeds) + 1
    if len(rows) != len(families) * len(languages) * (end - first):
        raise QvqError(
            "The results leave gaps; measure every family and language on the same unbroken range of seeds."
        )
    words = ["qvq-nb evaluate", f"--seeds {first}:{end}"]
    words += [f"--family {family}" for family in families if len(families) < len(TAUGHT)]
    words += [f"--language {language}" for language in languages if len(languages) < len(LANGUAGES)]
    return " ".join([*words, *(f"--thinking-budget {budget}" for budget in budgets)])


def failures(rows) -> list[dict]:
    """The first wrong answer of each family."""
    wrong = sorted(
        (row for row in rows if not row["ok"]),
        key=lambda row: (row["seed"], LANGUAGES.index(row["language"])),
    )
    first = {row["family"]: row for row in reversed(wrong)}
    return [
        {
            "family": family,
            "language": row["language"],
            "seed": row["seed"],
            "question": case(family, row["seed"], row["language"]).question,
            "expected": row["expected"],
            "answered": row["got"] or row["error"] or row["reason"],
        }
        for family, row in sorted(first.items(), key=lambda item: TAUGHT.index(item[0]))
    ]
