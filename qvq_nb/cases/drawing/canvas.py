"""A canvas that remembers where each character was drawn."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from qvq_nb.cases.drawing.fonts import font, stretch, text_width
from qvq_nb.cases.drawing.style import Style

SMOOTHING = 2  # shapes are drawn at twice the size and averaged down, so that edges are smooth
LATIN_SAMPLE, CHINESE_SAMPLE = "0123456789abcdefgABCDEFG-.", "税额合计"


@dataclass(frozen=True)
class Glyph:
    """One drawn character and the centre of its cell, in pixels of the finished image."""

    character: str
    x: float
    y: float


class Canvas:
    """A drawing of `width` × `height` pixels; every coordinate is in these pixels, whatever the `scale`."""

    def __init__(self, width: int, height: int, style: Style, scale: int = 1):
        self.width, self.height, self.style, self.scale = width, height, style, scale
        self.glyphs: list[Glyph] = []
        self.places: dict[str, list[Glyph]] = {}  # the glyphs of each text that was given a key
        self._factor = SMOOTHING * scale
        self._image = Image.new("RGB", (width * self._factor, height * self._factor), style.paper)
        self._draw = ImageDraw.Draw(self._image)

    def image(self) -> Image.Image:
        """The finished image, `width * scale` × `height * scale` pixels, RGB."""
        return self._image.reduce(SMOOTHING)

    def drawn_large(self) -> Image.Image:
        """The drawing at the size at which it was drawn, larger than the finished image."""
        return self._image

    def text(self, x, y, text: str, size=None, fill=None, bold=False, align="left", key=None) -> None:
        """Writes one line of `text`; `y` is its middle, `align` says what of it `x` is: left, center, right.

        Its glyphs are kept under `key`, so that one can tell later where the text stands.
        """
        pieces = self._pieces(text, size or self.style.text_size, bold)
        width = sum(sum(advances) for *_, advances in pieces)
        x -= {"left": 0, "center": width / 2, "right": width}[align]
        for piece, file, drawn_size, advances in pieces:
            place, letters = (x * self._factor, y * self._factor), self._font(drawn_size, bold, file)
            self._draw.text(place, piece, fill or self.style.ink, letters, anchor="lm")
            self._remember(piece, x, y, advances, key)
            x += sum(advances)

    def turned(self, x: float, y: float, character: str, size: float, degrees: float, key=None) -> None:
        """One character round (x, y), turned against the clock."""
        ((piece, file, drawn_size, _),) = self._pieces(character, size, False)
        side = round(3 * drawn_size * self._factor)
        mask = Image.new("L", (side, side))
        letters = self._font(drawn_size, False, file)
        ImageDraw.Draw(mask).text((side / 2, side / 2), piece, 255, letters, anchor="mm")
        corner = round(x * self._factor - side / 2), round(y * self._factor - side / 2)
        self._image.paste(self.style.ink, corner, mask.rotate(degrees, Image.Resampling.BICUBIC))
        self._remember(character, x, y, [0], key)

    def _font(self, size: float, bold: bool, file: Path | None):
        return font(round(size * self._factor), bold, file)

    def _pieces(self, text: str, size: float, bold: bool) -> list[tuple]:
        """The parts of a text that share a font: (part, font file, size, width of each character)."""
        if self.style.typeface is None:
            return [(text, None, size, [text_width(character, size, bold) for character in text])]
        latin, chinese = self.style.typeface
        pieces = []
        for character in text:
            is_latin = character.isascii() or character in "−′"
            file, sample = (latin, LATIN_SAMPLE) if is_latin else (chinese, CHINESE_SAMPLE)
            fitted = size * stretch(file, sample)
            pieces.append((character, file, fitted, [text_width(character, fitted, False, file)]))
        return pieces

    def _remember(self, text: str, x: float, y: float, advances: list[float], key: str | None) -> None:
        for character, advance in zip(text, advances):
            if character != " ":
                self.mark(key, character, x + advance / 2, y)
                self.glyphs.append(Glyph(character, x + advance / 2, y))
            x += advance

    def mark(self, key: str | None, character: str, x: float, y: float) -> None:
        """Keeps under `key` that `character`, or what is no text, such as a bird, stands at (x, y)."""
        if key is not None:
            self.places.setdefault(key, []).append(Glyph(character, x, y))

    def line(self, points, fill=None, width: float | None = None) -> None:
        """A line through `points`, a list of (x, y)."""
        self._draw.line(self._scaled(points), fill or self.style.ink, self._stroke(width), joint="curve")

    def rectangle(self, left, top, right, bottom, fill=None, outline=None, width=None, radius=0) -> None:
        """A rectangle, with rounded corners where `radius` is given."""
        box, stroke = self._scaled([(left, top), (right, bottom)]), self._stroke(width) if outline else 0
        self._draw.rounded_rectangle(box, radius * self._factor, fill, outline, stroke)

    def polygon(self, points, fill=None, outline=None, width: float | None = None) -> None:
        """A filled polygon through `points`."""
        self._draw.polygon(self._scaled(points), fill)
        if outline:
            points = list(points)
            self.line(points + points[:2], outline, width)

    def ellipse(self, left, top, right, bottom, fill=None, outline=None, width=None) -> None:
        """An ellipse in the box given by its corners."""
        box = self._scaled([(left, top), (right, bottom)])
        self._draw.ellipse(box, fill, outline, self._stroke(width) if outline else 0)

    def arrow(self, points, fill=None, width: float | None = None, head: float = 7) -> None:
        """A line through `points` with an arrow head of `head` pixels at its end."""
        self.line(points, fill, width)
        (x0, y0), (x1, y1) = points[-2], points[-1]
        length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-6)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        wings = [
            (x1 - head * ux + side * head * uy / 2, y1 - head * uy - side * head * ux / 2) for side in (1, -1)
        ]
        self._draw.polygon(self._scaled([(x1, y1), *wings]), fill or self.style.ink)

    def _scaled(self, points):
        return [(x * self._factor, y * self._factor) for x, y in points]

    def _stroke(self, width: float | None) -> int:
        return max(1, round((width or self.style.line_width) * self._factor))
