"""One table for everything that the kit tabulates: in a terminal, as text, as Markdown, in a notebook."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, repr=False)
class Table:
    """Column titles and rows of cells, shown as they are: no mark-up in a cell is obeyed.

    `left` are the columns (counted from 0) whose cells are texts; all others hold numbers, set to the right.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence]
    left: Iterable[int] = (0,)
    title: str | None = None

    def __str__(self) -> str:
        return "\n".join(line.rstrip() for line in self._drawn(box=None).splitlines())

    __repr__ = __str__

    def to_markdown(self) -> str:
        """The table for a Markdown text."""
        left = set(self.left)
        rule = ["---" if number in left else "---:" for number in range(len(self.columns))]
        cells = [[_cell(cell).replace("|", "\\|") for cell in row] for row in self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in (list(self.columns), rule, *cells))

    def _repr_html_(self) -> str:
        def line(cells, tag):
            return "<tr>" + "".join(f"<{tag}>{escape(_cell(cell))}</{tag}>" for cell in cells) + "</tr>"

        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        rows = "".join(line(row, "td") for row in self.rows)
        return f"<table>{caption}{line(self.columns, 'th')}{rows}</table>"

    def print(self) -> None:
        """The table with lines around it, on standard output, folded to the terminal's width."""
        from rich.console import Console

        Console().print(self._rich())

    def _drawn(self, box) -> str:
        from rich.console import Console

        stream = io.StringIO()
        console = Console(
            file=stream, width=10_000, color_system=None, force_terminal=False, force_jupyter=False
        )
        console.print(self._rich(box))
        return stream.getvalue()

    def _rich(self, *box):
        from rich import box as boxes
        from rich.table import Table as RichTable
        from rich.text import Text

        chosen = box[0] if box else boxes.HEAVY_HEAD
        drawn = RichTable(title=self.title, box=chosen, pad_edge=chosen is not None)
        left = set(self.left)
        for number, title in enumerate(self.columns):
            drawn.add_column(Text(title), justify="left" if number in left else "right", overflow="fold")
        for row in self.rows:
            drawn.add_row(*(Text(_cell(cell)) for cell in row))
        return drawn


def _cell(cell) -> str:
    return "" if cell is None else str(cell)
