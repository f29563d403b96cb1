"""`transformers serve` for one folder: `python -m qvq_nb.serving.transformers_serve FOLDER --port N`.

It ends when its standard input closes, and so with the process that started it.

Two things are mended, all else is transformers' own. A torchvision that does not fit torch (see
`qvq_nb.doctor.repair`) cannot decode pictures, and the server answers every picture with 500: here Pillow
decodes them. And its list of models, which is that of a cache, becomes the one model that is served.
"""

import os
import sys
import threading


def main() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from transformers import image_processing_backends
    from transformers.cli.serving.model_manager import ModelManager
    from transformers.cli.transformers import main as transformers

    if not _torchvision_decodes():
        image_processing_backends.load_image_as_tensor = _decoded_by_pillow
    folder, *options = sys.argv[1:]
    ModelManager.get_gen_models = staticmethod(lambda: [{"id": folder, "object": "model"}])
    sys.argv = [
        "transformers",
        "serve",
        folder,
        "--host",
        "127.0.0.1",
        "--device",
        "cpu",
        "--dtype",
        "float32",
        *options,
    ]
    transformers()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _torchvision_decodes() -> bool:
    from torchvision import extension

    return extension._has_ops()


def _decoded_by_pillow(image, *_, **__):
    """A uint8 tensor (3, height, width), as torchvision would give it, of whatever transformers opens."""
    import numpy
    import torch
    from transformers.image_utils import load_image

    return torch.from_numpy(numpy.array(load_image(image).convert("RGB"))).permute(2, 0, 1).contiguous()


if __name__ == "__main__":
    main()
