"""Which device gets which part of the network under `device_map="auto"`: transformers' own answer, without torch.

A calculation on names and bytes that follows `get_balanced_memory` and `infer_auto_device_map` of
transformers 5 (integrations/accelerate.py) step by step; a test holds the two side by side.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache

from qvq_nb.memory.network import Module

BYTES_PER_FP32 = 4  # the rotary frequencies, whatever the number format of the weights


class Network:
    """A network with the bytes of each of its parts, as transformers counts them.

    `tensor_bytes(module, tensor_name, shape)` gives the bytes of one parameter in the wanted number format.
    """

    def __init__(self, root: Module, tensor_bytes: Callable):
        self.root = root
        self.part = {module.name: module for module in root.walk()}
        self.bytes = Counter()
        self.own_bytes = Counter()  # of the tensors that a part holds itself
        for module in root.walk():
            own = sum(tensor_bytes(module, name, shape) for name, shape in module.parameters.items())
            own += sum(BYTES_PER_FP32 * shape[0] for shape in module.buffers.values())
            self.own_bytes[module.name] = own
            for holder in _holders(module.name):
                self.bytes[holder] += own
        self.tied_to = (
            {} if self.part["lm_head"].parameters else {"model.language_model.embed_tokens": "lm_head"}
        )

    def largest(self, names) -> tuple[float, list[str]]:
        """(bytes of the largest part that is never split among the named parts and those within, all parts of that size)."""
        size, largest = 0, []
        for name in names:
            for leaf in self._unsplittable(self.part[name]):
                if self.bytes[leaf] > size:
                    size, largest = self.bytes[leaf], [leaf]
                elif self.bytes[leaf] == size:
                    largest.append(leaf)
        return size, largest

    def _unsplittable(self, module):
        if module.whole or not module.children:
            yield module.name
        else:
            for child in module.children:
                yield from self._unsplittable(child)


def auto_device_map(network: Network, max_memory: dict, share: float = 1) -> dict:
    """{part: device} that `device_map="auto"` gives for these bytes per device (0, 1 … and "cpu"); the rest goes to "disk".

    `share` is the part of that memory which a quantizer lets the weights have.
    """
    offered = balanced(network, max_memory)
    return _grouped(_filled(network, {device: size * share for device, size in offered.items()}))


def expanded(network: Network, device_map: dict) -> dict:
    """{part: device} for every part with tensors of its own, from a map whose keys may hold many of them."""
    return {
        name: next(device_map[holder] for holder in reversed(_holders(name)) if holder in device_map)
        for name in network.part
        if network.part[name].parameters
    }


@cache
def _holders(name: str) -> tuple[str, ...]:
    """The part and everything that it lies in, outermost ("") first."""
    pieces = name.split(".") if name else []
    return tuple(".".join(pieces[:count]) for count in range(len(pieces) + 1))


def balanced(network: Network, max_memory: dict) -> dict:
    """The bytes really offered: no GPU but the last gets more than its even share and 1.25 times the largest part."""
    gpus = sorted(device for device, size in max_memory.items() if isinstance(device, int) and size > 0)
    if not gpus:
        return dict(max_memory)
    whole = max((network.bytes[module.name] for module in network.root.walk() if module.whole), default=0)
    share = network.bytes[""] // len(gpus) + int(1.25 * max(whole, *network.own_bytes.values()))
    return {**max_memory, **{gpu: min(share, max_memory[gpu]) for gpu in gpus[:-1]}}


def _filled(network, max_memory) -> dict:
    """Fill the devices in order; what does not fit is split, and what cannot be split goes to the next device."""
    gpus = sorted(device for device in max_memory if isinstance(device, int))
    devices = [*gpus, *(["cpu"] if "cpu" in max_memory else []), "disk"]
    keep_room = {gpus[0], "cpu"} if gpus else {"cpu"}  # where offloaded parts come back to be computed
    used, device_map = Counter(), {}
    current = 0
    waiting = [child.name for child in network.root.children]
    reserve, largest = network.largest(waiting)
    while waiting:
        name = waiting.pop(0)
        largest = [other for other in largest if other != name and not other.startswith(f"{name}.")]
        if not largest:
            reserve, largest = network.largest(waiting)
        device = devices[current]
        reserved = reserve if device in keep_room else 0
        module = network.part[name]
        if device == "disk" or used[device] + network.bytes[name] <= max_memory[device] - reserved:
            used[device] += network.bytes[name]
            for placed in [
                name,
                *(
                    tied
                    for weight, tied in network.tied_to.items()
                    if name in _holders(weight) and tied in waiting
                ),
            ]:
                device_map[placed] = device
            waiting = [other for other in waiting if other not in device_map]
        elif module.children and not module.whole:
            waiting = [child.name for child in module.children] + waiting
            reserve, largest = network.largest(waiting)
        else:
            used[device] += reserved
            current += 1
            waiting.insert(0, name)
    return device_map


def _grouped(device_map: dict, name: str = "") -> dict:
    """The map with one entry for each part that lies on one device as a whole."""
    prefix = f"{name}." if name else ""
    inside = [part for part in device_map if part.startswith(prefix)]
    if len(inside) > 1 and len({device_map[part] for part in inside}) == 1:
        device = device_map[inside[0]]
        return {**{part: where for part, where in device_map.items() if part not in inside}, name: device}
    depth = prefix.count(".") + 1
    for child in sorted({".".join(part.split(".")[:depth]) for part in inside if len(part) > len(name)}):
        device_map = _grouped(device_map, child)
    return device_map
