"""Which device gets which part of the network under `device_map="auto"`: transformers' answer, without torch.

A calculation on names and bytes that follows `get_balanced_memory` and `infer_auto_device_map` of
transformers 5 (integrations/accelerate.py) step by step; a test holds the two side by side.
"""

from collections import Counter

from qvq_nb.memory.footprint import Weights, holders
from qvq_nb.memory.network import EMBEDDING, OUTPUT

QUANTIZER_SHARE = 0.9  # what the quantizers of transformers offer of max_memory (`adjust_max_memory`)


def auto_device_map(weights: Weights, max_memory: dict) -> dict:
    """{part: device} for these bytes per device, 0, 1 … and "cpu"; what fits nowhere goes to "disk"."""
    share = QUANTIZER_SHARE if weights.number_format.quantization else 1
    offered = {device: size * share for device, size in balanced(weights, max_memory).items()}
    return _grouped(_filled(weights, offered))


def device_of(part: str, device_map: dict):
    """The device of a part of the network; a key of the map may hold many parts."""
    return next(device_map[holder] for holder in reversed(holders(part)) if holder in device_map)


def balanced(weights: Weights, max_memory: dict) -> dict:
    """What is really offered: to no GPU but the last more than an even share and 1.25 × the largest part."""
    gpus = sorted(device for device, size in max_memory.items() if isinstance(device, int) and size > 0)
    if not gpus:
        return dict(max_memory)
    whole = (weights.counted[part.name] for part in weights.part.values() if part.whole)
    share = weights.counted[""] // len(gpus) + int(1.25 * max(weights.largest_own, *whole))
    return {**max_memory, **{gpu: min(share, max_memory[gpu]) for gpu in gpus[:-1]}}


def _filled(weights, max_memory) -> dict:
    """Fill the devices in order; what does not fit is split, what cannot be split goes to the next device."""
    gpus = sorted(device for device in max_memory if isinstance(device, int))
    devices = [*gpus, *(["cpu"] if "cpu" in max_memory else []), "disk"]
    keep_room = {gpus[0], "cpu"} if gpus else {"cpu"}  # where offloaded parts come back to be computed
    tied = OUTPUT if not weights.part[OUTPUT].parameters else None  # it stays beside the embedding
    used, device_map = Counter(), {}
    current = 0
    waiting = [child.name for child in weights.network.children]
    reserve, largest = _largest(weights, waiting)
    while waiting:
        name = waiting.pop(0)
        largest = [other for other in largest if other != name and not other.startswith(f"{name}.")]
        if not largest:
            reserve, largest = _largest(weights, waiting)
        device, part, size = devices[current], weights.part[name], weights.counted[name]
        reserved = reserve if device in keep_room else 0
        if device == "disk" or used[device] + size <= max_memory[device] - reserved:
            used[device] += size
            device_map[name] = device
            if name in holders(EMBEDDING) and tied in waiting:
                waiting.remove(tied)
                device_map[tied] = device
        elif part.children and not part.whole:
            waiting = [child.name for child in part.children] + waiting
            reserve, largest = _largest(weights, waiting)
        else:
            used[device] += reserved
            current += 1
            waiting.insert(0, name)
    return device_map


def _largest(weights, names) -> tuple[float, list[str]]:
    """(bytes of the largest part within the named ones that is never split, all parts of that size)."""

    def unsplittable(part):
        inside = () if part.whole else part.children
        return [leaf for child in inside for leaf in unsplittable(child)] or [part.name]

    leaves = [leaf for name in names for leaf in unsplittable(weights.part[name])]
    size = max((weights.counted[leaf] for leaf in leaves), default=0)
    return size, [leaf for leaf in leaves if weights.counted[leaf] == size]


def _grouped(device_map: dict, name: str = "") -> dict:
    """The map with one entry for each part that lies on one device as a whole."""
    inside = {part: device for part, device in device_map.items() if name in holders(part)}
    if len(inside) > 1 and len(set(inside.values())) == 1:
        outside = {part: device for part, device in device_map.items() if part not in inside}
        return {**outside, name: next(iter(inside.values()))}
    depth = len(holders(name))
    for child in sorted({holders(part)[depth] for part in inside if part != name}):
        device_map = _grouped(device_map, child)
    return device_map
