"""Controls for lessons: a slider where a live front end can show it, a picture everywhere else."""

import math
from base64 import b64encode

from qvq_nb.display.plots import token_grid
from qvq_nb.media.image import open_image
from qvq_nb.media.resize import MAXIMUM_VISUAL_TOKENS, MINIMUM_VISUAL_TOKENS, visual_tokens


def budget_slider(image, maximum=MAXIMUM_VISUAL_TOKENS):
    """The grid of visual tokens over an image, with a slider for the largest number of tokens.

    Shows the picture for `maximum`, and nothing to move, without ipywidgets or a notebook's front end.
    """
    image = open_image(image)
    most = visual_tokens(*image.size, maximum=maximum)
    picture = token_grid(image, maximum)
    try:
        import ipywidgets
        from IPython import get_ipython
    except ImportError:
        return picture
    if getattr(get_ipython(), "kernel", None) is None or most <= MINIMUM_VISUAL_TOKENS:
        return picture

    class SliderOrPicture(ipywidgets.VBox):
        def _repr_mimebundle_(self, **options):  # a page without a kernel shows the picture
            return {**super()._repr_mimebundle_(**options), "image/png": b64encode(_png(picture)).decode()}

    slider = ipywidgets.IntSlider(
        most, MINIMUM_VISUAL_TOKENS, most, step=max(1, most // 200), continuous_update=False
    )
    slider.description = "tokens ≤"
    shown, count = ipywidgets.Image(value=_png(picture), format="png"), ipywidgets.Label(_count(image, most))

    def redraw(change):
        shown.value = _png(token_grid(image, change["new"]))
        count.value = _count(image, change["new"])

    slider.observe(redraw, "value")
    return SliderOrPicture([ipywidgets.HBox([slider, count]), shown])


def _count(image, maximum) -> str:
    used = visual_tokens(*image.size, maximum=maximum)
    return f"{used:,} visual tokens, about {math.isqrt(used * 784):,} pixels square"


def _png(picture) -> bytes:
    return picture._repr_png_()
