"""How training pictures come to look different: other layouts and fonts, and what a scanner or a screenshot adds."""

import io
from dataclasses import dataclass
from math import cos, radians, sin
from random import Random

import numpy
from PIL import Image, ImageFilter

from qvq_mini import layouts
from qvq_nb.cases import family_module
from qvq_nb.cases.drawing import Canvas, Glyph, random_style

TOKEN_PIXELS = 28
FEWEST_TOKENS, MOST_TOKENS = 54, 154  # visual tokens of a picture in other looks
OTHER_LAYOUT_SHARE = 0.65  # of the pictures in other looks; the rest is the kit's own layout, restyled


@dataclass
class Drawn:
    """A finished picture, the facts that it shows, and where everything stands in it, in pixels."""

    image: Image.Image
    facts: dict
    places: dict[str, list[Glyph]]
    glyphs: list[Glyph]


def own(family: str, facts: dict, language: str, random: Random) -> Drawn:
    """The kit's own drawing, as learners see it."""
    canvas = family_module(family).draw(facts, random_style(random), language)
    return Drawn(canvas.image(), facts, canvas.places, _all_glyphs(canvas))


def any_size(random: Random) -> tuple[int, int]:
    """Width and height of a picture in other looks: multiples of 28, at most `MOST_TOKENS` visual tokens."""
    while True:
        columns, rows = random.randint(9, 20), random.randint(6, 15)
        if FEWEST_TOKENS <= columns * rows <= MOST_TOKENS and 0.35 < rows / columns < 1.5:
            return columns * TOKEN_PIXELS, rows * TOKEN_PIXELS


def other(family: str, facts: dict, language: str, random: Random, size: tuple[int, int]) -> Drawn:
    """The facts in another font, colours and layout, on a picture of `size` pixels, a little turned or padded."""
    style = layouts.any_style(random)
    if random.random() < OTHER_LAYOUT_SHARE:
        facts = layouts.other_facts(family, facts, random)
        enlarged = random.uniform(
            0.85, min(style.text_size / 10.5, 1.5)
        )  # drawn larger than shown: text becomes smaller, and softer
        width, height = (max(round(side * enlarged), least) for side, least in zip(size, (320, 210)))
        canvas = layouts.draw(family, facts, style, language, random, width, height)
    else:
        canvas = family_module(family).draw(
            facts, style if random.random() < 0.7 else random_style(random), language
        )
    image, moved = _placed(canvas, random, size)
    glyphs = [_moved(glyph, moved) for glyph in _all_glyphs(canvas)]
    return Drawn(
        image,
        facts,
        {key: [_moved(glyph, moved) for glyph in found] for key, found in canvas.places.items()},
        glyphs,
    )


def _all_glyphs(canvas: Canvas) -> list[Glyph]:
    birds = [glyph for found in canvas.places.values() for glyph in found if len(glyph.character) > 1]
    return canvas.glyphs + birds


def _placed(canvas: Canvas, random: Random, size: tuple[int, int]):
    """The drawing scaled into a picture of `size`, and the function that tells where a point of it has gone."""
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
    paper = canvas.style.paper
    background = (
        paper
        if random.random() < 0.6
        else random.choice(((255, 255, 255), (240, 240, 240), (225, 228, 232), (40, 40, 44)))
    )
    drawing = canvas.drawn_large().resize(
        inner, random.choice((Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR))
    )
    left, top = (
        random.randint(0, room) if random.random() < 0.5 else room // 2
        for room in (width - inner[0], height - inner[1])
    )
    image = Image.new("RGB", size, background)
    image.paste(drawing, (left, top))
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=background)
    turn = radians(angle)

    def moved(x, y):
        x, y = x * across + left - width / 2, y * down + top - height / 2
        return x * cos(turn) + y * sin(turn) + width / 2, -x * sin(turn) + y * cos(turn) + height / 2

    return image, moved


def _moved(glyph: Glyph, moved) -> Glyph:
    return Glyph(glyph.character, *moved(glyph.x, glyph.y))


def spoil(image: Image.Image, generator: numpy.random.Generator) -> Image.Image:
    """Now and then a little noise, contrast, blur or JPEG, as a camera or a screenshot adds; sometimes grey."""
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
