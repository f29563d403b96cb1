"""Sofas, in parallel projection or from above, and the dimension lines beside their edges.

Sizes are in centimetres. An edge is (from, to, the way off the sofa in the picture, label, key of the label).
"""

from qvq_nb.cases.drawing.canvas import Canvas
from qvq_nb.cases.drawing.curves import rounded
from qvq_nb.cases.drawing.fonts import text_width
from qvq_nb.cases.drawing.style import Style, mix

# Where one centimetre along the sofa's axes goes in the picture: along the back, towards the viewer, and up.
ALONG, FORWARD = (0.93, 0.25), (-0.60, 0.50)  # up is simply up
GAP = 11  # pixels from an edge to its dimension line


class View:
    """Turns centimetres (along the back, towards the viewer, up) into pixels; the far corner is at (x, y)."""

    def __init__(self, along=ALONG, forward=FORWARD, up: float = 1):
        self.along, self.forward, self.up = along, forward, up
        self.scale, self.x, self.y = 0.6, 0.0, 0.0

    def __call__(self, along: float, forward: float, up: float) -> tuple[float, float]:
        return (
            self.x + self.scale * (along * self.along[0] + forward * self.forward[0]),
            self.y + self.scale * (along * self.along[1] + forward * self.forward[1] - up * self.up),
        )

    def all(self, *points) -> list[tuple[float, float]]:
        """The pixels of several points."""
        return [self(*point) for point in points]


def fit(view: View, canvas: Canvas, edges, margin: float, below: float = 0) -> None:
    """Makes the sofa as large as the picture allows and centres it; `below` are pixels left free there."""
    style, width, height = canvas.style, canvas.width, canvas.height - below
    for _ in range(3):  # the labels keep their size, so the scale that fits is found step by step
        left, top, right, bottom = _extent(style, view, edges)
        view.scale *= min((width - 2 * margin) / (right - left), (height - 2 * margin) / (bottom - top))
    left, top, right, bottom = _extent(style, view, edges)
    view.x, view.y = (width - left - right) / 2 + style.shift[0], (height - top - bottom) / 2 + style.shift[1]


def draw_corner(canvas: Canvas, view: View, long: int, short: int, depth: int, height: int) -> None:
    """Back rests along both walls, seats with cushions, an arm rest: from the far corner to the near ones."""
    cloth = mix(canvas.style.palette[0], (150, 150, 158), 0.35)
    cushion = mix(cloth, (255, 255, 255), 0.18)
    back = depth * 0.24  # how thick a back rest is
    base, seat, rest, arm = height * 0.26, height * 0.5, height * 0.97, height * 0.68
    straight = short == depth
    half = (depth + long - back) / 2  # where the two cushions of the long section meet
    floor = view.all(
        *((0, short + 6, 0), (depth + 8, short + 6, 0), (depth + 8, depth + 8, 0)),
        *((long + 8, depth + 8, 0), (long + 8, 0, 0), (0, 0, 0)),
    )
    canvas.polygon(rounded(floor, 8), mix(canvas.style.paper, (120, 120, 130), 0.16))
    for along, forward, up, color, radius in (
        ((0, long), (0, back), (0, height), cloth, 3),
        ((0, back), (0, short), (0, arm if straight else height), cloth, 3),
        ((back, depth), (back, short), (0, base), cloth, 3),
        ((back, long - back), (back, depth), (0, base), cloth, 3),
        ((depth, half), (back, back * 1.7), (seat, rest), cushion, 5),
        ((half, long - back), (back, back * 1.7), (seat, rest), cushion, 5),
        ((back, depth), (back, back * 1.7), (seat, rest), cushion, 5),
        *(() if straight else (((back, back * 1.7), (back * 1.7, short), (seat, rest), cushion, 5),)),
        ((back, depth), (back, depth), (base, seat), cushion, 4),
        ((depth, half), (back, depth), (base, seat), cushion, 4),
        ((half, long - back), (back, depth), (base, seat), cushion, 4),
        *(() if straight else (((back, depth), (depth, short), (base, seat), cushion, 4),)),
        ((long - back, long), (0, depth), (0, arm), cloth, 3),
    ):
        _block(canvas, view, along, forward, up, color, radius)


def _block(canvas: Canvas, view: View, along, forward, up, color, radius: float) -> None:
    """A box with softened corners, each of its three visible faces in its own shade."""
    (x0, x1), (y0, y1), (z0, z1) = along, forward, up
    edge = mix(color, (30, 30, 40), 0.5)
    outline = view.all((x0, y0, z1), (x1, y0, z1), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0), (x0, y1, z1))
    canvas.polygon(rounded(outline, radius), mix(color, (30, 30, 40), 0.12), edge, 1)
    right = view.all((x1, y0, z1), (x1, y0, z0), (x1, y1, z0), (x1, y1, z1))
    canvas.polygon(rounded(right, radius), mix(color, (30, 30, 40), 0.26))
    top = view.all((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))
    canvas.polygon(rounded(top, radius), mix(color, (255, 255, 255), 0.3), edge, 1)


def draw_plan(canvas: Canvas, view: View, long: int, left: int, right: int, depth: int) -> None:
    """A U shape from above: the back along the top, a section of its own length at each end of it."""
    cloth = mix(canvas.style.palette[0], (150, 150, 158), 0.35)
    cushion, edge = mix(cloth, (255, 255, 255), 0.55), mix(cloth, (30, 30, 40), 0.5)
    back, inner = depth * 0.24, long - depth  # how thick a back rest is; where the right section begins
    outline = (
        (0, 0),
        (long, 0),
        (long, right),
        (inner, right),
        (inner, depth),
        (depth, depth),
        (depth, left),
    )
    points = view.all(*((*point, 0) for point in (*outline, (0, left))))
    canvas.polygon(rounded(points, 4), cloth, edge, 1)
    for x0, y0, x1, y1 in (
        (back, back, long - back, depth),  # in one piece, so that no seam crosses the label on it
        (back, depth, depth, left),
        (inner, depth, long - back, right),
    ):
        corners = view.all((x0, y0, 0), (x1, y0, 0), (x1, y1, 0), (x0, y1, 0))
        canvas.polygon(rounded(corners, 5), cushion, edge, 1)


def draw_dimensions(canvas: Canvas, view: View, edges) -> None:
    """The dimension line and the label of each edge."""
    for start, end, away, text, key in edges:
        _dimension(canvas, view(*start), view(*end), away, text, key)


def _dimension(canvas: Canvas, start, end, away, text: str, key: str | None) -> None:
    """A line with two arrow heads beside the edge from `start` to `end`, and its label further `away`."""
    style = canvas.style
    thin = mix(style.ink, style.paper, 0.45)
    near, far = (_moved(point, away, GAP) for point in (start, end))
    for point in (start, end):
        canvas.line([_moved(point, away, 3), _moved(point, away, GAP + 4)], thin, 1)
    canvas.arrow([near, far], style.accent, 1.2)
    canvas.arrow([far, near], style.accent, 1.2)
    left, top, right, bottom = _label_place(style, start, end, away, text)
    canvas.text((left + right) / 2, (top + bottom) / 2, text, align="center", key=key)


def _label_place(style: Style, start, end, away, text: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a label, which touches a line five pixels beyond the dimension line."""
    half_width, half_height = text_width(text, style.text_size) / 2, style.text_size * 0.42
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    normal = ((end[1] - start[1]) / length, (start[0] - end[0]) / length)
    if normal[0] * away[0] + normal[1] * away[1] < 0:
        normal = (-normal[0], -normal[1])
    x, y = _moved(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), away, GAP)
    x, y = _moved((x, y), normal, 5 + abs(normal[0]) * half_width + abs(normal[1]) * half_height)
    return x - half_width, y - half_height, x + half_width, y + half_height


def _extent(style: Style, view: View, edges) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all labels and dimension lines."""
    boxes = []
    for start, end, away, text, _ in edges:
        start, end = view(*start), view(*end)
        boxes.append(_label_place(style, start, end, away, text))
        boxes += [_moved(point, away, GAP + 4) * 2 for point in (start, end)]
    lefts, tops, rights, bottoms = zip(*boxes)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _moved(point, direction, pixels: float) -> tuple[float, float]:
    return point[0] + direction[0] * pixels, point[1] + direction[1] * pixels
