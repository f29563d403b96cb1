"""The house: which room may use which, and that no file and no room outgrows what a reader can hold in
mind."""

import ast
from pathlib import Path

import pytest

from qvq_nb.cases import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    ("errors", "paths", "files", "leftovers", "tables", "screen"),
    ("trace", "media"),
    ("grading",),
    ("models", "cases"),
    ("memory", "download"),
    ("inference",),
    ("rehearsal", "evaluation", "serving"),
    ("display", "lessons", "classroom"),
    ("doctor",),
    ("cli",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MOST_LINES, MOST_FILES, MOST_LINES_OF_CODE = 250, 12, 9_000
# The face: fetched by name when first used, it may reach every room.
FACE = "qvq_nb/__init__.py"


def modules(root: Path, package: str) -> dict[str, Path]:
    """Dotted name → file of every module of a package."""
    files = (root / package).rglob("*.py")
    return {
        ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def imports(file: Path, top_level_only: bool = False) -> set[str]:
    """The dotted names that a file imports, each with what is taken from it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def wrong_ways(root: Path) -> list[str]:
    """Every import that points up a floor, into a room beside, or over the wall to the training."""
    wrong = []
    for name, file in modules(root, "qvq_nb").items():
        if file == root / FACE:
            continue
        room = name.split(".")[1]
        for target in imports(file):
            if target.split(".")[0] == "qvq_mini":
                wrong.append(f"{name} imports {target}")
            if not target.startswith("qvq_nb."):
                continue
            other = target.split(".")[1]
            same_floor_module = FLOOR_OF[room] == 0 == FLOOR_OF.get(other)
            if other != room and not same_floor_module and FLOOR_OF.get(other, 99) >= FLOOR_OF[room]:
                wrong.append(f"{name} imports {target}")
    return wrong


def circle(root: Path) -> list[str]:
    """A circle of modules that import each other when they are loaded; empty if there is none."""
    known = modules(root, "qvq_nb") | modules(root, "qvq_mini")
    uses = {
        name: {one for one in imports(file, True) if one in known} - {name} for name, file in known.items()
    }
    done, way = set(), []

    def walk(name):
        if name in way:
            return way[way.index(name) :]
        if name in done:
            return []
        way.append(name)
        found = next((one for other in sorted(uses[name]) if (one := walk(other))), [])
        way.pop()
        done.add(name)
        return found

    return next((found for name in known if (found := walk(name))), [])


def too_large(root: Path) -> list[str]:
    """The files with too many lines and the rooms with too many files."""
    lengths = {
        file: len(file.read_text(encoding="utf-8").splitlines())
        for package in ("qvq_nb", "qvq_mini")
        for file in (root / package).rglob("*.py")
    }
    folders = {file.parent for file in lengths}
    files = [
        f"{file.relative_to(root)}: {lines} lines" for file, lines in lengths.items() if lines > MOST_LINES
    ]
    rooms = [
        f"{folder.relative_to(root)}: {count} files"
        for folder in folders
        if (count := sum(file.parent == folder for file in lengths)) > MOST_FILES
    ]
    return sorted(files + rooms)


def lines_of_code(file: Path) -> int:
    """Lines that do something: blank ones, comments and docstrings are free, so that nobody saves on
    these."""
    text = file.read_text(encoding="utf-8")
    code = {
        number for number, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"
    }
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            code -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(code)


def test_every_room_has_its_floor():
    rooms = {name.split(".")[1] for name in modules(ROOT, "qvq_nb") if "." in name}
    assert rooms <= set(FLOOR_OF)


def test_nothing_is_imported_from_above_or_from_beside():
    assert wrong_ways(ROOT) == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle(ROOT) == []


def test_no_file_and_no_room_is_too_large():
    assert too_large(ROOT) == []


def test_the_helper_package_as_a_whole_stays_small():
    assert sum(map(lines_of_code, modules(ROOT, "qvq_nb").values())) <= MOST_LINES_OF_CODE


def test_every_room_says_what_it_is_for():
    silent = [
        folder.name
        for folder in (ROOT / "qvq_nb").iterdir()
        if (folder / "__init__.py").is_file()
        and not ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    ]
    assert silent == []


def test_a_family_is_named_in_its_own_files_only():
    compared = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for package in ("qvq_nb", "qvq_mini")
        for file in modules(ROOT, package).values()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Constant) and one.value in FAMILIES for one in node.comparators)
    ]
    assert compared == []


@pytest.mark.parametrize(
    "files, check",
    [
        ({"qvq_nb/media/a.py": "from qvq_nb.cli import main"}, wrong_ways),
        ({"qvq_nb/media/a.py": "def later():\n    import qvq_nb.cases"}, wrong_ways),
        ({"qvq_nb/models/a.py": "from qvq_nb import cases"}, wrong_ways),
        ({"qvq_nb/media/a.py": "import qvq_mini.train"}, wrong_ways),
        (
            {"qvq_nb/media/a.py": "import qvq_nb.media.b", "qvq_nb/media/b.py": "import qvq_nb.media.a"},
            circle,
        ),
        ({"qvq_nb/media/a.py": "1\n" * (MOST_LINES + 1)}, too_large),
        ({f"qvq_nb/media/a{number}.py": "" for number in range(MOST_FILES + 1)}, too_large),
    ],
)
def test_a_broken_house_is_seen(tmp_path, files, check):
    for package in ("qvq_nb", "qvq_mini"):
        (tmp_path / package).mkdir()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert check(tmp_path)
