"""Bar charts with axes, titles and legends anywhere, upright or lying."""

from math import cos, radians, sin
from random import Random

from qvq_mini.layouts.fitting import SMALLEST_TEXT, fitting_size
from qvq_nb.cases.chart import name_lines
from qvq_nb.cases.drawing import Canvas, mix, text_width


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    (_lying_bars if canvas.height > 230 and random.random() < 0.15 else _upright_bars)(
        canvas, facts, language, random
    )


def _readable(color) -> tuple[int, int, int]:
    """White on dark colours, black on light ones."""
    return (255, 255, 255) if sum(color) < 400 else (0, 0, 0)


def _lying_bars(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The groups one under another, their bars from left to right."""
    width, height = canvas.width, canvas.height
    models, benchmarks, colors = list(facts["values"]), facts["benchmarks"], canvas.style.palette
    size = fitting_size(models, width * 0.3, random.randint(12, 15))
    left, legend_size = (
        12 + max(text_width(name, size) for name in models),
        fitting_size(["".join(benchmarks)], width - 100, 14),
    )
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
    style, width, height = canvas.style, canvas.width, canvas.height
    models, benchmarks = list(facts["values"]), facts["benchmarks"]
    by_benchmark = random.random() < 0.2  # the groups are the benchmarks, the bars of each are the models
    groups, bars = (benchmarks, models) if by_benchmark else (models, benchmarks)
    axis, title = random.random() < 0.6, random.random() < 0.4
    left = 8 + (random.uniform(22, 34) if axis else 0)
    right, top, bottom = width - 8.0, 10.0, height - 8.0
    if title:
        canvas.text(
            (left + right) / 2,
            top + 8,
            random.choice(("Accuracy (%)", "Benchmark results", "Scores", "基准测试", "成绩")),
            random.randint(13, 17),
            bold=random.random() < 0.3,
            align="center",
        )
        top += 24
    legend_size = fitting_size(bars, 90, random.randint(12, 15))
    where = random.choice(("top", "top", "bottom", "right", "inside"))
    legend_width = max(text_width(name, legend_size) for name in bars) + 26
    colors = [*style.palette]
    if where == "right" and width > 330:
        _legend_column(canvas, bars, colors, right - legend_width, top + 12, legend_size, by_benchmark)
        right -= legend_width + 6
    elif where == "inside":
        corner = random.choice((left + 8, right - legend_width - 6))
        _legend_column(canvas, bars, colors, corner, top + 10, legend_size, by_benchmark)
        top += 18 * len(bars) if random.random() < 0.7 else 10
    else:
        total = sum(text_width(name, legend_size) + 30 for name in bars)
        legend_size = legend_size * min(1, (width - 16) / total)
        x, y = (left + right) / 2 - min(total, width - 16) / 2, top + 8 if where != "bottom" else bottom - 8
        for index, (name, color) in enumerate(zip(bars, colors)):
            canvas.rectangle(x, y - 6, x + 13, y + 6, fill=color)
            canvas.text(
                x + 18, y, name, legend_size, key=f"{'name' if by_benchmark else 'benchmark'} {index}"
            )
            x += text_width(name, legend_size) + 30
        top, bottom = (top + 22, bottom) if where != "bottom" else (top, bottom - 22)
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
    largest = (
        100
        if random.random() < 0.5
        else max(float(value) for values in facts["values"].values() for value in values) * 1.05
    )
    light, frame = mix(style.ink, style.paper, 0.85), mix(style.ink, style.paper, random.choice((0, 0.5)))
    for tick in range(0, int(largest) + 1, 20):
        y = base - (base - top) * tick / largest
        if axis:
            canvas.text(left - 6, y, str(tick), 11, align="right")
            canvas.line([(left - 4, y), (left, y)], frame, 1)
        if tick and random.random() < 0.8:
            canvas.line([(left, y), (right, y)], light, 1)
    bar_width = group_width * random.uniform(0.6, 0.9) / len(bars)
    all_values = [value for values in facts["values"].values() for value in values]
    value_size = fitting_size(all_values, bar_width + (4 if len(bars) > 1 else 20), random.randint(12, 16))
    edge, inside = style.ink if random.random() < 0.2 else None, random.random() < 0.12
    for group, name in enumerate(groups):
        middle = left + group_width * (group + 0.5)
        for index, bar in enumerate(bars):
            place = (index, group) if by_benchmark else (group, index)
            value = facts["values"][models[place[0]]][place[1]]
            x, y = middle + bar_width * (index - len(bars) / 2), base - (base - top) * float(value) / largest
            canvas.rectangle(x + 1, y, x + bar_width - 1, base, fill=colors[index], outline=edge, width=1)
            within = inside and base - y > value_size * 1.6
            canvas.text(
                x + bar_width / 2,
                y + value_size * (0.75 if within else -0.62) - 1,
                value,
                value_size,
                _readable(colors[index]) if within else None,
                align="center",
                key=f"value {place[0]} {place[1]}",
            )
        key = f"{'benchmark' if by_benchmark else 'name'} {group}"
        if slant:
            _slanted(canvas, middle, base + 6, name, name_size, slant, key)
        else:
            for row, line in enumerate(split[group]):
                canvas.text(
                    middle,
                    base + 6 + name_size * 0.55 + (name_size + 4) * row,
                    line,
                    name_size,
                    align="center",
                    key=key,
                )
    canvas.line([(left, base), (right, base)], frame)
    if axis or random.random() < 0.4:
        canvas.line([(left, top - 14), (left, base)], frame)
        if random.random() < 0.6:
            canvas.line([(left, top - 14), (right, top - 14), (right, base)], frame)


def _legend_column(canvas: Canvas, names, colors, x: float, y: float, size: float, of_models: bool) -> None:
    for index, (name, color) in enumerate(zip(names, colors)):
        canvas.rectangle(x, y + 18 * index - 5, x + 14, y + 18 * index + 5, fill=color)
        canvas.text(x + 19, y + 18 * index, name, size, key=f"{'name' if of_models else 'benchmark'} {index}")


def _slanted(canvas: Canvas, x: float, y: float, text: str, size: float, degrees: float, key: str) -> None:
    """A text that rises to (x, y), where it ends, as long labels under an axis do; each letter is turned by itself."""
    width = text_width(text, size)
    start_x, start_y = x - width * cos(radians(degrees)), y + width * sin(radians(degrees))
    done = 0.0
    for character in text:
        advance = text_width(character, size)
        middle = done + advance / 2
        canvas.turned(
            start_x + middle * cos(radians(degrees)),
            start_y - middle * sin(radians(degrees)),
            character,
            size,
            degrees,
            key,
        )
        done += advance
