"""A benchmark's file as questions, whoever's format it has."""

from collections.abc import Sequence
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets.files.originals import read_original
from qvq_nb.evaluation.sets.files.tsv import read_table
from qvq_nb.evaluation.sets.harness import QVQ, Harness
from qvq_nb.evaluation.sets.questions import Questions
from qvq_nb.files import shown

READERS = {".tsv": read_table, ".json": read_original, ".jsonl": read_original}


def read(path: str | Path, harness: Harness = QVQ, splits: str | Sequence[str] | None = None) -> Questions:
    """The questions of a benchmark's file: VLMEvalKit's TSV, or the JSON of MMMU, MathVista, MATH-V or
    OlympiadBench, by its name and its columns.

    The whole file is checked first; pictures stay in it until they are taken. `splits` are those to ask;
    without it those whose score is reported, as `validation` of MMMU. QvqError says what is wrong in which
    line and column.
    """
    path = Path(path)
    splits = (splits,) if isinstance(splits, str) else splits
    reader = READERS.get(path.suffix.casefold())
    try:
        if path.is_dir():
            raise QvqError(f"{path} is a folder; give a benchmark's file in it, such as MathVista_MINI.tsv.")
        if not path.is_file():
            raise QvqError(f"There is no file {shown(str(path))}; check the path.")
        if reader is None:
            known = ", ".join(READERS)
            raise QvqError(f"{path.name}: benchmarks are read from files that end with {known}.")
        return reader(path, harness, splits)
    except OSError as problem:
        why = problem.strerror or problem
        raise QvqError(f"{shown(str(path))} cannot be read ({why}).") from None
