"""A Markdown table as the answer, compared cell by cell."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest

from qvq_nb import trace
from qvq_nb.grading.verdict import Finding, phrase, shortened

_SEPARATOR = re.compile(r":?-+:?")
_COLUMN_EDGE = re.compile(r"(?<!\\)\|")

Row = tuple[str, ...]


@dataclass(frozen=True)
class TableCells:
    """A table of texts and numbers: its `header` and its `rows`, each with as many cells as the header.

    Spaces, case and Markdown's bold do not count, nor the way in which a number is written: 65.20, 65.2%.
    """

    header: Row
    rows: tuple[Row, ...]

    @property
    def expected(self) -> str:
        """The table in Markdown."""
        rows = (self.header, ("---",) * len(self.header), *self.rows)
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def grade(self, final: str, language: str) -> Finding:
        """Compares the only table of the text with the true one, row by row."""
        tables = {table for block in trace.blocks_in(final) if (table := _read(block.content))}
        got = shortened(final)
        if len(tables) != 1:
            header = f"| {' | '.join(self.header)} |"
            return Finding("unclear", got, phrase(_NOT_ONE_TABLE, language, header=header))
        ((header, *rows),) = tables
        columns = max(map(len, (header, *rows)))
        if columns != len(self.header) or len(rows) != len(self.rows):
            words = {"columns": columns, "rows": len(rows)}
            words |= {"true_columns": len(self.header), "true_rows": len(self.rows)}
            return Finding("wrong", got, phrase(_OTHER_SIZE, language, **words))
        for number, (row, truth) in enumerate(zip((header, *rows), (self.header, *self.rows))):
            for column, (cell, true_cell) in enumerate(zip_longest(row, truth, fillvalue="")):
                if not _equal(cell, true_cell):
                    words = {"column": self.header[column], "cell": shortened(cell), "truth": true_cell}
                    sentence = _OTHER_CELL if number else _OTHER_HEADING
                    return Finding("wrong", got, phrase(sentence, language, row=number, **words))
        return Finding("right", got, phrase(_RIGHT, language, cells=len(self.header) * len(self.rows)))


def _read(text: str) -> tuple[Row, ...] | None:
    """The header and the rows of a Markdown table; None where a text is none."""
    rows = [_cells(line) for line in text.splitlines() if line.strip()]
    if len(rows) < 2 or not rows[1] or not all(map(_SEPARATOR.fullmatch, rows[1])):
        return None
    return (rows[0], *rows[2:])


def _cells(line: str) -> Row:
    """The cells of one line, without the edges of the table."""
    line = line.strip()
    pieces = [piece.replace(r"\|", "|").strip() for piece in _COLUMN_EDGE.split(line)]
    return tuple(pieces[line.startswith("|") : len(pieces) - line.endswith("|")])


def _equal(cell: str, truth: str) -> bool:
    one, other = _plain(cell), _plain(truth)
    return one == other or None is not _number(one) == _number(other)


def _plain(cell: str) -> str:
    return re.sub(r"[\s*`$\\]", "", unicodedata.normalize("NFKC", cell)).casefold()


def _number(cell: str) -> Decimal | None:
    try:
        number = Decimal(cell.removesuffix("%")) if len(cell) < 20 else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


_NOT_ONE_TABLE = (
    "There is no single Markdown table to read; begin it with {header} and a row of |---|.",
    "没有一张可读的 Markdown 表格；请以 {header} 开头，下一行写 |---|。",
)
_OTHER_SIZE = (
    "The table has {rows} rows below its header and {columns} columns, where {true_rows} and {true_columns} "
    "are right.",
    "表头以下有 {rows} 行，共 {columns} 列；应为 {true_rows} 行、{true_columns} 列。",
)
_OTHER_CELL = (
    "Row {row} below the header, column {column}: “{cell}”, where “{truth}” is right.",
    "表头下第 {row} 行、{column} 列：写的是“{cell}”，应为“{truth}”。",
)
_OTHER_HEADING = ("The header says “{cell}” for {column}.", "表头中 {column} 一列写成了“{cell}”。")
_RIGHT = ("All {cells} cells below the header are right.", "表头以下的 {cells} 格全部正确。")
