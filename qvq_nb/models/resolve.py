"""What a model's name means, and the only place that says so: a name, a folder, a hub id, an address."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import read_json
from qvq_nb.models import profiles
from qvq_nb.models.profiles import EMBEDDED, Profile

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
NAME = re.compile(rf"[\w-][\w.:-]*|{HUB_ID.pattern}", re.ASCII)
SNAPSHOT_FOLDER = re.compile(
    r"models--(?P<owner>[\w.-]+?)--(?P<name>[\w.-]+)"
)  # in the cache of Hugging Face
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
ENDPOINT_VARIABLE = "QVQ_NB_ENDPOINT"  # the address of a class's server


@dataclass(frozen=True)
class Model:
    """A model that was named: of `folder`, `config_file`, `hub_id`, `address` those that the name gives.

    `folder` holds the whole model, or claims to; `config_file` may also be the published shape that travels
    with the kit.
    """

    name: str
    profile: Profile
    folder: Path | None = None
    config_file: Path | None = None
    hub_id: str | None = None
    address: str | None = None
    served_name: str | None = None  # what it is called there, where that is known
    given_config: dict | None = None

    def config(self) -> dict:
        """The content of its config.json as it stands there; QvqError where none is on this machine."""
        if self.given_config is not None:
            return self.given_config
        if self.config_file is not None:
            return read_json(self.config_file)
        raise QvqError(
            f"The configuration of {self.name} is not on this machine; fetch it with "
            f"`qvq-nb download {self.hub_id or self.name} --to FOLDER --only config` and give that folder."
        )

    def folder_to_load(self) -> Path:
        """The folder to load from; QvqError saying where the model is to be had."""
        if self.folder is not None:
            return self.folder
        if self.address:
            raise QvqError(f"{self.name} is behind an address ({self.address}); this needs a local folder.")
        if self.given_config is not None:
            raise QvqError("A configuration has no weights to load; give the folder of a model.")
        if self.profile.tier == "API":
            raise QvqError(f"{self.name} runs behind an API and has no folder to load from.")
        if self.name == EMBEDDED:
            raise QvqError(
                f"The embedded model is missing from {self.profile.folder}; clone or install the kit again."
            )
        if self.name not in profiles.names():
            raise QvqError(
                f"There is no folder {self.hub_id}, and a hub's model must be on this disk first: "
                f"check the path, or run `qvq-nb download {self.hub_id} --to FOLDER` and load that folder."
            )
        size = ""
        if self.profile.bytes:
            size = (
                f" ({self.profile.bytes / 2**30:.1f} GiB, {self.profile.parameters / 1e9:.1f} billion "
                "parameters)"
            )
        raise QvqError(
            f"{self.name}{size} is not on this machine: lesson 01 downloads it. "
            'If you have it elsewhere, load("path/to/folder") takes its folder.'
        )

    def id_on_hubs(self) -> str:
        """OWNER/NAME of this model on the hubs; QvqError where it has none."""
        if self.hub_id:
            return self.hub_id
        if self.profile.tier == "API":
            raise QvqError(f"{self.name} runs behind an API and cannot be downloaded.")
        raise QvqError(
            f"{self.name!r} is no model on a hub: give one of {', '.join(profiles.names())}, "
            "or a hub id such as Qwen/QVQ-72B-Preview."
        )


def resolve(model) -> Model:
    """The model that is meant by a name, a folder, a config.json, a hub id, an address, or a configuration.

    Looks at this disk only. A folder, or a snapshot in the cache of Hugging Face, is known by its name.
    """
    if hasattr(model, "to_dict"):
        model = model.to_dict()
    if isinstance(model, dict):
        return Model("model", Profile("model", "laptop", max_new_tokens=2048), given_config=model)
    written = str(model)
    if not written.strip():
        raise QvqError(f"The model's name is empty; choose one of {', '.join(profiles.names())}.")
    if ADDRESS.match(written):
        bare, _, served_name = written.partition("#")
        address = checked_address(bare)
        return Model(address, Profile(address, "API"), address=address, served_name=served_name or None)
    if written in profiles.names():
        return _of_profile(profiles.get(written))
    path = paths.expanded(written)
    if path.is_dir():
        return _of_folder(path.resolve(), written)
    if path.is_file():
        if path.suffix != ".json":
            raise QvqError(f"{written} is a file; give the folder that holds the whole model.")
        folder = path.resolve().parent
        profile = _profile_of_folder(folder)
        return Model(profile.name, profile, config_file=path.resolve())
    if not isinstance(model, Path) and HUB_ID.fullmatch(written):
        return _of_hub_id(written)
    if isinstance(model, Path) or "/" in written or "\\" in written or written.startswith((".", "~")):
        raise QvqError(
            f"There is no folder {written}; check the path, or choose one of {', '.join(profiles.names())}."
        )
    return _of_profile(profiles.get(written))  # says which names there are


def resolve_to_ask(model) -> Model:
    """Like `resolve`, and with QVQ_NB_ENDPOINT set, what is not on this disk is at that address.

    What is on this disk, and the model that travels with the kit, stay here. Any other name then means a
    model of that server, also one that the kit has never heard of.
    """
    there, written = endpoint(), str(model)
    is_name = isinstance(model, str) and NAME.fullmatch(written) and not Path(written).exists()
    profile = profiles.served_as(written) if there and is_name else None
    if profile is None or profile.is_here or profile.name == EMBEDDED:
        return resolve(model)
    return Model(
        written, profile, hub_id=next(iter(profile.hub_ids), None), address=there, served_name=written
    )


def endpoint() -> str | None:
    """The address that QVQ_NB_ENDPOINT holds; QvqError if that is none."""
    written = os.environ.get(ENDPOINT_VARIABLE, "").strip()
    if written and not ADDRESS.match(written):
        raise QvqError(f"{ENDPOINT_VARIABLE} holds no address; set it to one such as http://HOST:8000/v1.")
    return checked_address(written) if written else None


def checked_address(written: str) -> str:
    """The address as a client wants it, ending in /v1 or whatever the server has instead.

    QvqError for one that holds a key or a password, which is not repeated.
    """
    try:
        parts = urlsplit(written.strip())
        is_open = bool(parts.hostname) and (parts.port or True)
    except ValueError:
        is_open = False
    if not is_open:
        raise QvqError("This is no address; give one such as http://127.0.0.1:8000/v1.")
    if parts.username or parts.password or parts.query:
        raise QvqError(
            "An address must hold no key, no password and nothing behind a question mark: it is shown and "
            "kept. Give the bare address, and the key as an environment variable."
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions").removesuffix("/models")
    return f"{parts.scheme.lower()}://{parts.netloc}{path or '/v1'}"


def _of_profile(profile: Profile) -> Model:
    shipped = profile.name == EMBEDDED
    hub_id = f"local/{profile.name}" if shipped else next(iter(profile.hub_ids), None)
    folder = profile.folder if profile.is_here else None
    served_name = profile.name if profile.hosted else None
    return Model(profile.name, profile, folder, profile.config_file, hub_id, served_name=served_name)


def _of_folder(folder: Path, written: str) -> Model:
    """A folder; where OWNER/NAME is both, a folder here and an id on the hubs, it stays both."""
    profile = _profile_of_folder(folder)
    config_file = folder / "config.json"
    hub_id = next(iter(profile.hub_ids), written if HUB_ID.fullmatch(written) else None)
    return Model(profile.name, profile, folder, config_file if config_file.is_file() else None, hub_id)


def _of_hub_id(hub_id: str) -> Model:
    profile = next((one for one in profiles.PROFILES if hub_id in one.hub_ids), None)
    if profile:
        return _of_profile(profile)
    name = hub_id.split("/")[1]
    return Model(name, Profile(name, "laptop", (hub_id,), max_new_tokens=2048), hub_id=hub_id)


def _profile_of_folder(folder: Path) -> Profile:
    """A known model's profile where the folder bears its name or hub id, else a general one."""
    cached = (
        SNAPSHOT_FOLDER.fullmatch(folder.parent.parent.name) if folder.parent.name == "snapshots" else None
    )
    name = cached["name"] if cached else folder.name
    for profile in profiles.PROFILES:
        known = {profile.name, *(hub_id.split("/")[-1] for hub_id in profile.hub_ids)}
        if name.lower() in {one.lower() for one in known}:
            return profile
    return Profile(name, "laptop", max_new_tokens=2048, remark="a local folder")
