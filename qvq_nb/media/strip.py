"""Frames of a clip, or several pictures, side by side, for the eye and for paper."""

from collections.abc import Sequence

from qvq_nb.media.letters import letters

MOST_FRAMES_SHOWN = 16
FRAMES_IN_A_ROW = 4
WIDTH_PIXELS = 880
GAP_PIXELS = 6
LABEL_PIXELS = 16


def strip(frames: Sequence, frames_per_second: float):
    """One PIL image of at most 16 frames, evenly chosen, each with its number and its second below it."""
    from PIL import Image, ImageDraw

    shown = min(len(frames), MOST_FRAMES_SHOWN)
    chosen = [number * len(frames) // shown for number in range(shown)]
    columns = min(shown, FRAMES_IN_A_ROW)
    width, height = frames[0].size
    scale = min(1, (WIDTH_PIXELS / columns - GAP_PIXELS) / width, WIDTH_PIXELS / height)
    width, height = max(1, round(width * scale)), max(1, round(height * scale))
    across, down = width + GAP_PIXELS, height + LABEL_PIXELS + GAP_PIXELS
    page = Image.new("RGB", (columns * across, -(-shown // columns) * down), "white")
    draw = ImageDraw.Draw(page)
    for place, number in enumerate(chosen):
        x, y = place % columns * across, place // columns * down
        page.paste(frames[number].resize((width, height)), (x, y))
        draw.rectangle((x, y, x + width - 1, y + height - 1), outline="#bbbbbb")
        label = f"{number + 1} · {number / frames_per_second:.1f} s"
        draw.text((x, y + height), label, "#555555", letters(LABEL_PIXELS - 4))
    return page


def side_by_side(pictures: Sequence):
    """One PIL image of several, at the size they have, each with its number below it."""
    from PIL import Image, ImageDraw

    width = sum(picture.width + GAP_PIXELS for picture in pictures)
    height = max(picture.height for picture in pictures)
    page = Image.new("RGB", (width, height + LABEL_PIXELS + GAP_PIXELS), "white")
    draw, x = ImageDraw.Draw(page), 0
    for number, picture in enumerate(pictures, start=1):
        page.paste(picture, (x, 0))
        draw.rectangle((x, 0, x + picture.width - 1, picture.height - 1), outline="#bbbbbb")
        draw.text((x, height), str(number), "#555555", letters(LABEL_PIXELS - 4))
        x += picture.width + GAP_PIXELS
    return page
