"""Answers as VLMEvalKit's prediction file, for scoring there."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets.question import Question
from qvq_nb.files import shown, write_whole

DELIMITERS = {".tsv": "\t", ".csv": ","}


def write_predictions(path: str | Path, questions: Iterable[Question], answers: Mapping[str, str]) -> Path:
    """Writes `index`, the columns of the set's file but the picture, and `prediction`, a row a question.

    `answers` are the replies by the questions' ids. The name ends with .tsv or .csv; VLMEvalKit takes both.
    QvqError where an answer is missing, for it would be counted as wrong there.
    """
    path = Path(path)
    if path.suffix.casefold() not in DELIMITERS:
        raise QvqError(
            f"{path.name}: predictions are written as .tsv or .csv; give a name that ends with one."
        )
    questions = list(questions)
    missing = [question.id for question in questions if answers.get(question.id) is None]
    if missing or not questions:
        which = f", the first for {shown(missing[0])!r}" if missing else ""
        raise QvqError(
            f"{len(missing)} of {len(questions)} questions have no answer yet{which}; "
            "go on with the run first."
        )
    columns = dict.fromkeys(["index", *(name for question in questions for name in question.row)])
    columns.pop("prediction", None)
    page = io.StringIO(newline="")
    rows = csv.writer(page, delimiter=DELIMITERS[path.suffix.casefold()], lineterminator="\n")
    rows.writerow([*columns, "prediction"])
    for question in questions:
        row = {**question.row, "index": question.row.get("index") or question.id}
        rows.writerow([*(_cell(row.get(name)) for name in columns), _cell(answers[question.id])])
    write_whole(path, page.getvalue().encode("utf-8", "replace"))
    return path


def _cell(value) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")
