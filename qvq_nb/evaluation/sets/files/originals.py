"""The files that the benchmarks' own authors publish: MMMU, MathVista, MATH-V and OlympiadBench as JSON."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.scoring.choice import LETTERS
from qvq_nb.evaluation.sets.files import pictures
from qvq_nb.evaluation.sets.harness import Harness
from qvq_nb.evaluation.sets.questions import NO_PICTURE, Gathering, Questions
from qvq_nb.evaluation.sets.rows import Row
from qvq_nb.evaluation.sets.rules import rule_of
from qvq_nb.files import LFS_POINTER, gigabytes, shown

LARGEST_BYTES = 500_000_000
MOST_PICTURES = 9  # that an entry names as image_1, image_2 …
_PART = re.compile(r"(?:OE|TP)_(?:MM|TO)_(?:maths|physics)_(?:en|zh)\w*")
_NAMED_PICTURE = re.compile(r"<(img_\d{1,6})>")
_HINT = "Hint: Please answer the question {how}, at the end."
_HINTS = {
    "multi_choice": "and provide the correct option letter, e.g., A, B, C, D",
    "integer": "requiring an integer answer and provide the final value, e.g., 1, 2, 3",
    "float 1": "requiring a floating-point number with one decimal place and provide the final value, "
    "e.g., 1.2, 1.3, 1.4",
    "float 2": "requiring a floating-point number with two decimal places and provide the final value, "
    "e.g., 1.23, 1.34, 1.45",
    "list": "requiring a Python list as an answer and provide the final list, "
    "e.g., [1, 2, 3], [1.2, 1.3, 1.4]",
}


class _Entry(NamedTuple):
    """An entry with the columns that VLMEvalKit's file of the set has, and the names of its pictures."""

    cells: dict
    images: list[str]
    in_place: bool = False


class _Original(NamedTuple):
    """One author's format: the fields by which it is known, and how an entry is read."""

    fields: frozenset[str]
    set: Callable[[Path], str]
    entry: Callable[[Row, Path], _Entry]


def read_original(path: Path, harness: Harness, splits: Sequence[str] | None) -> Questions:
    """The questions of a JSON or JSONL file; QvqError that names the entry and field of what is wrong."""
    original = gathering = None
    for row in _rows(path):
        if original is None:
            original = _recognised(row)
            name = original.set(path)
            gathering = Gathering(path, name, rule_of(name, ()), harness, splits)
        row.needed("question")
        index = row.needed("pid" if "pid" in row.cells else "id").strip()
        gathering.know(index, row, "id")
        cells, images, in_place = original.entry(row, path)
        gathered = Row({"index": index, **cells}, row.place)
        if images:
            files = pictures.files_of(row, "image", images, _folders(path))
            gathering.take(index, gathered, *pictures.lazily(files), in_place)
        else:
            gathering.leave_out(gathered, NO_PICTURE)
    if gathering is None:
        raise QvqError(f"{path.name} has no entries; fetch the file again.")
    return gathering.finished()


def _rows(path: Path) -> Iterator[Row]:
    """Every entry of a file, with its id in `id` where it is the key of an object of entries."""
    if path.stat().st_size > LARGEST_BYTES:
        raise QvqError(f"{path.name} has {gigabytes(path.stat().st_size)}, more than a benchmark's JSON has.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise QvqError(f"{path.name}: not UTF-8 from byte {problem.start + 1} on; fetch it again.") from None
    if text.startswith(LFS_POINTER):
        raise QvqError(f"{path.name} is only a Git LFS pointer; run `git lfs pull`, or fetch the file.")
    if path.suffix.casefold() == ".jsonl":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                place = f"{path.name}, line {number}"
                yield _row(_loaded(line, place), place)
        return
    content = _loaded(text, path.name)
    if isinstance(content, dict):
        content = [
            {"id": key, **entry} if isinstance(entry, dict) else entry for key, entry in content.items()
        ]
    if not isinstance(content, list):
        raise QvqError(f"{path.name} holds no list of questions; fetch the file again.")
    for number, entry in enumerate(content, 1):
        yield _row(entry, f"{path.name}, entry {number}")


def _loaded(text: str, place: str):
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _without_doubles(pairs, place))
    except json.JSONDecodeError as problem:
        at = f"line {problem.lineno}, column {problem.colno}"
        raise QvqError(f"{place}: no whole JSON ({problem.msg}, {at}); fetch the file again.") from None
    except (ValueError, RecursionError):
        raise QvqError(f"{place}: no JSON that can be read; fetch the file again.") from None


def _without_doubles(pairs: list, place: str) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise QvqError(f"{place}: {shown(twice)!r} stands there twice. Mend the file, or fetch it again.")
    return found


def _row(entry, place: str) -> Row:
    if not isinstance(entry, dict):
        raise QvqError(f"{place}: no object with fields such as id and question; fetch the file again.")
    return Row(entry, place)


def _recognised(row: Row) -> _Original:
    for original in _ORIGINALS:
        if original.fields <= set(row.cells):
            return original
    if {"question_type", "ground_truth"} <= set(row.cells):
        raise QvqError(
            f"{row.place}: MMMU's answers without its questions. Give MMMU_DEV_VAL.tsv, or entries with id, "
            "question, options, answer, question_type and image_1."
        )
    raise QvqError(
        f"{row.place}: the fields {shown(', '.join(row.cells), 200)} are not those of MMMU, MathVista, "
        "MATH-V or OlympiadBench. Other sets are read from VLMEvalKit's files, NAME.tsv."
    )


def _folders(path: Path) -> tuple[Path, ...]:
    """Where an author's pictures lie: beside the file, in `images` there, or in `images` one folder up."""
    return path.parent / "images", path.parent, path.parent.parent / "images"


def _images(row: Row) -> list[str]:
    """The names of an entry's pictures, without the folder `images`."""
    columns = ("image", *(f"image_{number}" for number in range(1, MOST_PICTURES + 1)))
    named = [(column, row.cells[column]) for column in columns if row.cells.get(column)]
    for column, name in named:
        if not isinstance(name, str):
            row.fault(column, "it is no name of a picture's file")
    return [name.removeprefix("images/") for _, name in named]


def _mmmu(row: Row, path: Path) -> _Entry:
    cells = {name: value for name, value in row.cells.items() if not name.startswith("image")}
    cells |= dict(zip(LETTERS, row.entries("options")))
    cells["answer"] = row.cells.get("answer") or row.cells.get("ground_truth")
    cells.setdefault("split", row.text("id").split("_")[0])
    return _Entry(cells, _images(row))


def _mathvista(row: Row, path: Path) -> _Entry:
    about = row.cells.get("metadata") or {}
    if not isinstance(about, dict):
        row.fault("metadata", "it is no object")
    fields = {name: value for name, value in row.cells.items() if name not in ("image", "metadata")}
    cells = {**about, **fields, "question": row.text("query") or _query(row)}
    return _Entry(cells, _images(row))


def _query(row: Row) -> str:
    """A question of MathVista as its authors put it."""
    kind = row.text("question_type")
    if kind != "multi_choice":
        kind = row.text("answer_type")
        kind += f" {row.text('precision')[:1]}" if kind == "float" else ""
    hint = [_HINT.format(how=_HINTS[kind])] if kind in _HINTS else []
    unit = f" (Unit: {row.text('unit')})" if row.text("unit") else ""
    options = [f"({letter}) {choice}" for letter, choice in zip(LETTERS, row.entries("choices"))]
    asked = f"Question: {row.text('question')}{unit}"
    return "\n".join([*hint, asked, *(["Choices:", *options] if options else [])])


def _mathvision(row: Row, path: Path) -> _Entry:
    cells = {name: value for name, value in row.cells.items() if name not in ("image", "options")}
    return _Entry(cells | {"choices": row.entries("options"), "category": row.text("subject")}, _images(row))


def _olympiad(row: Row, path: Path) -> _Entry:
    part = _PART.match(path.stem)
    cells = {name: value for name, value in row.cells.items() if not name.startswith("image")}
    cells["source"] = part[0] if part else row.text("source") or _part(row)
    images = _images(row)
    for column in ("context", "question"):
        names = [name for name in _NAMED_PICTURE.findall(row.text(column)) if f"{name}.jpg" not in images]
        images += [f"{name}.jpg" for name in dict.fromkeys(names)]
        numbers = {name: number for number, name in enumerate(images, 1)}
        cells[column] = _NAMED_PICTURE.sub(
            lambda named, numbers=numbers: f"<image {numbers[f'{named[1]}.jpg']}>", row.text(column)
        )
    return _Entry(cells, images, in_place=True)


def _part(row: Row) -> str:
    """The part of OlympiadBench by the fields of an entry, where the file's name does not say it."""
    kind, subject, language = (
        row.needed(name).casefold() for name in ("question_type", "subject", "language")
    )
    modality = "TO" if "text" in row.text("modality").casefold() else "MM"
    return "_".join([
        "TP" if "theorem" in kind else "OE", modality, "maths" if "math" in subject else "physics",
        "zh" if language.startswith(("zh", "chin")) else "en",
    ])  # fmt: skip


_ORIGINALS = (
    _Original(
        frozenset({"question", "final_answer", "answer_type"}), lambda path: "OlympiadBench", _olympiad
    ),
    _Original(
        frozenset({"question", "pid", "question_type", "answer_type"}),
        lambda path: "MathVista_MINI",
        _mathvista,
    ),
    _Original(
        frozenset({"id", "question", "options", "answer", "level"}),
        lambda path: "MathVision_MINI" if "mini" in path.stem.casefold() else "MathVision",
        _mathvision,
    ),
    _Original(frozenset({"id", "question", "options", "question_type"}), lambda path: "MMMU_DEV_VAL", _mmmu),
)
