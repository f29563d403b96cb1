"""The six families drawn in other ways than the kit's own: other tables, charts, flow charts, sofas and birds.

They are for training alone: a model that has seen one layout per family reads nothing else. Each function draws a
case's facts on a canvas of any size, in a style of any font and colours, with the keys that `traces` reads by.
"""

from math import cos, radians, sin
from random import Random

from qvq_nb.cases import chemistry, derivative, invoice, recognition
from qvq_nb.cases.chart import name_lines
from qvq_nb.cases.drawing import PALETTES, Canvas, Style, mix, text_width
from qvq_nb.mini import typefaces

SMALLEST_TEXT = 11  # pixels
PLOTTING_PALETTES = (
    ((31, 119, 180), (255, 127, 14), (44, 160, 44)), ((68, 114, 196), (237, 125, 49), (165, 165, 165)),
    ((102, 194, 165), (252, 141, 98), (141, 160, 203)), ((76, 114, 176), (221, 132, 82), (85, 168, 104)),
    ((66, 133, 244), (219, 68, 55), (244, 180, 0)), ((90, 90, 90), (150, 150, 150), (205, 205, 205)),
    ((226, 74, 51), (52, 138, 189), (152, 142, 213)), ((99, 110, 250), (239, 85, 59), (0, 204, 150)),
)  # fmt: skip


def any_style(random: Random) -> Style:
    """Any font, ink, paper and colours; the text stays darker than the paper by far."""
    latin, chinese = typefaces.installed()
    grey = random.randint(0, 70)
    ink = random.choice(((0, 0, 0), (grey, grey, grey), tuple(random.randint(0, 90) for _ in range(3))))
    paper = random.choice(((255, 255, 255), (255, 255, 255), tuple(random.randint(228, 255) for _ in range(3))))
    palette = random.choice((*PALETTES, *PLOTTING_PALETTES,
                             tuple(tuple(random.randint(40, 230) for _ in range(3)) for _ in range(3))))
    return Style(
        text_size=random.randint(13, 19), ink=ink, paper=paper, palette=palette,
        accent=random.choice((ink, tuple(random.randint(0, 150) for _ in range(3)))),
        shift=(random.randint(-6, 6), random.randint(-6, 6)), line_width=random.choice((0.8, 1.0, 1.5, 2.0, 2.5)),
        typeface=None if random.random() < 0.15 else (random.choice(latin), random.choice(chinese)),
    )  # fmt: skip


def draw(family: str, facts: dict, style: Style, language: str, random: Random, width: int, height: int) -> Canvas:
    """The facts of a case in another layout, `width` × `height` pixels."""
    canvas = Canvas(width, height, style)
    {"recognition": _birds, "invoice": _invoice, "chart": _any_chart, "chemistry": _any_flow, "sofa": _any_sofa,
     "derivative": _derivative}[family](canvas, facts, language, random)  # fmt: skip
    return canvas


def _fitting(texts, width: float, size: float) -> float:
    """The text size, at most `size`, at which every text is at most `width` pixels wide."""
    widest = max(text_width(text, size) for text in texts)
    return max(min(size, size * width / max(widest, 1)), SMALLEST_TEXT - 2)


# -- tables --------------------------------------------------------------------------------------------------------


def _table(canvas: Canvas, rows: list[list[tuple[str, str | None]]], random: Random, aligns: list[str], last_is_total=False,
           above: float = 0) -> None:
    """Rows of (text, key) as a sheet, a ruled table or a plain one, somewhere on the canvas, `above` pixels from its top."""
    style, (width, height) = canvas.style, (canvas.width, canvas.height)
    sheet = random.random() < 0.35
    left, top = random.uniform(4, width * 0.08), above + random.uniform(4, (height - above) * 0.1)
    right, bottom = width - random.uniform(4, width * 0.08), height - random.uniform(4, height * 0.15)
    if not sheet and random.random() < 0.35:
        canvas.text(random.choice((width / 2, width * 0.4)), top + 10, random.choice(("Table 1", "Invoice", "表", "发票", "Data")),
                    min(style.text_size + 2, 20), bold=random.random() < 0.5, align="center")
        top += 24
    if sheet:
        left, top = left + 24, top + 18
    heaviness = [max(text_width(row[column][0], 16) for row in rows) + 16 for column in range(len(rows[0]))]
    evenness = random.random()
    weights = [weight * (1 - evenness) + evenness * max(heaviness) for weight in heaviness]
    edges = [left]
    for weight in weights:
        edges.append(edges[-1] + (right - left) * weight / sum(weights))
    step = min((bottom - top) / len(rows), random.uniform(24, 46))
    if sheet:
        _sheet_frame(canvas, edges, top, bottom, step)
    size = min(_fitting([text], edges[column + 1] - edges[column] - 9, min(style.text_size, step * 0.72))
               for row in rows for column, (text, _) in enumerate(row) if text)
    line = mix(style.ink, style.paper, random.choice((0, 0.3, 0.6, 0.8)))
    tint = mix(style.palette[0], (255, 255, 255), random.uniform(0.5, 0.85))
    zebra = not sheet and random.random() < 0.25
    for index in range(len(rows)):
        y = top + step * index
        if index == 0 and not sheet and random.random() < 0.5:
            canvas.rectangle(left, y, right, y + step, fill=tint)
        elif zebra and index % 2:
            canvas.rectangle(left, y, right, y + step, fill=mix(style.paper, (120, 130, 150), 0.12))
    ruling = "all" if sheet else random.choice(("all", "all", "rows", "few", "none"))
    for index in range(len(rows) + 1):
        if ruling in ("all", "rows") or (ruling == "few" and index in (0, 1, len(rows))):
            canvas.line([(left, top + step * index), (right, top + step * index)], line, 1)
    if ruling == "all":
        for x in edges:
            canvas.line([(x, top), (x, top + step * len(rows))], line, 1)
    bold_head, bold_first, bold_total = random.random() < 0.5, random.random() < 0.2, random.random() < 0.3
    for index, row in enumerate(rows):
        for column, (text, key) in enumerate(row):
            align = "center" if index == 0 and random.random() < 0.5 else aligns[column]
            x = {"left": edges[column] + 5, "center": (edges[column] + edges[column + 1]) / 2, "right": edges[column + 1] - 5}[align]
            bold = (index == 0 and bold_head) or (column == 0 and bold_first) or (last_is_total and bold_total and index == len(rows) - 1)
            canvas.text(x, top + step * (index + 0.5), text, size, bold=bold, align=align, key=key)


def _sheet_frame(canvas: Canvas, edges: list[float], top: float, bottom: float, step: float) -> None:
    """The grey row numbers and column letters of a spreadsheet, round its cells."""
    grey, dark, left = (230, 230, 232), (90, 90, 90), edges[0]
    canvas.rectangle(left - 24, top - 18, edges[-1], top, fill=grey)
    canvas.rectangle(left - 24, top - 18, left, bottom, fill=grey)
    for letter, start, end in zip("ABCDEFGH", edges, edges[1:]):
        canvas.text((start + end) / 2, top - 9, letter, 12, dark, align="center")
    for row in range(int((bottom - top) / step)):
        canvas.text(left - 12, top + step * (row + 0.5), str(row + 1), 12, dark, align="center")


ENGLISH_ITEMS = {"打印机": "Printer", "显示器": "Monitor", "键盘": "Keyboard", "鼠标": "Mouse", "耳机": "Headset", "硬盘": "Hard disk",
                 "办公桌": "Desk", "椅子": "Chair", "台灯": "Lamp", "墨盒": "Ink", "笔记本": "Notebook", "服务费": "Service",
                 "咨询费": "Consulting", "运输费": "Transport", "维修费": "Repair", "茶叶": "Tea", "书包": "Bag", "雨伞": "Umbrella",
                 "钟表": "Clock", "毛巾": "Towel"}  # fmt: skip


def in_english(facts: dict) -> dict:
    """The same invoice with English names of its items."""
    return {**facts, "lines": [{**line, "item": ENGLISH_ITEMS[line["item"]]} for line in facts["lines"]]}


def _invoice(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    headings = random.choice((("项目", "金额", "税率", "税额"), ("项目名称", "金额", "税率", "税额"), ("Item", "Amount", "Rate", "Tax"),
                              ("Description", "Amount", "Tax rate", "Tax"), ("Item", "Net", "VAT", "Tax"), ("项目 Item", "金额", "税率", "税额")))
    comma, currency = random.random() < 0.3, random.choice(("", "", "¥", "¥"))
    total_word = random.choice(("合计", "合计", "总计")) if headings[1] == "金额" else random.choice(("Total", "Sum", "TOTAL"))

    def money(text, sign):
        return sign + (f"{float(text):,.2f}" if comma else text)

    rows = [[(heading, None) for heading in headings]]
    sign = currency if random.random() < 0.3 else ""
    for index, line in enumerate(facts["lines"], 1):
        cells = (line["item"], money(line["amount"], sign), f"{line['rate']}%", money(line["tax"], sign))
        rows.append([(cell, invoice.place(index, column, len(facts["lines"]))) for column, cell in enumerate(cells)])
    rows.append([(total_word, None), (money(facts["total_amount"], currency), "total amount"), ("", None),
                 (money(facts["total_tax"], currency), "total tax")])
    aligns = [random.choice(("left", "center")), *random.choice((["right"] * 3, ["center"] * 3, ["right", "center", "right"], ["left"] * 3))]
    if random.random() < 0.25:  # a column more: number, quantity
        counts = [str(random.randint(1, 9)) for _ in facts["lines"]]
        at = random.choice((0, 1))
        head = random.choice((("No.", "序号")[at == 0 and headings[1] == "金额"], "Qty" if headings[1] != "金额" else "数量"))
        for row, text in zip(rows, [head, *counts, ""]):
            row.insert(at, (text, None))
        aligns.insert(at, "center")
    above = 0
    if canvas.height > 34 * (len(rows) + 1) and random.random() < 0.3:  # other lines and numbers, as invoices have them
        for _ in range(random.choice((1, 1, 2))):
            number, day = random.randint(1000, 99_999_999), f"20{random.randint(10, 29)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
            canvas.text(random.uniform(6, 40), above + 12, random.choice((f"No. {number}", f"No. {number}   {day}", day, f"Invoice {number}")), 13)
            above += 18
    _table(canvas, rows, random, aligns, last_is_total=True, above=above)


def _derivative(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    columns = facts.get("columns", derivative.COLUMNS)
    prime, minus = random.choice("''′"), random.choice("--−")
    if canvas.style.typeface and canvas.style.typeface[0].name in typefaces.WITHOUT_SIGNS:
        prime, minus = "'", "-"
    brackets = random.choice(("(x)", "(x)", ""))
    rows = [[("x", None), *((name.replace("'", prime) + brackets, f"heading {name}") for name in columns)]]
    for index, row in enumerate(facts["table"]):
        rows.append([(str(row[name]).replace("-", minus), f"{name} {index}") for name in ("x", *columns)])
    if random.random() < 0.1:
        rows = [list(row) for row in zip(*rows)]
    align = random.choice(("center", "center", "right", "left"))
    _table(canvas, rows, random, [align] * len(rows[0]))


# -- charts --------------------------------------------------------------------------------------------------------


def _any_chart(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    (_lying_bars if canvas.height > 230 and random.random() < 0.15 else _chart)(canvas, facts, language, random)


def _readable(color) -> tuple[int, int, int]:
    """White on dark colours, black on light ones."""
    return (255, 255, 255) if sum(color) < 400 else (0, 0, 0)


def _lying_bars(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The groups one under another, their bars from left to right."""
    style, width, height = canvas.style, canvas.width, canvas.height
    models, benchmarks, colors = list(facts["values"]), facts["benchmarks"], canvas.style.palette
    size = _fitting(models, width * 0.3, random.randint(12, 15))
    left, legend_size = 12 + max(text_width(name, size) for name in models), _fitting(["".join(benchmarks)], width - 100, 14)
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


def _chart(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    style, width, height = canvas.style, canvas.width, canvas.height
    models, benchmarks = list(facts["values"]), facts["benchmarks"]
    by_benchmark = random.random() < 0.2  # the groups are the benchmarks, the bars of each are the models
    groups, bars = (benchmarks, models) if by_benchmark else (models, benchmarks)
    axis, title = random.random() < 0.6, random.random() < 0.4
    left = 8 + (random.uniform(22, 34) if axis else 0)
    right, top, bottom = width - 8.0, 10.0, height - 8.0
    if title:
        canvas.text((left + right) / 2, top + 8, random.choice(("Accuracy (%)", "Benchmark results", "Scores", "基准测试", "成绩")),
                    random.randint(13, 17), bold=random.random() < 0.3, align="center")
        top += 24
    legend_size = _fitting(bars, 90, random.randint(12, 15))
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
            canvas.text(x + 18, y, name, legend_size, key=f"{'name' if by_benchmark else 'benchmark'} {index}")
            x += text_width(name, legend_size) + 30
        top, bottom = (top + 22, bottom) if where != "bottom" else (top, bottom - 22)
    group_width = (right - left) / len(groups)
    slant = random.choice((15, 20, 30, 45)) if not by_benchmark and random.random() < 0.15 else 0
    name_size = random.randint(12, 16)
    split = [[name] if by_benchmark or text_width(name, name_size) < group_width - 6 else name_lines(name) for name in groups]
    name_size = _fitting([line for lines in split for line in lines], group_width - 4, name_size)
    base = bottom - (16 + 10 * slant ** 0.5 if slant else (name_size + 4) * max(map(len, split)) + 4)
    top += 16
    largest = 100 if random.random() < 0.5 else max(float(value) for values in facts["values"].values() for value in values) * 1.05
    light, frame = mix(style.ink, style.paper, 0.85), mix(style.ink, style.paper, random.choice((0, 0.5)))
    for tick in range(0, int(largest) + 1, 20):
        y = base - (base - top) * tick / largest
        if axis:
            canvas.text(left - 6, y, str(tick), 11, align="right")
            canvas.line([(left - 4, y), (left, y)], frame, 1)
        if tick and random.random() < 0.8:
            canvas.line([(left, y), (right, y)], light, 1)
    bar_width = group_width * random.uniform(0.7, 0.9) / len(bars)
    all_values = [value for values in facts["values"].values() for value in values]
    value_size = _fitting(all_values, bar_width + (4 if len(bars) > 1 else 20), random.randint(12, 16))
    edge, inside = style.ink if random.random() < 0.2 else None, random.random() < 0.12
    for group, name in enumerate(groups):
        middle = left + group_width * (group + 0.5)
        for index, bar in enumerate(bars):
            place = (index, group) if by_benchmark else (group, index)
            value = facts["values"][models[place[0]]][place[1]]
            x, y = middle + bar_width * (index - len(bars) / 2), base - (base - top) * float(value) / largest
            canvas.rectangle(x + 1, y, x + bar_width - 1, base, fill=colors[index], outline=edge, width=1)
            within = inside and base - y > value_size * 1.6
            canvas.text(x + bar_width / 2, y + value_size * (0.75 if within else -0.62) - 1, value, value_size, _readable(colors[index]) if within else None,
                        align="center", key=f"value {place[0]} {place[1]}")
        key = f"{'benchmark' if by_benchmark else 'name'} {group}"
        if slant:
            _slanted(canvas, middle, base + 6, name, name_size, slant, key)
        else:
            for row, line in enumerate(split[group]):
                canvas.text(middle, base + 6 + name_size * 0.55 + (name_size + 4) * row, line, name_size, align="center", key=key)
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
        canvas.turned(start_x + middle * cos(radians(degrees)), start_y - middle * sin(radians(degrees)), character, size, degrees, key)
        done += advance


# -- flow charts ---------------------------------------------------------------------------------------------------


OTHER_LABELS = {
    "en": {"crush": ("crush", "grind", "milling"), "leach": ("water leach", "leach with water", "add water"), "inputs": ("{}, air", "{} + air", "air, {}"),
           "crude": ("crude {}", "{} (crude)"),
           "powder": (("add excess", "{} powder"), ("excess", "{} powder"), ("{} powder", "(excess)"), ("+ excess", "{} powder"), ("add {}", "powder in excess"))},
    "zh": {"crush": ("粉碎", "研磨"), "leach": ("水浸", "加水浸取"), "inputs": ("{}、空气", "空气、{}", "{}+空气", "{}和空气"), "crude": ("粗{}", "{}（粗）"),
           "powder": (("加入过量", "{}粉"), ("过量", "{}粉"), ("{}粉", "（过量）"), ("加过量", "{}粉"))},
}  # fmt: skip


def _labels(style: Style, language: str, random: Random) -> dict:
    """The words of a flow chart: the kit's own, or now and then others, for which the kit's small fonts lack characters."""
    if style.typeface is None or random.random() < 0.4:
        return chemistry.LABELS[language]
    return chemistry.LABELS[language] | {name: random.choice(words) for name, words in OTHER_LABELS[language].items()}


def _any_flow(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    upright = canvas.height > 240 and random.random() < 0.4
    (_upright_flow if upright else _flow)(canvas, facts, language, random)


def _upright_flow(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """One step under another, with what is added and what comes out beside them."""
    style, width, height = canvas.style, canvas.width, canvas.height
    label = _labels(style, language, random)
    acid = chemistry.REAGENTS[facts["anion"]]
    powder = ("" if language == "zh" else " ").join(label["powder"]).format(chemistry.DISPLACERS[facts["displacer"]][language])
    crude = label["crude"].format(chemistry.METALS[facts["won"]][language])
    reagent = label["inputs"].format(acid[language])
    optional = [(label["crush"], None, None, None), (label["solid"], None, None, None)]
    steps = [(chemistry.ORES[facts["ore"]][language], "ore", None, None), optional[0], (label[acid["process"]], None, reagent, "reagent"),
             optional[1], (label["leach"], None, label["residue"], None), (label["filtrate"], None, None, None),
             (powder, "powder", None, None), (label["last"], "filtrate", crude, "won")]  # what is done, its key, what stands beside, its key
    for step in optional:
        if random.random() < 0.3 or (height - 16) / len(steps) < 34:
            steps.remove(step)
    row_height, main, beside = (height - 16) / len(steps), width * random.uniform(0.28, 0.34), width * random.uniform(0.7, 0.76)
    if random.random() < 0.4:
        main, beside = width - main, width - beside
    size = min(style.text_size, 17, (row_height - 12) / 1.3, _fitting([step[0] for step in steps], width * 0.44, 17),
               _fitting([step[2] for step in steps if step[2]], width * 0.38, 17))
    tall, rounded, filled, boxed = size * 0.62 + 3, random.choice((0, 4, 8)), random.random() < 0.6, random.random() < 0.5
    for row, (text, key, other, other_key) in enumerate(steps):
        y = 8 + row_height * (row + 0.5)
        color = mix(style.palette[row % 3], (255, 255, 255), 0.7) if filled else style.paper
        half = text_width(text, size) / 2 + 6
        canvas.rectangle(main - half, y - tall, main + half, y + tall, color, style.ink, 1, rounded)
        canvas.text(main, y, text, size, align="center", key=key)
        if row:
            canvas.arrow([(main, y - row_height + tall), (main, y - tall)], head=6)
        if other:
            outer, side = text_width(other, size) / 2 + 6, 1 if beside > main else -1
            if boxed:
                canvas.rectangle(beside - outer, y - tall, beside + outer, y + tall, style.paper, style.ink, 1, rounded)
            canvas.text(beside, y, other, size, align="center", key=other_key)
            ends = [(beside - side * outer, y), (main + side * half, y)]
            canvas.arrow(ends if other_key == "reagent" else ends[::-1], head=6)


def _flow(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    style, label = canvas.style, _labels(canvas.style, language, random)
    acid = chemistry.REAGENTS[facts["anion"]]
    powder = [line.format(chemistry.DISPLACERS[facts["displacer"]][language]) for line in label["powder"]]
    joint = "" if language == "zh" else " "
    inputs = label["inputs"].format(acid[language])
    nodes = [([chemistry.ORES[facts["ore"]][language]], "ore"), ([label["crush"]], None)]
    if random.random() < 0.3:
        nodes += [([inputs, label[acid["process"]]], "reagent")]
    else:
        nodes += [([inputs], "reagent"), ([label[acid["process"]]], None)]
    nodes += [([label["solid"]], None), ([label["leach"]], None)]
    if random.random() < 0.5:
        nodes.append(([label["residue"]], None))
    nodes += [([label["filtrate"]], None), (powder if random.random() < 0.7 else [joint.join(powder)], "powder"),
              ([label["crude"].format(chemistry.METALS[facts["won"]][language])], "won"), ([label["last"]], "filtrate")]
    if random.random() < 0.25:
        nodes.remove(([label["crush"]], None))
    columns = random.choice((2, 3, 3, 4) if canvas.width > 300 else (2, 3))
    rows = -(-len(nodes) // columns)
    if canvas.height / rows < 38:
        columns = 4 if canvas.width > 400 else 3
        rows = -(-len(nodes) // columns)
    snake = random.random() < 0.6
    cell_width, cell_height = (canvas.width - 12) / columns, (canvas.height - 12) / rows
    size = min(style.text_size, 17, _fitting([line for lines, _ in nodes for line in lines], cell_width - 26, 17),
               (cell_height - 14) / 2.2)
    rounded, filled, boxed = random.choice((0, 4, 10)), random.random() < 0.6, random.random() < 0.9
    centres = []
    for index in range(len(nodes)):
        row, column = divmod(index, columns)
        column = columns - 1 - column if snake and row % 2 else column
        centres.append((6 + cell_width * (column + 0.5), 6 + cell_height * (row + 0.5)))
    boxes = []
    for index, ((lines, key), (x, y)) in enumerate(zip(nodes, centres)):
        half = max(text_width(line, size) for line in lines) / 2 + random.uniform(4, 8)
        tall = size * 0.62 * len(lines) + random.uniform(3, 6)
        color = mix(style.palette[index % 3], (255, 255, 255), 0.7) if filled else style.paper
        boxes.append((min(half, cell_width / 2 - 5), min(tall, cell_height / 2 - 3)))
        if boxed:
            canvas.rectangle(x - boxes[-1][0], y - boxes[-1][1], x + boxes[-1][0], y + boxes[-1][1], color, style.ink, 1, rounded)
        for row, line in enumerate(lines):
            canvas.text(x, y + size * 1.2 * (row - (len(lines) - 1) / 2), line, size, align="center", key=key)
    for (x, y), (half, tall), (to_x, to_y), (to_half, to_tall) in zip(centres, boxes, centres[1:], boxes[1:]):
        if abs(y - to_y) < 1:
            side = 1 if to_x > x else -1
            canvas.arrow([(x + side * half, y), (to_x - side * to_half, y)], head=6)
        elif abs(x - to_x) < 1:
            canvas.arrow([(x, y + tall), (to_x, to_y - to_tall)], head=6)
        else:
            middle = (y + to_y) / 2
            canvas.arrow([(x, y + tall), (x, middle), (to_x, middle), (to_x, to_y - to_tall)], head=6)


# -- sofas ---------------------------------------------------------------------------------------------------------


def _any_sofa(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    (_sofa_from_above if random.random() < 0.15 else _sofa)(canvas, facts, language, random)


def _sofa_from_above(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The L alone, with its three measures at the edges and the height in words."""
    style = canvas.style
    long, short, depth = (facts[name] for name in ("long", "short", "depth"))
    scale = min((canvas.width - 130) / long, (canvas.height - 90) / short)
    left, top = (canvas.width - scale * long) / 2, (canvas.height - scale * short) / 2 + 6
    mirror, size = random.random() < 0.3, max(min(style.text_size, 17), 13)

    def view(a, f):
        return left + scale * (long - a if mirror else a), top + scale * f

    corners = [(0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short)]
    canvas.polygon([view(*corner) for corner in corners], mix(style.palette[0], (255, 255, 255), random.uniform(0.2, 0.8)), style.ink)
    unit, side = random.choice((" cm", "cm", "")), -1 if mirror else 1
    measures = [((0, 0), (long, 0), "long", 0, -1), ((0, 0), (0, short), "short", -side, 0), ((long, 0), (long, depth), "depth", side, 0)]
    if random.random() < 0.5:
        measures.append(((0, short), (depth, short), "depth", 0, 1))
    for start, end, name, right, down in measures:
        (x0, y0), (x1, y1) = view(*start), view(*end)
        x0, y0, x1, y1 = x0 + 8 * right, y0 + 8 * down, x1 + 8 * right, y1 + 8 * down
        canvas.arrow([(x0, y0), (x1, y1)], style.accent, 1, head=6)
        canvas.arrow([(x1, y1), (x0, y0)], style.accent, 1, head=6)
        text = f"{facts[name]}{unit}"
        canvas.text((x0 + x1) / 2 + right * (text_width(text, size) / 2 + 6), (y0 + y1) / 2 + down * 12, text, size, align="center", key=name)
    x, y = view((long + depth) / 2, (depth + short) / 2)
    word = random.choice({"en": ("height ", "height: ", "h = ", "H="), "zh": ("高", "高：", "高 ")}[language])
    canvas.text(x, y, f"{word}{facts['height']}{unit}", size, align="center", key="height")


def _sofa(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """An L-shaped prism seen from the front, plain, with its measures beside the edges; now and then mirrored."""
    style = canvas.style
    long, short, depth, height = (facts[name] for name in ("long", "short", "depth", "height"))
    mirror = random.choice((1, 1, -1))
    slope = random.uniform(0.0, 0.35), random.uniform(0.3, 0.6)
    along, forward = (mirror * random.uniform(0.85, 1), slope[0]), (mirror * -random.uniform(0.35, 0.7), slope[1])

    def flat(a, f, u):
        return a * along[0] + f * forward[0], a * along[1] + f * forward[1] - u

    corners = [flat(a, f, u) for a, f in ((0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short)) for u in (0, height)]
    low_x, high_x = min(x for x, _ in corners), max(x for x, _ in corners)
    low_y, high_y = min(y for _, y in corners), max(y for _, y in corners)
    border = 34
    scale = min((canvas.width - 2 * border - 24) / (high_x - low_x), (canvas.height - 2 * border) / (high_y - low_y))
    shift = (canvas.width - scale * (low_x + high_x)) / 2, (canvas.height - scale * (low_y + high_y)) / 2

    def view(a, f, u):
        x, y = flat(a, f, u)
        return x * scale + shift[0], y * scale + shift[1]

    cloth, edge = mix(style.palette[0], (255, 255, 255), random.uniform(0, 0.5)), style.ink
    fill = None if random.random() < 0.2 else cloth
    faces = (
        ([(0, short, 0), (depth, short, 0), (depth, short, height), (0, short, height)], 0.1),
        ([(depth, depth, 0), (long, depth, 0), (long, depth, height), (depth, depth, height)], 0.15),
        ([(depth, depth, 0), (depth, short, 0), (depth, short, height), (depth, depth, height)], 0.3),
        ([(long, 0, 0), (long, depth, 0), (long, depth, height), (long, 0, height)], 0.3),
        ([(0, 0, height), (long, 0, height), (long, depth, height), (depth, depth, height), (depth, short, height), (0, short, height)], -0.2),
    )  # fmt: skip
    if random.random() < 0.4:  # a back rest and cushions, hinted at
        faces += (([(0, 0, height), (long, 0, height), (long, depth * 0.25, height), (0, depth * 0.25, height)], 0.05),
                  ([(0, 0, height), (depth * 0.25, 0, height), (depth * 0.25, short, height), (0, short, height)], 0.05))
    for points, shade in faces:
        color = None if fill is None else mix(fill, (0, 0, 0) if shade > 0 else (255, 255, 255), abs(shade))
        canvas.polygon([view(*point) for point in points], color, edge, 1)
    unit = random.choice((" cm", " cm", " cm", "cm", ""))
    size = max(min(style.text_size, 17), 13)
    gap, arrows = random.uniform(8, 12), random.random() < 0.7
    middle = view(long * 0.4, short * 0.4, height / 2)
    measures = [((0, 0, height), (long, 0, height), "long"), ((0, short, height), (0, 0, height), "short"),
                ((long, 0, 0), (long, 0, height), "height"), ((long, depth, 0), (long, 0, 0), "depth")]
    if random.random() < 0.6:
        measures.append(((0, short, 0), (depth, short, 0), "second depth"))
    for start, end, name in measures:
        (x0, y0), (x1, y1) = view(*start), view(*end)
        length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1)
        normal = ((y1 - y0) / length, (x0 - x1) / length)
        if normal[0] * ((x0 + x1) / 2 - middle[0]) + normal[1] * ((y0 + y1) / 2 - middle[1]) < 0:
            normal = (-normal[0], -normal[1])
        if arrows:
            ends = [(x + normal[0] * gap, y + normal[1] * gap) for x, y in ((x0, y0), (x1, y1))]
            canvas.arrow(ends, style.accent, 1, head=6)
            canvas.arrow(ends[::-1], style.accent, 1, head=6)
        text = f"{facts[name.split()[-1]]}{unit}"
        away = (gap if arrows else 0) + 4 + abs(normal[0]) * text_width(text, size) / 2 + abs(normal[1]) * size * 0.45
        x = min(max((x0 + x1) / 2 + normal[0] * away, text_width(text, size) / 2 + 2), canvas.width - text_width(text, size) / 2 - 2)
        y = min(max((y0 + y1) / 2 + normal[1] * away, 9), canvas.height - 9)
        canvas.text(x, y, text, size, align="center", key=name)


# -- birds ---------------------------------------------------------------------------------------------------------


class _OtherPen(recognition._Pen):
    """The same birds by another hand: stretched, slanted and coloured otherwise."""

    def __init__(self, canvas: Canvas, bird: dict, random: Random):
        super().__init__(canvas, bird)
        self.stretch, self.lean = (random.uniform(0.85, 1.2), random.uniform(0.85, 1.12)), random.uniform(-0.12, 0.12)
        self.tint, self.share = tuple(random.randint(60, 255) for _ in range(3)), random.uniform(0, 0.22)
        self.outlined = random.random() < 0.7

    def _placed(self, points):
        return super()._placed([(x * self.stretch[0] - y * self.lean, y * self.stretch[1]) for x, y in points])

    def blob(self, points, fill, outline=recognition.OUTLINE, steps: int = 5) -> None:
        fill = mix(fill, self.tint, self.share)
        super().blob(points, fill, outline if self.outlined else fill, steps)

    def facet(self, points, fill, outline=recognition.OUTLINE) -> None:
        super().facet(points, mix(fill, self.tint, self.share), outline)


# body length and height, legs, neck and its width, head, bill (pixels at size 1), then colours of body, head and bill
SIMPLE_BIRDS = {
    "pelican": (36, 18, 8, 20, 5, 4.5, 22, ((252, 250, 245), (240, 225, 215), (225, 225, 228)), None, ((246, 166, 35), (240, 140, 60), (235, 190, 90))),
    "gull": (28, 12, 6, 4, 6, 4.5, 6, ((255, 255, 255), (240, 242, 245)), None, ((240, 180, 30), (230, 120, 40))),
    "heron": (24, 12, 26, 23, 3, 3, 14, ((132, 146, 164), (150, 165, 190), (110, 120, 135)), None, ((226, 170, 60), (200, 150, 40), (90, 90, 90))),
    "duck": (32, 14, 3, 5, 6, 5.5, 7, ((160, 122, 88), (130, 90, 60), (190, 160, 120)), ((24, 112, 76), (20, 90, 50), (40, 130, 90)),
             ((240, 190, 40), (240, 140, 40))),
}  # fmt: skip


def _simple_bird(pen, name: str, random: Random) -> None:
    """A bird of ovals, strokes and triangles in proportions of its own, as one draws it with a plotting program."""
    *lengths, bodies, heads, bills = SIMPLE_BIRDS[name]
    length, height, legs, neck, thick, head, bill = (value * random.uniform(0.85, 1.2) for value in lengths)
    body, bill_color = random.choice(bodies), random.choice(bills)
    head_color = random.choice(heads) if heads else body

    def oval(x, y, wide, high, color, tilt=0.0):
        points = [(wide * cos(radians(a)), high * sin(radians(a))) for a in range(0, 360, 30)]
        pen.blob([(x + px * cos(tilt) - py * sin(tilt), y + px * sin(tilt) + py * cos(tilt)) for px, py in points], color, steps=2)

    middle, spread = -legs - height / 2, random.uniform(2, 4)
    pen.legs((-spread, spread), -legs - 2, bill_color if random.random() < 0.6 else (90, 80, 70), random.uniform(1.2, 2.2))
    pen.facet([(-length * 0.4, middle - 3), (-length * random.uniform(0.6, 0.7), middle + random.uniform(-4, 3)), (-length * 0.4, middle + 3)], body)
    oval(0, middle, length / 2, height / 2, body, random.uniform(-0.25, 0.1))
    x, y = length * random.uniform(0.36, 0.46), middle - height * 0.3 - neck
    bend = random.choice((0, 0, 4, -4)) * min(neck / 15, 1)
    pen.neck([(length * 0.33, middle), (length * 0.36 + bend, middle - neck * 0.5), (x, y)], body, thick)
    if random.random() < 0.8:
        shade = random.uniform(0.15, 0.5) if name != "gull" else random.uniform(0.4, 0.6)
        oval(-length * 0.06, middle - height * 0.05, length * 0.3, height * 0.28, mix(body, (70, 75, 90), shade), random.uniform(-0.3, 0.1))
    low = random.uniform(0, 0.45) * bill if name == "pelican" else random.uniform(0, 0.1) * bill
    tip = x + head * 0.6 + bill * (0.85 if low > 0.3 * bill else 1), y + 1 + low
    if name == "pelican" and random.random() < 0.9:
        pouch = random.uniform(4, 9)
        pen.blob([(x + head * 0.6, y + 1), tip, (x + bill * 0.6, y + low * 0.7 + pouch), (x + bill * 0.25, y + low * 0.3 + pouch * 0.8)],
                 mix(bill_color, (255, 230, 120), random.uniform(0, 0.6)))
    pen.facet([(x + head * 0.5, y - head * 0.5), tip, (x + head * 0.5, y + head * 0.6)], bill_color)
    oval(x, y, head, head, head_color)
    pen.dot(x + head * 0.25, y - head * 0.2, max(head * 0.22, 0.9), (20, 20, 25))


def _birds(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The birds of a case on another ground: plain, striped, or the kit's own quay, in other sizes and places."""
    style, width, height = canvas.style, canvas.width, canvas.height
    sky = random.choice((style.paper, mix((150, 200, 235), (255, 255, 255), random.random())))
    ground = random.choice((sky, mix(style.palette[1], (255, 255, 255), 0.6), (200, 190, 170), (170, 200, 150)))
    horizon = height * random.uniform(0.3, 0.7)
    canvas.rectangle(0, 0, width, height, fill=sky)
    canvas.rectangle(0, horizon, width, height, fill=ground)
    if random.random() < 0.4:
        canvas.rectangle(0, horizon - height * 0.15, width, horizon, fill=(120, 165, 195))
    share = width / recognition.WIDTH
    tallest = min(1.35 * share, height * 0.8 / 66)
    foot = random.uniform(max(66 * tallest, height * 0.6), height - 14)
    placed = []
    for index, bird in enumerate(facts["birds"]):
        size = min(bird["size"] * share, tallest) * random.uniform(0.85, 1.05)
        x, y = bird["x"] * share, min(foot + (bird["y"] - recognition.FOOT) * 2, height - 6)
        facing = bird["facing"]
        placed.append({**bird, "x": x, "y": y, "size": size, "facing": facing})
        canvas.mark(f"bird {index}", bird["name"], min(max(x, 1), width - 1), max(y - 30 * size, 1))
    simple = random.random() < 0.45
    for bird in sorted(placed, key=lambda bird: bird["y"]):
        pen = _OtherPen(canvas, bird, random)
        if random.random() < 0.5:
            pen.shadow()
        if simple:
            _simple_bird(pen, bird["name"], random)
            continue
        {"pelican": recognition._pelican, "gull": recognition._gull, "heron": recognition._heron, "duck": recognition._duck}[bird["name"]](pen)


def other_facts(family: str, facts: dict, random: Random) -> dict:
    """The facts as another layout may show them: tables with other columns, rows and x, invoices in English."""
    if family == "invoice" and random.random() < 0.4:
        return in_english(facts)
    if family != "derivative":
        return facts
    columns = random.choice((derivative.COLUMNS, derivative.COLUMNS, ("f", "f'", "g", "g'"), ("f", "g", "g'", "f'")))
    table = [dict(row) for row in facts["table"]]
    asked = next(index for index, row in enumerate(table) if row["x"] == facts["x"])
    start = random.choice((-2, 0, 0, 1, 1, random.randint(-4, 5)))
    for index, row in enumerate(table):
        row["x"] = start + index
    while len(table) > 3 and random.random() < 0.3:
        drop = random.choice([index for index in range(len(table)) if index != asked][-1:] + [0] * (asked != 0))
        if drop == asked:
            break
        table.pop(drop)
        asked -= drop < asked
    return {**facts, "x": table[asked]["x"], "table": table, "columns": columns}

