"""What a run is asked for: lessons, model, parameters and folder, checked before anything runs."""

import ast
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED
from qvq_nb.models.resolve import resolve_to_ask


def lesson_names(language: str = "en") -> list[str]:
    """The lessons of the kit, in order."""
    return sorted(path.stem for path in (paths.notebooks_folder() / language).glob("[0-9]*.ipynb"))


def find_lessons(lessons: Sequence[str | Path], language: str) -> list[Path]:
    """The notebooks that the names mean, in the order given; every lesson when there are none.

    Raises QvqError for an unknown lesson, for one given twice, and where no lesson is built.
    """
    names = lesson_names(language)
    if not lessons and not names:
        raise QvqError("There are no lessons yet; build them with `qvq-nb lessons build`.")
    found = [_find_lesson(lesson, language, names) for lesson in lessons or names]
    stems = [path.stem for path in found]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise QvqError(
            f"{', '.join(twice)} is given twice, and one executed notebook would replace the other."
        )
    return found


def known_model(model: str) -> str:
    """The model as a notebook can use it from any working directory; QvqError if there is no such model."""
    named = resolve_to_ask(model)
    is_elsewhere = named.address or named.profile.hosted
    return model if is_elsewhere or model == named.profile.name else str(named.folder_to_load())


def read_lesson(notebook: Path, parameters: dict):
    """The notebook, whose cell tagged `parameters` sets every one of `parameters`; else QvqError."""
    import nbformat
    from nbformat import reader

    try:
        lesson = nbformat.convert(reader.reads(Path(notebook).read_text(encoding="utf-8")), 4)
        nbformat.validate(lesson)
        tagged = [cell.source for cell in lesson.cells if "parameters" in cell.metadata.get("tags", [])]
    except (OSError, AssertionError, nbformat.ValidationError, *NOT_WHAT_WAS_EXPECTED):
        raise QvqError(f"{notebook} is no notebook that can be read; nothing was run.") from None
    known = {name for source in tagged[:1] for name in _assigned(source)}
    if unknown := [name for name in parameters if name not in known]:
        has = ", ".join(sorted(known)) or "no parameter"
        raise QvqError(
            f"The lesson {notebook.stem} has no parameter {', '.join(unknown)}, only {has}; nothing was run."
        )
    return lesson


def made_folder(folder: str | Path) -> Path:
    """The folder, made if need be; QvqError if nothing can be written there."""
    folder = Path(folder).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise QvqError(
            f"Nothing can be written to {folder} ({error.strerror}); choose another folder with --to."
        ) from None
    return folder


def _find_lesson(lesson: str | Path, language: str, names: list[str]) -> Path:
    if str(lesson).endswith(".ipynb"):
        if Path(lesson).is_file():
            return Path(lesson)
        raise QvqError(f"There is no notebook {lesson}; nothing was run.")
    matches = [name for name in names if str(lesson) in (name, *name.split("_", 1))]
    if len(matches) != 1:
        raise QvqError(
            f"There is no lesson {str(lesson)!r}; nothing was run. "
            f"The lessons are: {', '.join(names) or 'none yet'}."
        )
    return paths.notebooks_folder() / language / f"{matches[0]}.ipynb"


def _assigned(source: str) -> set[str]:
    """The names to which a cell assigns, beside whatever IPython alone understands (`%matplotlib inline`)."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        nodes = ast.walk(ast.parse(TransformerManager().transform_cell(source)))
    except (SyntaxError, *NOT_WHAT_WAS_EXPECTED):
        return set()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
