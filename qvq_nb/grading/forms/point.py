"""A point in a picture as the answer, such as the place to tap."""

import re
import unicodedata
from dataclasses import dataclass

from qvq_nb.grading.forms.block import is_doubted, set_apart
from qvq_nb.grading.verdict import Finding, phrase, shortened
from qvq_nb.media.boxes import read_boxes

Corners = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the picture

_NUMBER = r'\s*"?(\d{1,6})"?\s*'
_PAIR = re.compile(rf"(?<!\))(?<!\),)\({_NUMBER},{_NUMBER}\)(?![,\s]*\()")
_JSON = re.compile(rf'"point_2d"\s*:\s*\[{_NUMBER},{_NUMBER}\]')
_END = re.compile(r"\|>|[)}\]]")
_BEGINNING = re.compile(r'<\||\{|"point_2d"|(?:\b(?:tap|click)\s*)?\(\s*\d')


@dataclass(frozen=True)
class Point:
    """A point in one of `places`, boxes in pixels of a picture of `size` (width, height).

    It is written in thousandths of width and height, as (x,y) or as JSON with `point_2d`; of a box the middle
    counts. `others` are the names and the corners of what else a point may hit, which a miss tells.
    """

    places: tuple[Corners, ...]
    size: tuple[int, int]
    others: tuple[tuple[str, Corners], ...] = ()

    @property
    def expected(self) -> str:
        """The middle of the first place."""
        left, top, right, bottom = self.places[0]
        width, height = self.size
        return f"({round(500 * (left + right) / width)},{round(500 * (top + bottom) / height)})"

    def grade(self, final: str, language: str) -> Finding:
        """Grades the one point of the box, of the fenced block or of the whole text."""
        final = unicodedata.normalize("NFKC", final)  # a Chinese keyboard types （518，357）
        said = " ".join(set_apart(final)) or final
        points = points_in(said, self.size)
        beginning = _BEGINNING.search(said)
        if len(points) != 1:
            pair = _SEVERAL if points else _NONE
        elif is_doubted(said, beginning.start(), [found.end() for found in _END.finditer(said)][-1]):
            pair = _DOUBTED
        else:
            return self._found(*points, language)
        return Finding("unclear", shortened(said), phrase(pair, language))

    def _found(self, point: tuple[float, float], language: str) -> Finding:
        got = f"({point[0]:g},{point[1]:g})"
        if max(point) > 1000:
            return Finding("unclear", got, phrase(_BEYOND, language, got=got))
        if any(self._holds(place, point) for place in self.places):
            return Finding("right", got, phrase(_RIGHT, language, got=got))
        hit = next((name for name, place in self.others if self._holds(place, point)), None)
        if hit:
            return Finding("wrong", got, phrase(_ON_ANOTHER, language, got=got, name=hit))
        return Finding("wrong", got, phrase(_WRONG, language, got=got))

    def _holds(self, place: Corners, point: tuple[float, float]) -> bool:
        x, y = (number * side / 1000 for number, side in zip(point, self.size))
        left, top, right, bottom = place
        return left <= x <= right and top <= y <= bottom


def points_in(said: str, size: tuple[int, int]) -> set[tuple[float, float]]:
    """The different points that a text names, and the middles of its boxes, in thousandths."""
    closely = " ".join(said.split()).replace(" ,", ",").replace(", ", ",")
    written = [*_PAIR.findall(closely), *_JSON.findall(said)]
    middles = [
        (500 * (box.left + box.right) / size[0], 500 * (box.top + box.bottom) / size[1])
        for box in read_boxes(said, size)
    ]
    return {(float(x), float(y)) for x, y in written} | {(round(x, 3), round(y, 3)) for x, y in middles}


_HOW_EN = " Write just one place in thousandths of width and height, such as (500,300)."
_HOW_ZH = "请按宽、高的千分坐标只写一个位置，例如 (500,300)。"
_NONE = ("The answer names no place." + _HOW_EN, "答案没有给出位置。" + _HOW_ZH)
_SEVERAL = ("The answer names several places." + _HOW_EN, "答案给出了好几个位置。" + _HOW_ZH)
_DOUBTED = ("The text denies or doubts the place." + _HOW_EN, "文本否定或怀疑这个位置。" + _HOW_ZH)
_BEYOND = ("{got} lies beyond the picture." + _HOW_EN, "{got} 在图外。" + _HOW_ZH)
_RIGHT = ("{got}, in thousandths, is a right place.", "{got}（千分坐标）位置正确。")
_WRONG = ("{got}, in thousandths, hits nothing.", "{got}（千分坐标）什么也没有点到。")
_ON_ANOTHER = (
    "{got}, in thousandths, hits “{name}”, which is not on the shortest way.",
    "{got}（千分坐标）点到的是“{name}”，不在最短的路上。",
)
