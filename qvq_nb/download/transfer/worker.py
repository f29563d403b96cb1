"""The hub's own client in a process of its own: `python -m qvq_nb.download.transfer.worker`.

The parent writes one JSON object per line: first where to work (see `Client` in client.py), then requests;
each is answered by one line on standard output, in any order. The process may be killed at any time: what has
come lies on the disk, and the next one continues there. It ends by itself when its parent is gone, as its
standard input then closes.
"""

import errno
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

KEPT_PIECE_BYTES = 64 * 1024
PROBE_BYTES = 4 * 2**20
PROBE_SECONDS = 2
CONNECT_SECONDS, SILENCE_SECONDS = 10, 30
DISK_ERRORS = {
    getattr(errno, name, None)
    for name in (
        "ENOSPC",
        "EDQUOT",
        "EROFS",
        "EACCES",
        "EPERM",
        "EFBIG",
        "ENAMETOOLONG",
        "EIO",
        "EISDIR",
        "ENOTDIR",
    )
}

IN_WORDS = {
    "FileSizeMismatchError": "not as long as listed",
    "FileIntegrityError": "wrong sha256",
    "WrongBytes": "wrong size or fingerprint",
    **dict.fromkeys(
        ("NetworkError", "ConnectionError", "ConnectError", "ReadError", "RemoteProtocolError"),
        "no connection, or it broke",
    ),
}


class ModelScope:
    """ModelScope's client. It resumes, and compares the sha256 while the bytes come."""

    def __init__(self, setting: dict):
        from modelscope_hub import HubApi, _download

        # The kit decides when to try again; the client alone would fetch a wrong file three times in a row.
        _download.DOWNLOAD_HASH_RETRY_TIMES = _download.DOWNLOAD_SIZE_RETRY_TIMES = 1
        self.model, self.folder = setting["model"], setting["folder"]
        self.api = HubApi(endpoint=setting["endpoint"], token=None if setting["token"] else "")
        _ = self.api.downloader  # made once, before the threads want it

    def listing(self) -> list[dict]:
        files = self.api.list_repo_files(self.model, "model")
        return [
            {"path": file.path, "size": file.size, "sha256": file.sha256}
            for file in files
            if file.type != "tree"
        ]

    def fetch(self, file: dict) -> None:
        from modelscope_hub import FileDownloadError

        listed = {"Path": file["path"], "Size": file["size"], "Sha256": file["sha256"], "Type": "blob"}
        try:
            self.api.download_repo(
                self.model, "model", local_dir=self.folder, file_list=[listed], max_workers=1
            )
        except FileDownloadError as error:
            raise error.failed_files[file["path"]] from None

    def address(self, path: str) -> str:
        return self.api.legacy.get_download_url(self.model, "model", path, "master")


class HuggingFace:
    """Hugging Face's client. The partial file is the one that the other client would leave, so each can go
    on with it."""

    def __init__(self, setting: dict):
        from huggingface_hub import HfApi, constants

        constants.DOWNLOAD_CHUNK_SIZE = (
            KEPT_PIECE_BYTES  # 10 MB by default, and a cut loses the piece under way
        )
        self.model, self.folder = setting["model"], Path(setting["folder"])
        self.endpoint, self.token = setting["endpoint"], None if setting["token"] else False
        self.api = HfApi(endpoint=self.endpoint, token=self.token)

    def listing(self) -> list[dict]:
        files = [
            entry for entry in self.api.list_repo_tree(self.model, recursive=True) if hasattr(entry, "size")
        ]
        return [
            {"path": file.path, "size": file.size}
            | ({"sha256": file.lfs.sha256} if file.lfs else {"git_sha1": file.blob_id})
            for file in files
        ]

    def fetch(self, file: dict) -> None:
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers

        from qvq_nb.download.listing import HubFile, partial
        from qvq_nb.download.manifest import is_right, sha256_of

        target = self.folder / file["path"]
        unfinished = partial(target)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        if unfinished.exists() and unfinished.stat().st_size > file["size"]:
            unfinished.unlink()
        with unfinished.open("ab") as stream:
            http_get(
                self.address(file["path"]),
                stream,
                resume_size=stream.tell(),
                expected_size=file["size"],
                headers=build_hf_headers(token=self.token),
            )
        if unfinished.stat().st_size != file["size"] or not is_right(
            HubFile(**file), unfinished, sha256_of(unfinished)
        ):
            unfinished.unlink()
            raise WrongBytes
        unfinished.replace(target)

    def address(self, path: str) -> str:
        from huggingface_hub import hf_hub_url

        return hf_hub_url(self.model, path, endpoint=self.endpoint)


class WrongBytes(Exception):
    """All bytes have come, and they are not those that the listing promises."""


def speed(address: str) -> float:
    """The speed of the first few MB behind an address, in bytes per second; no login is sent."""
    import requests

    started, count = time.monotonic(), 0
    headers = {"Range": f"bytes=0-{PROBE_BYTES - 1}", "Accept-Encoding": "identity"}
    with requests.get(
        address, headers=headers, stream=True, timeout=(CONNECT_SECONDS, SILENCE_SECONDS)
    ) as reply:
        reply.raise_for_status()
        for piece in reply.iter_content(64 * 1024):
            count += len(piece)
            if count >= PROBE_BYTES or time.monotonic() - started > PROBE_SECONDS:
                break
    return count / (time.monotonic() - started)


def answer(hub, request: dict) -> dict:
    """What the parent wants to know: `value`, or `failed` with a kind, a message, and how long the hub
    asks to wait."""
    try:
        if request["do"] == "list":
            return {"value": hub.listing()}
        if request["do"] == "speed":
            return {"value": speed(hub.address(request["path"]))}
        return {"path": request["file"]["path"], "value": hub.fetch(request["file"])}
    except Exception as error:
        failure = {
            "kind": kind_of(error),
            "message": told(error),
            "wait": getattr(error, "retry_after", None) or 0,
        }
        return {"path": request.get("file", {}).get("path"), "failed": failure}


def kind_of(error: BaseException) -> str:
    """ "integrity", "authorisation", "missing", "disk" or "network" """
    status = status_of(error)
    if isinstance(error, WrongBytes) or type(error).__name__ in (
        "FileIntegrityError",
        "FileSizeMismatchError",
    ):
        return "integrity"
    if status in (401, 403):
        return "authorisation"
    if status == 404:
        return "missing"
    causes = [error, error.__cause__, error.__context__]
    if any(isinstance(cause, OSError) and cause.errno and cause.errno in DISK_ERRORS for cause in causes):
        return "disk"
    return "network"


def status_of(error: BaseException) -> int | None:
    """The HTTP status behind an error, or None."""
    response = getattr(error, "response", None)
    return getattr(error, "status_code", None) or getattr(response, "status_code", None)


def told(error: BaseException) -> str:
    """An error in a few words, without the addresses in it, which may hold a key."""
    if status := status_of(error):
        return f"HTTP {status}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    name = type(error).__name__
    if "Timeout" in name:
        return "no answer in time"
    return IN_WORDS.get(name, name)


def main() -> None:
    # Libraries print to standard output as they like: keep the way to the parent for ourselves.
    parent = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    line = threading.Lock()

    def reply(future):
        with line:
            parent.write(json.dumps(future.result()) + "\n")
            parent.flush()

    setting = json.loads(sys.stdin.readline())
    hub = {"modelscope": ModelScope, "huggingface": HuggingFace}[setting["hub"]](setting)
    pool = ThreadPoolExecutor(setting["files_at_once"])
    for request in sys.stdin:
        pool.submit(answer, hub, json.loads(request)).add_done_callback(reply)
    os._exit(0)  # the parent is gone, or needs nothing more


if __name__ == "__main__":
    main()
