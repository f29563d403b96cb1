"""Flow charts of metal winning in rows, in snakes and upright."""

from random import Random

from qvq_mini.layouts.fitting import fitting_size
from qvq_nb.cases import chemistry
from qvq_nb.cases.drawing import Canvas, Style, mix, text_width

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
    return chemistry.LABELS[language] | {
        name: random.choice(words) for name, words in OTHER_LABELS[language].items()
    }


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    upright = canvas.height > 240 and random.random() < 0.4
    (_upright if upright else _in_rows)(canvas, facts, language, random)


def _upright(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """One step under another, with what is added and what comes out beside them."""
    style, width, height = canvas.style, canvas.width, canvas.height
    label = _labels(style, language, random)
    acid = chemistry.REAGENTS[facts["anion"]]
    powder = (
        ("" if language == "zh" else " ")
        .join(label["powder"])
        .format(chemistry.DISPLACERS[facts["displacer"]][language])
    )
    crude = label["crude"].format(chemistry.METALS[facts["won"]][language])
    reagent = label["inputs"].format(acid[language])
    optional = [(label["crush"], None, None, None), (label["solid"], None, None, None)]
    steps = [
        (chemistry.ORES[facts["ore"]][language], "ore", None, None),
        optional[0],
        (label[acid["process"]], None, reagent, "reagent"),
        optional[1],
        (label["leach"], None, label["residue"], None),
        (label["filtrate"], None, None, None),
        (powder, "powder", None, None),
        (label["last"], "filtrate", crude, "won"),
    ]  # what is done, its key, what stands beside, its key
    for step in optional:
        if random.random() < 0.3 or (height - 16) / len(steps) < 34:
            steps.remove(step)
    row_height, main, beside = (
        (height - 16) / len(steps),
        width * random.uniform(0.28, 0.34),
        width * random.uniform(0.7, 0.76),
    )
    if random.random() < 0.4:
        main, beside = width - main, width - beside
    size = min(
        style.text_size,
        17,
        (row_height - 12) / 1.3,
        fitting_size([step[0] for step in steps], width * 0.44, 17),
        fitting_size([step[2] for step in steps if step[2]], width * 0.38, 17),
    )
    tall, rounded, filled, boxed = (
        size * 0.62 + 3,
        random.choice((0, 4, 8)),
        random.random() < 0.6,
        random.random() < 0.5,
    )
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
                canvas.rectangle(
                    beside - outer, y - tall, beside + outer, y + tall, style.paper, style.ink, 1, rounded
                )
            canvas.text(beside, y, other, size, align="center", key=other_key)
            ends = [(beside - side * outer, y), (main + side * half, y)]
            canvas.arrow(ends if other_key == "reagent" else ends[::-1], head=6)


def _in_rows(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
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
    nodes += [
        ([label["filtrate"]], None),
        (powder if random.random() < 0.7 else [joint.join(powder)], "powder"),
        ([label["crude"].format(chemistry.METALS[facts["won"]][language])], "won"),
        ([label["last"]], "filtrate"),
    ]
    if random.random() < 0.25:
        nodes.remove(([label["crush"]], None))
    columns = random.choice((2, 3, 3, 4) if canvas.width > 300 else (2, 3))
    rows = -(-len(nodes) // columns)
    if canvas.height / rows < 38:
        columns = 4 if canvas.width > 400 else 3
        rows = -(-len(nodes) // columns)
    snake = random.random() < 0.6
    cell_width, cell_height = (canvas.width - 12) / columns, (canvas.height - 12) / rows
    size = min(
        style.text_size,
        17,
        fitting_size([line for lines, _ in nodes for line in lines], cell_width - 26, 17),
        (cell_height - 14) / 2.2,
    )
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
            canvas.rectangle(
                x - boxes[-1][0],
                y - boxes[-1][1],
                x + boxes[-1][0],
                y + boxes[-1][1],
                color,
                style.ink,
                1,
                rounded,
            )
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
