"""Pictures for lessons. Each is a PIL image; colours are those of Okabe and Ito, told apart by colour-blind people, and hatched besides."""

import io

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
    labels = [
        f"{'GPU ' if isinstance(place.device, int) else ''}{place.device}\n{place.layers} layers"
        for place in plan.placement
    ]
    bottom = [0.0] * len(labels)
    for name, label, colour, hatch in PARTS:
        heights = [max(getattr(place, name) or 0, 0) / GIB for place in plan.placement]
        axes.bar(
            labels,
            heights,
            0.72,
            bottom,
            color=colour,
            hatch=hatch,
            label=label,
            edgecolor="#333333",
            linewidth=0.6,
        )
        bottom = [low + height for low, height in zip(bottom, heights)]
    for number, place in enumerate(plan.placement):
        if place.memory_bytes is not None:
            axes.hlines(place.memory_bytes / GIB, number - 0.45, number + 0.45, color="black", linewidth=2.5)
    axes.set(
        ylabel="GiB",
        ylim=(0, 1.06 * max(*bottom, *((place.memory_bytes or 0) / GIB for place in plan.placement))),
    )
    axes.set_title(f"{plan.model} in {plan.number_format}: {plan.verdict}", fontsize=11)
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], loc="outside right upper", frameon=False, fontsize=9)
    return _picture(figure)


def placement_strip(device_map: dict, layers: int):
    """The way of a token through the network: one cell per part, coloured and numbered by the device that holds it.

    `device_map` is that of a plan, or `hf_device_map` of a loaded model.
    """
    parts = [
        "model.visual",
        "model.language_model.embed_tokens",
        *(f"model.language_model.layers.{i}" for i in range(layers)),
        "lm_head",
    ]
    held_by = [_device_of(part, device_map) for part in parts]
    devices = sorted(set(held_by), key=str)
    figure, axes = _figure(9.5, 1.5)
    for number, device in enumerate(held_by):
        which = devices.index(device) % len(DEVICE_COLOURS)
        axes.bar(
            number,
            1,
            1,
            color=DEVICE_COLOURS[which],
            hatch=DEVICE_HATCHES[which],
            edgecolor="white",
            linewidth=0.4,
        )
        if number == 0 or held_by[number - 1] != device:
            last = (
                next((later for later in range(number, len(parts)) if held_by[later] != device), len(parts))
                - 1
            )
            axes.text((number + last) / 2, 1.15, _short(device), ha="center", va="bottom", fontsize=9)
    axes.text(
        -0.5, -0.2, f"vision, embeddings, layers 0 to {layers - 1}, output →", ha="left", va="top", fontsize=9
    )
    axes.set(xticks=[], yticks=[], ylim=(-0.6, 1.5), xlim=(-0.6, len(parts) - 0.4))
    axes.spines[:].set_visible(False)
    return _picture(figure)


def working_hours(plan: Plan):
    """Who works while one token is made: in pipeline placement one GPU after the other, in tensor parallel all at once.

    Drawn from the bytes that each GPU reads, as if every GPU had the same bandwidth; not measured.
    """
    read = [(place.layer_bytes + place.kv_bytes) / GIB for place in plan.placement]
    figure, (pipeline, tensor) = _figure(7.5, 1.1 + 0.7 * len(read), rows=2)
    starts = [sum(read[:number]) for number in range(len(read))]
    pipeline.barh(range(len(read)), read, left=starts, color="#0072B2")
    tensor.barh(
        range(len(read)), [sum(read) / len(read)] * len(read), color="#E69F00", hatch="//", edgecolor="white"
    )
    for axes, title in ((pipeline, "pipeline"), (tensor, "tensor parallel")):
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_yticks(range(len(read)), [f"GPU {number}" for number in range(len(read))])
        axes.invert_yaxis()
        axes.set_xticks([])
    tensor.set_xlabel("time for one token →")
    return _picture(figure)


def budget_curve(rows):
    """The accuracy for each thinking budget, with its 95 % interval; `rows` as in `qvq_nb.evaluation.counting.curve`.

    The row without a limit becomes a dashed line.
    """
    limited = [row for row in rows if row["thinking_budget"] is not None]
    figure, axes = _figure(5, 3)
    middle = [100 * row["accuracy"] for row in limited]
    below = [100 * (row["accuracy"] - row["low"]) for row in limited]
    above = [100 * (row["high"] - row["accuracy"]) for row in limited]
    axes.errorbar(
        [row["thinking_budget"] for row in limited],
        middle,
        [below, above],
        color="#0072B2",
        marker="o",
        capsize=3,
    )
    for row in rows:
        if row["thinking_budget"] is None:
            axes.axhline(100 * row["accuracy"], color="#D55E00", linestyle="--", label="no limit")
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
    picture = image.resize((width, height)).resize((columns * side, rows * side))
    lines = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(lines)
    for x in range(0, columns * side, side):
        draw.line((x, 0, x, rows * side), fill=(213, 94, 0, 130))
    for y in range(0, rows * side, side):
        draw.line((0, y, columns * side, y), fill=(213, 94, 0, 130))
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
