"""papermill's engine with bounds on what a cell and a notebook may show, and files that are never half."""

import json
from pathlib import Path

from nbclient.exceptions import CellExecutionComplete, CellExecutionError
from nbformat import ValidationError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.iorw import LocalHandler

from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, gigabytes, replace

MAXIMUM_CELL_BYTES = 10_000_000
MAXIMUM_NOTEBOOK_BYTES = 50_000_000
STARTUP_SECONDS = 120  # for a kernel on a busy machine
NEW = ("stream", "display_data", "execute_result", "error", "comm_open")  # messages that add to the notebook
CHANGES = ("update_display_data", "comm_msg")
LEFT_OUT = f"\n[left out: what a cell shows beyond {gigabytes(MAXIMUM_CELL_BYTES)}, or a notebook beyond "
LEFT_OUT += f"{gigabytes(MAXIMUM_NOTEBOOK_BYTES)}]\n"
NOT_SHOWN = "\n[left out: an output that no notebook can hold]\n"


class Held:
    """How many bytes the outputs of each cell take; a display that changes takes what it takes last."""

    def __init__(self):
        self.bytes_of_cell: dict[int, int] = {}
        self.displays: dict[str, list] = {}  # display id → [cell, places, bytes in each]

    def room(self, cell: int) -> int:
        """The bytes that a cell may still show."""
        in_notebook = MAXIMUM_NOTEBOOK_BYTES - sum(self.bytes_of_cell.values())
        return min(MAXIMUM_CELL_BYTES - self.bytes_of_cell.get(cell, 0), in_notebook)

    def add(self, cell: int, size: int, display: str | None) -> bool:
        """Whether a new output still fits; it is then counted."""
        if size > self.room(cell):
            return False
        self.bytes_of_cell[cell] = self.bytes_of_cell.get(cell, 0) + size
        if display:
            _, places, _ = self.displays.get(display, (cell, 0, 0))
            self.displays[display] = [cell, places + 1, size]
        return True

    def change(self, cell: int, size: int, display: str | None) -> bool:
        """Whether a display with its new content still fits; it is then counted."""
        cell, places, before = self.displays.get(display, (cell, 0, 0))
        more = places * (size - before)
        if size > MAXIMUM_CELL_BYTES or more > self.room(cell):
            return False
        self.bytes_of_cell[cell] = self.bytes_of_cell.get(cell, 0) + more
        if places:
            self.displays[display] = [cell, places, size]
        return True

    def clear(self, cell: int) -> None:
        """A cell was emptied."""
        self.bytes_of_cell.pop(cell, None)
        self.displays = {name: held for name, held in self.displays.items() if held[0] != cell}


class BoundedClient(PapermillNotebookClient):
    """A client that leaves out what is too much, and says so once in each cell."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.held, self.told = Held(), set()

    def process_message(self, message, cell, cell_index):
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            self.held.clear(cell_index)
            self.told.discard(cell_index)
        elif kind in (*NEW, *CHANGES):
            display = (content.get("transient") or {}).get("display_id")
            size = len(json.dumps(content))
            takes = self.held.add if kind in NEW else self.held.change
            if not takes(cell_index, size, display):
                if kind == "stream" and isinstance(content.get("text"), str):
                    self._show(cell, content["text"][: max(0, self.held.room(cell_index) // 2)])
                self._tell(cell, cell_index, LEFT_OUT)
                return None
        try:
            return super().process_message(message, cell, cell_index)
        except (CellExecutionComplete, CellExecutionError):
            raise
        except (ValidationError, *NOT_WHAT_WAS_EXPECTED):
            self._tell(cell, cell_index, NOT_SHOWN)
            return None

    def _tell(self, cell, cell_index: int, sentence: str) -> None:
        if cell_index not in self.told:
            self.told.add(cell_index)
            self._show(cell, sentence, "stderr")

    def _show(self, cell, text: str, name: str = "stdout") -> None:
        cell.outputs.append(new_output("stream", name=name, text=text))


class BoundedEngine(Engine):
    """Executes a notebook with a BoundedClient."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, on_cell_start=None, **options):
        client = BoundedClient(
            nb_man,
            kernel_name=kernel_name,
            on_cell_start=on_cell_start,
            timeout=None,  # the job looks at the clock
            startup_timeout=STARTUP_SECONDS,
        )
        client.execute()


class WholeFiles(LocalHandler):
    """Writes notebooks whole or not at all, half characters (\\ud83d) as the escapes of JSON."""

    def write(self, buf: str, path: str) -> None:
        replace(Path(path), buf.encode("utf-8", "backslashreplace"))
