"""Many fresh cases: how often a model is right, with its 95 % interval."""

import html
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from qvq_nb import cases
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.interval import accuracy, percent
from qvq_nb.evaluation.keeping import Asked, keeping
from qvq_nb.inference.asked import AT_ONCE
from qvq_nb.inference.live import quietly
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.models.checkpoint import weight_files
from qvq_nb.screen import counter
from qvq_nb.tables import Table

SEEDS = range(cases.EVALUATION_SEEDS_FROM, cases.EVALUATION_SEEDS_FROM + 200)
NOT_KEPT = "They are kept in no file; with keep=FILE the same call goes on where it stopped."
MEASURED = ("thinking", "stop_reason", "new_tokens", "visual_tokens", "seconds")  # of an answer

# Title and cell. `unclear` counts the answers that give no single answer, `ended` those that ended by
# themselves, `language` those in the question's.
COLUMNS = {
    "case": lambda count: "all" if count["family"] == "all" else f"{count['family']} {count['language']}",
    "right": lambda count: str(count["right"]),
    "unclear": lambda count: str(count["unclear"]),
    "total": lambda count: str(count["total"]),
    "accuracy": lambda count: percent(count["accuracy"]),
    "low": lambda count: percent(count["low"]),
    "high": lambda count: percent(count["high"]),
    "ended": lambda count: str(count["ended"]),
    "language": lambda count: str(count["language_right"]),
    "median s": lambda count: _seconds(count["median_seconds"]),
    "longest s": lambda count: _seconds(count["longest_seconds"]),
    "errors": lambda count: str(count["errors"]),
}
IN_CHINESE = dict(zip((*COLUMNS, "all"), (
    "题目", "答对", "不明确", "总数", "正确率", "下限", "上限", "写完", "语言一致", "中位秒数", "最长秒数",
    "出错", "合计",
)))  # fmt: skip


@dataclass(frozen=True, repr=False)
class Evaluation:
    """Every case that was asked, one plain dict each in `rows`; `counts` sums them up, `table` shows that.

    `thinking_budget` in tokens; None is without a limit. `weights` maps weights files to their sha256.
    """

    model: str
    rows: tuple[dict, ...]
    thinking_budget: int | None = None
    weights: dict[str, str] = field(default_factory=dict)

    def counts(self) -> list[dict]:
        """One count per family and language in the order they were asked, and last one for all together."""
        return [_count(family, language, rows) for family, language, rows in groups(self.rows)]

    def table(self) -> Table:
        """The counts for people, with the 95 % interval of each share; Chinese where all questions were."""
        table = table_of(self.counts())
        if {row["language"] for row in self.rows} != {"zh"}:
            return table
        titles, *rows = ([IN_CHINESE.get(cell, cell) for cell in row] for row in (table.columns, *table.rows))
        return Table(titles, rows)

    @property
    def right(self) -> int:
        return sum(row["ok"] for row in self.rows)

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {
            "model": self.model,
            "weights": self.weights,
            "thinking_budget": self.thinking_budget,
            "table": self.counts(),
            "rows": list(self.rows),
        }

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<div>{html.escape(self.model)}</div>{self.table()._repr_html_()}"


class Stopped(KeyboardInterrupt):
    """An evaluation that Ctrl-C or the system stopped; `evaluation` has what was counted before."""

    def __init__(self, evaluation: Evaluation, wanted: int, keep: str | Path | None):
        kept = f"They are kept in {keep}; the same command goes on from there." if keep else NOT_KEPT
        super().__init__(f"stopped: {len(evaluation.rows)} of {wanted} cases are counted. {kept}")
        self.evaluation = evaluation


def groups(rows: Iterable[dict]) -> list[tuple[str, str, list[dict]]]:
    """(family, language, its rows) in the order they were asked, and last ("all", "all", every row)."""
    parts: dict[tuple, list] = {}
    for row in rows:
        parts.setdefault((row["family"], row["language"]), []).append(row)
    return [*((*place, part) for place, part in parts.items()), ("all", "all", list(rows))]


def table_of(counts: Iterable[dict], columns: dict[str, Callable[[dict], str]] = COLUMNS) -> Table:
    """A table with a row per count; `columns` maps a title to what makes a cell of a count."""
    return Table(tuple(columns), [[cell(count) for cell in columns.values()] for count in counts])


@quietly()
def evaluate(
    reasoner,
    families: str | Iterable[str] | None = None,
    seeds: int | Iterable[int] = SEEDS,
    languages: str | Iterable[str] = cases.LANGUAGES,
    progress: Callable[[int, int], None] | None = None,
    thinking_budget: int | None = None,
    keep: str | Path | None = None,
) -> Evaluation:
    """Asks a reasoner (a loaded model, or anything with `ask(media, question)`) every case and checks it.

    `families` and `languages` are one name or several; without `families` those that a narrow model was
    trained on, or all for others. `seeds` are several numbers, or how many of those that
    are set aside for evaluation: they begin with 10,000,000, and qvq-mini was not trained on them. A
    `thinking_budget` in tokens is handed on to `ask`. `progress(done, total)` is called after each case;
    without it a bar is shown where somebody looks. Where the model can, several cases are answered at once;
    the seconds of an answer are then its share.

    With `keep`, a file, every case is kept there as soon as it is counted, and a later call with the same
    file goes on from there. Ctrl-C raises Stopped, which has what was counted.

    A case whose answer raises counts as wrong, and its row says why in `error`; the others go on. QvqError
    for an unknown family or language, where there is nothing to ask, and where `keep` holds something else.
    """
    if families is None:
        families = getattr(getattr(reasoner, "profile", None), "families", ()) or cases.FAMILIES
    families, languages = (
        (names,) if isinstance(names, str) else tuple(names) for names in (families, languages)
    )
    seeds = range(SEEDS.start, SEEDS.start + seeds) if isinstance(seeds, int) else tuple(seeds)
    wanted = [(family, language, seed) for family in families for language in languages for seed in seeds]
    if not wanted:
        raise QvqError("There is nothing to evaluate: give at least one family, one language and one seed.")
    name = getattr(reasoner, "name", type(reasoner).__name__)
    folder = getattr(getattr(reasoner, "engine", None), "folder", None)
    weights = {} if folder is None else weights_sha256(folder)
    options = {} if thinking_budget is None else {"thinking_budget": thinking_budget}
    asked = Asked(name, weights, thinking_budget)
    rows = []
    try:
        with keeping(keep, asked) as kept, nullcontext(progress) if progress else counter("cases") as tell:
            for begin in range(0, len(wanted), AT_ONCE):
                places = wanted[begin : begin + AT_ONCE]
                new = [place for place in places if kept.row(place) is None]
                drawn = [cases.case(family, seed=seed, language=language) for family, language, seed in new]
                answers = dict(zip(new, zip(drawn, _answers(reasoner, drawn, options))))
                for place in places:
                    row = kept.row(place)
                    if row is None:
                        row = row_of(name, *answers[place])
                        kept.keep(row)
                    rows.append(row)
                    tell(len(rows), len(wanted))
    except KeyboardInterrupt:
        counted = Evaluation(name, tuple(rows), thinking_budget, weights)
        raise Stopped(counted, len(wanted), keep) from None
    return Evaluation(name, tuple(rows), thinking_budget, weights)


def weights_sha256(folder: Path) -> dict[str, str]:
    """The sha256 of each weights file of a model folder; of a downloaded one as its check has found them."""
    from qvq_nb.download.manifest import State, sha256_of

    known = State(folder)
    return {file.name: known.sha256(file.name) or sha256_of(file) for file in weight_files(folder)}


def _answers(reasoner, asked, options):
    """How to get each case's answer; several at once where the model can. What fails is asked by itself."""
    if isinstance(reasoner, Reasoner) and reasoner.engine.can.batches and not options:
        try:
            return [lambda answer=answer: answer for answer in reasoner.ask_many(asked)]
        except Exception:  # one of them: which, and why, shows below
            pass
    if isinstance(reasoner, Reasoner):
        return [partial(reasoner.ask, case, **options) for case in asked]
    shown = [case.image if len(case.media) == 1 else list(case.media) for case in asked]
    return [partial(reasoner.ask, *one, **options) for one in zip(shown, (case.question for case in asked))]


def row_of(name, case, get_answer) -> dict:
    """One case as plain values: what was asked, and what came of it."""
    asked = {"family": case.family, "language": case.language, "seed": case.seed, "model": name}
    row = {**asked, "ok": False, "outcome": "wrong", "expected": case.truth, "got": "", "reason": ""}
    row |= {"language_right": False, **dict.fromkeys((*MEASURED, "error"))}
    try:
        answer = get_answer()
        verdict = case.check(answer)
    except Exception as error:  # reported in the row, so that one failure does not lose the rest
        said = f"{type(error).__name__}: {error}"
        return {**row, "reason": "There was no answer: an error was raised.", "error": said}
    row |= {name: getattr(answer, name, None) for name in MEASURED}
    row |= {"ok": verdict.ok, "outcome": verdict.outcome, "got": verdict.got, "reason": verdict.reason}
    return {**row, "language_right": getattr(answer, "language", None) == case.language}


def _count(family, language, rows) -> dict:
    seconds = [row["seconds"] for row in rows if row["seconds"] is not None]
    return {
        "family": family,
        "language": language,
        **accuracy(sum(row["ok"] for row in rows), len(rows)),
        "unclear": sum(row.get("outcome") == "unclear" for row in rows),
        "ended": sum(row["stop_reason"] == "end" for row in rows),
        "language_right": sum(row["language_right"] for row in rows),
        "median_seconds": median(seconds) if seconds else None,
        "longest_seconds": max(seconds, default=None),
        "errors": sum(row["error"] is not None for row in rows),
    }


def _seconds(value) -> str:
    return "–" if value is None else f"{value:.2f}"
