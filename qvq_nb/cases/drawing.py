"""A canvas that remembers where each character was drawn, and the looks a drawing can take."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from qvq_nb.paths import data_folder

SMOOTHING = 2  # shapes are drawn at twice the size and averaged down, so that edges are smooth


@dataclass(frozen=True)
class Glyph:
    """One drawn character and the centre of its cell, in pixels of the finished image."""

    character: str
    x: float
    y: float


@dataclass(frozen=True)
class Style:
    """How a drawing looks: nothing here changes the answer."""

    text_size: int = 17
    ink: tuple[int, int, int] = (25, 25, 35)
    paper: tuple[int, int, int] = (255, 255, 255)
    accent: tuple[int, int, int] = (178, 34, 34)
    palette: tuple[tuple[int, int, int], ...] = ((68, 119, 170), (204, 102, 119), (221, 204, 119))
    shift: tuple[int, int] = (0, 0)
    line_width: float = 1.5
    typeface: tuple[Path, Path] | None = (
        None  # font files for ASCII and for all else; the kit's own where None
    )


# Paul Tol's colour-blind-safe schemes (bright, light, muted).
PALETTES = (
    Style.palette,
    ((119, 170, 221), (238, 136, 102), (187, 204, 51)),
    ((102, 204, 238), (238, 102, 119), (204, 187, 68)),
    ((136, 204, 238), (221, 170, 51), (170, 170, 153)),
    ((153, 187, 205), (255, 170, 187), (68, 187, 153)),
)
INKS = ((25, 25, 35), (0, 0, 0), (30, 40, 90), (60, 50, 45))
PAPERS = ((255, 255, 255), (252, 250, 244), (246, 249, 252), (255, 253, 240))
ACCENTS = ((178, 34, 34), (150, 60, 20), (30, 80, 140), (40, 100, 60))


def random_style(random: Random) -> Style:
    """A style drawn by `random`: size, colours and position vary, the content does not."""
    return Style(
        text_size=random.choice((16, 17, 18)),
        ink=random.choice(INKS),
        paper=random.choice(PAPERS),
        accent=random.choice(ACCENTS),
        palette=random.choice(PALETTES),
        shift=(random.randint(-6, 6), random.randint(-6, 6)),
        line_width=random.choice((1.0, 1.5, 2.0)),
    )


@lru_cache(maxsize=512)
def _font(size: int, bold: bool, file: Path | None = None) -> ImageFont.FreeTypeFont:
    name = "NotoSansSC-Bold-subset.otf" if bold else "NotoSansSC-Regular-subset.otf"
    file = file or data_folder() / "fonts" / name
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=16384)
def _advance(character: str, size: int, bold: bool, file: Path | None = None) -> float:
    return _font(size, bold, file).getlength(character)


@lru_cache(maxsize=256)
def _stretch(file: Path, sample: str) -> float:
    """The size of another font, as a share of the kit's own, at which a text is about as wide: drawings are laid out by the kit's."""
    width = sum(_advance(character, 64, False, file) for character in sample)
    return min(max(sum(_advance(character, 64, False) for character in sample) / width, 0.8), 1.2)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of `text` in pixels."""
    return sum(_advance(character, round(size * 4), bold) for character in text) / 4


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

    def drawn_large(self) -> Image.Image:
        """The drawing at the size at which it was drawn, larger than the finished image."""
        return self._image

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float | None = None,
        fill=None,
        bold: bool = False,
        align: str = "left",
        key: str | None = None,
    ) -> None:
        """Writes one line of `text`; `y` is its vertical middle, `align` says which end `x` is (left, center, right).

        Its glyphs are kept under `key`, so that one can tell later where the text stands.
        """
        size, fill, typeface = size or self.style.text_size, fill or self.style.ink, self.style.typeface
        if typeface is None:
            pieces = [(text, text_width(text, size, bold), None, size)]
        else:
            pieces = [self._in_typeface(character, size) for character in text]
        width = sum(piece[1] for piece in pieces)
        x -= {"left": 0, "center": width / 2, "right": width}[align]
        for piece, advance, file, drawn_size in pieces:
            position = (x * self._factor, y * self._factor)
            self._draw.text(
                position, piece, fill, _font(round(drawn_size * self._factor), bold, file), anchor="lm"
            )
            if typeface is None:
                self._remember(text, x, y, [text_width(character, size, bold) for character in text], key)
            else:
                self._remember(piece, x, y, [advance], key)
            x += advance

    def turned(
        self, x: float, y: float, character: str, size: float, degrees: float, key: str | None = None
    ) -> None:
        """One character round (x, y), turned against the clock."""
        piece, _, file, drawn_size = (
            (character, 0, None, size) if self.style.typeface is None else self._in_typeface(character, size)
        )
        side = round(3 * drawn_size * self._factor)
        mask = Image.new("L", (side, side))
        font = _font(round(drawn_size * self._factor), False, file)
        ImageDraw.Draw(mask).text((side / 2, side / 2), piece, 255, font, anchor="mm")
        corner = round(x * self._factor - side / 2), round(y * self._factor - side / 2)
        self._image.paste(self.style.ink, corner, mask.rotate(degrees, Image.Resampling.BICUBIC))
        self._remember(character, x, y, [0], key)

    def _in_typeface(self, character: str, size: float) -> tuple[str, float, Path, float]:
        latin, chinese = self.style.typeface
        file, sample = (
            (latin, "0123456789abcdefgABCDEFG-.")
            if character.isascii() or character in "−′"
            else (chinese, "税额合计")
        )
        size *= _stretch(file, sample)
        return character, _advance(character, round(size * 4), False, file) / 4, file, size

    def _remember(self, text: str, x: float, y: float, advances: list[float], key: str | None) -> None:
        for character, advance in zip(text, advances):
            if character != " ":
                self.mark(key, character, x + advance / 2, y)
                self.glyphs.append(Glyph(character, x + advance / 2, y))
            x += advance

    def mark(self, key: str | None, character: str, x: float, y: float) -> None:
        """Keeps under `key` that `character` stands at (x, y), in pixels; also for what is no text, such as a bird."""
        if key is not None:
            self.places.setdefault(key, []).append(Glyph(character, x, y))

    def line(self, points, fill=None, width: float | None = None) -> None:
        """A line through `points`, a list of (x, y)."""
        self._draw.line(self._scaled(points), fill or self.style.ink, self._stroke(width), joint="curve")

    def rectangle(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill=None,
        outline=None,
        width: float | None = None,
        radius: float = 0,
    ) -> None:
        """A rectangle, with rounded corners where `radius` is given."""
        box = self._scaled([(left, top), (right, bottom)])
        self._draw.rounded_rectangle(
            box, radius * self._factor, fill, outline, self._stroke(width) if outline else 0
        )

    def polygon(self, points, fill=None, outline=None, width: float | None = None) -> None:
        """A filled polygon through `points`."""
        self._draw.polygon(self._scaled(points), fill)
        if outline:
            points = list(points)
            self.line(points + points[:2], outline, width)

    def ellipse(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill=None,
        outline=None,
        width: float | None = None,
    ) -> None:
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


def mix(color, other, share: float) -> tuple[int, int, int]:
    """`color` with a `share` (0 to 1) of `other` stirred in."""
    return tuple(round(a + (b - a) * share) for a, b in zip(color, other))


def smooth(points, steps: int = 5, closed: bool = True) -> list[tuple[float, float]]:
    """A Catmull-Rom curve through `points`: `steps` points for each of its pieces."""
    count = len(points)
    place = (
        (lambda index: points[index % count])
        if closed
        else (lambda index: points[min(max(index, 0), count - 1)])
    )
    curve = []
    for index in range(count if closed else count - 1):
        (ax, ay), (bx, by), (cx, cy), (ex, ey) = (place(index + offset) for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            w0, w1, w2, w3 = (
                t * (2 * t - t * t - 1),
                2 + t * t * (3 * t - 5),
                t * (1 + t * (4 - 3 * t)),
                t * t * (t - 1),
            )
            curve.append(
                ((w0 * ax + w1 * bx + w2 * cx + w3 * ex) / 2, (w0 * ay + w1 * by + w2 * cy + w3 * ey) / 2)
            )
    return curve if closed else curve + [points[-1]]
