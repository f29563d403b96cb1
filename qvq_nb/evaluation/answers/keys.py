"""What decides an answer, and the key that is made of it: the same key is never asked twice."""

import hashlib
import json
from dataclasses import dataclass, field

from qvq_nb.evaluation.counting import weights_sha256
from qvq_nb.inference.remote import GREEDY, SAMPLING
from qvq_nb.inference.request.connection import SILENCE_SECONDS
from qvq_nb.media.clip import Clip

SLOWEST_TOKENS_PER_SECOND = 4  # of one answer among many that a server writes at a time
SETTINGS = ("system", "visual_tokens", "max_new_tokens", "thinking_budget")  # of `ask`, that decide an answer


@dataclass(frozen=True)
class Setup:
    """Who is asked and how; a setting that is None is the model's own, as in `ask`.

    `identity` says which model it is, whatever it is called: the sha256 of its weights, or the name by which
    its server knows it; `own` has its own settings, `weights` the sha256 of each weights file. With `repeats`
    above one the words are drawn at random, the number of the repeat is the seed. `time_limit_seconds` is
    for one question; an answer that it ends is asked again, so it is in no key.
    """

    model: str
    identity: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)
    weights: dict = field(default_factory=dict)
    system: str | None = None
    visual_tokens: tuple[int, int] | None = None
    max_new_tokens: int | None = None
    thinking_budget: int | None = None
    repeats: int = 1
    time_limit_seconds: float | None = None

    def seed(self, repeat: int) -> int | None:
        """The seed of a repeat; None, the likeliest words, where there is only one."""
        return repeat if self.repeats > 1 else None

    def options(self, repeat: int = 0) -> dict:
        """The options of `ask` for a repeat."""
        asked = self._given() | {"seed": self.seed(repeat), "time_limit_seconds": self.time_limit_seconds}
        return {name: value for name, value in asked.items() if value is not None}

    def key(self, question, repeat: int = 0) -> str:
        """The sha256 of everything that decides the answer to a question, its pictures byte by byte."""
        seed = self.seed(repeat)
        sampling = GREEDY if seed is None else {**SAMPLING, "seed": seed}
        decides = {"model": self.identity, "prompt": question.prompt, **self.own, **self._given()}
        decides |= {"sampling": sampling, "repeat": repeat, "inside": question.inside}
        digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode())
        for picture in question.pictures:
            _take_in(digest, picture)
        return digest.hexdigest()

    def _given(self) -> dict:
        return {name: value for name in SETTINGS if (value := getattr(self, name)) is not None}


def setup_of(reasoner, **settings) -> Setup:
    """The setup for a reasoner; `settings` are fields of the setup, such as `thinking_budget`.

    Without a time limit a question at an address has the time that its longest answer takes a slow server.
    """
    name = getattr(reasoner, "name", type(reasoner).__name__)
    engine, profile = getattr(reasoner, "engine", None), getattr(reasoner, "profile", None)
    identity, weights = {"name": name}, {}
    if folder := getattr(engine, "folder", None):
        quantization = getattr(getattr(engine, "loaded", None), "quantization", None)
        weights = weights_sha256(folder)
        identity = {"weights": sorted(weights.values()), "quantization": quantization}
    elif served := getattr(engine, "name", None):
        identity = {"served": served}
    if settings.get("time_limit_seconds") is None and hasattr(engine, "connection"):
        longest = settings.get("max_new_tokens") or profile.max_new_tokens
        settings["time_limit_seconds"] = SILENCE_SECONDS + longest / SLOWEST_TOKENS_PER_SECOND
    own = {"system": "system_prompt", "visual_tokens": "visual_tokens", "max_new_tokens": "max_new_tokens"}
    own = {name: getattr(profile, attribute, None) for name, attribute in own.items()}
    return Setup(name, identity, own, weights, **settings)


def _take_in(digest, picture) -> None:
    """A picture's file, or its pixels; of a clip every frame."""
    if isinstance(picture, Clip):
        digest.update(f"clip {len(picture.frames)} {picture.frames_per_second}".encode())
        for frame in picture.frames:
            _take_in(digest, frame)
        return
    is_file = isinstance(picture, bytes)
    content = picture if is_file else picture.tobytes()
    head = ("file",) if is_file else (picture.mode, *picture.size)
    digest.update(f"{head} {len(content)} ".encode())
    digest.update(content)
