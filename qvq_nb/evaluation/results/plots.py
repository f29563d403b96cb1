"""Drawings of a report as SVG inside its page; every text in them is escaped."""

import unicodedata
from collections.abc import Iterable, Sequence

from markupsafe import Markup

WIDTH, LABEL, RIGHT, ROW = 720, 210, 20, 24  # pixels of the whole, the labels, the margin, a line
WIDEST_LABEL = 26  # in halves of a Chinese character
HEIGHT, MOST_BINS = 150, 24
OUTCOMES = ("right", "unclear", "wrong")
TEXT = Markup('<text x="{:.1f}" y="{}" text-anchor="{}" class="{}">{}</text>')
BAR = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
GRID = Markup('<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="8" y2="{1}"/>')
REACH = Markup(
    '<line class="reach" x1="{1:.1f}" x2="{2:.1f}" y1="{0}" y2="{0}"/><circle cx="{3:.1f}" cy="{0}" r="4"/>'
)
DIAMOND = Markup('<path class="published" d="M {0:.1f} {1} l 6 8 l -6 8 l -6 -8 z"/>')


def intervals(lines: Sequence[tuple[str, dict, float | None]], title: str) -> Markup:
    """A line per (label, estimate, published share or None): the share as a dot within its interval."""
    bottom = ROW * (len(lines) + 1)
    drawn = [
        GRID.format(_x(tick / 100), bottom - 8)
        + TEXT.format(_x(tick / 100), bottom + 8, "middle", "soft", f"{tick} %")
        for tick in range(0, 101, 20)
    ]
    for number, (label, one, published) in enumerate(lines):
        y = ROW * (number + 1) - 4
        drawn.append(TEXT.format(LABEL - 14, y + 4, "end", "", _cut(label)))
        if published is not None:
            drawn.append(DIAMOND.format(_x(published), y - 8))
        if one["total"]:
            drawn.append(REACH.format(y, _x(one["low"]), _x(one["high"]), _x(one["accuracy"])))
    return _drawing(drawn, bottom + 14, title)


def lengths(values: Iterable[tuple[float, str]], title: str, names: dict[str, str]) -> Markup:
    """How many answers are how long, as bars of (length, outcome) in bins that double; stacked by outcome."""
    found = [(max(0, length), outcome) for length, outcome in values if outcome in OUTCOMES]
    bins = [int(length).bit_length() for length, _ in found]
    if not bins:
        return Markup("")
    first, last = max(min(bins), max(bins) - MOST_BINS + 1), max(bins)
    heights = {bin: dict.fromkeys(OUTCOMES, 0) for bin in range(first, last + 1)}
    for bin, (_, outcome) in zip(bins, found):
        heights[max(first, bin)][outcome] += 1
    most = max(sum(each.values()) for each in heights.values())
    wide = (WIDTH - 60) / len(heights)
    drawn = []
    for number, (bin, each) in enumerate(heights.items()):
        x, y = 40 + number * wide, HEIGHT + 10
        for outcome in OUTCOMES:
            high = HEIGHT * each[outcome] / most
            y -= high
            drawn.append(BAR.format(outcome, x + 1, y, max(wide - 2, 1), high))
        if len(heights) <= 14 or number % 2 == 0:
            least = 2 ** (bin - 1) if bin else 0
            drawn.append(TEXT.format(x, HEIGHT + 26, "middle", "soft", f"{least:,}"))
    drawn.append(TEXT.format(34, 18, "end", "soft", f"{most:,}"))
    for number, outcome in enumerate(OUTCOMES):
        place = 40 + 130 * number
        drawn.append(BAR.format(outcome, place, HEIGHT + 38, 12, 12))
        drawn.append(TEXT.format(place + 18, HEIGHT + 48, "start", "", names[outcome]))
    return _drawing(drawn, HEIGHT + 56, title)


def _drawing(parts: Iterable[Markup], height: int, title: str) -> Markup:
    opening = '<figure><figcaption>{1}</figcaption><svg viewBox="0 0 {2} {0}" role="img" aria-label="{1}">'
    return Markup(opening).format(height, title, WIDTH) + Markup("").join(parts) + Markup("</svg></figure>")


def _x(share: float) -> float:
    return LABEL + (WIDTH - LABEL - RIGHT) * share


def _cut(label: str) -> str:
    """A label that fits its place, Chinese characters counted double."""
    room = WIDEST_LABEL
    for place, letter in enumerate(label):
        room -= 1 + (unicodedata.east_asian_width(letter) in "WF")
        if room < 0:
            return label[:place] + "…"
    return label
