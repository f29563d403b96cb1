"""How the accuracy depends on how long a model may think."""

import math
from collections.abc import Iterable

from qvq_nb.evaluation.counting import COLUMNS, Evaluation
from qvq_nb.evaluation.interval import accuracy
from qvq_nb.tables import Table

SHOWN = ("right", "total", "accuracy", "low", "high")


def curve(evaluations: Iterable[Evaluation]) -> list[dict]:
    """One point per evaluation, plain values, by thinking budget; the one without a limit comes last."""
    points = [
        {"thinking_budget": one.thinking_budget, **accuracy(one.right, len(one.rows))} for one in evaluations
    ]
    return sorted(
        points, key=lambda point: math.inf if point["thinking_budget"] is None else point["thinking_budget"]
    )


def curve_table(points: Iterable[dict]) -> Table:
    """The points of a curve for people."""
    rows = [
        (
            "no limit" if point["thinking_budget"] is None else str(point["thinking_budget"]),
            *(COLUMNS[name](point) for name in SHOWN),
        )
        for point in points
    ]
    return Table(("thinking budget", *SHOWN), rows)
