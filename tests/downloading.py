"""What the download tests share: a model to fetch, a place of their own to fetch it to, and the table of what
is survived.

python tests/downloading.py writes the table into docs/reliability.md and docs/reliability.zh.md
"""

import hashlib
import importlib
import json
import os
import pickle
import random
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fault_hub import FaultHub
from requests.cookies import RequestsCookieJar, create_cookie

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a-token-that-must-not-leave"
SAFETY_NET_SECONDS = 300  # no promise, only an end for a test that hangs
WORK_FOLDER, MANIFEST = ".qvq-nb", "qvq-manifest.json"
DISK, NETWORK, INTEGRITY, AUTHORISATION, NOT_FOUND, BUSY = 3, 4, 5, 6, 7, 8  # exit codes
# `qvq-nb` with short pauses between attempts
COMMAND = """
import qvq_nb.cli.main, qvq_nb.download.fetch as fetch
fetch.FIRST_WAIT_SECONDS = 0.01
{}
qvq_nb.cli.main.main()
"""
SHARD = "model-00002-of-00003.safetensors"
SHARD_BYTES = 300_000
HUBS = ("modelscope", "huggingface")


@cache
def model_files(shard_bytes: int = SHARD_BYTES) -> dict[str, bytes]:
    """A small model folder: config, three shards with their index, and a name with spaces and Chinese
    characters."""
    shards = {
        f"model-0000{number}-of-00003.safetensors": safetensors(number, shard_bytes) for number in (1, 2, 3)
    }
    weight_map = {f"weight_{number}": name for number, name in enumerate(shards, start=1)}
    index = {"metadata": {"total_size": 3 * shard_bytes}, "weight_map": weight_map}
    return {
        "config.json": (ROOT / "data" / "qvq-mini" / "config.json").read_bytes(),
        "model.safetensors.index.json": json.dumps(index).encode(),
        "示例 图片/说明 一.txt": "空格和汉字\n".encode() * 1000,
        **shards,
    }


def safetensors(number: int, data_bytes: int) -> bytes:
    """A safetensors file with one tensor of random bytes."""
    header = {f"weight_{number}": {"dtype": "U8", "shape": [data_bytes], "data_offsets": [0, data_bytes]}}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + random.Random(number).randbytes(data_bytes)


@cache
def stored_tokens() -> dict[str, bytes]:
    """What the hubs' own clients leave in a home folder when one has logged in there."""
    cookies = RequestsCookieJar()
    cookies.set_cookie(create_cookie("m_session_id", SECRET, domain="www.modelscope.cn", expires=2**32))
    return {
        ".modelscope/credentials/cookies": pickle.dumps(cookies),
        ".cache/huggingface/token": SECRET.encode(),
    }


@dataclass
class Place:
    """A target folder, and a home with tokens in it; nothing but the target may change."""

    root: Path
    target: Path = None
    home: Path = None
    more: dict[str, str] = field(default_factory=dict)  # further environment variables
    before_the_command: str = ""  # a line of Python

    def __post_init__(self):
        self.target = self.target or self.root / "target"
        self.home = self.home or self.root / "home"
        for name, content in stored_tokens().items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            (self.home / name).write_bytes(content)
        self.before = self.outside()

    def outside(self) -> dict[Path, bytes | None]:
        """Everything around the target, byte for byte."""
        around = (
            path for path in self.root.rglob("*") if path != self.target and self.target not in path.parents
        )
        return {path: path.read_bytes() if path.is_file() else None for path in around}

    def files(self) -> dict[str, bytes]:
        """What lies in the target as finished files, without the kit's own."""
        paths = {
            path.relative_to(self.target).as_posix(): path
            for path in self.target.rglob("*")
            if path.is_file()
        }
        own = (WORK_FOLDER + "/", MANIFEST)
        return {
            name: path.read_bytes()
            for name, path in paths.items()
            if not name.startswith(own) and not name.endswith(".incomplete")
        }

    def manifest(self) -> dict[str, dict]:
        """The entries of the manifest by path."""
        return {
            entry["path"]: entry
            for entry in json.loads((self.target / MANIFEST).read_text(encoding="utf-8"))["files"]
        }

    def environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name]
            for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "COVERAGE_PROCESS_START")
            if name in os.environ
        }
        own = {
            "HOME": self.home,
            "MODELSCOPE_CACHE": self.home / "cache",
            "TMPDIR": self.root.parent,
            "PYTHONPATH": ROOT,
        }
        tokens = {"MODELSCOPE_API_TOKEN": SECRET, "HF_TOKEN": SECRET}
        return {name: str(value) for name, value in (kept | own | tokens | self.more).items()} | {
            "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip

    def start(self, *arguments, **options) -> subprocess.Popen:
        """The command under way."""
        command = [sys.executable, "-c", COMMAND.format(self.before_the_command), *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(
            command, env=self.environment(), cwd=self.root, text=True, encoding="utf-8", **pipes, **options
        )

    def start_download(self, hub: FaultHub, *arguments, **options) -> subprocess.Popen:
        return self.start(
            "download", hub.model, "--to", self.target, "--endpoint", hub.endpoint, *arguments, **options
        )

    def download(self, hub: FaultHub, *arguments) -> subprocess.CompletedProcess:
        """The command `qvq-nb download` from beginning to end, and what must be true however it ends."""
        return self.finish(self.start_download(hub, *arguments), hub)

    def run(self, *arguments) -> subprocess.CompletedProcess:
        """Another command from beginning to end."""
        return self.finish(self.start(*arguments))

    def finish(self, process: subprocess.Popen, hub: FaultHub | None = None) -> subprocess.CompletedProcess:
        try:
            output, notes = process.communicate(timeout=SAFETY_NET_SECONDS)
        finally:
            process.kill()
        done = subprocess.CompletedProcess(process.args, process.returncode, output, notes)
        assert "Traceback" not in notes, notes
        assert SECRET not in output + notes
        if hub:
            self.check(hub)
        return done

    def check(self, hub: FaultHub) -> None:
        """Nothing was written outside the target, no finished file is wrong, and no token left this
        machine."""
        after = self.outside()
        changed = [path for path in after | self.before if after.get(path, 0) != self.before.get(path, 0)]
        assert not changed, f"changed outside the target: {changed}"
        for name, content in self.files().items():
            assert content == hub.files[name], f"{name} is wrong on the disk"
        assert hub.requests, "the hub was never asked"
        for request in hub.requests:
            assert SECRET not in f"{request.path} {request.headers}"
        for path in self.target.rglob("*"):
            assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def assert_complete(place: Place, hub: FaultHub, done: subprocess.CompletedProcess | None = None) -> None:
    """Every byte is there, nothing is left over, and the manifest says so."""
    assert done is None or done.returncode == 0, done.stderr
    assert place.files() == hub.files
    assert not list(place.target.rglob("*.incomplete"))
    assert {name: entry["sha256"] for name, entry in place.manifest().items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in hub.files.items()
    }


# --- the table of what is survived


@dataclass(frozen=True)
class Row:
    """A fault and what the kit does about it, in the words of both pages."""

    en: tuple[str, str]
    zh: tuple[str, str]


ROWS: dict[str, list[Row]] = {
    "test_download_network": [],
    "test_download_disk": [],
    "test_download_stops": [],
    "test_download_sources": [],
}
TITLES = {"en": ("what goes wrong", "what the kit does"), "zh": ("出了什么问题", "工具包怎样处理")}
PAGES = {"en": ROOT / "docs" / "reliability.md", "zh": ROOT / "docs" / "reliability.zh.md"}
TABLE = re.compile(
    r"(<!-- reliability: python tests/downloading.py -->\n)(.*?)(<!-- /reliability -->)", re.DOTALL
)


def proves(en: tuple[str, str], zh: tuple[str, str]) -> Callable:
    """Give a test its line in the table: (fault, what the kit does) in English and in Chinese."""

    def keep(test):
        ROWS[test.__module__].append(Row(en, zh))
        return test

    return keep


def table(language: str) -> str:
    """The lines of all tests as a markdown table."""
    for module in ROWS:
        importlib.import_module(module)
    rows = [getattr(row, language) for module in ROWS.values() for row in module]
    lines = [TITLES[language], ("---", "---"), *rows]
    return "".join(f"| {left} | {right} |\n" for left, right in lines)


def with_table(text: str, language: str) -> str:
    """A page with its table as the tests give it."""
    replaced, count = TABLE.subn(lambda found: found[1] + table(language) + found[3], text)
    assert count == 1, f"the page in {language} has no place for the table"
    return replaced


def write_tables() -> None:
    for language, path in PAGES.items():
        path.write_text(
            with_table(path.read_text(encoding="utf-8"), language), encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    importlib.import_module("downloading").write_tables()  # the module that the tests write their lines into
