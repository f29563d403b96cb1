"""Many fresh cases: how often a model is right, with its 95 % interval."""

import html
import math
from dataclasses import dataclass
from statistics import median

from qvq_nb import cases
from qvq_nb.errors import QvqError

SEEDS = range(cases.EVALUATION_SEEDS_FROM, cases.EVALUATION_SEEDS_FROM + 200)
NORMAL_QUANTILE_95 = 1.959963984540054


def wilson_interval(right: int, total: int, quantile=NORMAL_QUANTILE_95) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, squared = right / total, quantile**2
    centre = (share + squared / (2 * total)) / (1 + squared / total)
    half = quantile * math.sqrt(share * (1 - share) / total + squared / (4 * total**2)) / (1 + squared / total)
    # At the ends the formula gives 0 and 1 exactly, but for rounding.
    return (0.0 if right == 0 else max(0.0, centre - half), 1.0 if right == total else min(1.0, centre + half))


class Table(list):
    """Rows (plain dicts) that print as a table, in a terminal and in a notebook."""

    columns = ("family", "language", "right", "total", "accuracy", "low", "high", "ended", "median_seconds", "errors")

    def _cells(self) -> list[list[str]]:
        return [[_cell(name, row[name]) for name in self.columns] for row in self]

    def __str__(self) -> str:
        lines = [list(self.columns), *self._cells()]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        return "\n".join(
            "  ".join(cell.ljust(width) if place < 2 else cell.rjust(width) for place, (cell, width) in enumerate(zip(line, widths)))
            for line in lines
        )

    def _repr_html_(self) -> str:
        def line(cells, tag):
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        return f"<table>{line(self.columns, 'th')}{''.join(line(cells, 'td') for cells in self._cells())}</table>"


@dataclass(frozen=True)
class Evaluation:
    """Every case that was asked, one plain dict each in `rows`; `table()` sums them up."""

    model: str
    rows: tuple[dict, ...]

    def table(self) -> Table:
        """One row per family and language in the order they were asked, and one for all together."""
        groups = dict.fromkeys((row["family"], row["language"]) for row in self.rows)
        parts = [
            _summary(family, language, [row for row in self.rows if (row["family"], row["language"]) == (family, language)])
            for family, language in groups
        ]
        return Table([*parts, _summary("all", "all", self.rows)])

    @property
    def right(self) -> int:
        return sum(row["ok"] for row in self.rows)

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {"model": self.model, "table": list(self.table()), "rows": list(self.rows)}

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return f"<div>{html.escape(self.model)}</div>{self.table()._repr_html_()}"


def evaluate(reasoner, families=cases.FAMILIES, seeds=SEEDS, languages=cases.LANGUAGES, progress=None) -> Evaluation:
    """Asks `reasoner` (anything with `ask(image, question)`) every case and checks the answers.

    `progress(done, total)` is called after each case. A case whose answer raises counts as wrong, and its row
    says why in `error`; the others go on.
    """
    wanted = [(family, language, seed) for family in families for language in languages for seed in seeds]
    if not wanted:
        raise QvqError("There is nothing to evaluate: give at least one family, one language and one seed.")
    name = getattr(reasoner, "name", type(reasoner).__name__)
    rows = []
    for family, language, seed in wanted:
        rows.append(_row(reasoner, name, cases.case(family, seed=seed, language=language)))
        if progress:
            progress(len(rows), len(wanted))
    return Evaluation(name, tuple(rows))


def _row(reasoner, name, case) -> dict:
    row = {
        "family": case.family, "language": case.language, "seed": case.seed, "model": name, "ok": False,
        "expected": case.truth, "got": "", "reason": "", "stop_reason": None, "new_tokens": None,
        "visual_tokens": None, "seconds": None, "error": None,
    }  # fmt: skip
    try:
        answer = reasoner.ask(case.image, case.question)
        verdict = case.check(answer)
    except Exception as error:  # reported in the row, so that one failure does not lose the rest
        return {**row, "error": f"{type(error).__name__}: {error}", "reason": "There was no answer: an error was raised."}
    row |= {"ok": verdict.ok, "got": verdict.got, "reason": verdict.reason}
    return row | {key: getattr(answer, key, None) for key in ("stop_reason", "new_tokens", "visual_tokens", "seconds")}


def _summary(family, language, rows) -> dict:
    right, total = sum(row["ok"] for row in rows), len(rows)
    low, high = wilson_interval(right, total)
    times = [row["seconds"] for row in rows if row["seconds"] is not None]
    return {
        "family": family, "language": language, "right": right, "total": total,
        "accuracy": right / total if total else None, "low": low, "high": high,
        "ended": sum(row["stop_reason"] == "end" for row in rows),
        "median_seconds": median(times) if times else None,
        "errors": sum(row["error"] is not None for row in rows),
    }  # fmt: skip


def _cell(column, value) -> str:
    if value is None:
        return "–"
    if column in ("accuracy", "low", "high"):
        return f"{100 * value:.1f} %"
    return f"{value:.2f}" if column == "median_seconds" else str(value)
