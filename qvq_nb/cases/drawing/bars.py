"""Bar charts: upright or lying, grouped or stacked bars, with printed values or an axis to read them off.

`values` are the numbers of each group, as written, by the group's name. A `form` says whether bars are
"stacked" and "lying" and whether values are "printed"; without it they stand in groups and are printed.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from math import ceil

from qvq_nb.cases.drawing.canvas import Canvas
from qvq_nb.cases.drawing.fonts import fitting_size, text_width
from qvq_nb.cases.drawing.style import Style, mix

WIDTH, HEIGHT = 392, 280  # pixels
SMALLEST_TEXT = 12
LONGEST_LINE = 11  # characters; a longer name is written on two lines
MARGIN, GAP, LYING_GAP = 10, 12, 8  # pixels beside the chart, and between two groups
# Pixels of an axis' labels, of names left of lying bars, and of the values after them.
AXIS_ROOM, NAMES_ROOM, VALUE_ROOM = 38, 118, 36
MOST_STEPS = 5  # labelled steps of an axis; it has at least three
PARTS = {1: 5, 2: 4, 5: 5}  # first digit of a step → into how many parts finer lines divide it


@dataclass(frozen=True)
class Axis:
    """A scale from 0 to `full` with a label at each `step` and a finer line at each `part` of one."""

    step: Decimal
    part: Decimal
    full: Decimal


def axis_for(most: Decimal) -> Axis:
    """The axis with the smallest round step that takes values up to `most`, at least 0.05."""
    steps = ((Decimal(digit).scaleb(power), digit) for power in range(-2, 6) for digit in PARTS)
    step, digit = next((step, digit) for step, digit in steps if step * MOST_STEPS >= most)
    return Axis(step, step / PARTS[digit], step * ceil(most / step))


@dataclass(frozen=True)
class Plot:
    """The plane of a bar chart, in pixels: values run from `base` to `end`, groups from `first` to `last`."""

    first: float
    last: float
    base: float
    end: float
    full: Decimal | int  # the value at `end`
    lying: bool = False

    def at(self, value) -> float:
        """Where a value is: y, or x where the bars lie."""
        return self.base - (self.base - self.end) * float(value) / float(self.full)

    def place(self, along: float, value: float) -> tuple[float, float]:
        """(x, y) of what is `along` the groups and at the place `value` of the axis, both in pixels."""
        return (value, along) if self.lying else (along, value)

    def bar(self, canvas: Canvas, start: float, stop: float, low, high, fill) -> None:
        """A bar from one value to another; from `start` to `stop` along the groups, in pixels."""
        (x0, y0), (x1, y1) = self.place(start, self.at(low)), self.place(stop, self.at(high))
        canvas.rectangle(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), fill=fill)

    def rule(self, canvas: Canvas, value, fill=None, width: float | None = None) -> None:
        """A line across all groups at a value."""
        canvas.line([self.place(along, self.at(value)) for along in (self.first, self.last)], fill, width)


def _draw_axis(canvas: Canvas, plot: Plot, axis: Axis) -> None:
    """The grid with its ticks, and the labels below lying bars or left of upright ones."""
    style, edge = canvas.style, plot.last if plot.lying else plot.first
    outwards = 1 if plot.lying else -1
    for index in range(int(axis.full / axis.part) + 1):
        value = axis.part * index
        labelled = value % axis.step == 0
        plot.rule(canvas, value, mix(style.ink, style.paper, 0.62 if labelled else 0.86), 1)
        tick = [plot.place(edge + outwards * length, plot.at(value)) for length in (0, 6 if labelled else 3)]
        canvas.line(tick, style.ink, 1)
        if labelled:
            x, y = plot.place(edge + outwards * (16 if plot.lying else 9), plot.at(value))
            align = "center" if plot.lying else "right"
            canvas.text(x, y, f"{value.normalize():f}", 13, align=align, key=f"axis {index}")


def ends(values: dict, form: dict) -> list[list[tuple[Decimal, Decimal]]]:
    """The values at which each bar of each group begins and ends."""
    groups = []
    for row in values.values():
        numbers = list(map(Decimal, row))
        tops = [Decimal(), *accumulate(numbers)]
        starts = tops if form.get("stacked") else [Decimal()] * len(row)
        groups.append([(start, start + number) for start, number in zip(starts, numbers)])
    return groups


def axis_of(values: dict, form: dict) -> Axis | None:
    """The axis that the values are read off; None where they are printed."""
    if form.get("printed", True):
        return None
    return axis_for(max(high for group in ends(values, form) for _, high in group))


def name_lines(name: str, longest: int = LONGEST_LINE) -> list[str]:
    """A name as it is written under its group: broken after a hyphen where it is long."""
    breaks = [index + 1 for index, character in enumerate(name) if character == "-"]
    if len(name) <= longest or not breaks:
        return [name]
    best = min(breaks, key=lambda index: max(index, len(name) - index))
    return [name[:best], name[best:]]


def lines_and_room(name: str, groups: int, form: dict) -> tuple[list[str], float]:
    """The lines of a name beside or under one of so many groups, and how many pixels wide they may be."""
    if form.get("lying"):
        return [name], NAMES_ROOM
    group_width = (WIDTH - 2 * MARGIN - (0 if form.get("printed", True) else AXIS_ROOM)) / groups
    return name_lines(name, min(LONGEST_LINE, int(group_width / 9))), group_width - 4


def draw_chart(values: dict, series: list[str], form: dict, style: Style, scale: int) -> Canvas:
    """The chart with a legend of the `series` on top.

    Places are kept under "benchmark 0" for a series, "name 0" for a group and "value 0 1" for its second
    value, printed or not.
    """
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    axis, all_ends, stacked = axis_of(values, form), ends(values, form), form.get("stacked")
    most = max(high for group in all_ends for _, high in group)
    full = axis.full if axis else most if stacked else 100 * ceil(most / 100)
    plot = _plot(form, style, full)
    # Values are written on the parts of a stack, so these are lighter.
    colors = [mix(color, (255, 255, 255), 0.4) for color in style.palette] if stacked else style.palette
    _draw_legend(canvas, series, colors)
    if axis:
        _draw_axis(canvas, plot, axis)
    elif not plot.lying:
        for share in (0.25, 0.5, 0.75, 1):
            plot.rule(canvas, float(plot.full) * share, (222, 222, 226), 1)
    beside, lying = 1 if stacked else len(series), plot.lying
    group_width = (plot.last - plot.first) / len(values)
    bar_width = min((group_width - (LYING_GAP if lying else GAP)) / beside, 52)
    room = VALUE_ROOM - 4 if lying else bar_width - 4
    value_size = fitting_size(sum(values.values(), []), room, min(16, int(bar_width)) if lying else 16)
    lines = [lines_and_room(name, len(values), form) for name in values]
    name_size = min(fitting_size(of_name, room, 16) for of_name, room in lines)
    for group, (row, of_group) in enumerate(zip(values.values(), all_ends)):
        middle = plot.first + group_width * (group + 0.5)
        for index, (value, (low, high)) in enumerate(zip(row, of_group)):
            start, inset = middle + bar_width * ((0 if stacked else index) - beside / 2), 1 if lying else 2
            plot.bar(canvas, start + inset, start + bar_width - inset, low, high, colors[index])
            key, along = f"value {group} {index}", start + bar_width / 2
            if axis:
                canvas.mark(key, value, *plot.place(along, plot.at(high)))
                continue
            beyond = plot.at(high) + (4 if lying else -11)
            x, y = plot.place(along, (plot.at(low) + plot.at(high)) / 2 if stacked else beyond)
            align = "left" if lying and not stacked else "center"
            canvas.text(x, y, value, value_size, align=align, key=key)
        _write_name(canvas, plot, middle, lines[group][0], name_size, f"name {group}")
    plot.rule(canvas, 0)
    return canvas


def _plot(form: dict, style: Style, full) -> Plot:
    (dx, dy), printed = style.shift, form.get("printed", True)
    if form.get("lying"):
        base, room = MARGIN + NAMES_ROOM + 6, VALUE_ROOM if printed and not form.get("stacked") else 12
        bottom = HEIGHT - (10 if printed else 36)
        return Plot(44 + dy, bottom + dy, base + dx, WIDTH - MARGIN - room + dx, full, lying=True)
    left = MARGIN + (0 if printed else AXIS_ROOM) + dx
    return Plot(left, WIDTH - MARGIN + dx, HEIGHT - 56 + dy, 62 + dy, full)


def _write_name(canvas: Canvas, plot: Plot, middle: float, lines: list[str], size: int, key: str) -> None:
    if plot.lying:
        canvas.text(plot.base - 6, middle, lines[0], size, align="right", key=key)
        return
    for row, line in enumerate(lines):
        canvas.text(middle, plot.base + 16 + 21 * row, line, size, align="center", key=key)


def _draw_legend(canvas: Canvas, names: list[str], colors) -> None:
    """A patch of colour beside each name, in one row."""
    (dx, dy), widths = canvas.style.shift, [22 + text_width(name, 16) for name in names]
    x, y = WIDTH / 2 + dx - (sum(widths) + 18 * (len(widths) - 1)) / 2, 22 + dy
    for index, (name, width, color) in enumerate(zip(names, widths, colors)):
        canvas.rectangle(x, y - 7, x + 14, y + 7, fill=color)
        canvas.text(x + 22, y, name, 16, key=f"benchmark {index}")
        x += width + 18
