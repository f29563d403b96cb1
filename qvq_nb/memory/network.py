"""The network of a model: its parts and their shapes. Those of the known models are stored with the kit."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from qvq_nb import paths
from qvq_nb.files import read_json
from qvq_nb.models.config import read_config, sizes_of

LANGUAGE_MODEL, VISION, OUTPUT = "model.language_model", "model.visual", "lm_head"
LAYERS, EMBEDDING = f"{LANGUAGE_MODEL}.layers", f"{LANGUAGE_MODEL}.embed_tokens"
STORED_NETWORK = ".network.json"  # beside the configurations, one for each known model
BYTES_PER_BF16 = 2


@dataclass(frozen=True, eq=False)
class Module:
    """A part of the network as transformers names it: the shapes of its own tensors, and the parts within it.

    `whole` parts (a decoder layer, a vision block) are never split between devices. An output layer that
    shares the embedding's weights has no parameters of its own.
    """

    name: str
    parameters: dict[str, tuple[int, ...]] = field(default_factory=dict)
    buffers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    children: tuple["Module", ...] = ()
    whole: bool = False

    def walk(self) -> Iterator["Module"]:
        """This part and all parts within it, in the order of the network."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def numbers(self) -> int:
        """How many parameters this part has, those of the parts within it included."""
        return sum(math.prod(shape) for part in self.walk() for shape in part.parameters.values())


def network_of(config) -> Module:
    """The network as transformers 5 builds it, from whatever `read_config` takes.

    For models of the known sizes it is looked up; any other is built on the meta device, which needs torch
    and a few seconds. Raises QvqError for a damaged configuration.
    """
    return _network(json.dumps(sizes_of(read_config(config)), sort_keys=True))


@lru_cache(maxsize=32)
def _network(sizes_as_json: str) -> Module:
    sizes = json.loads(sizes_as_json)
    for stored in _stored_networks():
        if stored["sizes"] == sizes:
            return from_json(stored["network"])
    from qvq_nb.memory import meta_device

    return meta_device.build(sizes)


@lru_cache(maxsize=1)
def _stored_networks() -> tuple[dict, ...]:
    return tuple(map(read_json, (paths.data_folder() / "configs").glob(f"*{STORED_NETWORK}")))


def to_json(module: Module) -> dict:
    """A part for a JSON file; equal numbered parts that follow one another stand there once, as "0-79"."""
    parts = {}
    described = [(child.name.rpartition(".")[2], to_json(child)) for child in module.children]
    for (_, part), alike in groupby(described, key=lambda pair: (pair[0].isdecimal() or pair[0], pair[1])):
        names = [name for name, _ in alike]
        parts[names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"] = part
    said = {
        "whole": module.whole, "parameters": module.parameters, "buffers": module.buffers, "parts": parts
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def from_json(described: dict, name: str = "") -> Module:
    """The part that `to_json` described."""
    children = []
    for written, part in described.get("parts", {}).items():
        first, _, last = written.partition("-")
        names = range(int(first), int(last) + 1) if last else [first]
        children += [from_json(part, f"{name}.{own}".lstrip(".")) for own in names]
    parameters, buffers = (
        {tensor: tuple(shape) for tensor, shape in described.get(kind, {}).items()}
        for kind in ("parameters", "buffers")
    )
    return Module(name, parameters, buffers, tuple(children), described.get("whole", False))


@dataclass(frozen=True)
class ModelSizes:
    """Exact counts of a model's numbers; times the bytes per number they are bytes."""

    parameters: int
    vision_parameters: int
    layer_parameters: int
    layers: int
    embedding_parameters: int
    output_parameters: int  # 0 where the output layer shares the embedding's weights
    key_value_numbers_per_token: int  # visual tokens count like any other


def model_sizes(config) -> ModelSizes:
    """Sizes of a model from whatever `read_config` takes."""
    config = read_config(config)
    network = network_of(config)
    part = {module.name: module for module in network.walk()}
    layers = part[LAYERS].children
    return ModelSizes(
        parameters=network.numbers,
        vision_parameters=part[VISION].numbers,
        layer_parameters=layers[0].numbers,
        layers=len(layers),
        embedding_parameters=part[EMBEDDING].numbers,
        output_parameters=part[OUTPUT].numbers,
        key_value_numbers_per_token=2 * len(layers) * config["num_key_value_heads"] * config["head_dim"],
    )
