"""Corner sofas as plain prisms, from the front and from above."""

from random import Random

from qvq_nb.cases.drawing import Canvas, mix, text_width


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    (_from_above if random.random() < 0.22 else _from_the_front)(canvas, facts, language, random)


def _from_above(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The L alone, with its three measures at the edges, and the height in words or at a second view under it."""
    style = canvas.style
    long, short, depth = (facts[name] for name in ("long", "short", "depth"))
    below = facts["height"] if canvas.height > 230 and random.random() < 0.5 else 0  # a front view
    scale = min((canvas.width - 130) / long, (canvas.height - (110 if below else 80)) / (short + below))
    left, top = (canvas.width - scale * long) / 2, 32 if below else (canvas.height - scale * short) / 2 + 6
    mirror, size = random.random() < 0.3, max(min(style.text_size, 17), 13)
    cloth = mix(style.palette[0], (255, 255, 255), random.uniform(0.2, 0.9))

    def view(a, f):
        return left + scale * (long - a if mirror else a), top + scale * f

    corners = [(0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short)]
    canvas.polygon([view(*corner) for corner in corners], cloth, style.ink)
    if random.random() < 0.5:
        rest = depth * random.uniform(0.2, 0.35)
        canvas.line([view(long, rest), view(rest, rest), view(rest, short)], style.ink, 1)
    unit, side = random.choice((" cm", "cm", "", "厘米" if language == "zh" else " cm")), -1 if mirror else 1
    measures = [
        ((0, 0), (long, 0), "long", 0, -1),
        ((0, 0), (0, short), "short", -side, 0),
        ((long, 0), (long, depth), "depth", side, 0),
    ]
    if below or random.random() < 0.5:
        measures.append(((0, short), (depth, short), "depth", 0, 1))
    if below:
        low, high = (canvas.height - 14 - top) / scale, (canvas.height - 14 - top) / scale - below
        canvas.polygon([view(0, high), view(long, high), view(long, low), view(0, low)], cloth, style.ink)
        if random.random() < 0.6:
            middle = (low + high) / 2
            canvas.line([view(0, middle), view(long, middle)], style.ink, 1)
        measures.append(((long, high), (long, low), "height", side, 0))
    for start, end, name, right, down in measures:
        (x0, y0), (x1, y1) = view(*start), view(*end)
        x0, y0, x1, y1 = x0 + 8 * right, y0 + 8 * down, x1 + 8 * right, y1 + 8 * down
        canvas.arrow([(x0, y0), (x1, y1)], style.accent, 1, head=6)
        canvas.arrow([(x1, y1), (x0, y0)], style.accent, 1, head=6)
        text = f"{facts[name]}{unit}"
        canvas.text(
            (x0 + x1) / 2 + right * (text_width(text, size) / 2 + 6),
            (y0 + y1) / 2 + down * 12,
            text,
            size,
            align="center",
            key=name,
        )
    if below:
        return
    x, y = view((long + depth) / 2, (depth + short) / 2)
    word = random.choice({"en": ("height ", "height: ", "h = ", "H="), "zh": ("高", "高：", "高 ")}[language])
    canvas.text(x, y, f"{word}{facts['height']}{unit}", size, align="center", key="height")


def _from_the_front(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """An L-shaped prism seen from the front, plain, with its measures beside the edges; now and then mirrored."""
    style = canvas.style
    long, short, depth, height = (facts[name] for name in ("long", "short", "depth", "height"))
    mirror = random.choice((1, 1, -1))
    slope = random.uniform(0.0, 0.35), random.uniform(0.3, 0.6)
    along, forward = (
        (mirror * random.uniform(0.85, 1), slope[0]),
        (mirror * -random.uniform(0.35, 0.7), slope[1]),
    )

    def flat(a, f, u):
        return a * along[0] + f * forward[0], a * along[1] + f * forward[1] - u

    corners = [
        flat(a, f, u)
        for a, f in ((0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short))
        for u in (0, height)
    ]
    low_x, high_x = min(x for x, _ in corners), max(x for x, _ in corners)
    low_y, high_y = min(y for _, y in corners), max(y for _, y in corners)
    unit = random.choice((" cm", " cm", " cm", "cm", "", "厘米" if language == "zh" else " cm"))
    size = max(min(style.text_size, 17), 13)
    border = 18 + text_width(f"300{unit}", size)
    scale = min((canvas.width - 2 * border) / (high_x - low_x), (canvas.height - 68) / (high_y - low_y))
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
    rest, seat = depth * random.uniform(0.2, 0.3), height * random.uniform(0.4, 0.6)
    drawn = random.random()
    if drawn < 0.25:  # a back rest, hinted at
        faces += (
            ([(0, 0, height), (long, 0, height), (long, rest, height), (0, rest, height)], 0.05),
            ([(0, 0, height), (rest, 0, height), (rest, short, height), (0, short, height)], 0.05),
        )
    elif drawn < 0.65:  # a seat lower than the back
        faces = (
            ([(rest, rest, seat), (long, rest, seat), (long, rest, height), (rest, rest, height)], 0.1),
            ([(rest, rest, seat), (rest, short, seat), (rest, short, height), (rest, rest, height)], 0.3),
            ([(0, 0, height), (long, 0, height), (long, rest, height), (rest, rest, height), (rest, short, height), (0, short, height)], 0.05),
            ([(rest, rest, seat), (long, rest, seat), (long, depth, seat), (depth, depth, seat), (depth, short, seat), (rest, short, seat)], -0.3),
            ([(long, rest, 0), (long, depth, 0), (long, depth, seat), (long, rest, seat)], 0.3),
            ([(long, 0, 0), (long, rest, 0), (long, rest, height), (long, 0, height)], 0.3),
            ([(depth, depth, 0), (long, depth, 0), (long, depth, seat), (depth, depth, seat)], 0.15),
            ([(depth, depth, 0), (depth, short, 0), (depth, short, seat), (depth, depth, seat)], 0.3),
            ([(rest, short, 0), (depth, short, 0), (depth, short, seat), (rest, short, seat)], 0.1),
            ([(0, short, 0), (rest, short, 0), (rest, short, height), (0, short, height)], 0.1),
        )  # fmt: skip
    for points, shade in faces:
        color = None if fill is None else mix(fill, (0, 0, 0) if shade > 0 else (255, 255, 255), abs(shade))
        canvas.polygon([view(*point) for point in points], color, edge, 1)
    gap, arrows = random.uniform(8, 12), random.random() < 0.7
    middle = view(long * 0.4, short * 0.4, height / 2)
    measures = [
        ((0, 0, height), (long, 0, height), "long"),
        ((0, short, height), (0, 0, height), "short"),
        ((long, 0, 0), (long, 0, height), "height"),
        ((long, depth, 0), (long, 0, 0), "depth"),
    ]
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
        away = (
            (gap if arrows else 0)
            + 4
            + abs(normal[0]) * text_width(text, size) / 2
            + abs(normal[1]) * size * 0.45
        )
        x = min(
            max((x0 + x1) / 2 + normal[0] * away, text_width(text, size) / 2 + 2),
            canvas.width - text_width(text, size) / 2 - 2,
        )
        y = min(max((y0 + y1) / 2 + normal[1] * away, 9), canvas.height - 9)
        canvas.text(x, y, text, size, align="center", key=name)
