"""What the tests of models behind an address share: a key that must not leave, and the table of faults.

python tests/asking.py writes the table into docs/serving.md and docs/serving.zh.md
"""

import importlib
import io
import json
import logging
import re
import traceback
from collections.abc import Callable
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
CANARY = "sk-canary-7f3a9b2c-must-not-leave"
PICTURE = Image.new("RGB", (300, 200), "white")
QUESTION = "How many birds are there?"


def forms(thing) -> list[str]:
    """Every way in which a value gets written somewhere."""
    shown = [repr(thing), str(thing)]
    if isinstance(thing, BaseException):
        chain, one = [], thing
        while one is not None and one not in chain:
            chain.append(one)
            one = one.__cause__ or one.__context__
        for error in chain:
            with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
            shown += [repr(vars(error)), repr(error.args), "".join(with_locals.format())]
    if hasattr(thing, "to_dict"):
        shown += [json.dumps(thing.to_dict()), thing._repr_html_(), thing._repr_markdown_()]
    if hasattr(thing, "engine"):
        shown += [repr(vars(thing)), repr(vars(thing.engine)), repr(vars(thing.engine.connection))]
    return shown


@contextmanager
def nothing_leaks():
    """Yields keep(thing) for what came out; at the end the key is in none of it, nor in output or logs."""
    written, kept = io.StringIO(), []
    handler = logging.StreamHandler(written)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(written), redirect_stderr(written):
            yield kept.append
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    everything = "\n".join([written.getvalue(), *(form for thing in kept for form in forms(thing))])
    assert CANARY not in everything


@dataclass(frozen=True)
class Row:
    """A fault and what the kit does about it, in the words of both pages."""

    en: tuple[str, str]
    zh: tuple[str, str]


ROWS: list[Row] = []
TITLES = {"en": ("what goes wrong", "what the kit does"), "zh": ("出了什么问题", "工具包怎样处理")}
PAGES = {"en": ROOT / "docs" / "serving.md", "zh": ROOT / "docs" / "serving.zh.md"}
TABLE = re.compile(r"(<!-- faults: python tests/asking.py -->\n)(.*?)(<!-- /faults -->)", re.DOTALL)


def proves(en: tuple[str, str], zh: tuple[str, str]) -> Callable:
    """Give a test its line in the table: (fault, what the kit does) in English and in Chinese."""

    def keep(test):
        ROWS.append(Row(en, zh))
        return test

    return keep


def table(language: str) -> str:
    """The lines of all tests as a markdown table."""
    importlib.import_module("test_remote_faults")
    lines = [TITLES[language], ("---", "---"), *(getattr(row, language) for row in ROWS)]
    return "".join(f"| {left} | {right} |\n" for left, right in lines)


def with_table(text: str, language: str) -> str:
    """A page with its table as the tests give it."""
    replaced, count = TABLE.subn(lambda found: found[1] + table(language) + found[3], text)
    assert count == 1, f"the page in {language} has no place for the table"
    return replaced


def write_tables() -> None:
    for language, path in PAGES.items():
        text = with_table(path.read_text(encoding="utf-8"), language)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    importlib.import_module("asking").write_tables()  # the module that the tests write their lines into
