"""Many fresh cases: how often a model is right, with its 95 % interval."""

import html
import math
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from qvq_nb import cases
from qvq_nb.errors import QvqError
from qvq_nb.inference.live import quietly
from qvq_nb.models import profiles
from qvq_nb.models.checkpoint import weight_files

SEEDS = range(cases.EVALUATION_SEEDS_FROM, cases.EVALUATION_SEEDS_FROM + 200)
NORMAL_QUANTILE_95 = 1.959963984540054


def wilson_interval(right: int, total: int, quantile=NORMAL_QUANTILE_95) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, squared = right / total, quantile**2
    centre = (share + squared / (2 * total)) / (1 + squared / total)
    half = (
        quantile * math.sqrt(share * (1 - share) / total + squared / (4 * total**2)) / (1 + squared / total)
    )
    # At the ends the formula gives 0 and 1 exactly, but for rounding.
    return (
        0.0 if right == 0 else max(0.0, centre - half),
        1.0 if right == total else min(1.0, centre + half),
    )


class Table(list):
    """Rows (plain dicts) that print as a table, in a terminal and in a notebook."""

    # Title and cell. `ended` and `language` count the answers that ended by themselves and kept to the question's language;
    # `facts` is the share of right ones among the facts that were stated while thinking.
    columns = {
        "case": lambda row: "all" if row["family"] == "all" else f"{row['family']} {row['language']}",
        "right": lambda row: str(row["right"]),
        "total": lambda row: str(row["total"]),
        "accuracy": lambda row: percent(row["accuracy"]),
        "low": lambda row: percent(row["low"]),
        "high": lambda row: percent(row["high"]),
        "ended": lambda row: str(row["ended"]),
        "language": lambda row: str(row["language_right"]),
        "facts": lambda row: percent(
            row["facts_right"] / row["facts_stated"] if row["facts_stated"] else None
        ),
        "median s": lambda row: _seconds(row["median_seconds"]),
        "longest s": lambda row: _seconds(row["longest_seconds"]),
        "errors": lambda row: str(row["errors"]),
    }

    def _cells(self) -> list[list[str]]:
        return [[cell(row) for cell in self.columns.values()] for row in self]

    def __str__(self) -> str:
        lines = [list(self.columns), *self._cells()]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths))
            )
            for line in lines
        )

    def to_markdown(self) -> str:
        """The table for a markdown text."""
        lines = [self.columns, ["---", *("---:" for _ in list(self.columns)[1:])], *self._cells()]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _repr_html_(self) -> str:
        def line(cells, tag):
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        return f"<table>{line(self.columns, 'th')}{''.join(line(cells, 'td') for cells in self._cells())}</table>"


class Curve(Table):
    """The accuracy for each thinking budget; prints like a Table."""

    columns = {
        "thinking budget": lambda row: (
            "no limit" if row["thinking_budget"] is None else str(row["thinking_budget"])
        ),
        **{title: Table.columns[title] for title in ("right", "total", "accuracy", "low", "high")},
    }


@dataclass(frozen=True)
class Evaluation:
    """Every case that was asked, one plain dict each in `rows`; `table()` sums them up.

    `thinking_budget` in tokens; None is without a limit. `weights` are the sha256 of the weights files, by name.
    """

    model: str
    rows: tuple[dict, ...]
    thinking_budget: int | None = None
    weights: dict[str, str] = field(default_factory=dict)

    def table(self) -> Table:
        """One row per family and language in the order they were asked, and one for all together."""
        groups = dict.fromkeys((row["family"], row["language"]) for row in self.rows)
        parts = [
            _summary(
                family,
                language,
                [row for row in self.rows if (row["family"], row["language"]) == (family, language)],
            )
            for family, language in groups
        ]
        return Table([*parts, _summary("all", "all", self.rows)])

    @property
    def right(self) -> int:
        return sum(row["ok"] for row in self.rows)

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {
            "model": self.model, "weights": self.weights, "thinking_budget": self.thinking_budget,
            "table": list(self.table()), "rows": list(self.rows),
        }  # fmt: skip

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return f"<div>{html.escape(self.model)}</div>{self.table()._repr_html_()}"


def curve(evaluations) -> Curve:
    """One row per evaluation, by thinking budget, the one without a limit last."""
    ordered = sorted(
        evaluations, key=lambda one: math.inf if one.thinking_budget is None else one.thinking_budget
    )
    return Curve(
        {"thinking_budget": one.thinking_budget, **_share(one.right, len(one.rows))} for one in ordered
    )


@quietly()
def evaluate(
    reasoner,
    families=cases.FAMILIES,
    seeds=SEEDS,
    languages=cases.LANGUAGES,
    progress=None,
    thinking_budget=None,
) -> Evaluation:
    """Asks `reasoner` (anything with `ask(image, question)`) every case and checks the answers.

    With a `thinking_budget` it is called as `ask(image, question, thinking_budget=…)`.
    `progress(done, total)` is called after each case. A case whose answer raises counts as wrong, and its row
    says why in `error`; the others go on.
    """
    wanted = [(family, language, seed) for family in families for language in languages for seed in seeds]
    if not wanted:
        raise QvqError("There is nothing to evaluate: give at least one family, one language and one seed.")
    name = getattr(reasoner, "name", type(reasoner).__name__)
    folder = getattr(getattr(reasoner, "engine", None), "folder", None)
    weights = {} if folder is None else weights_sha256(folder)
    rows = []
    for family, language, seed in wanted:
        rows.append(_row(reasoner, name, cases.case(family, seed=seed, language=language), thinking_budget))
        if progress:
            progress(len(rows), len(wanted))
    return Evaluation(name, tuple(rows), thinking_budget, weights)


def weights_sha256(folder: Path) -> dict[str, str]:
    """The sha256 of each weights file of a model folder; of a downloaded one as its check has found them."""
    from qvq_nb.download.manifest import State, sha256_of

    known = State(folder)
    return {file.name: known.sha256(file.name) or sha256_of(file) for file in weight_files(folder)}


def _row(reasoner, name, case, thinking_budget) -> dict:
    row = {
        "family": case.family, "language": case.language, "seed": case.seed, "model": name, "ok": False,
        "expected": case.truth, "got": "", "reason": "", "stop_reason": None, "new_tokens": None,
        "visual_tokens": None, "seconds": None, "error": None,
        "language_right": False, "facts_right": None, "facts_stated": None,
    }  # fmt: skip
    try:
        answer = reasoner.ask(
            case.image,
            case.question,
            **({} if thinking_budget is None else {"thinking_budget": thinking_budget}),
        )
        verdict = case.check(answer)
        facts_right, facts_stated = _facts(reasoner, case, answer)
    except Exception as error:  # reported in the row, so that one failure does not lose the rest
        return {
            **row,
            "error": f"{type(error).__name__}: {error}",
            "reason": "There was no answer: an error was raised.",
        }
    row |= {"ok": verdict.ok, "got": verdict.got, "reason": verdict.reason}
    row |= {"language_right": getattr(answer, "language", None) == case.language}
    row |= {"facts_right": facts_right, "facts_stated": facts_stated}
    return row | {
        key: getattr(answer, key, None) for key in ("stop_reason", "new_tokens", "visual_tokens", "seconds")
    }


def _facts(reasoner, case, answer) -> tuple[int | None, int | None]:
    """(right, stated) of the facts in the thinking; only the forms in which qvq-mini thinks can be read."""
    if getattr(getattr(reasoner, "profile", None), "name", None) != profiles.EMBEDDED:
        return None, None
    from qvq_mini.statements import score

    return score(case.family, case.facts, case.language, answer.thinking)


def _summary(family, language, rows) -> dict:
    times = [row["seconds"] for row in rows if row["seconds"] is not None]
    read = [row for row in rows if row["facts_stated"] is not None]
    return {
        "family": family, "language": language, **_share(sum(row["ok"] for row in rows), len(rows)),
        "ended": sum(row["stop_reason"] == "end" for row in rows),
        "language_right": sum(row["language_right"] for row in rows),
        "facts_right": sum(row["facts_right"] for row in read) if read else None,
        "facts_stated": sum(row["facts_stated"] for row in read) if read else None,
        "median_seconds": median(times) if times else None,
        "longest_seconds": max(times, default=None),
        "errors": sum(row["error"] is not None for row in rows),
    }  # fmt: skip


def _share(right, total) -> dict:
    low, high = wilson_interval(right, total)
    return {
        "right": right,
        "total": total,
        "accuracy": right / total if total else None,
        "low": low,
        "high": high,
    }


def percent(share: float | None) -> str:
    """A share with one decimal, such as "97.5 %"; "–" where there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"


def _seconds(value) -> str:
    return "–" if value is None else f"{value:.2f}"
