"""A place in a picture as the answer: the one box that a text holds, against the true one."""

import re
import unicodedata
from dataclasses import dataclass

from qvq_nb.grading.rule import Unclear, doubt_around, read
from qvq_nb.grading.values.plain import one_spaced, plain
from qvq_nb.grading.verdict import Finding, say, shortened
from qvq_nb.media import boxes

Corners = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the picture

FORMS_ZH = {"box tokens": "方框标记", "quad tokens": "四边形标记", "bare pairs": "坐标对", "JSON": "JSON"}
# The place is beside the box that is written.
BESIDE_BEFORE = re.compile(r"(?i)\b(?:outside|beside|next to|(?:left|right) of)\s*$")
BESIDE_AFTER = re.compile(r"[\s)\]}`]*的?(?:旁边|附近|上方|下方|左边|右边|外面)")
BOX = re.compile(r"<\|(?:object_ref|box|quad)_start\|>|\{|\(\d")
BOX_END = re.compile(r"<\|(?:box|quad)_end\|>|[)}]")


@dataclass(frozen=True)
class Box:
    """A box in pixels of a picture of `size` (width, height), right from an IoU of `threshold` on.

    IoU is the area that two boxes share, divided by the area that they cover together. `others` are the other
    objects, each a name in the language of the question and its corners, of which a miss tells the one hit.
    """

    left: float
    top: float
    right: float
    bottom: float
    size: tuple[int, int]
    others: tuple[tuple[str, Corners], ...] = ()
    threshold: float = 0.5

    @property
    def expected(self) -> str:
        """The box as Qwen2-VL writes it, in thousandths."""
        return _written((self.left, self.top, self.right, self.bottom), self.size)

    def grade(self, final: str, language: str) -> Finding:
        """Holds the only box of the text, or of its \\boxed{}, against the true one."""
        try:
            final = unicodedata.normalize("NFKC", final)  # a Chinese keyboard types （518，357）
            said = one_spaced(read(final, lambda one, other: one.split() == other.split()).text)
        except Unclear as unclear:
            what = "several boxes" if unclear.what == "several" else "box denied"
            return Finding("unclear", shortened(final), say(what, language, example=EXAMPLE))
        places = {_corners(place): place for place in boxes.read_boxes(said, self.size)}
        if len(places) != 1:
            what = "several boxes" if places else "no box"
            return Finding("unclear", shortened(said), say(what, language, example=EXAMPLE))
        if _is_denied(said):
            return Finding("unclear", shortened(said), say("box denied", language, example=EXAMPLE))
        ((corners, place),) = places.items()
        overlap = place.overlap(_place((self.left, self.top, self.right, self.bottom)))
        words = {
            "overlap": f"{overlap:.2f}",
            "form": FORMS_ZH[place.form] if language == "zh" else place.form,
            "threshold": f"{self.threshold:.2f}",
        }
        got = _written(corners, self.size)
        if overlap >= self.threshold:
            return Finding("right", got, say("box right", language, **words))
        hits = [(place.overlap(_place(other)), name) for name, other in self.others]
        most, name = max(hits, default=(0, ""))
        if most > overlap:
            return Finding("wrong", got, say("box on another", language, name=name, **words))
        return Finding("wrong", got, say("box wrong", language, **words))


def _is_denied(text: str) -> bool:
    """Whether the words around the box say that this is not it, or that the place is beside it."""
    first = BOX.search(text)
    ends = [found.end() for found in BOX_END.finditer(text)]
    before, after = text[: first.start()], text[ends[-1] :]
    try:
        doubt_around(plain(before), plain(after))
    except Unclear:
        return True
    return bool(BESIDE_BEFORE.search(before) or BESIDE_AFTER.match(after))


def _place(corners: Corners) -> boxes.Box:
    return boxes.Box("", *corners, form="", counted_in="")


def _corners(place: boxes.Box) -> Corners:
    return place.left, place.top, place.right, place.bottom


def _written(corners: Corners, size: tuple[int, int]) -> str:
    left, top, right, bottom = (round(1000 * number / side) for number, side in zip(corners, (*size, *size)))
    return f"<|box_start|>({left},{top}),({right},{bottom})<|box_end|>"


EXAMPLE = _written((0.1, 0.2, 0.3, 0.4), (1, 1))
