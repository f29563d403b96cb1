"""Files of benchmarks, written by their formats; nothing in them is a benchmark's own."""

import base64
import csv
import io
import json
from pathlib import Path

from PIL import Image


def picture(colour: str = "white", kind: str = "PNG") -> bytes:
    """A small picture file, another one for each colour."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, kind)
    return file.getvalue()


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


WHITE = encoded(picture())


def write_table(folder: Path, name: str, *rows: dict) -> Path:
    """A tab-separated file as pandas writes it; the columns are those of all rows, missing cells empty."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", dialect="excel-tab", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_json(folder: Path, name: str, content) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def write_picture(path: Path, colour: str = "white") -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture(colour, "JPEG"))
    return path.read_bytes()
