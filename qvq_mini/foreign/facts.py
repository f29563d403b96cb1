"""What the foreign pictures show: facts as the kit draws them, from seeds of their own, in legible type."""

import math
from random import Random

from PIL import Image

from qvq_nb.cases import LANGUAGES, Case, case_of, family_module

SEEDS_FROM = 20_000_000
SEEN_PIXELS = 200 * 28 * 28  # a larger picture is scaled down to this many before the model sees it
LEAST_TEXT_PIXELS = 12  # size of the type, after that scaling


def language_of(seed: int) -> str:
    """The languages take turns."""
    return LANGUAGES[seed % len(LANGUAGES)]


def facts_of(family: str, seed: int) -> dict:
    """Facts as the kit draws them for a fresh case."""
    return family_module(family).sample(Random(f"foreign-{family}-{seed}"))


def foreign_case(family: str, seed: int, image: Image.Image, facts: dict) -> Case:
    """The picture with the kit's own question and truth, so that the kit's check grades the answer."""
    return case_of(family, facts, image, language_of(seed), seed)


def text_pixels(width: float, height: float, random: Random, largest=1.25) -> int:
    """A size of type that a person can still read once the picture is scaled down for the model."""
    enlarged = max(1, math.sqrt(width * height / SEEN_PIXELS))
    return math.ceil(random.choice((1, 1.1, largest)) * LEAST_TEXT_PIXELS * enlarged)


def text_width(text: str, size: float) -> float:
    """Pixels, roughly: a Chinese character is as wide as high, a Latin one a little over half of that."""
    return size * sum(1 if ord(letter) > 0x2E80 else 0.56 for letter in text)
