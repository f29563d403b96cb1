"""One source per lesson gives every edition: `source/NN_name.py` becomes `en/NN_name.ipynb` and `zh/NN_name.ipynb`.

* A markdown cell tagged `lang-en` or `lang-zh` stays only in that edition; code cells are shared.
* The parameters cell says `language = "en"`; each edition gets its own language there.
* `{{needs}}` in a markdown cell becomes the line with tier, minutes, memory and disk from the source's header,
  `jupyter: qvq: {tier: laptop, minutes: 3, memory_mib: 1200, disk_mib: 40}`.
* A code cell tagged `solution` becomes an exercise: its comment lines stay, the rest is folded away below.

Built notebooks hold no outputs and depend on nothing but the source: building twice gives the same bytes.
"""

import os
import re
from pathlib import Path

from qvq_nb.errors import QvqError

LANGUAGES = ("en", "zh")
NEEDS_MARK = "{{needs}}"
NEEDS_KEYS = ("tier", "minutes", "memory_mib", "disk_mib")
NEEDS_LINE = {
    "en": "**Needs:** {tier} · about {minutes} min · {memory_mib} MiB of memory · {disk_mib} MiB of disk",
    "zh": "**所需条件：** {tier} · 约 {minutes} 分钟 · 内存 {memory_mib} MiB · 磁盘 {disk_mib} MiB",
}
EXERCISE_PROMPT = {
    "en": "# Try it here, then compare with the solution below.",
    "zh": "# 先在这里动手试一试，再与下面的参考答案对照。",
}
SOLUTION_TITLE = {"en": "One solution", "zh": "参考答案"}
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(source=None, to=None, check: bool = False) -> list[Path]:
    """Build every edition of every lesson; return the notebooks that were, or with `check` would be, written or removed.

    `source` is the folder of sources, `to` the folder that holds `en` and `zh`; by default the kit's own.
    With `check` nothing is written: an empty list says that the notebooks on disk are what the sources give.
    """
    from qvq_nb.paths import notebooks_folder

    source = Path(source) if source else notebooks_folder() / "source"
    to = Path(to) if to else notebooks_folder()
    paths = sorted(source.glob("[0-9]*.py"))
    if not paths:
        raise QvqError(f"No lesson source (NN_name.py) lies in {source}; nothing was built.")
    wanted = {
        to / language / f"{path.stem}.ipynb": text(edition(path, language))
        for path in paths
        for language in LANGUAGES
    }
    existing = {path for language in LANGUAGES for path in (to / language).glob("*.ipynb")}
    orphans = existing - set(wanted)
    changed = [path for path, content in wanted.items() if not _holds(path, content)]
    if not check:
        for path in changed:
            write_whole(path, wanted[path])
        for path in orphans:
            path.unlink()
    return sorted([*changed, *orphans])


def edition(path: Path, language: str, solved: bool = False):
    """One lesson in one language as a notebook; `solved` keeps the solutions as code, to try them."""
    import jupytext
    from nbformat.v4 import new_notebook

    lesson = jupytext.read(path, fmt="py:percent")
    cells = []
    for index, cell in enumerate(lesson.cells):
        try:
            cells += _built(cell, f"{path.stem}-{index:02d}", language, lesson.metadata, solved)
        except QvqError as error:
            raise QvqError(f"{path.name}, cell {index + 1}: {error}") from None
    return new_notebook(
        cells=cells, metadata={**METADATA, "qvq": {"lesson": path.stem, "language": language}}
    )


def text(notebook) -> str:
    """The notebook as the bytes on disk say it."""
    import nbformat

    return nbformat.writes(notebook, version=4) + "\n"


def write_whole(path: Path, content: str) -> None:
    """Write a text file so that a reader finds the old one or the new one, never half of it."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_text(content, encoding="utf-8", newline="\n")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise QvqError(
            f"{path} could not be written ({error.strerror}); what was written before is kept."
        ) from None


def _built(cell, identity: str, language: str, header, solved: bool) -> list:
    """The cells that one source cell becomes in one edition: none, one, or an exercise with its solution."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    tags = list(cell.metadata.get("tags", []))
    languages = [tag.removeprefix("lang-") for tag in tags if tag.startswith("lang-")]
    if set(languages) - set(LANGUAGES):
        raise QvqError(f"there is no edition for {languages}; the tags are lang-en and lang-zh.")
    if cell.cell_type == "code" and languages:
        raise QvqError("code cells are shared by the editions; only text carries lang-en or lang-zh.")
    if languages and language not in languages:
        return []
    metadata = {"tags": kept} if (kept := [tag for tag in tags if not tag.startswith("lang-")]) else {}
    if cell.cell_type == "markdown":
        return [new_markdown_cell(_with_needs(cell.source, header, language), id=identity, metadata=metadata)]
    if cell.cell_type != "code":
        raise QvqError(f"a lesson has text and code; this is a {cell.cell_type} cell.")
    if "solution" in tags and not solved:
        return [
            new_code_cell(_prompt(cell.source, language), id=identity, metadata={"tags": ["exercise"]}),
            new_markdown_cell(_folded(cell.source, language), id=f"{identity}-solution", metadata=metadata),
        ]
    source = _in_language(cell.source, language) if "parameters" in tags else cell.source
    return [new_code_cell(source, id=identity, metadata=metadata)]


def _with_needs(source: str, header, language: str) -> str:
    if NEEDS_MARK not in source:
        return source
    needs = header.get("qvq", {})
    if missing := [key for key in NEEDS_KEYS if key not in needs]:
        raise QvqError(f"the source's header (jupyter: qvq:) does not say {', '.join(missing)}.")
    # A value serves both editions, or there is one for each: `tier: {en: laptop, zh: 笔记本电脑}`.
    spoken = {key: value[language] if isinstance(value, dict) else value for key, value in needs.items()}
    return source.replace(NEEDS_MARK, NEEDS_LINE[language].format(**spoken))


def _in_language(source: str, language: str) -> str:
    changed, count = re.subn(r'(?m)^language = "en"', f'language = "{language}"', source)
    if count != 1:
        raise QvqError(
            'the parameters cell must say language = "en" once, so that each edition can set its own.'
        )
    return changed


def _prompt(source: str, language: str) -> str:
    comments = [line for line in source.splitlines() if line.startswith("#")]
    return "\n".join([*comments, EXERCISE_PROMPT[language]])


def _folded(source: str, language: str) -> str:
    title = SOLUTION_TITLE[language]
    return f"<details>\n<summary>{title}</summary>\n\n```python\n{source}\n```\n\n</details>"


def _holds(path: Path, content: str) -> bool:
    return path.is_file() and path.read_bytes() == content.encode("utf-8")
