"""An answer against a case: right or wrong, and why. The same check for learner, teacher and CI.

Only the final part of an answer is read, never the thinking. Nothing is evaluated: numbers are parsed exactly.
"""

import html
import re
from dataclasses import asdict, dataclass
from fractions import Fraction

from qvq_nb import trace
from qvq_nb.grading import quantities, substances

VERDICT_MIME = "application/vnd.qvq.verdict+json"


@dataclass(frozen=True)
class Verdict:
    """Right or wrong, what was expected, what was read from the answer, and the reason in one sentence."""

    ok: bool
    expected: str
    got: str
    reason: str
    family: str | None = None
    model: str | None = None
    language: str = "en"
    seed: int | None = None
    question: str | None = None

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        right, wrong = ("正确", "错误") if self.language == "zh" else ("right", "wrong")
        return f"{'✓ ' + right if self.ok else '✗ ' + wrong}: {self.reason}"

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON; a canonical case's seed is null."""
        return asdict(self)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        colour = "#2e8b57" if self.ok else "#c0392b"
        page = f'<div style="border-left:4px solid {colour};padding:2px 10px">{html.escape(str(self))}</div>'
        return {VERDICT_MIME: self.to_dict(), "text/plain": str(self), "text/html": page}


def check(case, answer) -> Verdict:
    """The verdict on an Answer, or on a text (the whole of it or just its final part)."""
    truth = case.facts["answer"]
    language = getattr(case, "language", "en")
    final = answer.final if hasattr(answer, "final") else _final_of(str(answer))

    broken = (
        getattr(answer, "stop_reason", "end") != "end"
        and trace.boxed(final) is None
        and trace.has_open_box(final)
    )
    if getattr(answer, "stop_reason", "end") == "refused":
        ok, got, reason = False, "", _say("refused", language)
    elif not final.strip():
        ok, got, reason = False, "", _say("empty", language)
    elif broken:
        ok, got, reason = False, _short(final), _say("broken", language)
    elif isinstance(truth, dict):
        ok, got, reason = _check_substance(case, truth, final, language)
    else:
        ok, got, reason = _check_number(case, Fraction(truth), final, language)
    return Verdict(
        ok,
        case.truth,
        got,
        reason,
        case.family,
        getattr(answer, "model", None),
        language,
        getattr(case, "seed", None),
        getattr(case, "question", None),
    )


def _final_of(text: str) -> str:
    """What counts in a bare text: its final part; one paragraph without marker or box is a final part already."""
    parts = trace.split(text)
    is_one_paragraph = parts.marker is None and "\n" not in text.strip() and trace.boxed(text) is None
    return text if is_one_paragraph else parts.final


# -- numbers -------------------------------------------------------------------------------------------------------

_HEDGE = re.compile(
    r"\bor\b|\beither\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\bbetween\b|或|可能|也许|大概|之间|不确定",
    re.IGNORECASE,
)
_OPENS_WITH_HEDGE = re.compile(
    r"^\W*(?:or|maybe|perhaps|possibly|alternatively|或|也可能|可能|也许)", re.IGNORECASE
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|isn't|aren't|never|rather than|instead of)\b|不是|并非|而非)\s*(?:[a-zA-Z]'?\(?\d*\)?\s*=)?\s*$",
    re.IGNORECASE,
)
_SUMMING_UP = re.compile(
    r"\b(?:in total|in all|altogether|total(?:s|ling)?(?: of)?|therefore|thus|hence|so|making)\b|一共|总共|总计|合计|共有|共|所以|因此|即",
    re.IGNORECASE,
)
_SAYS_IT_IS = re.compile(r"\b(?:is|are|equals|was|were|be)\b|是|为|等于|有", re.IGNORECASE)
_EXPLAINS = re.compile(
    r"[(:]|[,;]\s*(?=[^\W\d_])|\b(?:because|since|namely|including|with|of which|on|in|at|for|from)\b|因为|其中|包括|由于",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"(?<![A-Za-z])x\s*=\s*[-+]?\d+(?:\.\d+)?")


def _check_number(case, truth, final, language) -> tuple[bool, str, str]:
    wanted_unit = case.facts.get("unit")
    box = trace.boxed(final)
    if box is not None and _disagreeing_boxes(final, wanted_unit):
        return False, _short(final), _say("several", language)
    # The "=" keeps a minus at the start of the box from being read as a list item.
    found = _chosen("= " + box, case) if box is not None else _from_sentences(final, case)
    if found is None:
        return False, _short(final), _say("no number", language)
    if isinstance(found, list):
        return False, ", ".join(dict.fromkeys(quantity.text for quantity in found)), _say("several", language)

    value, problem = _in_unit(found, wanted_unit, case.family)
    if problem:
        return False, found.text, _say(problem, language, unit=found.unit, wanted=wanted_unit or "")
    if value != truth:
        return False, found.text, _say("wrong number", language, got=found.text, expected=case.truth)
    if wanted_unit in quantities.CUBIC_CENTIMETRES and found.unit is None:
        return True, found.text, _say("right without unit", language, unit=wanted_unit)
    if found.unit and found.unit in quantities.CUBIC_CENTIMETRES and found.unit != wanted_unit:
        return True, found.text, _say("right converted", language, got=found.text, expected=case.truth)
    return True, found.text, _say("right", language, got=found.text)


def _in_unit(found, wanted_unit, family) -> tuple[Fraction, str | None]:
    """The value in the wanted unit, and what is wrong with the unit, if anything."""
    volumes = quantities.CUBIC_CENTIMETRES
    if found.unit is None:
        return found.value, None
    if wanted_unit in volumes:
        if found.unit in volumes:
            return found.value * volumes[found.unit] / volumes[wanted_unit], None
        return found.value, "wrong unit"
    allowed = {"invoice": ("yuan",), "chart": ("%",)}.get(family, ())
    if found.unit in allowed or found.unit == wanted_unit:
        return found.value, None
    return found.value, "wrong unit" if wanted_unit else "needless unit"


def _from_sentences(final, case):
    """The quantity that a text without box gives: a Quantity, several in a list, or None."""
    whole = _chosen(final, case)
    if not isinstance(whole, list):
        return whole
    saying = [sentence for sentence in trace.sentences(final) if _chosen(sentence, case) is not None]
    if len(saying) > 1 and _OPENS_WITH_HEDGE.search(saying[-1]):
        return whole
    return _chosen(saying[-1], case) if saying else whole


def _chosen(text, case):
    """The one quantity that a piece of text states: a Quantity, several in a list, or None."""
    text = quantities.plain(_without_names(text, case.facts))
    hedged = bool(_HEDGE.search(text))
    found = _stated(text, words=hedged) or _stated(text, words=True)
    wanted = case.facts.get("unit")
    if len(_different(found, wanted)) > 1:
        found = _stated(_CONDITION.sub(" ", text), words=hedged) or found
    if not found:
        return None
    if len(_different(found, wanted)) == 1:
        return found[0]
    if hedged:
        return found
    return _narrowed(text, found, wanted) or found


def _narrowed(text, found, wanted):
    """The answer among several numbers of one sentence: a result after "=", a sum, what follows "is"; None if unclear."""
    if "=" in text:
        edges = [-1, *(place for place, character in enumerate(text) if character == "="), len(text)]
        for start, end in reversed(list(zip(edges, edges[1:]))):
            inside = [quantity for quantity in found if start < quantity.start < end]
            if inside:
                return inside[0] if len(_different(inside, wanted)) == 1 else None
    sums = list(_SUMMING_UP.finditer(text))
    if sums:
        after = [quantity for quantity in found if quantity.start >= sums[-1].end()]
        before = [quantity for quantity in found if quantity.end <= sums[-1].start()]
        if after and len(_different(after, wanted)) == 1:
            return after[0]
        if not after and before:
            return before[-1]
    verbs = [
        verb.end()
        for verb in _SAYS_IT_IS.finditer(text)
        if any(quantity.start >= verb.end() for quantity in found)
    ]
    start = verbs[-1] if verbs else 0
    after = [quantity for quantity in found if quantity.start >= start]
    explanation = _EXPLAINS.search(text, after[0].end)
    if explanation:
        said = [quantity for quantity in after if quantity.start < explanation.start()]
        if len(_different(said, wanted)) == 1:
            return said[0]
    return None


def _stated(text, words):
    return [
        quantity
        for quantity in quantities.quantities(text, words)
        if not _NOT_BEFORE.search(text[: quantity.start])
    ]


def _different(found, wanted) -> set:
    """The distinct values, volumes made comparable."""
    volumes = quantities.CUBIC_CENTIMETRES
    return {
        quantity.value * volumes.get(quantity.unit, 1)
        if wanted in volumes and quantity.unit in volumes
        else quantity.value
        for quantity in found
    }


def _disagreeing_boxes(final, wanted) -> bool:
    """Whether several boxes stand in one paragraph and differ: a list of candidates, not a correction."""
    last_paragraph = [part for part in re.split(r"\n\s*\n", final) if trace.boxed(part) is not None][-1:]
    boxes = trace.all_boxed("".join(last_paragraph))
    found = [
        quantity for box in boxes for quantity in quantities.quantities(quantities.plain("= " + box))[-1:]
    ]
    return len(boxes) > 1 and len(_different(found, wanted)) > 1


def _without_names(text, facts) -> str:
    """The text without the case's names that hold digits ("MATH 500"): those digits are no answer."""
    names = {
        word for word in _strings(facts)
        if re.search(r"\d", word) and re.search(r"[^\W\d_]{2}", word) and len(word) <= 60
    }  # fmt: skip
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("answer", "unit"):
                yield str(key)
                yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


# -- substances ----------------------------------------------------------------------------------------------------

_ARROW = re.compile(r"[^.。;；,，\n]*(?:→|⟶|->|=>|⇌)[^.。;；,，\n]*")
_NAMES_IT = re.compile(
    r"\b(?:is|are|contains?|called|namely|gives?|produces?|yields?|leaves?)\b|是|为|生成|得到|含有|:",
    re.IGNORECASE,
)
_TELLS_ORIGIN = re.compile(
    r"\b(?:because|since|formed|produced|from|by|when|after|which|as|due to)\b|因为|由于|由|通过|，因|反应",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\b(?:also|too|as well|additionally)\b|还|也|此外|同时", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:filtrate|solution|residue|solid|liquid|gas|滤液|滤渣|溶液|固体|气体)\s*([A-Z])(?![A-Za-z])",
    re.IGNORECASE,
)


def _check_substance(case, truth, final, language) -> tuple[bool, str, str]:
    expected = {substances.normal_form(written) for written in [truth["formula"], *truth["names"]]}
    text = trace.boxed(final)
    text = text if text is not None else _sentence_about(case, final)
    text = substances.words(_ARROW.sub(" ", substances.plain(text)))
    found = _named(text)
    said = [mention for mention in found if not mention.denied]
    got = ", ".join(dict.fromkeys(mention.text for mention in said or found)) or _short(final)
    if not found:
        return False, got, _say("no substance", language)
    if not said:
        return False, got, _say("denied", language, got=got)
    others = [mention.text for mention in said if mention.normal not in expected]
    if not others:
        return True, got, _say("right", language, got=got)
    if len(others) < len(said):
        return False, got, _say("other substance too", language, got=", ".join(dict.fromkeys(others)))
    return False, got, _say("wrong substance", language, got=got, expected=case.truth)


def _named(text):
    """The compounds that a sentence gives as its answer: those after its last "is", without what tells their origin."""
    found = substances.mentions(text)
    verbs = [
        verb.end()
        for verb in _NAMES_IT.finditer(text)
        if any(mention.start >= verb.end() for mention in found)
    ]
    denied_first = any(mention.denied for mention in found)
    if verbs and not denied_first:
        found = [mention for mention in found if mention.start >= verbs[-1]]
    if found:
        origin = _TELLS_ORIGIN.search(text, found[0].end)
        found = [mention for mention in found if not origin or mention.start < origin.start()]
    return found


def _sentence_about(case, final) -> str:
    """The last sentence that names a compound, of those about the asked letter (filtrate E) where there are such."""
    naming = [
        sentence
        for sentence in trace.sentences(final)
        if substances.mentions(substances.words(substances.plain(sentence)))
    ]
    asked = _LABEL.search(getattr(case, "question", "") or "")
    about = [
        sentence for sentence in naming
        if asked and asked.group(1) in _LABEL.findall(substances.plain(sentence))
    ]  # fmt: skip
    chosen = about or naming
    if not chosen:
        return final
    adds = naming.index(chosen[-1]) > 0 and _ADDS.search(chosen[-1])
    later = [sentence for sentence in naming[naming.index(chosen[-1]) + 1 :] if _ADDS.search(sentence)]
    return " ".join([*(chosen[-2:] if adds else chosen[-1:]), *later])


# -- sentences -----------------------------------------------------------------------------------------------------

_SENTENCES = {
    "empty": ("There is no final answer to read.", "没有可读的最终答案。"),
    "refused": (
        "The kit refused the question, so the model gave no answer.",
        "工具包拒绝了这个问题，模型没有作答。",
    ),
    "broken": (
        "The text was cut off inside the box, so the answer is incomplete.",
        "文本在答案框内被截断，答案不完整。",
    ),
    "no number": ("The final part states no number.", "最终部分没有给出数字。"),
    "several": (
        "The final part gives several candidates instead of one answer.",
        "最终部分给出了多个候选，而不是一个答案。",
    ),
    "wrong unit": (
        "The unit is wrong: {unit}, where {wanted} is asked for.",
        "单位不对：写的是 {unit}，应为 {wanted}。",
    ),
    "needless unit": (
        "The answer carries a unit, {unit}, that does not belong to it.",
        "答案带有不该有的单位 {unit}。",
    ),
    "wrong number": ("{got} is not {expected}.", "{got} 不等于 {expected}。"),
    "right": ("{got} is what the drawing gives.", "{got} 与图中一致。"),
    "right without unit": (
        "The number is right; no unit was given, and {unit} was assumed.",
        "数字正确；没有写单位，按 {unit} 计。",
    ),
    "right converted": ("{got} is {expected}.", "{got} 即 {expected}。"),
    "no substance": ("The final part names no compound.", "最终部分没有说出任何化合物。"),
    "denied": ("The final part only says what it is not: {got}.", "最终部分只说了它不是什么：{got}。"),
    "other substance too": (
        "It also names {got}, which is not part of the answer.",
        "还提到了 {got}，它不属于答案。",
    ),
    "wrong substance": ("{got} is not {expected}.", "{got} 不是 {expected}。"),
}


def _say(what: str, language: str, **words) -> str:
    english, chinese = _SENTENCES[what]
    return (chinese if language == "zh" else english).format(**words)


def _short(text: str, longest: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
