"""Pages as pictures: chromium takes one screenshot of many, and it is cut up; and the parts of an SVG."""

import html
import shutil
import subprocess
import tempfile
from pathlib import Path
from random import Random

from PIL import Image

from qvq_nb.errors import QvqError

Page = tuple[int, int, str]  # width and height in pixels, HTML
PAGES_AT_ONCE = 20
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SPREADSHEET_FONTS = (
    "Carlito, Calibri", "Liberation Sans, Arial", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Roboto",
)  # fmt: skip
PAGE_FONTS = (
    *SPREADSHEET_FONTS, "DejaVu Sans", "Liberation Serif, Times New Roman", "Noto Serif CJK SC", "Open Sans",
    "WenQuanYi Zen Hei",
)  # fmt: skip
ARROW = (
    "<defs><marker id='a' viewBox='0 0 10 10' refX='10' refY='5' markerWidth='8' markerHeight='8' "
    "orient='auto-start-reverse'><path d='M0 1L10 5L0 9z' fill='context-stroke'/></marker></defs>"
)


def find_chromium() -> str | None:
    """The browser's command, or None."""
    return next(filter(None, map(shutil.which, COMMANDS)), None)


def screenshots(pages: list[Page]) -> list[Image.Image]:
    """One picture for each page; the pages stand one below the other in frames of one page."""
    return [
        image
        for start in range(0, len(pages), PAGES_AT_ONCE)
        for image in _screenshot(pages[start : start + PAGES_AT_ONCE])
    ]


def _screenshot(pages: list[Page]) -> list[Image.Image]:
    tops = [sum(height for _, height, _ in pages[:index]) for index in range(len(pages) + 1)]
    frames = "".join(
        f'<iframe style="position:absolute;left:0;top:{top}px;width:{width}px;height:{height}px;border:0" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for top, (width, height, page) in zip(tops, pages)
    )
    body = f'<!doctype html><meta charset="utf-8"><body style="margin:0;background:white">{frames}'
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        source.write_text(body, encoding="utf-8")
        command = [
            find_chromium(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
            f"--window-size={max(width for width, _, _ in pages)},{tops[-1] + 200}",
            f"--screenshot={shot}",
            source.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if not shot.is_file():
            reason = done.stderr.strip()[-300:] or "it gave no reason"
            raise QvqError(f"{command[0]} took no screenshot: {reason}")
        whole = Image.open(shot).convert("RGB")
    return [whole.crop((0, top, width, top + height)) for top, (width, height, _) in zip(tops, pages)]


def svg(width: int, height: int, size: int, shapes: list[str], random: Random) -> Page:
    """A page with one SVG on it; texts are centred."""
    font = f"{size}px {random.choice(PAGE_FONTS)},'Noto Sans CJK SC',sans-serif"
    style = f"body{{margin:0}}text{{font:{font};text-anchor:middle;dominant-baseline:central}}"
    color = random.choice(("white", "white", "#fafafa", "#f5f7fb"))
    paper = f"<rect width='100%' height='100%' fill='{color}'/>"
    drawing = (
        f"<svg width='{width}' height='{height}' style='display:block'>{ARROW}{paper}{''.join(shapes)}</svg>"
    )
    return width, height, f"<style>{style}</style>{drawing}"


def svg_text(x: float, y: float, text: str, looks: str = "") -> str:
    """A text round (x, y)."""
    return f"<text x='{x:.1f}' y='{y:.1f}' {looks}>{html.escape(text)}</text>"


def svg_line(line, looks: str) -> str:
    """A line through points."""
    return f"<polyline points='{' '.join(f'{x:.1f},{y:.1f}' for x, y in line)}' fill='none' {looks}/>"
