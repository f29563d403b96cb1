"""README and reference pages name only what exists: commands and their options, links, modules and files."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from qvq_nb.cases import FAMILIES
from qvq_nb.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
if not (ROOT / "docs").is_dir():
    pytest.skip("these tests need the checkout", allow_module_level=True)

PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md"),
                *ROOT.glob("qvq_mini/README.md"), *ROOT.glob("data/qvq-mini/README.md")])  # fmt: skip
PUBLISHED = [ROOT / "docs" / name for name in ("published.md", "published.zh.md")]
COMMANDS = get_command(app).commands
IN_CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def code(page: Path) -> list[str]:
    """The lines of a page that are code, in blocks and in sentences."""
    found = IN_CODE.findall(page.read_text(encoding="utf-8"))
    return [line.strip().replace("\\|", "|") for pair in found for line in "".join(pair).splitlines()]


def calls(page: Path) -> list[list[str]]:
    """The words of every call of `qvq-nb` on a page."""
    lines = [line for line in code(page) if line.startswith("qvq-nb ") and not line.startswith("qvq-nb --")]
    return [line.split("#")[0].split("&&")[0].split()[1:] for line in lines]


def families_on(page: Path) -> set[str]:
    """The families of cases that a page tells how to see."""
    return {words[1] for words in calls(page) if words[0] == "case" and words[1].islower()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_a_page_exists_with_its_options(page):
    for words in calls(page):
        command = COMMANDS.get(words[0])
        assert command, f"qvq-nb {words[0]}"
        if hasattr(command, "commands") and len(words) > 1:
            assert words[1] in command.commands, f"qvq-nb {' '.join(words)}"
            command = command.commands[words[1]]
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        named = {option for word in words for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", word)}
        assert named <= known | {"--help"}, f"qvq-nb {words[0]} has no {named - known}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_on_a_page_leads_to_a_file(page):
    targets = re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_module_on_a_page_exists(page):
    text = " ".join(code(page))
    files = re.findall(
        r"(?<![\w/.-])((?:qvq_nb|qvq_mini|benchmarks|tests|docs|notebooks|data)/[\w./-]*\w)", text
    )
    modules = re.findall(r"python -m (qvq_\w+(?:\.\w+)*)", text)
    paths = [*files, *(module.replace(".", "/") for module in modules)]
    stated = [path for path in paths if "NAME" not in path and "NN_" not in path]
    assert [
        path for path in stated if not (ROOT / path).exists() and not (ROOT / f"{path}.py").exists()
    ] == []


@pytest.mark.parametrize("page", PUBLISHED, ids=lambda page: page.name)
def test_the_page_of_published_cases_names_every_family(page):
    assert set(FAMILIES) <= families_on(page)


@pytest.mark.parametrize("page", PUBLISHED, ids=lambda page: page.name)
def test_every_family_on_the_page_of_published_cases_exists(page):
    assert families_on(page) <= set(FAMILIES)


def test_the_table_of_commands_has_every_command():
    for page in (ROOT / "docs" / "commands.md", ROOT / "docs" / "commands.zh.md"):
        named = {words[0] for words in calls(page)}
        assert {name for name, command in COMMANDS.items() if not command.hidden} <= named, page.name
