"""The device map: transformers' own balancer, on the same network with the same memory, gives the same."""

import random

import pytest
from meta_models import SMALL, named_model

from qvq_nb.memory.gpus import GPU, parse_gpus
from qvq_nb.memory.planning import plan

FORMATS = [None, "int8", "nf4"]


@pytest.fixture(scope="module")
def full_size():
    return named_model("72b")


@pytest.fixture(scope="module", params=["72b", *SMALL])
def config_and_model(request, full_size):
    return full_size if request.param == "72b" else named_model(request.param)


class Quantizer:
    """What the quantizers of transformers tell its balancer: fewer bytes per weight, a tenth less memory."""

    def __init__(self, bytes_per_weight):
        self.bytes_per_weight = bytes_per_weight

    def param_element_size(self, model, name, parameter):
        quantized = ".layers." in name and parameter.ndim == 2
        return self.bytes_per_weight if quantized else parameter.element_size()

    def adjust_max_memory(self, max_memory):
        return {device: size * 0.9 for device, size in max_memory.items()}

    def validate_environment(self, **_):
        pass


def device_map_of_transformers(model, max_memory, quantization=None):
    from transformers.integrations.accelerate import _get_device_map

    quantizer = {"int8": Quantizer(1), "nf4": Quantizer(0.5)}.get(quantization)
    return dict(_get_device_map(model, "auto", dict(max_memory), quantizer))


@pytest.mark.parametrize("quantization", FORMATS)
def test_the_device_map_is_that_of_transformers_for_the_same_memory(config_and_model, quantization):
    config, model = config_and_model
    chance = random.Random(5)
    full = plan(config, (), quantization=quantization).weight_bytes
    for _ in range(25):
        count = chance.choice([1, 2, 3, 4, 5, 8])
        each = full * chance.choice([0.3, 0.6, 0.9, 1, 1.05, 1.2, 2]) / count
        gpus = [GPU("any", round(each * chance.uniform(0.7, 1.3))) for _ in range(count)]
        ram_bytes = chance.choice([0, full // 10, full // 2, full * 2])
        asked = {"images": [(56, 56)], "new_tokens": chance.choice([1, 500]), "ram_bytes": ram_bytes}
        planned = plan(config, gpus, quantization=quantization, **asked)
        theirs = device_map_of_transformers(model, planned.max_memory, quantization)
        assert planned.device_map == theirs, (gpus, ram_bytes)


@pytest.mark.parametrize("gpus", ["2x80", "4x48", "4x40", "8x24", "1x141", "2xH200", "1x24,1x80", "16x12"])
def test_the_72b_is_placed_as_transformers_places_it(full_size, gpus):
    planned = plan("qvq-72b", gpus)
    assert planned.device_map == device_map_of_transformers(full_size[1], planned.max_memory)
    assert planned.max_memory == {**{i: gpu.usable_bytes for i, gpu in enumerate(parse_gpus(gpus))}, "cpu": 0}
