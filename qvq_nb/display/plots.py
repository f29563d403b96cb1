"""Pictures for lessons, each a PIL image.

Their colours are those of Okabe and Ito, told apart by colour-blind people, and hatched besides.
"""

import io
from itertools import cycle, groupby

from qvq_nb.files import GIB
from qvq_nb.media.image import open_image
from qvq_nb.media.resize import MAXIMUM_VISUAL_TOKENS, MINIMUM_VISUAL_TOKENS, TOKEN_SIDE_PIXELS, resized
from qvq_nb.memory.planning import Plan

# part of a device, its colour (Okabe and Ito, jfly.uni-koeln.de/color), its hatch
PARTS = (
    ("vision_bytes", "vision", "#CC79A7", "xx"),
    ("embedding_bytes", "embeddings and output", "#E69F00", "\\\\"),
    ("layer_bytes", "decoder layers", "#0072B2", ""),
    ("kv_bytes", "KV cache", "#009E73", ".."),
    ("activation_bytes", "activations", "#D55E00", "++"),
    ("free_bytes", "free", "#FFFFFF", ""),
)
DEVICE_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
DEVICE_HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
LONGEST_SIDE_PIXELS = 900
PIXELS_PER_INCH = 110


def memory_bars(plan: Plan):
    """One stacked bar per device: what takes its memory and what is left. Beyond the line nothing fits."""
    figure, axes = _figure(1.6 + 0.95 * len(plan.placement), 4.2)
    labels = [f"{_short(place.device)}\n{place.layers} layers" for place in plan.placement]
    bottom = [0.0] * len(labels)
    for name, label, colour, hatch in PARTS:
        heights = [max(getattr(place, name) or 0, 0) / GIB for place in plan.placement]
        look = {"color": colour, "hatch": hatch, "edgecolor": "#333333", "linewidth": 0.6}
        axes.bar(labels, heights, 0.72, bottom, label=label, **look)
        bottom = [low + height for low, height in zip(bottom, heights)]
    limits = [(place.memory_bytes or 0) / GIB for place in plan.placement]
    for number, limit in enumerate(limits):
        if limit:
            axes.hlines(limit, number - 0.45, number + 0.45, color="black", linewidth=2.5)
    axes.set(ylabel="GiB", ylim=(0, 1.06 * max(*bottom, *limits)))
    axes.set_title(f"{plan.model} in {plan.number_format}: {plan.verdict}", fontsize=11)
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], loc="outside right upper", frameon=False, fontsize=9)
    return _picture(figure)


def placement_strip(device_map: dict, layers: int):
    """The way of a token through the network: a cell per part, coloured and numbered by its device.

    `device_map` is that of a plan, or `hf_device_map` of a loaded model.
    """
    decoder = (f"model.language_model.layers.{layer}" for layer in range(layers))
    parts = ["model.visual", "model.language_model.embed_tokens", *decoder, "lm_head"]
    held_by = [_device_of(part, device_map) for part in parts]
    figure, axes = _figure(9.5, 1.5)
    signs = dict(zip(sorted(set(held_by), key=str), cycle(zip(DEVICE_COLOURS, DEVICE_HATCHES))))
    for number, device in enumerate(held_by):
        colour, hatch = signs[device]
        axes.bar(number, 1, 1, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4)
    first = 0
    for device, stretch in groupby(held_by):
        count = len(list(stretch))
        middle = first + (count - 1) / 2
        axes.text(middle, 1.15, _short(device), ha="center", va="bottom", fontsize=9)
        first += count
    said = f"vision, embeddings, layers 0 to {layers - 1}, output →"
    axes.text(-0.5, -0.2, said, ha="left", va="top", fontsize=9)
    axes.set(xticks=[], yticks=[], ylim=(-0.6, 1.5), xlim=(-0.6, len(parts) - 0.4))
    axes.spines[:].set_visible(False)
    return _picture(figure)


def working_hours(plan: Plan):
    """Who works while one token is made: pipeline, one GPU after the other, or tensor parallel, all at once.

    Drawn from the bytes that each GPU reads, as if every GPU had the same bandwidth; not measured.
    """
    read = [(place.layer_bytes + place.kv_bytes) / GIB for place in plan.placement]
    figure, (pipeline, tensor) = _figure(7.5, 1.1 + 0.7 * len(read), rows=2)
    places, starts = range(len(read)), [sum(read[:number]) for number in range(len(read))]
    pipeline.barh(places, read, left=starts, color="#0072B2")
    tensor.barh(places, sum(read) / len(read), color="#E69F00", hatch="//", edgecolor="white")
    for axes, title in ((pipeline, "pipeline"), (tensor, "tensor parallel")):
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_yticks(places, [f"GPU {number}" for number in places])
        axes.invert_yaxis()
        axes.set_xticks([])
    tensor.set_xlabel("time for one token →")
    return _picture(figure)


def budget_curve(points):
    """The accuracy for each thinking budget with its 95 % interval.

    `points` are those of `qvq_nb.evaluation.curve`; the point without a limit becomes a dashed line.
    """
    figure, axes = _figure(5, 3)
    limited = [point for point in points if point["thinking_budget"] is not None]
    budgets = [point["thinking_budget"] for point in limited]
    share, low, high = ([100 * point[name] for point in limited] for name in ("accuracy", "low", "high"))
    ends = [
        [middle - end for middle, end in zip(share, low)],
        [end - middle for middle, end in zip(share, high)],
    ]
    axes.errorbar(budgets, share, ends, color="#0072B2", marker="o", capsize=3)
    for point in points:
        if point["thinking_budget"] is None:
            axes.axhline(100 * point["accuracy"], color="#D55E00", linestyle="--", label="no limit")
            axes.legend(frameon=False, fontsize=9)
    axes.set(xlabel="thinking budget, tokens", ylabel="right, %", ylim=(-3, 103))
    return _picture(figure)


def token_grid(image, maximum=MAXIMUM_VISUAL_TOKENS, minimum=MINIMUM_VISUAL_TOKENS):
    """The learner's own image as the model gets it, cut into its visual tokens; returns a PIL image.

    `image` is whatever `open_image` takes; `minimum` and `maximum` are the budget of visual tokens.
    """
    from PIL import Image, ImageDraw

    image = open_image(image)
    width, height = resized(*image.size, minimum, maximum)
    columns, rows = width // TOKEN_SIDE_PIXELS, height // TOKEN_SIDE_PIXELS
    side = max(2, min(LONGEST_SIDE_PIXELS // max(columns, rows), 2 * TOKEN_SIDE_PIXELS))
    right, bottom = columns * side, rows * side
    picture = image.resize((width, height)).resize((right, bottom))
    lines = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(lines)
    places = [(x, 0, x, bottom) for x in range(0, right, side)] + [
        (0, y, right, y) for y in range(0, bottom, side)
    ]
    for place in places:
        draw.line(place, fill=(213, 94, 0, 130))
    return Image.alpha_composite(picture.convert("RGBA"), lines).convert("RGB")


def _device_of(part: str, device_map: dict):
    while part and part not in device_map:
        part = part.rpartition(".")[0]
    return device_map.get(part, "cpu")


def _short(device) -> str:
    text = str(device).removeprefix("cuda:")
    return f"GPU {text}" if text.isdigit() else text


def _figure(width, height, rows=1):
    import numpy
    from matplotlib.figure import Figure

    figure = Figure((width + 1.9, height), dpi=PIXELS_PER_INCH, layout="constrained")
    axes = figure.subplots(rows, sharex=True)
    for one in numpy.ravel(axes):
        one.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _picture(figure):
    """The figure as a PIL image, which every notebook shows without pyplot and its state."""
    from PIL import Image

    stored = io.BytesIO()
    figure.savefig(stored, format="png")
    return Image.open(stored)
