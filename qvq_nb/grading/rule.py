r"""The rule by which every answer is read, and the only place for the words that take a value back.

A box decides alone; without a box the final part must hold exactly one value of the asked kind, neither denied
nor bounded; anything else is unclear, which is not right, and the reason says how to write it.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from qvq_nb import trace
from qvq_nb.grading.finding import Finding, shortened
from qvq_nb.grading.sentences import say
from qvq_nb.grading.values.plain import plain

_NEAR = 60  # characters beside a value in which what belongs to it is looked for

_DENIES = (
    r"\b(?:not|never|neither|nor|cannot|none|nothing|nobody|rather than|instead of|except(?:ing|ed)?|exclud\w+"
    r"|rul(?:es?|ed|ing) out|without|other than|apart from|besides|unlike|wrong|false|incorrect|mistak\w+|errors?"
    r"|invalid|impossible|unlikely|reject\w*|disagree|far from|(?:all|everything|anything) but|fail(?:s|ed)? to|deny|denied)\b|\bno\b(?!\. ?\d)|n['’]t\b"
    r"|≠|!=|❌|✗|✘|¬|不(?!完整|完全的|同|含税|锈|变)|并非|而非|非也|绝非|没|未|无法|无误|无关|勿|错|否|排除|除了|除外|除去|有误|失误|假的|并无"
)
_BOUNDS = (
    r"\b(?:more|less|fewer|greater|larger|smaller|higher|lower|bigger|better|worse) than\b|\bat (?:least|most)\b"
    r"|\bno (?:more|less|fewer)\b|(?<!\bsum )(?<!\bsums )(?<!\badd )(?<!\badds )\bup to\b|\bas (?:many|few|much|high|low) as\b|\bor (?:more|less|so|fewer|higher|lower)\b"
    r"|\band counting\b|\b(?:exceed|surpass|outperform|outnumber)\w*\b|\bbeats?\b|\bupwards of\b|\b(?:upper|lower) (?:bound|limit)|[<>≤≥±≪≫]|(?<=[\d.])\+(?!\w| ?[\d(])"
    r"|不到|不足|不止|至少|至多|起码|超过|多于|少于|大于|小于|高于|低于|[\d零一二三四五六七八九十百千万只个次张条块元格名人米度%] ?以[上下内]|上限|下限|将近"
    r"|[\d零一二三四五六七八九十百千万亿][多余几来](?=[只个次张条块元格名人米厘度的])"
)
_LEAVES_OPEN = (
    r"\b(?:or|either|maybe|perhaps|possibl[ey]|probabl[ey]|likely|might|could|would|unless|if|guess\w*|uncertain"
    r"|unsure|suppos\w+|assum\w+|presum\w+|apparently|seem\w*|allegedly|said|claim\w*|unclear|unknown|somewhere)\b"
    r"|\bmay\b(?! \d)|\bbetween(?= (?:about |the )?[\d¥])|\?|[\d零一二三四五六七八九十百只个]之间|可能|也许|或|大概|估计|猜|如果|假如|假设|要是|若|吗|呢|还是|似乎|好像|恐怕|不确定|据说|有人说|声称"
)
_TAKES_BACK = (
    r"\b(?:no,? )?wait\b|\bhold on\b|\bsorry\b|\bcorrection\b|\bcorrected\b|\boops\b|\bscratch that\b|\bsecond thought"
    r"|\bi mean\b|\blet me (?:re|think|check|count)\w*|\bat first\b|\binitially\b|\boriginally\b|\bpreviously\b|\bformerly\b"
    r"|\bearlier\b|\bactually,|\bused to\b|\bchang\w+ my\b|等等|等一下|更正|纠正|改为|改成|起初|最初|原来|原先|之前|先前|刚才|曾|本来|抱歉"
)
_MULTIPLIES = r"\b(?:twice|double|triple|thrice|quadruple)\b(?!-?[ -]?check)|的?一半|[两三四五六七八九十几\d]倍|翻倍|平方根|的平方(?!单位)|立方根"
_DOUBTS = re.compile(f"(?i){_DENIES}|{_BOUNDS}|{_LEAVES_OPEN}|{_TAKES_BACK}|{_MULTIPLIES}")
# Right before a value and nowhere else: over, about, half …
_TIGHT = re.compile(
    r"(?i)(?:\b(?:over|under|above|below|beyond|past|nearly|almost|close to|near|within|half|(?:a|one) (?:half|third|quarter)"
    r"|(?:third|quarter|half|fifth|tenth|hundredth)s?|square root|log|ln|sin|cos|tan|square of|cube of|percent|per cent|a fraction|times|minus|plus|reciprocal|opposite"
    r"|negat(?:ion|ive)|absolute value|factorial|an? (?:maximum|minimum))(?: of)?|接近|近|逾|最多|最少|减去?|加上?|乘以?|除以|相反数|绝对值)"
    r"(?: (?:the|a|an|that|these|those|all|of|number|value))* ?[¥€£$(=:]? ?$"
)
_WORKED_ON = re.compile(
    r"(?i) ?(?:over|times|squared|cubed|divided by|multiplied by|plus|minus|factorial|to the power|and an? (?:half|third|quarter))\b"
)
_ABOUT_BEFORE = re.compile(
    r"(?i)(?:\b(?:about|around|approximately|approx\.?|roughly|circa|ca\.|some)|≈|约|大约|约为|约等于|近似)(?: (?:the|a|an|is|equal to))* ?[¥€£(=:]? ?$"
)
_ABOUT_AFTER = re.compile(r" ?左右| ?上下(?!方)|(?i: (?:approximately|or thereabouts)\b)")
_DENIED_BEFORE = re.compile(
    r"(?i)(?:\b(?:not|never|rather than|instead of|neither|nor|(?:is|are|was|does|do|did)n['’]t)(?! only)|≠|!="
    r"|而?并?不是|并非|而非|绝非|不选|不等于|不为|不含)"
    r"(?: ?(?:just|simply|equal to|be|the|a|an|of|value|number|option|answer|choice|pure|选项|答案))* ?"
    r"(?:[a-z]['′]*(?:\(-?\d\))? ?= ?)?[¥€£$(*]* ?$"
)
_LINK = re.compile(r"(?i) ?(?:,|and|or|nor|、|和|或|与|也) ?(?:(?:also|the|a|an|option) )?")
_OR = re.compile(r"(?i)[ ,(]*(?:\bor\b|或者?|[=≈])[ (]*")
_MATHS_EDGE = re.compile(r"(?:[\s$*_(]|\\\[|\\\(|\\displaystyle|\\(?:math|text)\w+\{)+$")
_MATHS_START = re.compile(r"(?:[\s$*_)}]|\\\]|\\\))+")
_CLAUSE_BEFORE = re.compile(
    r"(?i)[.;!?。；！？,，]|\b(?:but|so|therefore|thus|hence)\b|而是|所以|因此|\n\s*\n"
)
_CLAUSE_AFTER = re.compile(
    r"(?i)[.;!。；！,，:(（\n]|\b(?:because|since|which|so|as|where|while)\b|因为|由于|而|\?|？"
)

_BESIDE = re.compile(r"(?:(?! (?:and|but|rather|instead)\b)[^.,;:!?()，。；：！？（])*")
_AND_NOT = re.compile(r"(?i) ?(?:(?:and|but) not|rather than|instead of|而不是|而非)\b ?")

Span = TypeVar("Span")  # has .start and .end


class Unclear(Exception):
    """No single answer can be read; `what` names the sentence that says why, `words` what stands in it."""

    def __init__(self, what: str, **words):
        super().__init__(what)
        self.what, self.words = what, words

    def finding(self, said: str, language: str) -> Finding:
        """This as what a target finds in a text."""
        return Finding("unclear", shortened(said), say(self.what, language, **self.words))


class Said(NamedTuple):
    """The text that is read: a box, with what stands right beside it on its line, or all of the final part."""

    text: str
    before: str = ""
    after: str = ""
    boxed: bool = False


def read(final: str, same: Callable[[str, str], bool] = str.__eq__) -> Said:
    """What is read of a final part: its last box, or all of it where there is none.

    `same` tells whether two boxes hold one answer. Raises Unclear where boxes of one paragraph differ, and where
    the words around the box deny, bound or take it back.
    """
    boxes = trace.boxes_in(final)
    if not boxes:
        return Said(final)
    last = boxes[-1]
    paragraph = max(final.rfind("\n\n", 0, last.start), 0)
    candidates = dict.fromkeys(box.content for box in boxes if box.start >= paragraph and box.end <= last.end)
    if any(one != last.content and not same(one, last.content) for one in candidates):
        raise Unclear("several")
    before, after = final[: last.start], final[last.end :]
    doubt_around(before, after)
    line = re.sub(r"\\[,;:! ]", " ", re.match(r"[^\n]{0,60}", after).group())
    return Said(last.content, re.search(r"[^\n]{0,20}$", before).group(), _BESIDE.match(line).group(), True)


def doubt_around(before: str, after: str) -> None:
    """Raises Unclear where the clause around a box takes it back, or what follows does."""
    lead = _MATHS_EDGE.sub("", before[-4 * _NEAR :])
    ends = [found.end() for found in _CLAUSE_BEFORE.finditer(lead)]
    lead = lead[ends[-1] if ends else 0 :]
    rest = after[: 100 * _NEAR]
    tail = _MATHS_START.sub("", rest[: 4 * _NEAR], count=1) if _MATHS_START.match(rest) else rest[: 4 * _NEAR]
    end = _CLAUSE_AFTER.search(tail)
    asked = end and end.group() in "?？"
    tail = tail[: end.end() if asked else end.start()] if end else tail
    for piece in (lead, _AND_NOT.sub("", tail, count=1) if _AND_NOT.match(tail) else tail):
        if found := _DOUBTS.search(piece):
            raise Unclear("doubted", word=found.group().strip())
    if (
        found := _TIGHT.search(lead)
        or _ABOUT_BEFORE.search(lead)
        or re.search(f"(?i){_TAKES_BACK}|(?:^|[.!?。！？,，]) ?(?:no\\b|不对|不，)", rest)
    ):
        raise Unclear("doubted", word=found.group().strip())


def affirmed(
    text: str, spans: Sequence[Span], same: Callable[[Span, Span], bool], roughly: bool = False
) -> list[Span]:
    """Those of the values at `spans`, in order, that a text affirms; "not 5" and "5 rather than 6" deny one.

    `same` tells whether two are one value, as in "3.159 m³, or 3159 L". One that is said to be about right counts
    with `roughly`, or beside an exact one. Raises Unclear where any other word leaves open what is meant.
    """
    kept, about, previous = [], [], None
    gone: list[tuple[int, int]] = []
    for span in spans:
        gap = text[previous.end if previous else 0 : span.start]
        lead = gap[-_NEAR:]
        denied = _DENIED_BEFORE.search(lead)
        start = span.start - (len(denied.group()) if denied else 0)
        goes_on = gone and gone[-1][1] == previous.end and _LINK.fullmatch(gap)  # "neither 5 nor 6"
        if denied or goes_on:
            gone.append((start, span.end))
        elif found := _TIGHT.search(lead) or _WORKED_ON.match(text, span.end):
            raise Unclear("doubted", word=found.group().strip())
        elif _ABOUT_BEFORE.search(lead) or _ABOUT_AFTER.match(text, span.end):
            about.append(span)
        else:
            kept.append(span)
        if previous and _OR.fullmatch(gap) and same(previous, span):
            gone.append((previous.end, span.start))
        previous = span
    if found := _DOUBTS.search(_without(text, gone)):
        raise Unclear("doubted", word=found.group().strip())
    if about and not roughly and not kept:
        raise Unclear("doubted", word=text[about[0].start : about[0].end])
    return kept + about if roughly else kept


def doubt_in(text: str) -> None:
    """Raises Unclear where a text holds a word that denies, bounds or takes back."""
    affirmed(plain(text), [], lambda one, other: False)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, position = [], 0
    for start, end in spans:
        pieces.append(text[position : max(start, position)])
        position = max(end, position)
    return " ; ".join([*pieces, text[position:]])
