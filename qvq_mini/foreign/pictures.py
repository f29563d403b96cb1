"""The foreign pictures of a kind and a family, one for each seed."""

import io
from collections.abc import Iterable
from importlib import import_module
from random import Random

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from qvq_mini.foreign import plotting
from qvq_mini.foreign.browser import find_chromium, screenshots
from qvq_mini.foreign.facts import facts_of, foreign_case, language_of
from qvq_nb import cases
from qvq_nb.cases import Case

FILTERS = (Image.BILINEAR, Image.BICUBIC, Image.LANCZOS)


def module(family: str):
    """A family's drawings: `plot` for matplotlib, `page` for the browser (None where it has none)."""
    return import_module(f"qvq_mini.foreign.families.{family}")


def restyled(family: str, seeds: Iterable[int]) -> list[Case]:
    """The kit's own drawings after what happens to a picture on its way."""
    return [_restyled(family, seed) for seed in seeds]


def _restyled(family: str, seed: int) -> Case:
    case = cases.case(family, seed, language_of(seed))
    random = Random(f"restyled-{family}-{seed}")
    image, often = case.image.convert("RGB"), lambda share: random.random() < share
    paper = random.choice(("white", image.getpixel((0, 0)), (244, 240, 229)))
    scale = random.uniform(0.75, 1.6)
    size = round(image.width * scale), round(image.height * scale)
    image = image.resize(size, random.choice(FILTERS))
    if often(0.6):
        image = ImageEnhance.Contrast(image).enhance(random.uniform(0.7, 1.25))
        image = ImageEnhance.Brightness(image).enhance(random.uniform(0.8, 1.15))
    if often(0.2):
        image = image.convert("L").convert("RGB")
    if often(0.6):
        margins = tuple(random.choice((0, random.randint(4, 60))) for _ in range(4))
        image = ImageOps.expand(image, margins, paper)
    if often(0.5):
        image = image.rotate(random.uniform(-3, 3), Image.BICUBIC, expand=True, fillcolor=paper)
    if often(0.4):
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.8) * max(1, scale)))
    if often(0.75):
        image = _through_jpeg(image, random.randint(40, 90))
    return foreign_case(family, seed, image, case.facts)


def _through_jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def plotted(family: str, seeds: Iterable[int]) -> list[Case]:
    """The facts drawn anew with matplotlib."""
    return [_plotted(family, seed) for seed in seeds]


def _plotted(family: str, seed: int) -> Case:
    drawn, facts, language = module(family), facts_of(family, seed), language_of(seed)
    random = Random(f"matplotlib-{family}-{seed}")
    way = random.randrange(2)  # of those that have two ways to be drawn

    def draw():
        return drawn.plot(facts, language, random, way)

    has_chinese = drawn.HAS_CHINESE or language == "zh"
    image = plotting.picture(draw, has_chinese, drawn.STYLES, random)
    return foreign_case(family, seed, image, facts)


def browsed(family: str, seeds: Iterable[int]) -> list[Case]:
    """The facts in a browser, of which a screenshot is taken; none of a family that has no page."""
    write = module(family).page
    if write is None:
        return []
    seeds, every = list(seeds), [facts_of(family, seed) for seed in seeds]
    pages = [
        write(facts, language_of(seed), Random(f"html-{family}-{seed}")) for seed, facts in zip(seeds, every)
    ]
    images = screenshots(pages)
    return [foreign_case(family, seed, image, facts) for seed, image, facts in zip(seeds, images, every)]


KINDS = {"restyled": restyled, "matplotlib": plotted, "html": browsed}


def can_be_drawn(kind: str) -> bool:
    """Whether this machine has what the kind needs."""
    return KINDS[kind] is not browsed or find_chromium() is not None


def pictures(kind: str, family: str, seeds: Iterable[int]) -> list[Case]:
    """The cases of one kind and family, a picture for each seed."""
    return KINDS[kind](family, seeds)
