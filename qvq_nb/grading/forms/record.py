"""Fields with values, written as JSON, such as what stands on a card."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from qvq_nb.grading.forms.block import is_doubted, set_apart
from qvq_nb.grading.verdict import Finding, phrase, shortened

MISSING = "N/A"
MOST_EXTRA = 3  # keys too many that are named
LONGEST_NUMBER = 40  # characters up to which 25.0 and 25.00 are compared as numbers


class _Unclear(Exception):
    """A text that gives no record, with the sentence that says why."""


class _Number(str):
    """A JSON number as it was written."""


@dataclass(frozen=True)
class Record:
    """Keys, each with its value as text; a value of "N/A" is one that is missing.

    Right is strict JSON with just these keys, in any order. Values are compared exactly, but for spaces at
    their ends; a number may be written as text or as a number.
    """

    fields: tuple[tuple[str, str], ...]

    @property
    def expected(self) -> str:
        """The fields as JSON on one line."""
        return json.dumps(dict(self.fields), ensure_ascii=False)

    def grade(self, final: str, language: str) -> Finding:
        """Grades the box, the fenced block or the only braces of the text, field by field."""
        try:
            text = _json_text(final)
            given = _read(text)
        except _Unclear as fault:
            pair, words = fault.args
            return Finding("unclear", shortened(final), phrase(pair, language, **words))
        faults = [
            phrase(pair, language, key=_quoted(key), wanted=_quoted(wanted), got=_quoted(given.get(key)))
            for key, wanted in self.fields
            if (pair := _fault(given, key, wanted))
        ]
        extra = [_quoted(key) for key in given if key not in dict(self.fields)]
        if extra:
            keys = ", ".join(extra[:MOST_EXTRA]) + (" …" if len(extra) > MOST_EXTRA else "")
            faults.append(phrase(_EXTRA, language, keys=keys))
        if faults:
            reason = phrase(_FAULTS, language, faults=("; ", "；")[language == "zh"].join(faults))
            return Finding("wrong", shortened(text), reason)
        return Finding("right", shortened(text), phrase(_RIGHT, language, count=len(self.fields)))


def _json_text(final: str) -> str:
    """The text that has to be JSON."""
    pieces = set_apart(final)
    if len(pieces) > 1:
        raise _Unclear(_SEVERAL, {})
    if pieces:
        return pieces[0]
    start, end = final.find("{"), final.rfind("}") + 1
    if start < 0 or final[:start].rstrip().endswith("["):
        raise _Unclear(_NO_JSON, {})
    end = end if end > start else len(final)
    if is_doubted(final, start, end):
        raise _Unclear(_DOUBTED, {})
    return final[start:end].strip()


def _read(text: str) -> dict:
    """The object of a strict JSON text, texts without spaces at their ends."""
    kinds = {"parse_int": _Number, "parse_float": _Number, "parse_constant": _refuse}
    try:
        given = json.loads(text, object_pairs_hook=_unique, **kinds)
    except json.JSONDecodeError as error:
        if error.msg.startswith("Extra data") and "{" in text[error.pos :]:
            raise _Unclear(_SEVERAL, {}) from None
        near = text[max(0, error.pos - 12) : error.pos + 8] if text else "…"
        words = {"line": error.lineno, "column": error.colno, "near": shortened(near)}
        raise _Unclear(_BROKEN, words) from None
    except RecursionError:
        raise _Unclear(_TOO_DEEP, {}) from None
    if not isinstance(given, dict):
        raise _Unclear(_NO_JSON, {})
    return {key: value.strip() if type(value) is str else value for key, value in given.items()}


def _refuse(name: str):
    raise _Unclear(_NO_VALUE, {"name": name})


def _unique(pairs: list) -> dict:
    given = {}
    for key, value in pairs:
        if key in given:
            raise _Unclear(_TWICE, {"key": _quoted(key)})
        given[key] = value
    return given


def _fault(given: dict, key: str, wanted: str):
    """The sentences on what is wrong with one field; None where it is right."""
    if key not in given:
        return _NO_KEY
    value = given[key]
    if isinstance(value, str) and (value == wanted or _is_same_number(value, wanted)):
        return None
    if wanted == MISSING:
        return _NOT_MISSING
    return _STANDS_THERE if value == MISSING else _WRONG


def _is_same_number(value: str, wanted: str) -> bool:
    """Whether a JSON number, such as 25.0, is the one wanted, such as "25.00"."""
    if not isinstance(value, _Number) or max(len(value), len(wanted)) > LONGEST_NUMBER:
        return False
    try:
        return Decimal(value) == Decimal(wanted)
    except InvalidOperation:
        return False


def _quoted(value) -> str:
    """A value as JSON writes it, on one short line, without what is inside of lists and objects."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    if isinstance(value, str):
        written = (
            value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=not value.isprintable())
        )
        return shortened(written, 40)
    return json.dumps(value)


_FAULTS = ("{faults}.", "{faults}。")
_RIGHT = ("All {count} fields are as on the picture.", "{count} 个字段都与图中一致。")
_NO_KEY = ("the key {key} is missing, its value is {wanted}", "缺少键 {key}，它的值是 {wanted}")
_EXTRA = ("not asked for: {keys}", "多出的键：{keys}")
_WRONG = ("{key} is {wanted}, not {got}", "{key} 应为 {wanted}，而不是 {got}")
_NOT_MISSING = (
    "{key} does not stand there, so write {wanted}, not {got}",
    "图中没有 {key}，应写 {wanted}，而不是 {got}",
)
_STANDS_THERE = ("{key} stands there: it is {wanted}, not missing", "图中有 {key}：是 {wanted}，并不缺")
_HOW_EN = ' Write one object, such as {{"height": "5\'-05\\""}}.'
_HOW_ZH = '请只写一个对象，例如 {{"height": "5\'-05\\""}}。'
_NO_JSON = (
    "The answer holds no JSON object in braces." + _HOW_EN,
    "答案里没有花括号括起的 JSON 对象。" + _HOW_ZH,
)
_SEVERAL = ("Several different records stand there." + _HOW_EN, "写了几份不同的记录。" + _HOW_ZH)
_DOUBTED = ("The text denies or doubts what it writes." + _HOW_EN, "文本否定或怀疑自己写的内容。" + _HOW_ZH)
_BROKEN = (
    "This is not JSON: it breaks in line {line}, column {column}, near “{near}”. Every text stands in double"
    ' quotes, a quote mark inside one is written \\", and no comma follows the last field.',
    "这不是合法的 JSON：在第 {line} 行第 {column} 列、“{near}”附近出错。文字都要用英文双引号括起，"
    '其中的引号写作 \\"，最后一个字段后面没有逗号。',
)
_NO_VALUE = ("{name} is no JSON value." + _HOW_EN, "{name} 不是 JSON 的值。" + _HOW_ZH)
_TWICE = ("The key {key} stands there twice." + _HOW_EN, "键 {key} 出现了两次。" + _HOW_ZH)
_TOO_DEEP = ("The JSON is nested too deep." + _HOW_EN, "JSON 嵌套得太深。" + _HOW_ZH)
