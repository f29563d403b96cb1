"""Sizes of images and their visual tokens: known ones, the guarantees, and transformers' own resizing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb.errors import QvqError
from qvq_nb.media import resize


@pytest.mark.parametrize(
    ("width", "height", "tokens"), [(1920, 1080, 2691), (2480, 3508, 11125), (28, 28, 4), (400, 300, 154)]
)
def test_known_images_have_their_known_tokens(width, height, tokens):
    assert resize.visual_tokens(width, height) == tokens


@given(st.integers(1, 6000), st.integers(1, 6000), st.integers(1, 300), st.integers(0, 16_000))
def test_resizing_keeps_its_guarantees(width, height, minimum, more):
    maximum = minimum + more
    if max(width, height) > 200 * min(width, height):
        with pytest.raises(QvqError):
            resize.resized(width, height, minimum, maximum)
        return
    sides = resize.resized(width, height, minimum, maximum)
    tokens = resize.visual_tokens(width, height, minimum, maximum)
    assert sides[0] % 28 == sides[1] % 28 == 0 and min(sides) >= 28
    was_shrunk = round(width / 28) * round(height / 28) > maximum
    if was_shrunk:
        assert tokens <= maximum or min(sides) == 28
    else:
        assert tokens >= minimum


def test_resizing_is_that_of_transformers():
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    for width in (28, 77, 300, 400, 1023, 4000):
        for height in (30, 90, 266, 378, 1500, 3508):
            for minimum, maximum in ((4, 16_384), (4, 200), (256, 1280), (100, 101)):
                theirs = smart_resize(height, width, min_pixels=minimum * 784, max_pixels=maximum * 784)
                assert resize.resized(width, height, minimum, maximum) == theirs[::-1]
                larger = {"factor": 32, "min_pixels": minimum * 1024, "max_pixels": maximum * 1024}
                theirs = smart_resize(height, width, **larger)  # as Qwen3-VL sees it
                assert resize.resized(width, height, minimum, maximum, 32) == theirs[::-1]


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (300, 1), (1, 201)])
def test_impossible_images_are_refused(size):
    with pytest.raises(QvqError):
        resize.visual_tokens(*size)
