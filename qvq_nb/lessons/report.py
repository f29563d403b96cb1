"""One page for a whole run: the table of lessons, the canonical cases beside the truth, the executed lessons.

The page is one file: pictures travel inside it, nothing is fetched, no script runs. Everything in it comes
from the outputs of the executed notebooks; nothing is computed again. Whatever a model or a notebook wrote is
escaped by the template.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from qvq_nb.cases.case import CASE_MIME
from qvq_nb.files import write_whole
from qvq_nb.grading.verdict import VERDICT_MIME, phrase
from qvq_nb.inference.answer import ANSWER_MIME
from qvq_nb.lessons.job import LessonResult
from qvq_nb.lessons.outputs import is_added, numbered, outputs_of, shown, tags, text_of, typed
from qvq_nb.screen import clean

TEMPLATE = "report.html.j2"
NOT_ASKED = ("the kit ({model} was not asked)", "工具包（没有问 {model}）")

IMAGE_MIMES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
MAXIMUM_IMAGE_CHARACTERS = 8_000_000  # base64, over the whole page; a mailbox takes 10 MB
MAXIMUM_TEXT_CHARACTERS = 20_000  # of one output
MAXIMUM_TEXT_OF_CELL = 10 * MAXIMUM_TEXT_CHARACTERS  # what a cell shows beyond it is left out


@dataclass
class Worked:
    """One worked case as an executed notebook shows it."""

    lesson: str
    verdict: dict
    question: str
    truth: str
    image: str  # a data URI
    final: str
    thinking: str
    model: str

    def completeness(self) -> tuple:
        return bool(self.image), bool(self.model), bool(self.thinking), bool(self.question)


def write_report(results: Sequence[LessonResult], path, model: str = "", language: str = "en") -> Path:
    """Write the page about a run to `path`; return the path."""
    path = Path(path)
    write_whole(path, page(results, model, language).encode("utf-8", "backslashreplace"))
    return path


def page(results: Sequence[LessonResult], model: str = "", language: str = "en") -> str:
    """The whole page as HTML."""
    models = (verdict.get("model") for result in results for verdict in result.verdicts)
    return template().render(
        language=language,
        model=model or next(filter(None, models), ""),
        now=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        results=results,
        cases=canonical(results),
        numbered=numbered,
        is_added=is_added,
        parts=parts,
        maximum_image_characters=MAXIMUM_IMAGE_CHARACTERS,
        maximum_text_characters=MAXIMUM_TEXT_CHARACTERS,
    )


@cache
def template():
    """The page's template, which escapes whatever is put into it."""
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template(TEMPLATE)


def canonical(results: Sequence[LessonResult]) -> list[Worked]:
    """The canonical cases: of each family the first that is shown most completely.

    They have no seed. A follow-up question about one has none either, but an id of its own.
    """
    of_family = {}
    for result in results:
        for worked in worked_cases(result):
            verdict = worked.verdict
            family = verdict.get("family")
            own_id = f"{family}-{verdict.get('language')}"
            if verdict.get("seed") is None and (verdict.get("id") or own_id) == own_id:
                of_family.setdefault(family, []).append(worked)
    return [max(cases, key=Worked.completeness) for cases in of_family.values()]


def worked_cases(result: LessonResult) -> list[Worked]:
    """Every verdict of a lesson with picture, question and answer as its outputs show them before it."""
    found, image, answer, case = [], "", {}, {}
    for data in shown(result.notebook):
        if one := typed(data, CASE_MIME):
            case, image = one, ""
        # The picture comes before the question: the first one shown is the case, later ones may be plots.
        image = image or picture(data)
        answer = typed(data, ANSWER_MIME) or answer
        verdict = typed(data, VERDICT_MIME)
        if not verdict:
            continue
        same = case if all(case.get(key) == verdict.get(key) for key in ("id", "family", "seed")) else {}
        found.append(
            Worked(
                lesson=result.lesson,
                verdict=verdict,
                question=verdict.get("question") or same.get("question", ""),
                truth=same.get("truth") or verdict["expected"],
                image=image,
                final=answer.get("final") or verdict["got"],
                thinking=answer.get("thinking") or "",
                model=author(answer, verdict),
            )
        )
        image, answer = "", {}  # the next verdict needs its own
    return found


def author(answer: dict, verdict: dict) -> str:
    """Who wrote an answer: the model, or the kit that refused to ask it."""
    model = verdict.get("model") or answer.get("model") or ""
    if answer.get("stop_reason") != "refused":
        return model
    return phrase(NOT_ASKED, answer.get("language") or "en", model=model)


def parts(cell) -> Iterator[tuple[str, object]]:
    """What the page shows of a cell: (kind, content) pairs."""
    source = text_of(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        is_solution = "solution" in tags(cell)
        source = without_tags(source) if is_solution or is_added(cell) else source
        yield "solution" if is_solution else "markdown", markdown(source)
        return
    yield "code", plain(source)
    room = MAXIMUM_TEXT_OF_CELL
    for output in outputs_of(cell):
        kind, content = part(output)
        if kind != "picture":
            room -= min(MAXIMUM_TEXT_CHARACTERS, len(str(content)))
        if room < 0:
            yield "left out", ""
            return
        yield kind, content


def part(output: dict) -> tuple[str, object]:
    """What the page shows of one output: its kind and its content."""
    kind = output.get("output_type")
    if kind == "stream":
        return "text", plain(text_of(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        told = "\n".join(map(text_of, lines)) if isinstance(lines, list) else ""
        return "error", plain(told or f"{text_of(output.get('ename'))}: {text_of(output.get('evalue'))}")
    data = output.get("data")
    return richest(data if isinstance(data, dict) else {})


def richest(data: dict) -> tuple[str, object]:
    """The richest form of an output that can be shown without trusting its HTML."""
    if verdict := typed(data, VERDICT_MIME):
        return "verdict", verdict
    if answer := typed(data, ANSWER_MIME):
        return "answer", {**answer, "author": author(answer, {})}
    if image := picture(data):
        return "picture", image
    if "text/markdown" in data:
        return "markdown", markdown(text_of(data["text/markdown"]))
    return "text", plain(text_of(data.get("text/plain")))


def picture(data: dict) -> str:
    """The picture among the forms of an output as a data URI; empty if there is none."""
    mime = next((mime for mime in IMAGE_MIMES if mime in data), None)
    if mime is None:
        return ""
    content = text_of(data[mime])
    if mime == "image/svg+xml":
        content = base64.b64encode(content.encode("utf-8", "backslashreplace")).decode("ascii")
    return f"data:{mime};base64,{re.sub(r'[^A-Za-z0-9+/=]', '', content)}"


def plain(text: str) -> str:
    """A text without the codes that colour it or move a cursor."""
    return clean(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text))


def markdown(source: str):
    """Markdown as HTML; raw HTML in it is shown, not obeyed, and pictures from elsewhere are not fetched.

    One that is too long is cut.
    """
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    cut = source[:MAXIMUM_TEXT_CHARACTERS] + ("\n\n…" if len(source) > MAXIMUM_TEXT_CHARACTERS else "")
    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(cut))


def without_tags(source: str) -> str:
    """The text of a cell that the kit itself generated with a few HTML tags around it."""
    return re.sub(r"</?(details|span|a)\b[^>]*>|<summary>.*?</summary>", "", source)
