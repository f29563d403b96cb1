"""Corner sofas as plain prisms, from the front and from above."""

from random import Random

from qvq_nb.cases.drawing import Canvas, mix, text_width

HEIGHT_WORDS = {"en": ("height ", "height: ", "h = ", "H="), "zh": ("高", "高：", "高 ")}


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The sofa from the front, or now and then from above."""
    (_from_above if random.random() < 0.22 else _from_the_front)(canvas, facts, language, random)


def _from_above(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The L alone, with its three measures at the edges, and the height in words or at a front view below."""
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
        _double_arrow(canvas, (x0, y0), (x1, y1))
        text = f"{facts[name]}{unit}"
        x, y = (x0 + x1) / 2 + right * (text_width(text, size) / 2 + 6), (y0 + y1) / 2 + down * 12
        canvas.text(x, y, text, size, align="center", key=name)
    if below:
        return
    x, y = view((long + depth) / 2, (depth + short) / 2)
    word = random.choice(HEIGHT_WORDS[language])
    canvas.text(x, y, f"{word}{facts['height']}{unit}", size, align="center", key="height")


def _from_the_front(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """An L-shaped prism, plain, with its measures beside the edges; now and then mirrored."""
    style = canvas.style
    long, short, depth, height = (facts[name] for name in ("long", "short", "depth", "height"))
    mirror = random.choice((1, 1, -1))
    down = random.uniform(0.0, 0.35), random.uniform(0.3, 0.6)
    across = mirror * random.uniform(0.85, 1), mirror * -random.uniform(0.35, 0.7)

    def flat(a, f, u):
        return a * across[0] + f * across[1], a * down[0] + f * down[1] - u

    outline = ((0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short))
    xs, ys = zip(*(flat(a, f, u) for a, f in outline for u in (0, height)))
    unit = random.choice((" cm", " cm", " cm", "cm", "", "厘米" if language == "zh" else " cm"))
    size = max(min(style.text_size, 17), 13)
    border = 18 + text_width(f"300{unit}", size)
    scale = min((canvas.width - 2 * border) / (max(xs) - min(xs)), (canvas.height - 68) / (max(ys) - min(ys)))
    shift_x = (canvas.width - scale * (min(xs) + max(xs))) / 2
    shift_y = (canvas.height - scale * (min(ys) + max(ys))) / 2

    def view(a, f, u):
        x, y = flat(a, f, u)
        return x * scale + shift_x, y * scale + shift_y

    cloth = mix(style.palette[0], (255, 255, 255), random.uniform(0, 0.5))
    filled = random.random() >= 0.2
    for points, shade in _faces(long, short, depth, height, random):
        color = mix(cloth, (0, 0, 0) if shade > 0 else (255, 255, 255), abs(shade)) if filled else None
        canvas.polygon([view(*point) for point in points], color, style.ink, 1)
    gap, arrows = random.uniform(8, 12), random.random() < 0.7
    middle = view(long * 0.4, short * 0.4, height / 2)
    measures = [
        ((0, 0, height), (long, 0, height), "long", "long"),
        ((0, short, height), (0, 0, height), "short", "short"),
        ((long, 0, 0), (long, 0, height), "height", "height"),
        ((long, depth, 0), (long, 0, 0), "depth", "depth"),
    ]
    if random.random() < 0.6:
        measures.append(((0, short, 0), (depth, short, 0), "depth", "second depth"))
    for start, end, name, key in measures:
        text = f"{facts[name]}{unit}"
        _measure(canvas, view(*start), view(*end), middle, text, size, gap, arrows, key)


def _faces(long: int, short: int, depth: int, height: int, random: Random) -> list[tuple[list, float]]:
    """The corners (along, forward, up) in centimetres and the shade of every face, the farthest face first.

    A plain prism, one with a back rest hinted at, or one with a seat lower than its back.
    """

    def wall(start, end, low, high):
        return [(*start, low), (*end, low), (*end, high), (*start, high)]

    def level(up, *corners):
        return [(*corner, up) for corner in corners]

    rest, seat = depth * random.uniform(0.2, 0.3), height * random.uniform(0.4, 0.6)
    drawn = random.random()
    far, right, left = (0, 0), (long, 0), (0, short)
    inner, right_front, left_front = (depth, depth), (long, depth), (depth, short)
    if 0.25 <= drawn < 0.65:  # a seat lower than the back
        inner_rest, right_rest, left_rest = (rest, rest), (long, rest), (rest, short)
        return [
            (wall(inner_rest, right_rest, seat, height), 0.1),
            (wall(inner_rest, left_rest, seat, height), 0.3),
            (level(height, far, right, right_rest, inner_rest, left_rest, left), 0.05),
            (level(seat, inner_rest, right_rest, right_front, inner, left_front, left_rest), -0.3),
            (wall(right_rest, right_front, 0, seat), 0.3),
            (wall(right, right_rest, 0, height), 0.3),
            (wall(inner, right_front, 0, seat), 0.15),
            (wall(inner, left_front, 0, seat), 0.3),
            (wall(left_rest, left_front, 0, seat), 0.1),
            (wall(left, left_rest, 0, height), 0.1),
        ]
    faces = [
        (wall(left, left_front, 0, height), 0.1),
        (wall(inner, right_front, 0, height), 0.15),
        (wall(inner, left_front, 0, height), 0.3),
        (wall(right, right_front, 0, height), 0.3),
        (level(height, far, right, right_front, inner, left_front, left), -0.2),
    ]
    if drawn < 0.25:  # a back rest, hinted at
        faces.append((level(height, far, right, (long, rest), (0, rest)), 0.05))
        faces.append((level(height, far, (rest, 0), (rest, short), left), 0.05))
    return faces


def _measure(canvas: Canvas, start, end, middle, text: str, size: float, gap: float, arrows: bool, key: str):
    """A measure beside the edge from `start` to `end`, away from the `middle`, with or without its line."""
    (x0, y0), (x1, y1) = start, end
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1)
    normal_x, normal_y = (y1 - y0) / length, (x0 - x1) / length
    if normal_x * ((x0 + x1) / 2 - middle[0]) + normal_y * ((y0 + y1) / 2 - middle[1]) < 0:
        normal_x, normal_y = -normal_x, -normal_y
    if arrows:
        _double_arrow(canvas, *((x + normal_x * gap, y + normal_y * gap) for x, y in (start, end)))
    half = text_width(text, size) / 2
    away = (
        (gap if arrows else 0) + 4 + abs(normal_x) * text_width(text, size) / 2 + abs(normal_y) * size * 0.45
    )
    x, y = (x0 + x1) / 2 + normal_x * away, (y0 + y1) / 2 + normal_y * away
    x, y = min(max(x, half + 2), canvas.width - half - 2), min(max(y, 9), canvas.height - 9)
    canvas.text(x, y, text, size, align="center", key=key)


def _double_arrow(canvas: Canvas, start, end) -> None:
    canvas.arrow([start, end], canvas.style.accent, 1, head=6)
    canvas.arrow([end, start], canvas.style.accent, 1, head=6)
