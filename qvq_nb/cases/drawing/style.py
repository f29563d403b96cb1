"""The looks that a drawing can take: nothing of them changes the answer."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Style:
    """Sizes and widths in pixels, colours in RGB; the defaults are the looks of a canonical case."""

    text_size: int = 17
    ink: Color = (25, 25, 35)
    paper: Color = (255, 255, 255)
    accent: Color = (178, 34, 34)
    palette: tuple[Color, ...] = ((68, 119, 170), (204, 102, 119), (221, 204, 119))
    shift: tuple[int, int] = (0, 0)
    line_width: float = 1.5
    # Font files for ASCII and for all else; the kit's own where None.
    typeface: tuple[Path, Path] | None = None


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
    """A style drawn by `random`: size, colours and position vary."""
    return Style(
        text_size=random.choice((16, 17, 18)),
        ink=random.choice(INKS),
        paper=random.choice(PAPERS),
        accent=random.choice(ACCENTS),
        palette=random.choice(PALETTES),
        shift=(random.randint(-6, 6), random.randint(-6, 6)),
        line_width=random.choice((1.0, 1.5, 2.0)),
    )


def mix(color, other, share: float) -> Color:
    """`color` with a `share` (0 to 1) of `other` stirred in."""
    return tuple(round(a + (b - a) * share) for a, b in zip(color, other))
