"""One row of a benchmark's file: its cells as texts and lists, and where it stands if something is wrong."""

import ast
import math
import re
import string
import warnings

from qvq_nb.errors import QvqError
from qvq_nb.files import shown

LONGEST_LIST = 200_000  # characters of a list of texts
_CANNOT_BE_READ = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


class Row:
    """The cells of a row by their column; `place` says where it stands, as "X.tsv, line 3"."""

    def __init__(self, cells: dict, place: str):
        self.cells, self.place = cells, place

    def text(self, column: str) -> str:
        """What a cell says, empty where there is none."""
        value = self.cells.get(column)
        if value is None or isinstance(value, float) and math.isnan(value):
            return ""
        if isinstance(value, (dict, list)):
            self.fault(column, "it is no text and no number")
        return value if isinstance(value, str) else str(value)

    def needed(self, column: str) -> str:
        """What a cell says that must say something."""
        text = self.text(column)
        return text if text.strip() else self.fault(column, "the cell is empty")

    def entries(self, column: str) -> list[str]:
        """The texts in a cell that holds a list, none where it is empty."""
        value = self.cells.get(column)
        if not isinstance(value, list):
            text = self.text(column).strip()
            value = literal_list(text) if text else []
        if value is None or any(isinstance(entry, (dict, list)) for entry in value):
            said = shown(str(self.cells[column]))
            return self.fault(column, f"{said!r} is no list of texts such as ['a', 'b']")
        return [str(entry) for entry in value]

    def answers(self, column: str = "answer") -> list[str]:
        """The answer of a cell, or each of the answers where it holds a list of them."""
        value = self.cells.get(column)
        found = value if isinstance(value, list) else literal_list(self.text(column).strip())
        written = [self.text(column)] if found is None else map(str, found)
        return [answer for answer in written if answer.strip()]

    def options(self) -> dict[str, str]:
        """The options by their letters, those that say something."""
        found = {letter: self.text(letter) for letter in string.ascii_uppercase}
        return {letter: option for letter, option in found.items() if option.strip()}

    def fault(self, column: str, what: str):
        """Raises QvqError that says what is wrong in which column of this row."""
        raise QvqError(f"{self.place}, column {column}: {what}. Mend the row, or fetch the file again.")


def literal_list(text: str, longest: int = LONGEST_LIST) -> list | None:
    """A list written as Python writes it, never run as a program; None of anything else."""
    if not (text.startswith("[") and text.endswith("]")) or len(text) > longest:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "\d" within the texts
            found = ast.literal_eval(text)
    except _CANNOT_BE_READ:
        return None
    return found if isinstance(found, list) else None


def language_of(text: str) -> str:
    """The language of a question: zh, fa, or en for all others."""
    plain = re.sub(r"\\[A-Za-z]+", " ", text)
    persian, chinese, words = (
        len(re.findall(letters, plain))
        for letters in (r"[\u0600-\u06ff]{2,}", r"[\u4e00-\u9fff]", r"[A-Za-z]{2,}")
    )
    return "fa" if persian > max(chinese, words) else "zh" if chinese > words else "en"
