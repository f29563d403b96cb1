"""Bar charts with axes, titles and legends anywhere, upright or lying."""

from math import cos, radians, sin
from random import Random

from qvq_mini.families.layouts import SMALLEST_TEXT, fitting_size
from qvq_nb.cases.drawing import Canvas, mix, text_width
from qvq_nb.cases.drawing.bars import name_lines

TITLES = ("Accuracy (%)", "Benchmark results", "Scores", "基准测试", "成绩")


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The chart with lying bars where there is room for them, now and then; usually with upright ones."""
    lying = canvas.height > 230 and random.random() < 0.15
    (_lying_bars if lying else _upright_bars)(canvas, facts, language, random)


def _readable(color) -> tuple[int, int, int]:
    """White on dark colours, black on light ones."""
    return (255, 255, 255) if sum(color) < 400 else (0, 0, 0)


def _lying_bars(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The groups one under another, their bars from left to right."""
    width, height, colors = canvas.width, canvas.height, canvas.style.palette
    models, benchmarks = list(facts["values"]), facts["benchmarks"]
    size = fitting_size(models, width * 0.3, random.randint(12, 15))
    left = 12 + max(text_width(name, size) for name in models)
    legend_size = fitting_size(["".join(benchmarks)], width - 100, 14)
    total = sum(text_width(name, legend_size) + 30 for name in benchmarks)
    legend_y, top, bottom = random.choice(((12, 26, height - 10), (height - 12, 10, height - 26)))
    x = (width - total) / 2
    for index, name in enumerate(benchmarks):
        canvas.rectangle(x, legend_y - 6, x + 12, legend_y + 6, fill=colors[index])
        canvas.text(x + 17, legend_y, name, legend_size, key=f"benchmark {index}")
        x += text_width(name, legend_size) + 30
    group_height = (bottom - top) / len(models)
    bar_height = min(group_height * random.uniform(0.75, 0.92) / len(benchmarks), 30)
    value_size = min(max(bar_height - 1, SMALLEST_TEXT), 15)
    length = width - left - text_width("100.0", value_size) - 10
    for group, (model, values) in enumerate(facts["values"].items()):
        middle = top + group_height * (group + 0.5)
        canvas.text(left - 6, middle, model, size, align="right", key=f"name {group}")
        for index, value in enumerate(values):
            y = middle + bar_height * (index - len(values) / 2)
            end = left + length * float(value) / 100
            canvas.rectangle(left, y + 0.5, end, y + bar_height - 0.5, fill=colors[index])
            canvas.text(end + 4, y + bar_height / 2, value, value_size, key=f"value {group} {index}")
    canvas.line([(left, top), (left, bottom)])


def _upright_bars(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The groups beside one another; now and then a group is a benchmark, and its bars are the models."""
    style, width, height = canvas.style, canvas.width, canvas.height
    models, benchmarks = list(facts["values"]), facts["benchmarks"]
    by_benchmark = random.random() < 0.2
    groups, bars = (benchmarks, models) if by_benchmark else (models, benchmarks)
    of_groups, of_bars = ("benchmark", "name") if by_benchmark else ("name", "benchmark")
    axis, title = random.random() < 0.6, random.random() < 0.4
    left = 8 + (random.uniform(22, 34) if axis else 0)
    right, top, bottom = width - 8.0, 10.0, height - 8.0
    if title:
        _title(canvas, (left + right) / 2, top + 8, random)
        top += 24
    right, top, bottom = _legend(canvas, bars, of_bars, (left, right, top, bottom), random)
    group_width = (right - left) / len(groups)
    slant = random.choice((15, 20, 30, 45)) if not by_benchmark and random.random() < 0.15 else 0
    name_size = random.randint(12, 16)
    split = [
        [name] if by_benchmark or text_width(name, name_size) < group_width - 6 else name_lines(name)
        for name in groups
    ]
    name_size = fitting_size([line for lines in split for line in lines], group_width - 4, name_size)
    base = bottom - (16 + 10 * slant**0.5 if slant else (name_size + 4) * max(map(len, split)) + 4)
    top += 16
    every_value = [value for values in facts["values"].values() for value in values]
    largest = 100 if random.random() < 0.5 else max(map(float, every_value)) * 1.05
    frame = mix(style.ink, style.paper, random.choice((0, 0.5)))
    _ticks(canvas, (left, right, top, base), largest, axis, frame, random)
    bar_width = group_width * random.uniform(0.6, 0.9) / len(bars)
    value_size = fitting_size(every_value, bar_width + (4 if len(bars) > 1 else 20), random.randint(12, 16))
    edge, inside = style.ink if random.random() < 0.2 else None, random.random() < 0.12
    for group, name in enumerate(groups):
        middle = left + group_width * (group + 0.5)
        for index, color in zip(range(len(bars)), style.palette):
            model, benchmark = (index, group) if by_benchmark else (group, index)
            value = facts["values"][models[model]][benchmark]
            x, y = middle + bar_width * (index - len(bars) / 2), base - (base - top) * float(value) / largest
            canvas.rectangle(x + 1, y, x + bar_width - 1, base, color, edge, 1)
            within = inside and base - y > value_size * 1.6
            ink, lower = (_readable(color), 0.75) if within else (None, -0.62)
            key, value_y = f"value {model} {benchmark}", y + value_size * lower - 1
            canvas.text(x + bar_width / 2, value_y, value, value_size, ink, align="center", key=key)
        key = f"{of_groups} {group}"
        if slant:
            _slanted(canvas, middle, base + 6, name, name_size, slant, key)
            continue
        for row, line in enumerate(split[group]):
            line_y = base + 6 + name_size * 0.55 + (name_size + 4) * row
            canvas.text(middle, line_y, line, name_size, align="center", key=key)
    canvas.line([(left, base), (right, base)], frame)
    if axis or random.random() < 0.4:
        canvas.line([(left, top - 14), (left, base)], frame)
        if random.random() < 0.6:
            canvas.line([(left, top - 14), (right, top - 14), (right, base)], frame)


def _title(canvas: Canvas, x: float, y: float, random: Random) -> None:
    title, size = random.choice(TITLES), random.randint(13, 17)
    canvas.text(x, y, title, size, bold=random.random() < 0.3, align="center")


def _legend(canvas: Canvas, names, kind: str, box, random: Random) -> tuple[float, float, float]:
    """A legend above, below, on the right or inside; returns right, top and bottom of what it leaves."""
    left, right, top, bottom = box
    size = fitting_size(names, 90, random.randint(12, 15))
    where = random.choice(("top", "top", "bottom", "right", "inside"))
    column_width = max(text_width(name, size) for name in names) + 26
    if where == "right" and canvas.width > 330:
        _legend_column(canvas, names, right - column_width, top + 12, size, kind)
        return right - column_width - 6, top, bottom
    if where == "inside":
        corner = random.choice((left + 8, right - column_width - 6))
        _legend_column(canvas, names, corner, top + 10, size, kind)
        return right, top + (18 * len(names) if random.random() < 0.7 else 10), bottom
    total = sum(text_width(name, size) + 30 for name in names)
    size = size * min(1, (canvas.width - 16) / total)
    x, y = (
        (left + right) / 2 - min(total, canvas.width - 16) / 2,
        top + 8 if where != "bottom" else bottom - 8,
    )
    for index, (name, color) in enumerate(zip(names, canvas.style.palette)):
        canvas.rectangle(x, y - 6, x + 13, y + 6, fill=color)
        canvas.text(x + 18, y, name, size, key=f"{kind} {index}")
        x += text_width(name, size) + 30
    return (right, top + 22, bottom) if where != "bottom" else (right, top, bottom - 22)


def _legend_column(canvas: Canvas, names, x: float, y: float, size: float, kind: str) -> None:
    for index, (name, color) in enumerate(zip(names, canvas.style.palette)):
        canvas.rectangle(x, y + 18 * index - 5, x + 14, y + 18 * index + 5, fill=color)
        canvas.text(x + 19, y + 18 * index, name, size, key=f"{kind} {index}")


def _ticks(canvas: Canvas, box, largest: float, axis: bool, frame, random: Random) -> None:
    """A line across for each 20, and on an axis its number."""
    left, right, top, base = box
    light = mix(canvas.style.ink, canvas.style.paper, 0.85)
    for tick in range(0, int(largest) + 1, 20):
        y = base - (base - top) * tick / largest
        if axis:
            canvas.text(left - 6, y, str(tick), 11, align="right")
            canvas.line([(left - 4, y), (left, y)], frame, 1)
        if tick and random.random() < 0.8:
            canvas.line([(left, y), (right, y)], light, 1)


def _slanted(canvas: Canvas, x: float, y: float, text: str, size: float, degrees: float, key: str) -> None:
    """A text that rises to (x, y), where it ends, as long labels under an axis do; each letter is turned."""
    across, down = cos(radians(degrees)), sin(radians(degrees))
    width = text_width(text, size)
    start_x, start_y, done = x - width * across, y + width * down, 0.0
    for character in text:
        advance = text_width(character, size)
        middle = done + advance / 2
        place = start_x + middle * across, start_y - middle * down
        canvas.turned(*place, character, size, degrees, key)
        done += advance
