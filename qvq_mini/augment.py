"""How training pictures come to look different: fonts, colours, layouts, and what a scanner adds.

A model that has seen one layout per family reads nothing else.
"""

import io
from dataclasses import dataclass
from math import cos, radians, sin
from random import Random

import numpy
from PIL import Image, ImageFilter

from qvq_mini import families, typefaces
from qvq_nb.cases import family_module
from qvq_nb.cases.drawing import PALETTES, Canvas, Glyph, Style, random_style

TOKEN_PIXELS = 28
FEWEST_TOKENS, MOST_TOKENS = 54, 154  # visual tokens of a picture in other looks
OTHER_LAYOUT_SHARE = 0.65  # of the pictures in other looks; the rest is the kit's own layout, restyled
PLOTTING_PALETTES = (
    ((31, 119, 180), (255, 127, 14), (44, 160, 44)), ((68, 114, 196), (237, 125, 49), (165, 165, 165)),
    ((102, 194, 165), (252, 141, 98), (141, 160, 203)), ((76, 114, 176), (221, 132, 82), (85, 168, 104)),
    ((66, 133, 244), (219, 68, 55), (244, 180, 0)), ((90, 90, 90), (150, 150, 150), (205, 205, 205)),
    ((226, 74, 51), (52, 138, 189), (152, 142, 213)), ((99, 110, 250), (239, 85, 59), (0, 204, 150)),
)  # fmt: skip
PADDINGS = (
    (255, 255, 255),
    (240, 240, 240),
    (225, 228, 232),
    (40, 40, 44),
)  # round a drawing, if not its paper
FILTERS = (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR)
LEAST_SIDES = 320, 210  # pixels that another layout needs


@dataclass
class Drawn:
    """A finished picture, the facts that it shows, and where everything stands in it, in pixels."""

    image: Image.Image
    facts: dict
    places: dict[str, list[Glyph]]
    glyphs: list[Glyph]


def any_style(random: Random) -> Style:
    """Any font, ink, paper and colours; the text stays darker than the paper by far."""
    latin, chinese = typefaces.installed()
    white, grey = (255, 255, 255), random.randint(0, 70)
    ink = random.choice(((0, 0, 0), (grey, grey, grey), _any_color(random, 0, 90)))
    paper = random.choice((white, white, _any_color(random, 228, 255)))
    invented = tuple(_any_color(random, 40, 230) for _ in range(3))
    palette = random.choice((*PALETTES, *PLOTTING_PALETTES, invented))
    return Style(
        text_size=random.randint(13, 22),
        ink=ink,
        paper=paper,
        palette=palette,
        accent=random.choice((ink, _any_color(random, 0, 150))),
        shift=(random.randint(-6, 6), random.randint(-6, 6)),
        line_width=random.choice((0.8, 1.0, 1.5, 2.0, 2.5)),
        typeface=None if random.random() < 0.15 else (random.choice(latin), random.choice(chinese)),
    )


def _any_color(random: Random, least: int, most: int) -> tuple[int, int, int]:
    return tuple(random.randint(least, most) for _ in range(3))


def any_size(random: Random) -> tuple[int, int]:
    """Width and height of a picture in other looks: multiples of 28, at most `MOST_TOKENS` visual tokens."""
    while True:
        columns, rows = random.randint(9, 20), random.randint(6, 15)
        if FEWEST_TOKENS <= columns * rows <= MOST_TOKENS and 0.35 < rows / columns < 1.5:
            return columns * TOKEN_PIXELS, rows * TOKEN_PIXELS


def own(family: str, facts: dict, language: str, random: Random) -> Drawn:
    """The kit's own drawing, as learners see it."""
    canvas = family_module(family).draw(facts, random_style(random), language)
    return Drawn(canvas.image(), facts, canvas.places, _all_glyphs(canvas))


def other(family: str, facts: dict, language: str, random: Random, size: tuple[int, int]) -> Drawn:
    """The facts in another font, colours and layout, on a picture of `size` pixels, turned or padded."""
    style = any_style(random)
    if random.random() < OTHER_LAYOUT_SHARE:
        facts = families.module(family).other_facts(facts, random)
        # Drawn larger than shown: text becomes smaller, and softer.
        enlarged = random.uniform(0.85, min(style.text_size / 10.5, 1.5))
        sides = (max(round(side * enlarged), least) for side, least in zip(size, LEAST_SIDES))
        canvas = Canvas(*sides, style)
        families.module(family).draw_otherwise(canvas, facts, language, random)
    else:
        style = style if random.random() < 0.7 else random_style(random)
        canvas = family_module(family).draw(facts, style, language)
    image, moved = _placed(canvas, random, size)
    places = {key: [moved(glyph) for glyph in found] for key, found in canvas.places.items()}
    return Drawn(image, facts, places, [moved(glyph) for glyph in _all_glyphs(canvas)])


def _all_glyphs(canvas: Canvas) -> list[Glyph]:
    birds = [glyph for found in canvas.places.values() for glyph in found if len(glyph.character) > 1]
    return canvas.glyphs + birds


def _placed(canvas: Canvas, random: Random, size: tuple[int, int]):
    """The drawing scaled into a picture of `size`, and a function that tells where a glyph of it has gone."""
    width, height = size
    across, down = width / canvas.width, height / canvas.height
    even = min(across, down)
    loose = random.uniform(0.82, 1) if random.random() < 0.5 else 1
    if max(across, down) / even < 1.15:  # like the processor, which stretches a little to fill whole tokens
        across, down = across * loose, down * loose
    else:
        across = down = even * loose
    inner = max(round(canvas.width * across), 1), max(round(canvas.height * down), 1)
    angle = random.uniform(-3.5, 3.5) if random.random() < 0.3 else 0
    background = canvas.style.paper if random.random() < 0.6 else random.choice(PADDINGS)
    drawing = canvas.drawn_large().resize(inner, random.choice(FILTERS))
    left, top = (
        random.randint(0, room) if random.random() < 0.5 else room // 2
        for room in (width - inner[0], height - inner[1])
    )
    image = Image.new("RGB", size, background)
    image.paste(drawing, (left, top))
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=background)
    turn = radians(angle)

    def moved(glyph: Glyph) -> Glyph:
        x, y = glyph.x * across + left - width / 2, glyph.y * down + top - height / 2
        x, y = x * cos(turn) + y * sin(turn), -x * sin(turn) + y * cos(turn)
        return Glyph(glyph.character, x + width / 2, y + height / 2)

    return image, moved


def spoil(image: Image.Image, generator: numpy.random.Generator) -> Image.Image:
    """Now and then some noise, contrast, blur or JPEG, as a camera or a screenshot adds; sometimes grey."""
    if generator.random() < 0.5:
        return image
    pixels = numpy.asarray(image, dtype=numpy.float32)
    pixels = (pixels - 128) * generator.uniform(0.7, 1.15) + 128 + generator.uniform(-15, 15)
    pixels += generator.normal(0, generator.uniform(0, 6), pixels.shape[:2] + (1,))
    image = Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))
    if generator.random() < 0.1:
        image = image.convert("L").convert("RGB")
    if generator.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(generator.uniform(0.2, 0.8)))
    if generator.random() < 0.5:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(generator.integers(35, 92)))
        image = Image.open(buffer).convert("RGB")
    return image
