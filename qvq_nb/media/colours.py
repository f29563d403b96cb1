"""Any kind of pixel to 8-bit RGB in which everything can still be seen, with a note on what was done."""

from qvq_nb.errors import QvqError

DEEPEST = 65_535
DEPTHS = (255, 1_023, 4_095, 16_383, DEEPEST)  # white in 8, 10, 12, 14 and 16 bits
DARK = 63  # of 255: a 16-bit file that has no more uses 14 bits or fewer
FEWEST_LEVELS = 16  # of 256: a picture with fewer is as good as blank
ROWS_AT_ONCE = 512
WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")
EXACT = ("1", "L", "P", "RGB", "RGBX")  # modes of which RGB keeps every difference


def in_rgb(image, name: str):
    """(8-bit RGB image, notes). Transparency is laid on white, or on black where white would hide the
    picture; grey values of more than 8 bits are brought to 0…255. QvqError where nothing can be seen."""
    if image.mode.startswith("I") or image.mode == "F":
        return _grey(image, name)
    if image.mode in WITH_ALPHA or "transparency" in image.info:
        return _laid_on_ground(image, name)
    rgb = image.convert("RGB")
    if image.mode not in EXACT and is_even(rgb) and not is_even(image):
        return rgb, (
            f"{name} has differences in colour that RGB cannot show: it looks like one even colour.",
        )
    return rgb, ()


def is_even(image) -> bool:
    """Has the image one colour only?"""
    return spread(image) == 0


def spread(image) -> float:
    """The largest difference between two values of one channel."""
    extremes = image.getextrema()
    pairs = extremes if isinstance(extremes[0], tuple) else (extremes,)
    return max(high - low for low, high in pairs)


# -- transparency ------------------------------------------------------------------------------------------


def _laid_on_ground(image, name):
    from PIL import Image

    layer = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    alpha, colours = layer.getchannel("A"), layer.convert("RGB")
    if alpha.getextrema()[0] == 255:
        return colours, ()
    if alpha.getextrema()[1] == 0 and not is_even(colours):
        return colours, (f"{name} is wholly transparent; its colours are shown as if it were not.",)

    def on(ground):
        return Image.alpha_composite(Image.new("RGBA", layer.size, ground), layer).convert("RGB")

    laid = on("white")
    if spread(laid) < FEWEST_LEVELS and spread(on_black := on("black")) > spread(laid):
        return on_black, (f"{name} has white on a transparent ground; it was laid on black.",)
    return laid, (f"{name} is transparent in parts; it was laid on white.",)


# -- more than 8 bits --------------------------------------------------------------------------------------


def _grey(image, name):
    """Grey in 16 or 32 bits or in floating point; the value that stands for "transparent" becomes white."""
    import numpy

    values = numpy.asarray(image)
    finite = numpy.isfinite(values)
    if not finite.any():
        raise QvqError(f"{name} has no value in any of its pixels (NaN); save it again from its source.")
    notes = []
    if missing := int(finite.size - finite.sum()):
        notes.append(f"{name} has {missing:,} pixels without a value (NaN or infinite); they are black.")
    transparent = image.info.get("transparency")
    clear = values == transparent if isinstance(transparent, int) else numpy.zeros(values.shape, bool)
    if clear.any():
        notes.append(f"{name} is transparent in parts; they are white.")
    seen = finite & ~clear
    used = values[seen] if seen.any() else values[finite]
    low, high = float(used.min()), float(used.max())
    pixels, note = _brought_to_eight_bits(values, low, high, _white_of(image.mode, low, high), name)
    pixels[~finite] = 0
    if clear.any() and seen.any() and low == high and pixels[seen].max() > 255 - FEWEST_LEVELS:
        pixels[seen] = 0
        notes.append(f"{name} has white on a transparent ground; it is shown black on white.")
    pixels[clear] = 255
    return _image(pixels), (*notes, *note)


def _white_of(mode: str, low: float, high: float) -> float:
    """The value that is white: the smallest of the usual depths that holds all values; 0 if none does."""
    if low < 0 or high > DEEPEST:
        return 0
    if mode == "F" and high <= 1:
        return 1
    return next(white for white in DEPTHS if high <= white) if high else DEEPEST


def _brought_to_eight_bits(values, low, high, white, name):
    """(uint8 pixels, notes): 0…`white` to 0…255; low…high to 0…255 where that would show next to nothing."""
    if not white or (high > low and (high - low) * 255 / white < FEWEST_LEVELS):
        notes = (f"{name} has values from {low:g} to {high:g}; they were spread from black to white.",)
        return _scaled(values, low, 255 / (high - low) if high > low else 0), notes
    notes = ()
    if values.dtype.itemsize == 2 and white < DEEPEST:
        notes = (f"{name} uses only 0 to {white:,} of its 16 bits; it was brightened.",)
    return _scaled(values, 0, 255 / white), notes


def _scaled(values, floor, scale):
    import numpy

    pixels = numpy.empty(values.shape, numpy.uint8)
    for row in range(0, len(values), ROWS_AT_ONCE):  # in 64 bits, and never all of a large picture at once
        with numpy.errstate(all="ignore"):
            part = numpy.rint((values[row : row + ROWS_AT_ONCE].astype(numpy.float64) - floor) * scale)
        numpy.nan_to_num(part, copy=False, nan=0, posinf=0, neginf=0)
        pixels[row : row + ROWS_AT_ONCE] = numpy.clip(part, 0, 255)
    return pixels


def _image(pixels):
    from PIL import Image

    return Image.fromarray(pixels).convert("RGB")


def deep_colours(high_bytes, low_bytes, name):
    """(image, notes) of a dark picture with 16 bits per colour, of which Pillow keeps the upper 8.

    `low_bytes` is the same picture with the lower 8. The image has the mode of the two.
    """
    import numpy
    from PIL import Image

    values = numpy.asarray(high_bytes).astype(numpy.uint16) * 256 + numpy.asarray(low_bytes)
    colours = values[..., :3]
    low, high = float(colours.min()), float(colours.max())
    pixels, notes = _brought_to_eight_bits(colours, low, high, _white_of(high_bytes.mode, low, high), name)
    if values.shape[-1] == 4:
        pixels = numpy.dstack([pixels, numpy.asarray(high_bytes)[..., 3]])
    return Image.fromarray(pixels), notes
