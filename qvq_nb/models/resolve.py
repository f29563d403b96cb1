"""What a model's name means, and the only place that says so: a name, a folder, a hub id, an address."""

import re
from dataclasses import dataclass
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import read_json
from qvq_nb.models import profiles
from qvq_nb.models.profiles import EMBEDDED, Profile

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
SNAPSHOT_FOLDER = re.compile(
    r"models--(?P<owner>[\w.-]+?)--(?P<name>[\w.-]+)"
)  # in the cache of Hugging Face
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


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
            raise QvqError(
                f"Models behind an address ({self.address}) come with a later version; "
                "give a profile name or a local folder."
            )
        if self.given_config is not None:
            raise QvqError("A configuration has no weights to load; give the folder of a model.")
        if self.profile.tier == "API":
            raise QvqError(f"{self.name} runs behind an API; API models come with the serving lesson.")
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
        return Model(written, Profile(written, "API"), address=written)
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


def _of_profile(profile: Profile) -> Model:
    shipped = profile.name == EMBEDDED
    hub_id = f"local/{profile.name}" if shipped else next(iter(profile.hub_ids), None)
    return Model(
        profile.name, profile, profile.folder if profile.is_here else None, profile.config_file, hub_id
    )


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
