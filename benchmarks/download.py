"""How fast is a download with every byte verified? Over loopback, in turns with the bare clients.

python benchmarks/download.py                  2 GiB in 4 files, then in one: some minutes
python benchmarks/download.py --keep           the same, kept in benchmarks/results/download.md
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from machine import processor

HERE = Path(__file__).resolve().parent
RESULT = HERE / "results" / "download.md"
BLOCK_BYTES = 2**20
MODEL = "owner/name"
REFERENCE, KIT, BARE = "requests + sha256 (the reference)", "qvq-nb, verified", "modelscope client, bare"
HEAD = (
    "| | seconds, whole process | seconds, the call | speed of the call ÷ reference (worst and best round) | "
    "seconds, the call on the complete folder |",
    "|---|---:|---:|---:|---:|",
)
# Each runs in a process of its own; `started` divides the start of Python and its imports from the call
# itself.
CONTESTANTS = {
    REFERENCE: """
import hashlib, os, requests
started = time.monotonic()
os.mkdir(folder)
for name in names:
    digest, reply = hashlib.sha256(), requests.get(f"{endpoint}/{model}/resolve/main/{name}", stream=True)
    with open(f"{folder}/{name}", "wb") as file:
        for piece in reply.iter_content(2**20):
            file.write(piece)
            digest.update(piece)
    assert digest.hexdigest() == reply.headers["ETag"].strip('"')
""",
    KIT: """
from qvq_nb.download import download
started = time.monotonic()
report = download(model, folder, endpoint=endpoint, progress=False)
assert report.complete and not report.unverified
""",
    BARE: """
from modelscope_hub import HubApi
started = time.monotonic()
HubApi(endpoint=endpoint).download_repo(model, "model", local_dir=folder)
""",
    "huggingface_hub, bare": """
from huggingface_hub import snapshot_download
started = time.monotonic()
snapshot_download(model, local_dir=folder, endpoint=endpoint)
""",
}
# The hub of the tests, without faults.
HUB = """
import mmap, os, sys
from pathlib import Path
from fault_hub import FaultHub
paths = sorted(Path(sys.argv[1]).iterdir())
files = {path.name: mmap.mmap(os.open(path, os.O_RDONLY), 0, access=mmap.ACCESS_READ) for path in paths}
with FaultHub(files) as hub:
    print(hub.endpoint, flush=True)
    sys.stdin.read()
"""


def main(
    mebibytes: Annotated[int, typer.Option(help="The size of the model.")] = 2048,
    files: Annotated[list[int], typer.Option(help="In so many files; may be given several times.")] = (4, 1),
    rounds: Annotated[int, typer.Option(help="How often each has its turn; the median counts.")] = 3,
    scratch: Annotated[
        Path | None, typer.Option(help="A folder with room for twice the size; /dev/shm leaves the disk out.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the tables in results/download.md.")] = False,
):
    """Download over loopback in turns, and say how the speeds compare."""
    with tempfile.TemporaryDirectory(dir=scratch, prefix="qvq-nb-benchmark-") as temporary:
        text = "\n\n".join(
            measured(Path(temporary) / str(count), mebibytes, count, rounds) for count in files
        )
        text += "\n\n" + start_of_the_command(Path(temporary))
    typer.echo(text)
    if keep:
        RESULT.write_text(page(text, sys.argv[1:]), encoding="utf-8", newline="\n")


def measured(work: Path, mebibytes: int, count: int, rounds: int) -> str:
    """The table for a model in so many files: the median of each contestant, and its speed as a part of
    the reference's."""
    work.mkdir()
    names = make_files(work / "served", count, mebibytes * 2**20 // count)
    seconds = {name: [] for name in CONTESTANTS}  # of each round: the whole process, and the call in it
    again = {KIT: [], BARE: []}
    with serving(work) as endpoint:
        for turn in range(rounds):
            for name in [*CONTESTANTS][turn:] + [*CONTESTANTS][:turn]:  # nobody is always the first
                seconds[name].append(race(name, endpoint, names, work))
                typer.echo(f"{count} files, round {turn + 1}: {name}: {seconds[name][-1][1]:.1f} s", err=True)
                if name in again:
                    again[name].append(race(name, endpoint, names, work))
                shutil.rmtree(work / "target")
    shutil.rmtree(work)
    middle = {
        name: [median(column) for column in zip(*turns, strict=True)] for name, turns in seconds.items()
    }
    lines = [
        f"{mebibytes} MiB in {count} {'files' if count > 1 else 'file'}, {rounds} rounds in turns, medians:",
        "",
        *HEAD,
    ]
    for name, (whole, call) in middle.items():
        second = f"{median(call for _, call in again[name]):.3f}" if name in again else ""
        ratios = [
            reference / own
            for (_, reference), (_, own) in zip(seconds[REFERENCE], seconds[name], strict=True)
        ]
        ratio = f"{middle[REFERENCE][1] / call:.2f} ({min(ratios):.1f}, {max(ratios):.1f})"
        lines.append(f"| {name} | {whole:.2f} | {call:.2f} | {ratio} | {second} |")
    return "\n".join(lines)


def start_of_the_command(work: Path) -> str:
    """How long the command takes to say its help, as a sentence."""
    words = [sys.executable, "-m", "qvq_nb.cli", "download", "--help"]
    seconds = []
    for _ in range(5):
        started = time.monotonic()
        subprocess.run(words, env=environment(work), check=True, capture_output=True)
        seconds.append(time.monotonic() - started)
    return f"`qvq-nb download --help` takes {median(seconds):.2f} s (median of {len(seconds)})."


def make_files(folder: Path, count: int, size: int) -> list[str]:
    """Files of random bytes, named as shards are."""
    folder.mkdir()
    names = [f"model-{number:05}-of-{count:05}.safetensors" for number in range(1, count + 1)]
    for name in names:
        with (folder / name).open("wb") as file:
            for _ in range(size // BLOCK_BYTES):
                file.write(os.urandom(BLOCK_BYTES))
    return names


@contextmanager
def serving(work: Path):
    """The hub in a process of its own; its address."""
    hub = subprocess.Popen(
        [sys.executable, "-c", HUB, work / "served"],
        env=environment(work),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield hub.stdout.readline().strip()
    finally:
        hub.kill()
        hub.wait()


def race(name: str, endpoint: str, names: list[str], work: Path) -> tuple[float, float]:
    """The seconds of a whole process, and of the call in it."""
    values = {"endpoint": endpoint, "model": MODEL, "folder": str(work / "target"), "names": names}
    code = (
        "import time\n" + "".join(f"{key} = {value!r}\n" for key, value in values.items()) + CONTESTANTS[name]
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code + "print(time.monotonic() - started)"],
        env=environment(work),
        capture_output=True,
        text=True,
    )
    whole = time.monotonic() - started
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return whole, float(done.stdout.split()[-1])


def environment(work: Path) -> dict[str, str]:
    """This environment with an empty home, no token and no proxy."""
    kept = {
        name: value for name, value in os.environ.items() if not name.lower().endswith(("_proxy", "_token"))
    }
    kept |= {
        "HOME": str(work / "home"),
        "MODELSCOPE_CACHE": str(work / "home"),
        "HF_HOME": str(work / "home"),
    }
    return kept | {"PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE.parent / "tests")])}


def page(text: str, arguments: list[str]) -> str:
    """The page that keeps a measurement."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("modelscope-hub", "huggingface-hub", "requests")
    )
    return f"""# Download

How fast a download with every byte verified is, compared with the bare clients, over loopback. To repeat it:

```bash
python {" ".join(["benchmarks/download.py", *arguments])}
```

Measured on {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages};
server and clients share the cores. The reference reads the files one after another, writes them and takes
their sha256 meanwhile; the clients fetch several files at once. A ratio above 1 is faster than the reference.

{text}
"""


if __name__ == "__main__":
    typer.run(main)
