"""The page "What it survives": each test writes its own line, the counts come from the tests.

python tests/survives.py writes docs/survives.md and docs/survives.zh.md
"""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"en": ROOT / "docs" / "survives.md", "zh": ROOT / "docs" / "survives.zh.md"}
KINDS = {
    "pictures": ("Pictures", "图片"),
    "folders": ("Model folders", "模型文件夹"),
    "machine": ("GPUs and plan", "GPU 与计算"),
    "download": ("Download", "下载"),
    "lessons": ("Lessons and lab", "课程与 lab"),
    "evaluation": ("Evaluation", "评测"),
    "together": ("Several at once", "同时进行"),
}
TITLES = {"en": ("what happens", "what the kit does"), "zh": ("发生了什么", "工具包怎样处理")}
HEADS = {
    "en": (
        "# What it survives\n\nEnglish · [中文](survives.zh.md)\n\n"
        "What people, folders, pictures, drivers and notebooks do to the kit, and what it does then. Each "
        "line is a test, and the lines are written by the tests (`python tests/survives.py`). For what goes "
        "wrong on the way of a download see [Reliability](reliability.md).\n"
    ),
    "zh": (
        "# 经得住什么\n\n[English](survives.md) · 中文\n\n"
        "使用者、文件夹、图片、驱动和 notebook 会给工具包带来什么情况，工具包怎样处理。每一行都是一个测试，"
        "由测试自动写出（`python tests/survives.py`）。下载途中的问题见[可靠性](reliability.zh.md)。\n"
    ),
}
COUNTED = {
    "en": "{examples} examples, and {generated} generated inputs at each run of the tests.",
    "zh": "{examples} 个例子；每次测试另外生成 {generated} 个输入。",
}
ROWS: dict[str, list["Row"]] = {}


@dataclass(frozen=True)
class Row:
    """One kind of event and what the kit does about it, in the words of both pages, and the test of it."""

    en: tuple[str, str]
    zh: tuple[str, str]
    test: Callable

    def examples(self) -> int:
        """How many inputs are written down: the product over the test's `parametrize` marks."""
        return 0 if hasattr(self.test, "hypothesis") else self.cases()

    def generated(self) -> int:
        """How many inputs hypothesis generates."""
        asked = getattr(self.test, "_hypothesis_internal_use_settings", settings.default)
        return self.cases() * asked.max_examples if hasattr(self.test, "hypothesis") else 0

    def cases(self) -> int:
        marks = [mark for mark in getattr(self.test, "pytestmark", []) if mark.name == "parametrize"]
        return prod(len(mark.args[1]) for mark in marks)


def survives(kind: str, en: tuple[str, str], zh: tuple[str, str]) -> Callable:
    """Give a test its line under a kind: (what happens, what the kit does) in English and in Chinese.

    It stands above `parametrize` and `given`, so that it sees how many inputs there are.
    """
    assert kind in KINDS, kind

    def keep(test):
        ROWS.setdefault(kind, []).append(Row(en, zh, test))
        return test

    return keep


def page(language: str) -> str:
    """The whole page, as the tests of all modules give it."""
    for module in sorted(Path(__file__).parent.glob("test_*.py")):
        if "from survives import" in module.read_text(encoding="utf-8"):
            importlib.import_module(module.stem)
    return HEADS[language] + "".join(part(kind, language) for kind in KINDS if ROWS.get(kind))


def part(kind: str, language: str) -> str:
    """One kind: its heading, its counts, its table."""
    rows = sorted(ROWS[kind], key=lambda row: (row.test.__module__, row.en))
    counts = {name: sum(getattr(row, name)() for row in rows) for name in ("examples", "generated")}
    said = COUNTED[language].format(**counts)
    lines = [TITLES[language], ("---", "---"), *(getattr(row, language) for row in rows)]
    table = "".join(f"| {left} | {right} |\n" for left, right in lines)
    return f"\n## {KINDS[kind][list(PAGES).index(language)]}\n\n{said}\n\n{table}"


def write_pages() -> None:
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    importlib.import_module("survives").write_pages()  # the module that the tests write their lines into
