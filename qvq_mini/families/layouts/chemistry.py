"""Flow charts of metal winning in rows, in snakes and upright."""

from random import Random

from qvq_mini.families.layouts import fitting_size
from qvq_nb.cases.drawing import Canvas, Style, mix, text_width
from qvq_nb.cases.science import chemistry

OTHER_LABELS = {
    "en": {
        "crush": ("crush", "grind", "milling"),
        "leach": ("water leach", "leach with water", "add water"),
        "inputs": ("{}, air", "{} + air", "air, {}"),
        "crude": ("crude {}", "{} (crude)"),
        "powder": (("add excess", "{} powder"), ("excess", "{} powder"), ("{} powder", "(excess)"),
                   ("+ excess", "{} powder"), ("add {}", "powder in excess")),
    },
    "zh": {
        "crush": ("粉碎", "研磨"),
        "leach": ("水浸", "加水浸取"),
        "inputs": ("{}、空气", "空气、{}", "{}+空气", "{}和空气"),
        "crude": ("粗{}", "{}（粗）"),
        "powder": (("加入过量", "{}粉"), ("过量", "{}粉"), ("{}粉", "（过量）"), ("加过量", "{}粉")),
    },
}  # fmt: skip


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The flow chart upright where there is room for it, now and then; usually in rows."""
    upright = canvas.height > 240 and random.random() < 0.4
    (_upright if upright else _in_rows)(canvas, facts, language, random)


def _words(style: Style, facts: dict, language: str, random: Random) -> dict:
    """What is written: the kit's own words, or others, for which the kit's small fonts lack characters."""
    words = {**chemistry.LABELS[language]}
    if style.typeface is not None and random.random() >= 0.4:
        words |= {name: random.choice(others) for name, others in OTHER_LABELS[language].items()}
    reagent, displacer = chemistry.REAGENTS[facts["anion"]], chemistry.DISPLACERS[facts["displacer"]]
    return {
        **words,
        "ore": chemistry.ORES[facts["ore"]][language],
        "inputs": words["inputs"].format(reagent[language]),
        "process": words[reagent["process"]],
        "powder": [line.format(displacer[language]) for line in words["powder"]],
        "crude": words["crude"].format(chemistry.METALS[facts["won"]][language]),
        "joint": "" if language == "zh" else " ",
    }


def _upright(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """One step under another, with what is added and what comes out beside them."""
    style, width, height = canvas.style, canvas.width, canvas.height
    words = _words(style, facts, language, random)
    optional = [(words["crush"], None, None, None), (words["solid"], None, None, None)]
    steps = [
        (words["ore"], "ore", None, None),
        optional[0],
        (words["process"], None, words["inputs"], "reagent"),
        optional[1],
        (words["leach"], None, words["residue"], None),
        (words["filtrate"], None, None, None),
        (words["joint"].join(words["powder"]), "powder", None, None),
        (words["last"], "filtrate", words["crude"], "won"),
    ]  # what is done, its key, what stands beside, its key
    for step in optional:
        if random.random() < 0.3 or (height - 16) / len(steps) < 34:
            steps.remove(step)
    row_height = (height - 16) / len(steps)
    main, beside = width * random.uniform(0.28, 0.34), width * random.uniform(0.7, 0.76)
    if random.random() < 0.4:
        main, beside = width - main, width - beside
    size = min(
        style.text_size,
        17,
        (row_height - 12) / 1.3,
        fitting_size([step[0] for step in steps], width * 0.44, 17),
        fitting_size([step[2] for step in steps if step[2]], width * 0.38, 17),
    )
    tall, rounded = size * 0.62 + 3, random.choice((0, 4, 8))
    filled, boxed = random.random() < 0.6, random.random() < 0.5
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
                sides = beside - outer, y - tall, beside + outer, y + tall
                canvas.rectangle(*sides, style.paper, style.ink, 1, rounded)
            canvas.text(beside, y, other, size, align="center", key=other_key)
            ends = [(beside - side * outer, y), (main + side * half, y)]
            canvas.arrow(ends if other_key == "reagent" else ends[::-1], head=6)


def _in_rows(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The steps in rows, all from left to right or in a snake."""
    style = canvas.style
    nodes = _nodes(_words(style, facts, language, random), random)
    columns = random.choice((2, 3, 3, 4) if canvas.width > 300 else (2, 3))
    rows = -(-len(nodes) // columns)
    if canvas.height / rows < 38:
        columns = 4 if canvas.width > 400 else 3
        rows = -(-len(nodes) // columns)
    snake = random.random() < 0.6
    cell_width, cell_height = (canvas.width - 12) / columns, (canvas.height - 12) / rows
    every_line = [line for lines, _ in nodes for line in lines]
    fitting = fitting_size(every_line, cell_width - 26, 17)
    size = min(style.text_size, 17, fitting, (cell_height - 14) / 2.2)
    rounded, filled, boxed = random.choice((0, 4, 10)), random.random() < 0.6, random.random() < 0.9
    boxes = []
    for index, (lines, key) in enumerate(nodes):
        row, column = divmod(index, columns)
        column = columns - 1 - column if snake and row % 2 else column
        x, y = 6 + cell_width * (column + 0.5), 6 + cell_height * (row + 0.5)
        half = max(text_width(line, size) for line in lines) / 2 + random.uniform(4, 8)
        tall = size * 0.62 * len(lines) + random.uniform(3, 6)
        half, tall = min(half, cell_width / 2 - 5), min(tall, cell_height / 2 - 3)
        boxes.append((x, y, half, tall))
        color = mix(style.palette[index % 3], (255, 255, 255), 0.7) if filled else style.paper
        if boxed:
            canvas.rectangle(x - half, y - tall, x + half, y + tall, color, style.ink, 1, rounded)
        for line_number, line in enumerate(lines):
            line_y = y + size * 1.2 * (line_number - (len(lines) - 1) / 2)
            canvas.text(x, line_y, line, size, align="center", key=key)
    for start, end in zip(boxes, boxes[1:]):
        _connect(canvas, start, end)


def _nodes(words: dict, random: Random) -> list[tuple[list[str], str | None]]:
    """The lines and the key of each step, in their order; some are left out or drawn together."""
    crush = ([words["crush"]], None)
    nodes = [([words["ore"]], "ore"), crush]
    if random.random() < 0.3:
        nodes.append(([words["inputs"], words["process"]], "reagent"))
    else:
        nodes += [([words["inputs"]], "reagent"), ([words["process"]], None)]
    nodes += [([words["solid"]], None), ([words["leach"]], None)]
    if random.random() < 0.5:
        nodes.append(([words["residue"]], None))
    powder = words["powder"] if random.random() < 0.7 else [words["joint"].join(words["powder"])]
    nodes += [([words["filtrate"]], None), (powder, "powder"), ([words["crude"]], "won")]
    nodes.append(([words["last"]], "filtrate"))
    if random.random() < 0.25:
        nodes.remove(crush)
    return nodes


def _connect(canvas: Canvas, start, end) -> None:
    """An arrow from box to box (x, y, half width, half height): straight, or down, along and down again."""
    x, y, half, tall = start
    to_x, to_y, to_half, to_tall = end
    if abs(y - to_y) < 1:
        side = 1 if to_x > x else -1
        points = [(x + side * half, y), (to_x - side * to_half, y)]
    elif abs(x - to_x) < 1:
        points = [(x, y + tall), (to_x, to_y - to_tall)]
    else:
        middle = (y + to_y) / 2
        points = [(x, y + tall), (x, middle), (to_x, middle), (to_x, to_y - to_tall)]
    canvas.arrow(points, head=6)
