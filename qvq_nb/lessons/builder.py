"""One source per lesson gives both editions: `source/NN_name.py` → `en/NN_name.ipynb` and `zh/NN_name.ipynb`.

* A text cell has two halves: English, a line `<!-- zh -->`, Chinese. Code cells are shared.
* The parameters cell says `language = "en"`; each edition gets its own language there.
* `{{needs}}` in a text becomes the line with tier, minutes, memory and disk from `source/needs.json`.
* A code cell tagged `solution` becomes an exercise: its comment lines stay, the rest is folded away below.

Built notebooks hold no outputs and depend on nothing but the sources: building twice gives the same bytes.
"""

import re
from math import ceil
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import read_json, write_whole

LANGUAGES = ("en", "zh")
HALF_MARK = "<!-- zh -->"
NEEDS_MARK = "{{needs}}"
NEEDS_FILE = "needs.json"
NEEDS_KEYS = ("tier", "learner_minutes", "machine_minutes", "cores", "memory_mib", "disk_mib")
NEEDS_LINE = {
    "en": "**Needs:** {tier} · about {learner_minutes} min of your time · {machine_minutes} min of computing "
    "on {cores} cores · {memory_mib} MiB of memory · {disk_mib} MiB of disk",
    "zh": "**所需条件：** {tier} · 学习约 {learner_minutes} 分钟 · {cores} 核运行约 {machine_minutes} 分钟 · "
    "内存 {memory_mib} MiB · 磁盘 {disk_mib} MiB",
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
    """Build both editions of every lesson; return the notebooks that were, or would be, written or removed.

    `source` is the folder of sources, `to` the folder that holds `en` and `zh`; by default the kit's own.
    With `check` nothing is written: an empty list says that the notebooks on disk are what the sources give.
    A faulty source raises QvqError naming file and cell, before anything is written.
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

    cells = []
    for number, cell in enumerate(jupytext.read(path, fmt="py:percent").cells, 1):
        try:
            cells += _built(cell, f"{path.stem}-{number:02d}", path, language, solved)
        except QvqError as error:
            raise QvqError(f"{path.name}, cell {number}: {error}") from None
    return new_notebook(
        cells=cells, metadata={**METADATA, "qvq": {"lesson": path.stem, "language": language}}
    )


def text(notebook) -> str:
    """The notebook as the bytes on disk say it."""
    import nbformat

    return nbformat.writes(notebook, version=4) + "\n"


def _built(cell, identity: str, path: Path, language: str, solved: bool) -> list:
    """The cells that one source cell becomes in one edition: itself, or an exercise with its solution."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    tags = cell.metadata.get("tags", [])
    metadata = {"tags": tags} if tags else {}
    if cell.cell_type == "markdown":
        spoken = _half(cell.source, language)
        if NEEDS_MARK in spoken:
            spoken = spoken.replace(NEEDS_MARK, _needs_line(path, language))
        return [new_markdown_cell(spoken, id=identity, metadata=metadata)]
    if cell.cell_type != "code":
        raise QvqError(f"a lesson has text and code; this is a {cell.cell_type} cell.")
    if "solution" in tags and not solved:
        return [
            new_code_cell(_prompt(cell.source, language), id=identity, metadata={"tags": ["exercise"]}),
            new_markdown_cell(_folded(cell.source, language), id=f"{identity}-solution", metadata=metadata),
        ]
    source = _in_language(cell.source, language) if "parameters" in tags else cell.source
    return [new_code_cell(source, id=identity, metadata=metadata)]


def _half(source: str, language: str) -> str:
    """What a text cell says in one language."""
    halves = [half.strip() for half in re.split(rf"(?m)^{HALF_MARK}\s*$", source)]
    if len(halves) != len(LANGUAGES) or not all(halves):
        raise QvqError(
            f"a text says everything twice: English, one line {HALF_MARK}, Chinese; a half is missing, "
            "or there is more than one such line."
        )
    return halves[LANGUAGES.index(language)]


def _needs_line(path: Path, language: str) -> str:
    needs = read_json(path.with_name(NEEDS_FILE)).get(path.stem, {})
    if missing := [key for key in NEEDS_KEYS if key not in needs]:
        raise QvqError(
            f"{NEEDS_FILE} does not say {', '.join(missing)} for this lesson; estimate, then measure."
        )
    # A value serves both editions, or there is one for each: {"en": "laptop", "zh": "笔记本电脑"}.
    spoken = {key: value[language] if isinstance(value, dict) else value for key, value in needs.items()}
    return NEEDS_LINE[language].format(**spoken | {"machine_minutes": ceil(spoken["machine_minutes"])})


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
