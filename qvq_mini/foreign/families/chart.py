"""Grouped bars as in matplotlib's gallery, and as a web page draws them."""

from random import Random

from matplotlib.figure import Figure

from qvq_mini.foreign.browser import Page, svg, svg_line, svg_text
from qvq_mini.foreign.facts import text_pixels, text_width
from qvq_mini.foreign.plotting import points

HAS_CHINESE = False
STYLES = (
    "default", "default", "default", "ggplot", "bmh", "fivethirtyeight", "seaborn-v0_8",
    "seaborn-v0_8-whitegrid", "seaborn-v0_8-pastel", "tableau-colorblind10", "petroff10", "Solarize_Light2",
    "grayscale",
)  # fmt: skip
SIZES = (
    (6.4, 4.8, 100),
    (6.4, 4.8, 80),
    (5, 3.5, 90),
    (5.5, 4, 100),
    (6, 3.6, 90),
)  # inches, pixels per inch
TITLES = {
    "en": ("Benchmark results", "Accuracy (%)", "Model comparison"),
    "zh": ("试题正确率", "数学与推理", "正确率(%)"),
}
AXES = {"en": "Score", "zh": "正确率"}
OUTSIDE = ("outside upper center", "outside lower center", "outside right upper")
PAGE_COLORS = (
    ("#4e79a7", "#f28e2b", "#e15759"), ("#5470c6", "#91cc75", "#fac858"), ("#3366cc", "#dc3912", "#ff9900"),
    ("#7cb5ec", "#434348", "#90ed7d"),
)  # fmt: skip


def plot(facts: dict, language: str, random: Random, way: int) -> Figure:
    """Grouped bars with the values on them."""
    width, height, dpi = random.choice(SIZES)
    size = points(text_pixels(width * dpi, height * dpi, random), dpi)
    figure = Figure((width, height), dpi=dpi, layout="constrained")
    axes, models, benchmarks = figure.add_subplot(), list(facts["values"]), facts["benchmarks"]
    share = random.uniform(0.78, 0.9) / len(benchmarks)
    for index, benchmark in enumerate(benchmarks):
        places = [place + (index - (len(benchmarks) - 1) / 2) * share for place in range(len(models))]
        values = [facts["values"][model][index] for model in models]
        bars = axes.bar(places, [*map(float, values)], share, label=benchmark)
        axes.bar_label(bars, values, fontsize=size, padding=random.choice((1, 3)))
    axes.set_xticks(range(len(models)), models)
    axes.tick_params(labelsize=size)
    if random.random() < 0.6:
        axes.set_title(random.choice(TITLES[language]), fontsize=1.2 * size)
    if random.random() < 0.5:
        axes.set_ylabel(AXES[language], fontsize=size)
    if random.random() < 0.3:
        axes.set_yticks([])
    _place_legend(figure, axes, size, random)
    _part_names(figure, axes, random)
    return figure


def _place_legend(figure: Figure, axes, size: float, random: Random) -> None:
    """In a corner, with room made above the bars, or outside."""
    if random.random() < 0.35:
        wide = figure.get_figwidth() * figure.dpi > 520
        place = random.choice(OUTSIDE[: 3 if wide else 2])
        figure.legend(loc=place, ncols=1 if "right" in place else 3, fontsize=size)
        axes.margins(y=0.1)
        return
    corner, columns = random.choice(("upper left", "upper right", "upper center")), random.choice((1, 3))
    legend = axes.legend(loc=corner, ncols=columns, fontsize=size)
    figure.draw_without_rendering()
    taken = (legend.get_window_extent().height + 3 * size * figure.dpi / 72) / axes.get_window_extent().height
    axes.set_ylim(0, axes.dataLim.y1 / (1 - taken))


def _part_names(figure: Figure, axes, random: Random) -> None:
    """Names that would run into each other are turned or broken after a hyphen; some are turned anyhow."""
    figure.draw_without_rendering()
    labels = axes.get_xticklabels()
    boxes = [label.get_window_extent() for label in labels]
    crowded = any(left.x1 + 4 > right.x0 for left, right in zip(boxes, boxes[1:]))
    if (crowded and random.random() < 0.5) or random.random() < 0.15:
        axes.tick_params(axis="x", labelrotation=random.choice((15, 20, 30)))
        for label in axes.get_xticklabels():
            label.set(horizontalalignment="right", rotation_mode="anchor")
    elif crowded:
        axes.set_xticks(axes.get_xticks(), [_in_two_lines(label.get_text()) for label in labels])


def _in_two_lines(name: str) -> str:
    hyphens = [place + 1 for place, letter in enumerate(name) if letter == "-"]
    if len(name) < 9 or not hyphens:
        return name
    middle = min(hyphens, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle:]}"


def page(facts: dict, language: str, random: Random) -> Page:
    """Grouped bars with a legend above or below."""
    width, height = random.choice(((480, 320), (560, 360), (620, 380), (430, 300)))
    size = text_pixels(width, height, random)
    benchmarks, models = facts["benchmarks"], list(facts["values"])
    colors = random.choice(PAGE_COLORS)
    left, right, legend_above = 38, width - 12, random.random() < 0.5
    top = (4.2 if legend_above else 2.2) * size
    bottom = height - (2.2 if legend_above else 4) * size - 1.2 * size
    full = random.choice((100, max(float(value) for values in facts["values"].values() for value in values)))
    shapes = []
    if random.random() < 0.6:
        for part in range(5):
            y = bottom - (bottom - top) * part / 4
            shapes.append(svg_line([(left, y), (right, y)], "stroke='#ddd'"))
            shapes += [svg_text(left - 18, y, f"{full * part / 4:.0f}", "fill='#666'")] if full == 100 else []
    group = (right - left) / len(models)
    bar = group * random.uniform(0.78, 0.9) / len(benchmarks)
    for place, model in enumerate(models):
        middle = left + (place + 0.5) * group
        for index, value in enumerate(facts["values"][model]):
            x, tall = middle + (index - len(benchmarks) / 2) * bar, (bottom - top) * float(value) / full
            shapes.append(_rectangle(x + 1, bottom - tall, f"{bar - 2:.1f}", f"{tall:.1f}", colors[index]))
            shapes.append(svg_text(x + bar / 2, bottom - tall - 0.65 * size, value))
        lines = _in_two_lines(model).split("\n") if text_width(model, size) > group - 6 else [model]
        for row, line in enumerate(lines):
            shapes.append(svg_text(middle, bottom + (0.9 + 1.1 * row) * size, line))
    shapes.append(svg_line([(left, bottom), (right, bottom)], "stroke='#333'"))
    widths = [1.35 * text_width(name, size) + 2.4 * size for name in benchmarks]  # capitals are wide
    x, y = (width - sum(widths)) / 2, 1.2 * size if legend_above else height - 0.9 * size
    for name, each, color in zip(benchmarks, widths, colors):
        shapes.append(_rectangle(x, y - size / 2, size, size, color))
        shapes.append(svg_text(x + 1.4 * size, y, name, "style='text-anchor:start'"))
        x += each
    return svg(width, height, size, shapes, random)


def _rectangle(x: float, y: float, width, height, color: str) -> str:
    return f"<rect x='{x:.1f}' y='{y:.1f}' width='{width}' height='{height}' fill='{color}'/>"
