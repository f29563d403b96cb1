"""The size at which Qwen2-VL really looks at an image, and how many visual tokens that takes. Arithmetic."""

import math

from qvq_nb.errors import QvqError

PATCH_SIDE_PIXELS = 14  # the vision tower sees squares of 14×14 pixels
MERGE_SIDE_PATCHES = 2  # and hands 2×2 of them to the language model as one token
TOKEN_SIDE_PIXELS = PATCH_SIDE_PIXELS * MERGE_SIDE_PATCHES
TOKEN_PIXELS = TOKEN_SIDE_PIXELS**2
MINIMUM_VISUAL_TOKENS = 4  # the published defaults of Qwen2-VL and QVQ
MAXIMUM_VISUAL_TOKENS = 16_384
LARGEST_ASPECT_RATIO = 200


def resized(
    width, height, minimum=MINIMUM_VISUAL_TOKENS, maximum=MAXIMUM_VISUAL_TOKENS, token_side=TOKEN_SIDE_PIXELS
) -> tuple[int, int]:
    """The (width, height) in pixels at which Qwen2-VL really looks at an image.

    Three guarantees, as in `smart_resize` of Qwen2-VL (github.com/QwenLM/Qwen2-VL, vision_process.py):
    1. both sides are multiples of 28 pixels (`token_side`, which is 32 for Qwen3-VL);
    2. an image with more than `maximum` visual tokens is shrunk to at most that many (unless it is so long
       that one row of tokens exceeds it), one with fewer than `minimum` is enlarged to at least that many;
    3. the aspect ratio stays as near as the first two allow.

    Raises QvqError for an empty image or one more than 200 times as long as wide.
    """
    if width < 1 or height < 1:
        raise QvqError(f"An image of {width}×{height} pixels is empty; give one with both sides above zero.")
    if max(width, height) > LARGEST_ASPECT_RATIO * min(width, height):
        raise QvqError(
            f"An image of {width}×{height} pixels is more than {LARGEST_ASPECT_RATIO} times as long as wide, "
            "and Qwen2-VL refuses that; crop it or cut it into pieces."
        )
    sides = (width, height)
    # Python's round() is half-to-even, as in the original: the tokens would differ otherwise.
    columns, rows = (round(side / token_side) for side in sides)
    if columns * rows > maximum:
        shrink = math.sqrt(width * height / (maximum * token_side**2))
        columns, rows = (max(1, math.floor(side / shrink / token_side)) for side in sides)
    elif columns * rows < minimum:
        grow = math.sqrt(minimum * token_side**2 / (width * height))
        columns, rows = (math.ceil(side * grow / token_side) for side in sides)
    return columns * token_side, rows * token_side


def visual_tokens(
    width, height, minimum=MINIMUM_VISUAL_TOKENS, maximum=MAXIMUM_VISUAL_TOKENS, token_side=TOKEN_SIDE_PIXELS
) -> int:
    """How many tokens an image of width × height pixels takes in the prompt, without its start and end."""
    new_width, new_height = resized(width, height, minimum, maximum, token_side)
    return (new_width // token_side) * (new_height // token_side)
