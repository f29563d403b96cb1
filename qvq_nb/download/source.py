"""Where the files of a model come from: the faster hub, the hub that was named, or a folder; and which
they are."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.download.listing import MANIFEST_FILE, HubFile, check_listing
from qvq_nb.download.manifest import read_manifest
from qvq_nb.download.transfer.client import ERRORS, HUBS, Client, Failure, endpoint_of, told
from qvq_nb.errors import IntegrityError, NetworkError, QvqError
from qvq_nb.files import gigabytes

OTHER_HUB_SECONDS = 5  # for the slower hub to answer, where both are asked


@dataclass(frozen=True)
class Source:
    """Where the files come from: a hub's client at work, or a folder."""

    hub: str
    endpoint: str
    client: Client | None = None
    folder: Path | None = None
    bytes_per_second: float | None = None


def open_source(
    stack, repository, folder, hub, endpoint, pinned, source_folder, note
) -> tuple[Source, tuple[HubFile, ...]]:
    """Where the files come from, and which they are, names checked. A hub's client is closed with `stack`."""
    if source_folder is not None:
        return _from_folder(
            stack, repository, folder, hub, endpoint, pinned, Path(source_folder).expanduser().resolve(), note
        )
    hubs = [hub] if hub != "auto" else ["modelscope"] if endpoint else list(HUBS)
    clients = []
    for name in hubs:
        try:
            client = Client(name, endpoint_of(name, endpoint), repository, folder)
            clients.append(stack.enter_context(client))
        except NetworkError as wrong_setting:
            if not clients and name == hubs[-1]:
                raise
            note(str(wrong_setting))
    answers = dict.fromkeys(clients, pinned.files) if pinned else _listings(clients)
    found, failures = [], []
    for client in clients:
        try:
            speed = None
            if isinstance(answers[client], Failure):
                raise answers[client]
            if len(clients) > 1:
                speed = client.ask("speed", path=max(answers[client], key=lambda file: file.size).path)
            found.append(Source(client.hub, client.endpoint, client, bytes_per_second=speed))
            note(f"{client}: {gigabytes(speed)}/s." if speed else f"{client}.")
        except Failure as failure:
            failures.append(failure)
            if len(clients) == 1:
                raise told(failure, client, repository) from None
            note(f"{client}: {failure}.")
    if not found:
        raise ERRORS[failures[0].kind](
            f"No hub gives {repository}: "
            f"{'; '.join(f'{client}: {failure}' for client, failure in zip(clients, failures))}. "
            "Check the name, the line and the proxy. Nothing was fetched."
        )
    best = max(found, key=lambda source: source.bytes_per_second or 0)
    if len(clients) > 1:
        note(f"Taking it from {HUBS[best.hub][0]}.")
    for client in clients:
        if client is not best.client:
            client.close()
    return best, answers[best.client]


def _from_folder(stack, repository, folder, hub, endpoint, pinned, source, note):
    if not source.is_dir():
        raise QvqError(f"There is no folder {source} to take the model from; check the path.")
    if source == folder:
        raise QvqError(f"{source} is the folder to write to; give another one as the source.")
    if pinned is None and hub == "auto" and endpoint is None and (source / MANIFEST_FILE).is_file():
        pinned = read_manifest(source)
        if pinned.model != repository:
            raise QvqError(f"{source} holds {pinned.model} and not {repository}.")
        note(
            f"The fingerprints are those of {source / MANIFEST_FILE}: they prove the copy. For the origin "
            "add --manifest or --hub."
        )
    files = (
        pinned.files if pinned else open_source(stack, repository, folder, hub, endpoint, None, None, note)[1]
    )
    return Source("folder", str(source), folder=source), files


def _listings(clients: Sequence[Client]) -> dict[Client, tuple[HubFile, ...] | Failure]:
    """The checked listing of each hub, or why there is none. When one has answered, the others do not have
    long."""
    for client in clients:
        client.send({"do": "list"})
    listings, deadline = {}, None
    while len(listings) < len(clients) and not (deadline and time.monotonic() > deadline):
        for client in clients:
            if client in listings or not (answer := client.answer(seconds=0.1)):
                continue
            if "failed" in answer:
                listings[client] = Failure(**answer["failed"])
                continue
            try:
                listings[client] = check_listing(answer["value"], str(client))
            except IntegrityError as error:
                if len(clients) == 1:
                    raise
                listings[client] = Failure("integrity", str(error))
            else:
                deadline = time.monotonic() + OTHER_HUB_SECONDS
    return {client: listings.get(client, Failure("network", "no answer in time")) for client in clients}


def speed_of(client: Client, files: Sequence[HubFile]) -> float | None:
    try:
        return client.ask("speed", path=max(files, key=lambda file: file.size).path)
    except Failure:
        return None
