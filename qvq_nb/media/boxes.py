"""Boxes that a model writes: read from its text by their form, and drawn on a copy of the picture.

Qwen2-VL counts in thousandths of width and height and puts <|box_start|> and <|box_end|> round a box; where
these are dropped, bare pairs are left. Its relatives write JSON with `bbox_2d`: Qwen3-VL in thousandths,
Qwen2.5-VL in pixels of the picture as it was resized for the model. The form decides how a box is read and,
for JSON, the model's profile how it counts; never which of both fits better.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qvq_nb.errors import QvqError
from qvq_nb.media.letters import can_write, letters
from qvq_nb.media.resize import MAXIMUM_VISUAL_TOKENS, MINIMUM_VISUAL_TOKENS, resized

MARKS = tuple(f"<|{name}_{end}|>" for name in ("object_ref", "box", "quad") for end in ("start", "end"))
COUNTS = ("thousandths", "resized pixels")
FORMS = {"box": "box tokens", "quad": "quad tokens", "pairs": "bare pairs"}
LONGEST_LABEL = 80  # characters, where only the words before a box can be its label
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito

# No coordinate has more than six digits; Python refuses to read a number of some thousand.
_NUMBER = r"\s*\"?(-?\d{1,6}(?:\.\d{1,20})?)\"?\s*"
_PAIR = r"\s*\(\s*\d{1,6}\s*,\s*\d{1,6}\s*\)\s*"
# As they stand between the tokens; with spaces it is prose.
_BARE = r"\(\d{1,6},\d{1,6}\),\(\d{1,6},\d{1,6}\)"
_FORMS = re.compile(
    r"<\|object_ref_start\|>(?P<named>.{0,200}?)<\|object_ref_end\|>"
    rf"|<\|box_start\|>(?P<box>{_PAIR},?{_PAIR})<\|box_end\|>"
    rf"|<\|quad_start\|>(?P<quad>{_PAIR}(?:,?{_PAIR}){{3}})<\|quad_end\|>"
    rf"|(?P<json>\{{[^{{}}]*?\"bbox_2d\"\s*:\s*\[{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\][^{{}}]*\}})"
    rf"|(?<!\),)(?P<pairs>{_BARE}(?:,{_BARE})?)(?!,\()",
    re.DOTALL,
)
_LABEL = re.compile(r'"label"\s*:\s*"((?:[^"\\]|\\.)*)"')
_BEFORE_PAIRS = re.compile(r"[^\n.:;!?,()。：；！？，、<>|]*$")


@dataclass(frozen=True)
class Box:
    """A place in a picture, in its pixels. `form` is how it was written, `counted_in` what its numbers meant.

    `corners` are four (x, y) where a quad was written, else empty.
    """

    label: str
    left: float
    top: float
    right: float
    bottom: float
    form: str  # "box tokens", "quad tokens", "bare pairs" or "JSON"
    counted_in: str
    corners: tuple = ()

    @property
    def area(self) -> float:
        return max(self.right - self.left, 0) * max(self.bottom - self.top, 0)

    def overlap(self, other: "Box") -> float:
        """Intersection over union, from 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        shared = max(width, 0) * max(height, 0)
        union = self.area + other.area - shared
        return shared / union if union else 0.0


def read_boxes(
    text,
    size: tuple[int, int],
    json_counts: str = "thousandths",
    visual_tokens: tuple[int, int] | None = None,
) -> list[Box]:
    """The boxes in a text or an Answer, in order, in pixels of a picture of that (width, height).

    `json_counts` is what the numbers of JSON mean to this model: "thousandths", or "resized pixels", for
    which `visual_tokens` is the (minimum, maximum) with which the picture was asked about. What has none of
    the forms is no box; numbers beyond the picture are kept as they were written.
    """
    if json_counts not in COUNTS:
        raise QvqError(f"A box counts in {' or '.join(COUNTS)}; {json_counts!r} is neither.")
    text = getattr(text, "text", text)
    boxes, named, end = [], "", 0
    for found in _FORMS.finditer(text):
        before, end = text[end : found.start()][-LONGEST_LABEL:], found.end()
        if found["named"] is not None:
            named = found["named"].strip()
        elif found["json"] is not None:
            label = _LABEL.search(found["json"])
            numbers = [float(number) for number in found.groups()[4:8]]
            boxes.append(
                _box(label[1] if label else "", numbers, "JSON", _scale(size, json_counts, visual_tokens))
            )
        else:
            form = next(form for form in ("box", "quad", "pairs") if found[form] is not None)
            numbers = [int(number) for number in re.findall(r"\d+", found[form])]
            if form == "pairs" and not _are_thousandths(numbers):
                continue  # coordinates of something else
            label = named or _BEFORE_PAIRS.search(before)[0].strip()
            boxes.append(_box(label, numbers, FORMS[form], _scale(size, COUNTS[0])))
    return boxes


def draw_boxes(image, boxes: Iterable[Box]):
    """A copy of the picture with the boxes on it, each with its label in the kit's own letters.

    A box without a label, or with one that these letters cannot write, gets its number instead.
    """
    from PIL import ImageDraw

    picture = image.convert("RGB").copy()
    draw = ImageDraw.Draw(picture)
    stroke = max(2, min(picture.size) // 150)
    font = letters(max(14, min(picture.size) // 24))
    for number, box in enumerate(boxes):
        colour = COLOURS[number % len(COLOURS)]
        corners = box.corners or (
            (box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom),
        )  # fmt: skip
        draw.line([*corners, corners[0]], colour, stroke, joint="curve")
        label = box.label if box.label and can_write(box.label) else str(number + 1)
        _, _, width, height = draw.textbbox((0, 0), label, font)
        x = max(0, min(box.left, picture.width - width - 6))
        y = box.top - height - 4 if box.top >= height + 4 else min(box.bottom, picture.height - height - 4)
        draw.rectangle((x, y, x + width + 6, y + height + 4), fill=colour)
        draw.text((x + 3, y + 1), label, "white", font)
    return picture


def _are_thousandths(numbers: list[int]) -> bool:
    """Whether bare pairs are a place in thousandths: a quad, or first the upper left corner of a box."""
    left, top, right, bottom, *more = numbers
    return max(numbers) <= 1000 and (bool(more) or (left < right and top < bottom))


def _scale(size, counts: str, visual_tokens=None) -> tuple[str, float, float]:
    """What numbers count in, and how many pixels of the picture one of them is, across and down."""
    least, most = visual_tokens or (MINIMUM_VISUAL_TOKENS, MAXIMUM_VISUAL_TOKENS)
    across, down = (1000, 1000) if counts == COUNTS[0] else resized(*size, least, most)
    return counts, size[0] / across, size[1] / down


def _box(label: str, numbers: list, form: str, scale: tuple[str, float, float]) -> Box:
    counts, across, down = scale
    columns, rows = [x * across for x in numbers[::2]], [y * down for y in numbers[1::2]]
    corners = tuple(zip(columns, rows)) if len(columns) == 4 else ()
    return Box(label, min(columns), min(rows), max(columns), max(rows), form, counts, corners)
