"""VLMEvalKit's files: tab-separated rows with the pictures inside, or beside them in a folder."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets.files import pictures
from qvq_nb.evaluation.sets.files.table import Record, Table
from qvq_nb.evaluation.sets.harness import Harness
from qvq_nb.evaluation.sets.questions import NO_PICTURE, Gathering, Questions
from qvq_nb.evaluation.sets.rows import Row
from qvq_nb.evaluation.sets.rules import rule_of
from qvq_nb.files import shown

LOCAL = "_local"  # at the end of the name of a file whose pictures lie beside it


class _Shown(NamedTuple):
    """The pictures of a row, and what names them: equal for equal pictures."""

    pictures: Sequence
    shared: str


def read_table(path: Path, harness: Harness, splits: Sequence[str] | None) -> Questions:
    """The questions of a tab-separated file; QvqError that names line and column of what is wrong."""
    table = Table(path)
    name = path.stem.removesuffix(LOCAL)
    records = table.records()
    first = next(records, None)
    rule = rule_of(name, table.columns)
    _check_columns(table, rule.needs)
    gathering = Gathering(path, name, rule, harness, splits)
    rows: list[tuple[str, Row]] = []
    shown_by: dict[str, _Shown] = {}
    referring: dict[str, str] = {}
    while first is not None:
        row, index = _row(table, first)
        gathering.know(index, row, "index")
        rows.append((index, row))
        cell = row.cells.pop("image", "").strip()
        if cell and len(cell) <= pictures.LONGEST_REFERENCE:
            referring[index] = cell
        elif cell:
            shown_by[index] = _inside(table, first, row, cell)
        elif "image" not in table.columns and row.text("image_path").strip():
            shown_by[index] = _beside(path, name, row)
        first = next(records, None)
    for index, row in rows:
        if index in referring:
            seen = shown_by.get(referring[index]) or _no_such_row(row, referring[index])
        else:
            seen = shown_by.get(index)
        if seen is None:
            gathering.leave_out(row, NO_PICTURE)
        else:
            gathering.take(index, row, *seen)
    return gathering.finished()


def _check_columns(table: Table, needed: Sequence[str]) -> None:
    missing = [name for name in ("index", "question", *needed) if name not in table.columns]
    if not {"image", "image_path"} & set(table.columns):
        missing.append("image (or image_path)")
    if missing:
        raise QvqError(
            f"{table.path.name} lacks the column{'s'[: len(missing) > 1]} {', '.join(missing)}; it has "
            f"{shown(', '.join(table.columns), 200)}. Fetch the file again, or mend its first line."
        )


def _row(table: Table, record: Record) -> tuple[Row, str]:
    cells = {name: cell for name, cell in zip(table.columns, record.cells) if name}
    row = Row(cells, f"{table.path.name}, line {record.line}")
    row.needed("question")
    return row, row.needed("index").strip()


def _inside(table: Table, record: Record, row: Row, cell: str) -> _Shown:
    count = len(pictures.decoded(Row({"image": cell}, row.place)))
    load = pictures.CellPictures(table, record.start, record.end, table.columns.index("image"), row.place)
    return _Shown(pictures.Pictures(count, load), hashlib.sha256(cell.encode()).hexdigest()[:16])


def _beside(path: Path, name: str, row: Row) -> _Shown:
    """The pictures that `image_path` names, in the folder of the file or in its `images`."""
    folder = path.parent
    folders = (folder, folder / "images" / name, folder / "images")
    return _Shown(*pictures.lazily(pictures.files_of(row, "image_path", row.answers("image_path"), folders)))


def _no_such_row(row: Row, index: str):
    return row.fault("image", f"it refers to the picture of row {shown(index)!r}, which has none of its own")
