"""What lies on each device while a question is answered, and whether that works."""

import math
from collections import Counter
from dataclasses import dataclass

from qvq_nb.files import GIB
from qvq_nb.memory.device_map import auto_device_map, balanced, device_of
from qvq_nb.memory.footprint import Footprint
from qvq_nb.memory.gpus import GPU
from qvq_nb.memory.network import LAYERS, VISION

COMFORTABLE_BYTES = 2 * GIB  # with less to spare a GPU is tight: fragmentation and libraries need some


@dataclass(frozen=True)
class Placement:
    """What lies on one device, in bytes. `layers` are decoder layers; `free_bytes` below zero are lacking."""

    device: int | str
    memory_bytes: int | None  # None for the disk
    vision_bytes: int
    embedding_bytes: int  # embeddings, output layer and last norm
    layer_bytes: int
    layers: int
    weight_bytes: int
    kv_bytes: int
    activation_bytes: int
    free_bytes: int | None

    @property
    def name(self) -> str:
        """The device for people: "GPU 0", "CPU", "disk"."""
        return f"GPU {self.device}" if isinstance(self.device, int) else self.device.replace("cpu", "CPU")


@dataclass(frozen=True)
class Placing:
    """The memory offered to `device_map="auto"`, the map that it gives for that, and what then lies where."""

    footprint: Footprint
    max_memory: dict
    device_map: dict
    placement: tuple[Placement, ...]

    @property
    def spills(self) -> bool:
        """Does something lie on the disk, or quantized weights beside the GPUs?"""
        devices = {place.device for place in self.placement if place.weight_bytes}
        quantized = self.footprint.weights.number_format.quantization is not None
        return "disk" in devices or (quantized and "cpu" in devices and len(self.placement) > 1)

    @property
    def lacking(self) -> dict:
        """{device: bytes that it is short of}."""
        return {one.device: -one.free_bytes for one in self.placement if (one.free_bytes or 0) < 0}

    @property
    def verdict(self) -> str:
        """ "fits", "tight", "offload" or "no"."""
        if self.spills or self.lacking:
            return "no"
        offloaded = any(place.device == "cpu" and place.weight_bytes for place in self.placement[1:])
        return "offload" if offloaded else verdict_for(min(place.free_bytes for place in self.placement))

    @property
    def longest_answer(self) -> int:
        """New tokens until the cache fills the first device."""
        if self.spills:
            return 0
        room = self.footprint.config.get("max_position_embeddings", math.inf)
        for place in self.placement:
            without_cache = place.free_bytes + place.kv_bytes
            if without_cache < 0:
                return 0
            if place.kv_bytes:
                room = min(room, without_cache * self.footprint.tokens // place.kv_bytes)
        return max(0, room - self.footprint.prompt_tokens)


def verdict_for(free_bytes: int) -> str:
    """ "fits", "tight" or "no" for what stays free on a GPU."""
    return "no" if free_bytes < 0 else "fits" if free_bytes >= COMFORTABLE_BYTES else "tight"


def place(footprint: Footprint, gpus: tuple[GPU, ...], ram_bytes: int) -> Placing:
    """What device_map="auto" gives, with less memory offered where cache and activations would lack room."""
    room = {**{number: gpu.usable_bytes for number, gpu in enumerate(gpus)}, "cpu": ram_bytes}
    weights = footprint.weights
    step = weights.counted[weights.layers[0]] / 4
    first = placing = _placed(footprint, room, room)
    while gpus and (lacking := placing.lacking):
        if placing.spills or min(placing.max_memory[device] for device in lacking) <= 0:
            return first
        offered = balanced(weights, placing.max_memory)
        less = {one: max(0, int(offered[one] - max(size, step))) for one, size in lacking.items()}
        placing = _placed(footprint, room, {**placing.max_memory, **less})
    return first if placing.spills else placing


def _placed(footprint, room, max_memory) -> Placing:
    """The map for that offer, and what then lies on each device that has `room`."""
    weights = footprint.weights
    device_map = auto_device_map(weights, max_memory)
    lying = {device: Counter() for device in (*room, "disk")}
    for name, size in weights.stored.items():
        part = next((part for part in (VISION, LAYERS) if name.startswith(part)), "")
        lying[device_of(name, device_map)][part] += size
    layers = Counter(device_of(layer, device_map) for layer in weights.layers)
    computing = next(iter(room))  # offloaded layers are computed there, one after the other
    devices = [one for one in lying if isinstance(one, int) or one == computing or lying[one]]
    offloaded = {"cpu", "disk"} - {computing}
    elsewhere = sum(layers[device] for device in offloaded)

    def on(device) -> Placement:
        computed = 0 if device in offloaded else layers[device] + (elsewhere if device == computing else 0)
        cache = computed * footprint.kv_bytes_per_layer * footprint.tokens
        activations = footprint.activation_bytes() if computed else 0
        if lying[device][VISION] and device not in offloaded:
            activations = max(activations, footprint.vision_activation_bytes)
        if elsewhere and device == computing:
            activations += weights.of_layers // len(weights.layers)
        taken, memory = lying[device].total(), room.get(device)
        return Placement(
            device=device,
            memory_bytes=memory,
            vision_bytes=lying[device][VISION],
            embedding_bytes=lying[device][""],
            layer_bytes=lying[device][LAYERS],
            layers=layers[device],
            weight_bytes=taken,
            kv_bytes=cache,
            activation_bytes=activations,
            free_bytes=None if memory is None else memory - taken - cache - activations,
        )

    return Placing(footprint, dict(max_memory), device_map, tuple(map(on, devices)))
