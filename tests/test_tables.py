"""One table: as text, as Markdown, in a notebook and in a terminal; a cell is shown as it is."""

import pytest

from qvq_nb import screen
from qvq_nb.tables import Table

TABLE = Table(("Name", "Size"), [("[bold]<b>|x", 3), ("图", None)], title="Sizes")


def test_text_has_aligned_columns_and_no_lines():
    assert str(TABLE).splitlines()[1:] == ["Name         Size", "[bold]<b>|x     3", "图"]


def test_a_page_that_shows_only_plain_text_shows_the_table():
    assert repr(TABLE) == str(TABLE)


def test_markdown_keeps_a_bar_within_its_cell():
    assert TABLE.to_markdown().splitlines() == [
        "| Name | Size |",
        "| --- | ---: |",
        "| [bold]<b>\\|x | 3 |",
        "| 图 |  |",
    ]


def test_html_obeys_no_markup():
    assert "<td>[bold]&lt;b&gt;|x</td><td>3</td>" in TABLE._repr_html_()


def test_a_terminal_shows_the_cells_as_they_are(capsys):
    TABLE.print()
    assert "[bold]<b>|x" in capsys.readouterr().out


def test_a_table_becomes_a_text_in_a_notebook_too_and_displays_nothing(monkeypatch):
    IPython = pytest.importorskip("IPython")
    shown = []
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda *arguments, **options: shown.append(arguments))
    assert "[bold]<b>|x     3" in str(TABLE) and shown == []


@pytest.mark.parametrize("somebody", [True, False])
def test_a_counter_in_a_notebook_is_for_somebody_and_gone_at_the_end(monkeypatch, somebody):
    import IPython.display

    shown = []

    class Line:
        def update(self, data, raw):
            shown.append(data)

    monkeypatch.setattr(screen, "in_notebook", lambda: True)
    monkeypatch.setattr(screen, "somebody_is_there", lambda: somebody)
    monkeypatch.setattr(IPython.display, "display", lambda *arguments, **options: Line())
    with screen.counter("cases") as tell:
        tell(1, 2)
        tell(2, 2)
    assert shown == ([{"text/plain": "1 of 2 cases"}, {"text/plain": "2 of 2 cases"}, {}] if somebody else [])


def test_a_counter_in_a_pipe_is_silent(capsys):
    with screen.counter("cases") as tell:
        tell(1, 2)
    assert capsys.readouterr() == ("", "")
