"""Curves through points and round corners, all in pixels."""

Points = list[tuple[float, float]]


def smooth(points, steps: int = 5, closed: bool = True) -> Points:
    """A Catmull-Rom curve through `points`: `steps` points for each of its pieces."""
    count, curve = len(points), []
    for index in range(count if closed else count - 1):
        places = range(index - 1, index + 3)
        four = [points[place % count if closed else min(max(place, 0), count - 1)] for place in places]
        for t in (step / steps for step in range(steps)):
            w0, w1 = t * (2 * t - t * t - 1), 2 + t * t * (3 * t - 5)
            w2, w3 = t * (1 + t * (4 - 3 * t)), t * t * (t - 1)
            curve.append(tuple((w0 * a + w1 * b + w2 * c + w3 * d) / 2 for a, b, c, d in zip(*four)))
    return curve if closed else curve + [points[-1]]


def rounded(points, radius: float) -> Points:
    """The polygon through `points` with its corners rounded, by at most a third of their sides."""
    curve = []
    for index, corner in enumerate(points):
        arms = []
        for other in (points[index - 1], points[(index + 1) % len(points)]):
            length = max(((other[0] - corner[0]) ** 2 + (other[1] - corner[1]) ** 2) ** 0.5, 1e-6)
            share = min(radius / length, 1 / 3)
            arms.append(tuple(a + (b - a) * share for a, b in zip(corner, other)))
        for t in (0, 1 / 3, 2 / 3, 1):
            w0, w1, w2 = (1 - t) ** 2, 2 * t * (1 - t), t * t
            curve.append(tuple(w0 * a + w1 * b + w2 * c for a, b, c in zip(arms[0], corner, arms[1])))
    return curve
