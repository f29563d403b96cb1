"""`qvq-nb evaluate`."""

import re
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from qvq_nb.cli import Json, Language, Model
from qvq_nb.files import as_json as written
from qvq_nb.screen import only_notes


def evaluate(
    family: Annotated[list[str] | None, Option(help="May be given several times; all without it.")] = None,
    seeds: Annotated[
        str, Option(metavar="A:B", help="From A up to, not including, B.")
    ] = "10000000:10000200",
    language: Annotated[list[Language] | None, Option(help="Both without it.")] = None,
    model: Model = "qvq-mini",
    thinking_budget: Annotated[
        list[int] | None,
        Option(metavar="N", min=0, help="Cut the thinking after N tokens; several times for a curve."),
    ] = None,
    keep: Annotated[
        Path | None,
        Option(metavar="FILE", help="Keep every counted case there, and go on from there next time."),
    ] = None,
    as_json: Json = False,
):
    """Count how many fresh cases a model answers right, with a 95 % interval."""
    numbers = seed_range(seeds)
    from qvq_nb.evaluation import counting
    from qvq_nb.inference.reasoner import load

    asked = {"families": family or None, "seeds": numbers}
    asked["languages"] = [one.value for one in language or Language]
    kept = {} if keep is None else {"keep": keep}
    evaluations = []
    try:
        with only_notes():
            reasoner = load(model)
            for budget in dict.fromkeys(thinking_budget or [None]):
                evaluations.append(counting.evaluate(reasoner, **asked, thinking_budget=budget, **kept))
    except counting.Stopped as stop:
        show([*evaluations, stop.evaluation], as_json)
        raise
    show(evaluations, as_json)


def show(evaluations: list, as_json: bool) -> None:
    """What was counted: as JSON, as a table, or as the table of a curve where there are several budgets."""
    from qvq_nb.evaluation.curve import curve, curve_table

    if as_json:
        every = [evaluation.to_dict() for evaluation in evaluations]
        print(written(every if len(every) > 1 else every[0]))
    else:
        print(curve_table(curve(evaluations)) if len(evaluations) > 1 else evaluations[0])


def seed_range(seeds: str) -> range:
    """`A:B` as the seeds from A up to, not including, B."""
    found = re.fullmatch(r"(\d{1,18}):(\d{1,18})", seeds, re.ASCII)
    if not found or int(found[1]) >= int(found[2]):
        raise typer.BadParameter(
            f"{seeds!r} is no range of seeds such as 10000000:10000200.", param_hint="--seeds"
        )
    return range(int(found[1]), int(found[2]))
