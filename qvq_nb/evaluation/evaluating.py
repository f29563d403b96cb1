"""A run's answers scored: the kit's own cases counted, a benchmark summed up, and the report beside both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.answers.asking import Place, answer_of, judged_text
from qvq_nb.evaluation.answers.keys import Setup
from qvq_nb.evaluation.answers.running import Run
from qvq_nb.evaluation.counting import Evaluation, row_of
from qvq_nb.evaluation.scoring import score_many
from qvq_nb.evaluation.sets import QVQ, Harness, write_predictions
from qvq_nb.evaluation.sets.harness import PIXELS_PER_TOKEN
from qvq_nb.evaluation.sets.judging import arguments, judge
from qvq_nb.files import as_json, read_json, shown, write_whole

SCORED, PREDICTIONS = "scored.json", "predictions.tsv"


def default_folder(name: str, model: str) -> Path:
    """Where the answers of a model to a set lie if nobody says where: a folder in the user's cache."""
    words = [re.sub(r"[^\w.-]+", "-", word).strip("-.")[-80:] for word in (name, model)]
    return paths.home_folder() / ".cache" / "qvq-notebooks" / "evaluations" / "-".join(words)


def counted(run: Run, setup: Setup) -> Evaluation:
    """The kit's own cases of a run, counted as `qvq.evaluate` does."""
    rows = [_counted(run, setup, place) for place in _in_order(run)]
    return Evaluation(setup.model, tuple(rows), setup.thinking_budget, setup.weights)


def scored_rows(run: Run) -> list[dict]:
    """A row with its verdict for each place of a run, as the reports take them."""
    from qvq_nb.evaluation.results import scored_row

    places = _in_order(run)
    lines = [run.store.line(place.key) or {"error": place.error} for place in places]
    return [
        scored_row(place.question, place.repeat, line, verdict)
        for place, line, verdict in zip(places, lines, _verdicts(places, lines))
    ]


def harness_in(file: Path | None) -> Harness:
    """The kit's harness for benchmarks, with what a JSON file changes; QvqError for what it does not have."""
    if file is None:
        return QVQ
    changes = read_json(file)
    for name, value in changes.items():
        known = QVQ.to_dict()
        if name not in known:
            raise QvqError(f"{file}: there is no {shown(name)!r}; a harness has {', '.join(known)}.")
        if type(value) is not type(known[name]):
            raise QvqError(f"{file}: {name} is such as {known[name]!r}; {shown(repr(value))} is not.")
    return replace(QVQ, **{"name": f"{QVQ.name}, changed by {file.name}", **changes})


def settings_of(harness: Harness | None, is_narrow: bool) -> dict:
    """The settings that a benchmark asks for; a narrow model keeps its own."""
    if harness is None or is_narrow:
        return {}
    names = ("system", "visual_tokens", "max_new_tokens")
    return {name: getattr(harness, name) for name in names}


def harness_of(setup: Setup, harness: Harness | None) -> dict:
    """How a run was measured, as the reports take it; a benchmark's words are among it."""
    least, most = setup.visual_tokens or setup.own.get("visual_tokens") or (None, None)
    return {
        **({} if harness is None else {"prompt": harness.name, **harness.to_dict()}),
        "model": setup.model,
        "system": setup.system or setup.own.get("system"),
        "min_pixels": least and least * PIXELS_PER_TOKEN,
        "max_pixels": most and most * PIXELS_PER_TOKEN,
        "max_new_tokens": setup.max_new_tokens or setup.own.get("max_new_tokens"),
        "thinking_budget": setup.thinking_budget,
        "sampling": "temperature 0" if setup.repeats == 1 else "temperature 0.7, top_p 0.9, a seed a repeat",
        "repeats": setup.repeats,
    }


def predictions(run: Run, folder: Path) -> Path | None:
    """Writes VLMEvalKit's prediction file, for scoring there; None as long as an answer is missing."""
    if run.failed or len(run.answered) < run.total:
        return None
    answers = {place.question.id: judged_text(run.store.line(place.key)) for place in run.answered}
    return write_predictions(folder / PREDICTIONS, [place.question for place in _in_order(run)], answers)


@dataclass(frozen=True)
class Scored:
    """Scored rows and how they were measured, as a folder keeps them for a comparison."""

    rows: list[dict]
    harness: dict

    def write(self, folder: Path, language: str = "en"):
        """Writes the report and the rows into a folder; the Summary. QvqError where the disk refuses."""
        from qvq_nb.evaluation.results import summary, write_report

        found = summary(self.rows, self.harness)
        write_whole(folder / SCORED, as_json({"harness": found.to_dict()["harness"], "rows": self.rows}))
        write_report(folder, found, self.rows, language)
        return found

    @classmethod
    def read(cls, folder: Path) -> "Scored":
        """What `write` has left in a folder; QvqError where there is nothing of it."""
        file = folder / SCORED
        content = read_json(
            file, f"{folder} holds no scored run ({SCORED}); `qvq-nb evaluate … --to {folder}` makes one."
        )
        rows, harness = content.get("rows"), content.get("harness")
        if not (isinstance(rows, list) and rows and isinstance(harness, dict)):
            raise QvqError(f"{file} is not what `qvq-nb evaluate` writes; evaluate into that folder again.")
        return cls(rows, harness)


def _in_order(run: Run) -> list[Place]:
    return sorted((*run.answered, *run.failed), key=lambda place: (place.number, place.repeat))


def _counted(run: Run, setup: Setup, place: Place) -> dict:
    row = row_of(setup.model, place.question.case, partial(_kept, run, place))
    return row if place.error is None else {**row, "error": place.error}


def _kept(run: Run, place: Place):
    if place.error is not None:
        raise QvqError(place.error)
    return answer_of(run.store.line(place.key))


def _verdicts(places: list[Place], lines: list[dict]) -> Iterator:
    """One for each line, None for one with an error; those of benchmarks come from processes of their own."""
    texts = [None if line["error"] is not None else judged_text(line) for line in lines]
    is_compared = [
        bool(text and text.strip()) and place.question.case is None and line["stop_reason"] != "refused"
        for place, line, text in zip(places, lines, texts)
    ]
    wanted = [arguments(place.question, text) for place, text, yes in zip(places, texts, is_compared) if yes]
    compared = score_many(wanted) if wanted else iter(())
    for place, line, text, yes in zip(places, lines, texts, is_compared):
        if text is None:
            yield None
        else:
            yield next(compared) if yes else judge(place.question, text, line["stop_reason"])
