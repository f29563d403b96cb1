"""Corner sofas as plain prisms, from the front and from above."""

from random import Random

from qvq_nb.cases.drawing import Canvas, mix, text_width


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    (_from_above if random.random() < 0.15 else _from_the_front)(canvas, facts, language, random)


def _from_above(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
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


def _from_the_front(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
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
