"""What an executed notebook shows, read without trusting it: a cell can display anything under any name."""

from collections.abc import Iterator

from qvq_nb.cases.case import CASE_MIME
from qvq_nb.grading.verdict import VERDICT_MIME
from qvq_nb.inference.answer import ANSWER_MIME

ENDING_TAG = "papermill-error-cell-tag"
ADDED_TAGS = {"injected-parameters", ENDING_TAG}  # cells that the run adds; they are not counted
LONGEST_ERROR, LONGEST_FIELD = 500, 200_000  # characters

TEXT, PERHAPS_TEXT = (str,), (str, type(None))
# media type → its fields: those that must be there and those that may be, with their types
REQUIRED = {
    CASE_MIME: {"question": TEXT},
    ANSWER_MIME: {"final": TEXT},
    VERDICT_MIME: {"ok": (bool,), "expected": TEXT, "got": TEXT, "reason": TEXT},
}
OPTIONAL = {
    CASE_MIME: {"id": PERHAPS_TEXT, "family": PERHAPS_TEXT, "seed": (int, type(None)), "truth": PERHAPS_TEXT},
    ANSWER_MIME: dict.fromkeys(("thinking", "model", "stop_reason"), PERHAPS_TEXT),
    VERDICT_MIME: {
        "seed": (int, type(None)),
        **dict.fromkeys(("id", "family", "model", "language", "question", "outcome"), PERHAPS_TEXT),
    },
}


def typed(data: dict, mime: str) -> dict | None:
    """The known fields of a case, an answer or a verdict among the forms of an output; None where there is
    none, or where what stands there only looks like one."""
    content = data.get(mime)
    if not isinstance(content, dict):
        return None
    fields = REQUIRED[mime] | OPTIONAL[mime]
    known = {name: content[name] for name in fields if name in content}
    sound = all(
        isinstance(value, fields[name]) and len(str(value)) <= LONGEST_FIELD for name, value in known.items()
    )
    return known if sound and set(REQUIRED[mime]) <= set(known) else None


def text_of(value) -> str:
    """A text as notebooks write it, whole or as a list of lines; anything else in Python's words."""
    if isinstance(value, list):
        return "".join(map(text_of, value))
    return value if isinstance(value, str) else "" if value is None else str(value)


def tags(cell) -> set[str]:
    found = cell.get("metadata", {}).get("tags", [])
    return {tag for tag in found if isinstance(tag, str)} if isinstance(found, list) else set()


def is_added(cell) -> bool:
    """Whether the run put this cell in, so that the lesson itself does not have it."""
    return bool(ADDED_TAGS & tags(cell))


def numbered(notebook) -> Iterator[tuple[int, object]]:
    """Each cell with the number, from 1, that the lesson's last cell up to there has in the lesson itself."""
    number = 0
    for cell in notebook.cells:
        number += not is_added(cell)
        yield number, cell


def outputs_of(cell) -> list[dict]:
    """The outputs of a cell, without what is none."""
    found = cell.get("outputs", [])
    return [output for output in found if isinstance(output, dict)] if isinstance(found, list) else []


def shown(notebook) -> list[dict]:
    """What an executed notebook displays, in order, by media type; what was emptied again is left out."""
    cells = notebook.cells if notebook else []
    data = [output.get("data") for cell in cells for output in outputs_of(cell)]
    return [forms for forms in data if isinstance(forms, dict) and forms]


def verdicts(notebook) -> list[dict]:
    """Every verdict in the outputs of a notebook, in order."""
    return [verdict for data in shown(notebook) if (verdict := typed(data, VERDICT_MIME))]


def failure(notebook) -> tuple[int | None, str]:
    """The cell that ended the notebook, counted from 1 as in the lesson itself, and the error.

    What IPython itself refuses, such as an unknown magic, raises no error but is told on standard error.
    """
    for number, cell in numbered(notebook):
        outputs = outputs_of(cell)
        for output in outputs:
            if output.get("output_type") == "error":
                said = f"{text_of(output.get('ename'))}: {text_of(output.get('evalue'))}"
                return number, said[:LONGEST_ERROR]
        if cell.metadata.get("papermill", {}).get("exception") is True:
            told = [text_of(output.get("text")) for output in outputs if output.get("name") == "stderr"]
            lines = [line for line in "".join(told).splitlines() if line.strip()]
            return number, (lines or ["it failed without saying why"])[-1][:LONGEST_ERROR]
    return None, "it failed without saying why"
