"""One page for a whole run: the table of lessons, the canonical cases beside the truth, every executed lesson folded.

The page is one file: pictures travel inside it, nothing is fetched, no script runs. Everything in it comes from the
outputs of the executed notebooks; nothing is computed again. Whatever a model or a notebook wrote is escaped.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from qvq_nb.lessons.builder import write_whole
from qvq_nb.lessons.runner import VERDICT_MIME, LessonResult
from qvq_nb.lessons.worker import is_added

ANSWER_MIME = "application/vnd.qvq.answer+json"
CASE_MIME = "application/vnd.qvq.case+json"
IMAGE_MIMES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
MAXIMUM_IMAGE_CHARACTERS = 8_000_000  # base64, over the whole page; a mailbox takes 10 MB
MAXIMUM_TEXT_CHARACTERS = 20_000  # of one output

WORDS = {
    "en": {
        "title": "Lessons on {model}",
        "lessons": "Lessons",
        "columns": ("Lesson", "Status", "Seconds", "Peak memory, MiB", "Right", "Wrong"),
        "passed": "passed",
        "failed": "failed",
        "stopped": "stopped at its limit",
        "interrupted": "interrupted",
        "not run": "not run",
        "cases": "The worked cases",
        "no cases": "No lesson of this run checked a worked case.",
        "honest": "A wrong answer is shown as it came. A lesson fails when nothing was computed, not when the model erred.",
        "question": "Question",
        "answer": "Answer of {model}",
        "truth": "Truth",
        "right": "right",
        "wrong": "wrong",
        "thinking": "Thinking",
        "executed": "The executed lessons",
        "file": "The executed notebook",
        "cell": "cell {number}",
        "left out": "[left out to keep this page small; the executed notebook has it]",
        "solution": "Solution",
    },
    "zh": {
        "title": "{model} 的课程运行报告",
        "lessons": "课程",
        "columns": ("课程", "状态", "秒", "内存峰值（MiB）", "答对", "答错"),
        "passed": "通过",
        "failed": "失败",
        "stopped": "超过时限，已停止",
        "interrupted": "已中断",
        "not run": "未运行",
        "cases": "六个例题",
        "no cases": "这次运行的课程没有核对任何例题。",
        "honest": "答错了也原样显示。只有什么都没算出来，一课才算失败；模型答错不算。",
        "question": "问题",
        "answer": "{model} 的回答",
        "truth": "标准答案",
        "right": "正确",
        "wrong": "错误",
        "thinking": "思考过程",
        "executed": "运行过的课程",
        "file": "运行后的 notebook",
        "cell": "第 {number} 格",
        "left out": "[为控制页面大小而略去；运行后的 notebook 里有]",
        "solution": "参考答案",
    },
}

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --soft: #5f6368; --line: #d7dadd; --panel: #f5f6f7;
  --good: #14692f; --bad: #b3261e; --accent: #1a56b0 }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #e8e8e8; --soft: #a0a6ad; --line: #3a3f45;
  --panel: #1f2226; --good: #7bd796; --bad: #ff9d94; --accent: #8ab4ff } }
@media print { :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --panel: #f5f5f5; --good: #14692f;
  --bad: #b3261e; --accent: #000 } details::details-content { content-visibility: visible; height: auto }
  article, tr, img { break-inside: avoid } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; margin: .5rem 0 } h2 { font-size: 1.25rem; margin: 2rem 0 .6rem }
h3 { font-size: 1.05rem; margin: 0 0 .5rem }
a { color: var(--accent) } .soft { color: var(--soft); font-size: .9rem }
.right { color: var(--good) } .wrong { color: var(--bad) }
.table { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; overflow-wrap: normal }
.number { text-align: right; font-variant-numeric: tabular-nums }
.cases { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem }
article, .lesson { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; background: var(--panel) }
.lesson { margin: .6rem 0 } .lesson[open] { background: none }
dl { margin: .6rem 0 0 } dt { color: var(--soft); font-size: .85rem } dd { margin: 0 0 .6rem; white-space: pre-wrap }
img { max-width: 100%; height: auto; background: #fff; border-radius: .25rem }
pre { background: var(--panel); border-radius: .25rem; padding: .6rem; overflow-x: auto; white-space: pre-wrap;
  font-size: .85rem; margin: .4rem 0 }
pre.code { border-left: 3px solid var(--accent) } pre.error { border-left: 3px solid var(--bad); color: var(--bad) }
@media (max-width: 40rem) { table { font-size: .8rem } th, td { padding: .25rem } }
summary { cursor: pointer } .thinking { white-space: pre-wrap } .cell { color: var(--soft); font-size: .75rem; margin: .8rem 0 0 }
"""

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"  # a browser refuses all else, whatever slipped in


@dataclass
class Worked:
    """One worked case as an executed notebook shows it."""

    lesson: str
    verdict: dict
    question: str = ""
    truth: str = ""
    image: str = ""  # a data URI
    final: str = ""
    thinking: str = ""
    model: str = ""

    def completeness(self) -> tuple:
        return bool(self.image), bool(self.model), bool(self.thinking), bool(self.question)


def write_report(results: Sequence[LessonResult], path, model: str = "", language: str = "en") -> Path:
    """Write the page about a run to `path`; return the path."""
    path = Path(path)
    write_whole(path, page(results, model, language))
    return path


def page(results: Sequence[LessonResult], model: str = "", language: str = "en") -> str:
    """The whole page as HTML."""
    words = WORDS[language]
    pictures = _Pictures(words)
    models = (verdict.get("model") for result in results for verdict in result.verdicts)
    model = model or next(filter(None, models), "")
    title = escape(words["title"].format(model=model))
    cases = [_case(worked, words, pictures) for worked in canonical(results)]
    lessons = [_lesson(result, words, pictures) for result in results if result.notebook]
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p class="soft">{_now()}</p>
<h2>{words["lessons"]}</h2>
{_table(results, words)}
<h2>{words["cases"]}</h2>
<p class="soft">{words["honest"] if cases else words["no cases"]}</p>
<div class="cases">
{"".join(cases)}
</div>
<h2>{words["executed"]}</h2>
{"".join(lessons)}
</body>
</html>
"""


def canonical(results: Sequence[LessonResult]) -> list[Worked]:
    """The canonical cases (those without a seed) in the outputs: of each family the first that is shown most completely."""
    shown = [
        worked for result in results for worked in worked_cases(result) if worked.verdict.get("seed") is None
    ]
    families = dict.fromkeys(worked.verdict.get("family") for worked in shown)
    return [
        max((w for w in shown if w.verdict.get("family") == family), key=Worked.completeness)
        for family in families
    ]


def worked_cases(result: LessonResult) -> list[Worked]:
    """Every verdict of a lesson with the picture, the question and the answer that its outputs show before it."""
    found, image, answer, case = [], "", {}, {}
    for data in _datas(result.notebook):
        if CASE_MIME in data:
            case, image = data[CASE_MIME], ""
        # The picture comes before the question: the first one shown is the case, later ones may be plots.
        image = image or next((_data_uri(mime, data[mime]) for mime in IMAGE_MIMES if mime in data), "")
        answer = data.get(ANSWER_MIME, answer)
        if VERDICT_MIME not in data:
            continue
        verdict = data[VERDICT_MIME]
        same = all(case.get(key) == verdict.get(key) for key in ("family", "seed"))
        found.append(
            Worked(
                lesson=result.lesson,
                verdict=verdict,
                question=str(verdict.get("question") or (case.get("question") if same else "") or ""),
                truth=str(
                    verdict.get("truth")
                    or (case.get("truth") if same else "")
                    or verdict.get("expected")
                    or ""
                ),
                image=image,
                final=str(answer.get("final") or verdict.get("got") or ""),
                thinking=str(answer.get("thinking") or ""),
                model=_author(answer, verdict),
            )
        )
        image, answer = "", {}  # the next verdict needs its own
    return found


def _author(answer: dict, verdict: dict) -> str:
    """Who wrote an answer: the model, or the kit that refused to ask it."""
    model = str(verdict.get("model") or answer.get("model") or "")
    return f"qvq_nb ({model} was not asked)" if answer.get("stop_reason") == "refused" else model


def _datas(notebook) -> list[dict]:
    cells = notebook.cells if notebook else []
    return [output.data for cell in cells for output in cell.get("outputs", []) if "data" in output]


def _table(results: Sequence[LessonResult], words: dict) -> str:
    heads = "".join(
        f"<th{_number_class(column)}>{escape(title)}</th>" for column, title in enumerate(words["columns"])
    )
    rows = "".join(_row(result, words) for result in results)
    return f'<div class="table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(result: LessonResult, words: dict) -> str:
    right = sum(bool(verdict["ok"]) for verdict in result.verdicts)
    name = escape(result.lesson)
    link = f'<a href="#{name}">{name}</a>' if result.notebook else name
    error = f"<br>{escape(result.error)}" if result.error else ""
    status = f'<span class="{"right" if result.passed else "wrong"}">{words[result.status]}{error}</span>'
    cells = (
        link,
        status,
        f"{result.seconds:.1f}",
        f"{result.peak_memory_mib:.0f}",
        right,
        len(result.verdicts) - right,
    )
    return (
        "<tr>"
        + "".join(f"<td{_number_class(column)}>{cell}</td>" for column, cell in enumerate(cells))
        + "</tr>"
    )


def _number_class(column: int) -> str:
    return ' class="number"' if column >= 2 else ""


def _case(worked: Worked, words: dict, pictures: "_Pictures") -> str:
    verdict = worked.verdict
    kind = "right" if verdict.get("ok") else "wrong"
    family = escape(str(verdict.get("family", "")))
    rows = (
        (words["question"], escape(worked.question)),
        (words["answer"].format(model=escape(worked.model)), escape(worked.final)),
        (words["truth"], escape(worked.truth)),
        ("", f'<strong class="{kind}">{words[kind]}</strong> · {escape(str(verdict.get("reason", "")))}'),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    return (
        f"<article><h3>{family}</h3>{pictures.tag(worked.image, worked.question)}<dl>{listed}</dl>{_thinking(worked.thinking, words)}"
        f'<a class="soft" href="#{escape(worked.lesson)}">{escape(worked.lesson)}</a></article>\n'
    )


def _thinking(thinking: str, words: dict) -> str:
    if not thinking:
        return ""
    return f'<details><summary>{words["thinking"]}</summary><div class="thinking">{escape(thinking)}</div></details>'


def _lesson(result: LessonResult, words: dict, pictures: "_Pictures") -> str:
    number, parts = 0, []
    for cell in result.notebook.cells:
        number += not is_added(cell)
        label = "" if is_added(cell) else f'<p class="cell">{words["cell"].format(number=number)}</p>'
        parts.append(label + _cell(cell, words, pictures))
    name, file = escape(result.lesson), escape(result.notebook_path.name) if result.notebook_path else ""
    link = f'<p class="soft">{words["file"]}: <a href="{file}">{file}</a></p>' if file else ""
    opened = "" if result.passed else " open"
    return f'<details class="lesson" id="{name}"{opened}><summary>{name}</summary>{link}{"".join(parts)}</details>\n'


def _cell(cell, words: dict, pictures: "_Pictures") -> str:
    if cell.cell_type == "markdown":
        if "solution" in cell.metadata.get("tags", []):
            folded = _markdown(_without_tags(cell.source))
            return f"<details><summary>{words['solution']}</summary>{folded}</details>"
        return _markdown(_without_tags(cell.source) if is_added(cell) else cell.source)
    code = f'<pre class="code">{escape(cell.source)}</pre>' if cell.source.strip() else ""
    return code + "".join(_output(output, words, pictures) for output in cell.get("outputs", []))


def _output(output, words: dict, pictures: "_Pictures") -> str:
    """One output in the richest form that can be shown without trusting its HTML."""
    if output.output_type == "stream":
        return _plain(output.text, words)
    if output.output_type == "error":
        trace = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        return _plain(trace, words, "error")
    data = output.get("data", {})
    if VERDICT_MIME in data:
        verdict = data[VERDICT_MIME]
        kind = "right" if verdict.get("ok") else "wrong"
        return (
            f'<p><strong class="{kind}">{words[kind]}</strong> · {escape(str(verdict.get("reason", "")))}</p>'
        )
    if ANSWER_MIME in data:
        answer = data[ANSWER_MIME]
        final = escape(str(answer.get("final", "")))
        stamp = escape(_author(answer, {}))
        return f'{_thinking(str(answer.get("thinking", "")), words)}<p>{final} <span class="soft">{stamp}</span></p>'
    for mime in IMAGE_MIMES:
        if mime in data:
            return pictures.tag(_data_uri(mime, data[mime]))
    if "text/markdown" in data:
        return _markdown(_joined(data["text/markdown"]))
    return _plain(_joined(data.get("text/plain", "")), words)


def _plain(text: str, words: dict, kind: str = "") -> str:
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]", "", _joined(text).replace("\r\n", "\n"))
    if len(text) > MAXIMUM_TEXT_CHARACTERS:
        text = f"{text[:MAXIMUM_TEXT_CHARACTERS]}\n{words['left out']}"
    return f'<pre class="{kind}">{escape(text)}</pre>' if text.strip() else ""


def _markdown(source: str) -> str:
    """Markdown as HTML; raw HTML in it is shown, not obeyed, and pictures from elsewhere are not fetched."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(source)


def _without_tags(source: str) -> str:
    """The text of a cell that the kit itself generated with a few HTML tags around it."""
    return re.sub(r"</?(details|span|a)\b[^>]*>|<summary>.*?</summary>", "", source)


def _data_uri(mime: str, content) -> str:
    content = _joined(content)
    if mime == "image/svg+xml":
        content = base64.b64encode(content.encode("utf-8")).decode("ascii")
    return f"data:{mime};base64,{re.sub(r'[^A-Za-z0-9+/=]', '', content)}"


class _Pictures:
    """Pictures as tags, until the page would become too large to send around."""

    def __init__(self, words: dict):
        self.words = words
        self.characters_left = MAXIMUM_IMAGE_CHARACTERS

    def tag(self, data_uri: str, alternative: str = "") -> str:
        if not data_uri:
            return ""
        if len(data_uri) > self.characters_left:
            return f'<p class="soft">{self.words["left out"]}</p>'
        self.characters_left -= len(data_uri)
        return f'<img alt="{escape(alternative)}" src="{data_uri}">'


def _joined(text) -> str:
    """Notebook formats keep a text as one string or as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
