"""Networks built by transformers on the meta device, where tensors have shapes and no numbers.

python -m qvq_nb.memory.meta_device    stores those of the known models beside their configurations
"""

import json
import re
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, write_whole
from qvq_nb.memory.network import STORED_NETWORK, Module, to_json
from qvq_nb.models import profiles
from qvq_nb.models.config import damaged, read_config, sizes_of


def build(sizes: dict) -> Module:
    """The network of a model of these sizes (see `sizes_of`); QvqError where they make none."""
    parts = {name: sizes[name] for name in ("vision_config", "tie_word_embeddings")}
    no_special_tokens = {
        "bos_token_id": None,
        "eos_token_id": None,
    }  # a small vocabulary may lack the usual ones
    try:
        import torch
        from transformers import CONFIG_MAPPING, AutoModelForImageTextToText

        config_class = CONFIG_MAPPING[sizes["model_type"]]
        text = {name: size for name, size in sizes.items() if name not in ("model_type", *parts)}
        config = config_class(text_config=text | no_special_tokens, **parts)
        with torch.device("meta"):
            model = AutoModelForImageTextToText.from_config(config)
    except ImportError as error:
        cure = "install the kit again, or run `qvq-nb doctor`"
        raise QvqError(f"torch and transformers cannot be imported ({error}); {cure}.") from error
    except Exception as error:  # of any kind: the sizes may be those of a file from elsewhere
        raise damaged(error) from error
    return _part("", model, set(model._no_split_modules), set(model.all_tied_weights_keys))


def _part(name, module, never_split, tied) -> Module:
    def shapes(tensors):
        return {own: tuple(tensor.shape) for own, tensor in tensors if f"{name}.{own}" not in tied}

    children = ((f"{name}.{own}".lstrip("."), child) for own, child in module.named_children())
    return Module(
        name,
        shapes(module.named_parameters(recurse=False)),
        shapes(module.named_buffers(recurse=False)),
        tuple(_part(inner, child, never_split, tied) for inner, child in children),
        type(module).__name__ in never_split,
    )


def store(folder: Path) -> list[Path]:
    """Write the networks of all known models whose configuration is here; returns the files."""
    written = []
    for profile in profiles.PROFILES:
        if profile.config_file:
            sizes = sizes_of(read_config(profile.config_file))
            text = as_json({"sizes": sizes, "network": to_json(build(sizes))}) + "\n"
            text = re.sub(
                r"\[[\d,\s]+\]", lambda shape: str(json.loads(shape[0])), text
            )  # one shape, one line
            written.append(folder / f"{profile.name}{STORED_NETWORK}")
            write_whole(written[-1], text)
    return written


if __name__ == "__main__":
    print(*store(paths.data_folder() / "configs"), sep="\n")
