"""The models that the lessons know: what they are called, how big they are, how they want to be asked."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError

QVQ_SYSTEM_PROMPT = (
    "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. "
    "You should think step-by-step."
)
QWEN_SYSTEM_PROMPT = "You are a helpful assistant."
EMBEDDED = "qvq-mini"
MODELS_FOLDER_VARIABLE = "QVQ_NB_MODELS"


@dataclass(frozen=True)
class Hosted:
    """That a provider runs a model for others, as it was known on the day `looked_up`.

    `offered_from` is None where it is not known, `offered_until` where no end has been announced.
    """

    provider: str  # a dialect of `inference.providers`
    offered_from: date | None = None
    offered_until: date | None = None
    successor: str | None = None
    looked_up: date = date(2026, 11, 25)

    @property
    def is_retired(self) -> bool:
        """A clock that is behind brings no model back."""
        return self.offered_until is not None and max(date.today(), self.looked_up) >= self.offered_until


@dataclass(frozen=True)
class Profile:
    """One model: its name here, its ids on the model hubs, its size and its habits.

    `bytes` is the size of the weights on disk; None where it is not known exactly. `visual_tokens` is the
    checkpoint's own (minimum, maximum) for one image. `is_narrow` says that the model knows only what it was
    trained on: the kit refuses other questions, never gives it larger pictures, and says so of several.
    `boxes_in_json` is what numbers of boxes in JSON count: "thousandths", or "resized pixels" (Qwen2.5-VL).
    `families` are the families of cases that a narrow model was trained on.
    """

    name: str
    tier: str  # "laptop", "one GPU", "several GPUs" or "API"
    hub_ids: tuple[str, ...] = ()
    parameters: int | None = None
    bytes: int | None = None
    system_prompt: str = QVQ_SYSTEM_PROMPT
    visual_tokens: tuple[int, int] = (4, 16_384)
    max_new_tokens: int = 8192
    remark: str = ""
    is_narrow: bool = False
    hosted: Hosted | None = None
    boxes_in_json: str = "thousandths"
    families: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where this model's files are looked for: shipped with the kit, or in the models folder."""
        if self.name == EMBEDDED:
            return paths.data_folder() / self.name
        return models_folder() / self.name

    @property
    def is_here(self) -> bool:
        """Whether this model can be loaded from disk now."""
        return self.tier != "API" and (self.folder / "config.json").is_file()

    @property
    def config_file(self) -> Path | None:
        """Its configuration: in its folder, else the published shape that travels with the kit, else None."""
        candidates = (self.folder / "config.json", paths.data_folder() / "configs" / f"{self.name}.json")
        return next((file for file in candidates if file.is_file()), None)


PROFILES = (
    Profile(
        EMBEDDED,
        "laptop",
        visual_tokens=(4, 154),
        max_new_tokens=1024,
        remark="travels with the kit; knows six kinds of drawing and nothing else",
        is_narrow=True,
        families=("recognition", "invoice", "chart", "chemistry", "sofa", "derivative"),
    ),
    Profile(
        "qwen2-vl-2b",
        "laptop",
        ("Qwen/Qwen2-VL-2B-Instruct",),
        2_208_985_600,
        4_417_971_200,
        QWEN_SYSTEM_PROMPT,
        max_new_tokens=2048,
        remark="the small relative; slow but possible without a GPU",
    ),
    Profile(
        "qwen2-vl-7b",
        "one GPU",
        ("Qwen/Qwen2-VL-7B-Instruct",),
        8_291_375_616,
        16_582_751_232,
        QWEN_SYSTEM_PROMPT,
        max_new_tokens=2048,
        remark="the relative for one 24 GB card",
    ),
    Profile(
        "qvq-72b",
        "several GPUs",
        ("Qwen/QVQ-72B-Preview",),
        73_405_560_320,
        146_811_120_640,
        remark="the published model, in bf16",
    ),
    Profile(
        "qvq-72b-awq",
        "several GPUs",
        ("kosbu/QVQ-72B-Preview-AWQ",),
        73_405_560_320,
        remark="4-bit weights made by a third party, not by Qwen",
    ),
    Profile(
        "qvq-max",
        "API",
        hosted=Hosted("dashscope", date(2025, 3, 25), date(2026, 10, 10), successor="qwen3.7-plus"),
    ),
    Profile(
        "qwen3.5-plus",
        "API",
        (),
        None,
        None,
        QWEN_SYSTEM_PROMPT,
        hosted=Hosted("dashscope", date(2026, 2, 15)),
    ),
    Profile("qwen3.6-flash", "API", (), None, None, QWEN_SYSTEM_PROMPT, hosted=Hosted("dashscope")),
    Profile("qwen3.6-plus", "API", (), None, None, QWEN_SYSTEM_PROMPT, hosted=Hosted("dashscope")),
    Profile(
        "qwen3.7-plus",
        "API",
        (),
        None,
        None,
        QWEN_SYSTEM_PROMPT,
        hosted=Hosted("dashscope", date(2026, 5, 26)),
    ),
    Profile("qwen3.8-max", "API", (), None, None, QWEN_SYSTEM_PROMPT, hosted=Hosted("dashscope")),
)


def names() -> tuple[str, ...]:
    """All profile names, smallest model first."""
    return tuple(profile.name for profile in PROFILES)


def get(name: str) -> Profile:
    """The profile of that name; QvqError listing the names when there is none."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    raise QvqError(
        f"There is no model called {name!r}. Choose one of {', '.join(names())}, "
        "or give the path of a model folder."
    )


def served_as(name: str) -> Profile:
    """The profile of a model that a server calls so: a profile's name, a hub id, a folder's path."""
    tail = name.rstrip("/").split("/")[-1].split("@")[0].lower()
    for profile in PROFILES:
        if tail in {profile.name, *(hub_id.split("/")[-1].lower() for hub_id in profile.hub_ids)}:
            return profile
    return Profile(name, "API", system_prompt=QWEN_SYSTEM_PROMPT)


def models_folder() -> Path:
    """Where downloaded models lie: $QVQ_NB_MODELS, or a folder in the user's cache."""
    chosen = os.environ.get(MODELS_FOLDER_VARIABLE)
    return paths.expanded(chosen or paths.home_folder() / ".cache" / "qvq-notebooks" / "models")
