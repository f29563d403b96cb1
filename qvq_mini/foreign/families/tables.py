"""Tables as matplotlib, a spreadsheet and a web page show them."""

import html
from random import Random

from matplotlib.figure import Figure

from qvq_mini.foreign.browser import PAGE_FONTS, SPREADSHEET_FONTS, Page
from qvq_mini.foreign.facts import text_pixels
from qvq_mini.foreign.plotting import points

DARK = "#40466e"


def plotted(pixels, cells, shares, right: bool, random: Random, title: str = "") -> Figure:
    """A table of matplotlib; `shares` are its columns' widths, `right` aligns their numbers."""
    width, height = pixels
    size = points(text_pixels(width, height, random))
    figure = Figure((width / 100, height / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    top = 0.84 if title else random.uniform(0.92, 0.98)
    left, bottom = random.uniform(0.02, 0.08), random.uniform(0.03, 0.1)
    if title:
        color = random.choice(("black", "#8b1a1a", "#1f3a68"))
        axes.text(0.5, 0.92, title, fontsize=1.3 * size, ha="center", va="center", color=color)
    box, edges = (left, bottom, 1 - 2 * left, top - bottom), random.choice(("closed", "closed", "horizontal"))
    table = axes.table(cells, colWidths=shares, cellLoc="center", bbox=box, edges=edges)
    table.auto_set_font_size(False)
    table.set_fontsize(size)
    head = random.choice(("white", "#dddddd", "#cfe2f3", DARK, "#f4cccc"))
    stripe = random.choice(("white", "#f2f2f2"))
    edge, line = random.choice(("black", "black", "#888888", "#8b1a1a")), random.uniform(0.5, 1.4)
    for (row, column), cell in table.get_celld().items():
        fill = head if row == 0 else stripe if row % 2 == 0 else "white"
        cell.set(facecolor=fill, edgecolor=edge, linewidth=line)
        filled = cell.visible_edges == "BRTL"  # matplotlib fills no cell that lacks an edge
        cell.set_text_props(color="white" if fill == DARK and filled else "black")
        if row and column and right:
            cell.set_text_props(ha="right")
            cell.PAD = 0.06
    return figure


def spreadsheet(cells, widths, align: str, random: Random, title: str = "") -> Page:
    """A window of a spreadsheet: letters above, numbers on the left, empty cells around, one selected."""
    row_height, edge = random.choice((22, 24, 27)), random.choice((30, 38))
    widths = [*widths, *[64] * random.randint(0, 1)]
    shift = random.choice((0, 0, 1))  # empty rows above
    rows = [[]] * shift + ([[title]] if title else []) + cells + [[]] * random.randint(1, 3)
    head = shift + bool(title)
    width, height = edge + sum(widths), row_height * (len(rows) + 1)
    size = text_pixels(width, height, random)
    green, grey = random.choice(("#217346", "#1a73e8")), random.choice(("#e6e6e6", "#f3f3f3"))
    shade = random.choice(("none", "#ddebf7", "#ffe699"))
    selected = (random.randrange(len(rows)), random.randrange(len(widths)))

    def looks(row: int, column: int) -> str:
        side = "center" if row == head else align if column or align != "right" else "left"
        said = f"text-align:{side};"
        said += f"background:{shade};font-weight:bold;" if row == head and shade != "none" else ""
        said += "overflow:visible;" if title and row == head - 1 else ""
        return said + (f"outline:2px solid {green};outline-offset:-2px;" if (row, column) == selected else "")

    letters = "".join(
        f"<th style='width:{each - 1}px'>{chr(65 + place)}</th>" for place, each in enumerate(widths)
    )
    lines = [f"<tr><th style='width:{edge - 1}px'></th>{letters}</tr>"]
    for number, row in enumerate(rows):
        texts = [*row, *[""] * (len(widths) - len(row))]
        line = "".join(
            f"<td style='{looks(number, column)}'>{html.escape(text)}</td>"
            for column, text in enumerate(texts)
        )
        lines.append(f"<tr><th>{number + 1}</th>{line}</tr>")
    style = (
        f"body{{margin:0;font:{size}px {random.choice(SPREADSHEET_FONTS)},'Noto Sans CJK SC',sans-serif}}"
        f"table{{border-collapse:collapse;table-layout:fixed;width:{width}px}}tr{{height:{row_height}px}}"
        "td,th{border:1px solid #d4d4d4;padding:0 4px;white-space:nowrap;overflow:hidden;"
        f"line-height:{row_height - 3}px}}"
        f"th{{background:{grey};color:#555;font-weight:normal;border-color:#bbb;padding:0}}"
    )
    return width, height, f"<style>{style}</style><table>{''.join(lines)}</table>"


def web_table(cells, widths, align: str, random: Random, title: str = "") -> Page:
    """A table as a web page shows it, with striped rows, thin rules or a full grid."""
    margin, row_height = random.randint(6, 24), random.choice((28, 32, 36))
    width, height = sum(widths) + 2 * margin, row_height * (len(cells) + bool(title)) + 2 * margin
    size = text_pixels(width, height, random)
    head = random.choice(("#343a40;color:white", "#f8f9fa", "#e9ecef", "#04aa6d;color:white", "white"))
    stripe = random.choice(("#f2f2f2", "#eef5ff", "white"))
    rule = random.choice(("1px solid #ddd", "1px solid #888", "1px solid black"))
    sides = random.choice(("border", "border", "border-bottom"))
    font, first = random.choice(PAGE_FONTS), "left" if align == "right" else align
    style = (
        f"body{{margin:{margin}px;font:{size}px {font},'Noto Sans CJK SC',sans-serif;color:#212529}}"
        f"h1{{font-size:{round(1.2 * size)}px;margin:0;height:{row_height}px;"
        f"text-align:{random.choice(('left', 'center'))}}}"
        f"table{{border-collapse:collapse;width:{sum(widths)}px;table-layout:fixed}}tr{{height:{row_height}px}}"
        f"td,th{{{sides}:{rule};padding:0 6px;white-space:nowrap;text-align:{align}}}th{{background:{head}}}"
        f"td:first-child,th:first-child{{text-align:{first}}}tr:nth-child(even) td{{background:{stripe}}}"
    )
    columns = "".join(f"<col style='width:{each}px'>" for each in widths)
    tags = ["th", *["td"] * (len(cells) - 1)]
    rows = ["".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in row) for tag, row in zip(tags, cells)]
    heading = f"<h1>{html.escape(title)}</h1>" if title else ""
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return width, height, f"<style>{style}</style>{heading}<table>{columns}{body}</table>"
