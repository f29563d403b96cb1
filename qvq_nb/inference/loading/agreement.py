"""Do the parts of a model's folder belong together? Looked at before its weights are read."""

import contextlib
import math
import re
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import read_json, read_safetensors_header, shown
from qvq_nb.inference.engine import GenerationOptions, Message
from qvq_nb.inference.loading.chat_template import prompt
from qvq_nb.inference.loading.model import first_line, raise_if_torchvision_trap
from qvq_nb.inference.local.inputs import prepare, turns
from qvq_nb.models.checkpoint import weight_files

# A tensor has one name in the files as published, another in memory; behind these beginnings they are alike.
BEGINNING = re.compile(r"^(model\.)?(language_model\.)?(model\.)?")
NOT_STORED = re.compile(r"rotary_emb\.inv_freq$")
TOKENS_STORED = ("bos_token_id", "eos_token_id", "pad_token_id", "suppress_tokens", "begin_suppress_tokens")
FEWEST_POSITIONS = 256
MOST_PIXELS = 2**31
IMAGE_TOKEN = "<|image_pad|>"
TRIAL_PICTURE, TRIAL_QUESTION = (90, 70), "What is this?"
TRIAL = GenerationOptions(max_new_tokens=1, visual_tokens=(4, 16))
LONGEST_REASON = 300


def checked_processor(folder: Path):
    """The processor of a folder whose parts belong together; else QvqError naming the file and the cure.

    Compares config.json with the tensors in the headers of the weights, the tokenizer and the preprocessor,
    and puts a trial question about a blank picture through processor and chat template.
    """
    from transformers import Qwen2VLProcessor

    config = _config(folder)
    _check_tensors(folder, config)
    with _told(
        f"The processor in {folder} could not be loaded", "preprocessor_config.json and tokenizer.json"
    ):
        processor = Qwen2VLProcessor.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    _check_tokens(folder, config, processor)
    _check_preprocessor(folder, config.vision_config, processor.image_processor)
    _try(folder, config, processor)
    return processor


@contextlib.contextmanager
def _told(what: str, files: str):
    """Any error becomes one sentence: a file from elsewhere can make a library fail in any way."""
    try:
        yield
    except (QvqError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the tokenizer's library raises errors that are no Exception
        raise_if_torchvision_trap(error)
        reason = shown(first_line(error).rstrip("."), LONGEST_REASON)
        raise QvqError(f"{what} ({reason}); fetch {files} again.") from error


def _wrong(file: Path, what: str) -> QvqError:
    return QvqError(f"{file} {what}; fetch this file again.")


# -- config.json -------------------------------------------------------------------------------------------


def _config(folder: Path):
    from transformers import GenerationConfig, Qwen2VLConfig
    from transformers.quantizers import AutoHfQuantizer

    file = folder / "config.json"
    with _told(f"{file} is damaged", "this file"):
        config = Qwen2VLConfig.from_dict(read_json(file))
        text, vision = config.text_config, config.vision_config
        head = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        rope = text.rope_parameters
        sections = rope.get("mrope_section")
        whole = isinstance(sections, (list, tuple)) and all(type(one) is int and one > 0 for one in sections)
        rules = {
            "hidden_size is no multiple of num_attention_heads": text.hidden_size % text.num_attention_heads,
            "num_attention_heads is no multiple of num_key_value_heads": text.num_attention_heads
            % text.num_key_value_heads,
            "an attention head has an odd size": head % 2,
            "mrope_section is not three numbers that add up to half a head": not whole
            or len(sections) != 3
            or sum(sections) * 2 != head,
            "rope_theta is no number above 1": not _is_between(rope.get("rope_theta"), 1, 1e15),
            "rms_norm_eps is no small number above 0": not _is_between(text.rms_norm_eps, 0, 0.01),
            f"max_position_embeddings is below {FEWEST_POSITIONS}": text.max_position_embeddings
            < FEWEST_POSITIONS,
            "the vision tower's width is no multiple of four times its heads": vision.embed_dim
            % (4 * vision.num_heads),
            "in_channels is not 3, for red, green and blue": vision.in_channels != 3,
        }
    if broken := next((rule for rule, is_broken in rules.items() if is_broken), None):
        raise _wrong(file, f"is damaged: {broken}")
    quantization = getattr(config, "quantization_config", None)
    if quantization and not AutoHfQuantizer.supports_quant_method(quantization):
        raise _wrong(file, f"asks for an unknown quantization ({shown(str(quantization['quant_method']))})")
    file = folder / "generation_config.json"
    if file.is_file():
        with _told(f"{file} is damaged", "this file"):
            stored = GenerationConfig.from_pretrained(folder, local_files_only=True)
        for name in TOKENS_STORED:
            value = getattr(stored, name, None)
            numbers = value if isinstance(value, list) else [] if value is None else [value]
            if not all(type(one) is int and 0 <= one < text.vocab_size for one in numbers):
                raise _wrong(file, f"is damaged: {name} holds what is no token")
    return config


def _is_between(number, low: float, high: float) -> bool:
    return (
        isinstance(number, (int, float))
        and not isinstance(number, bool)
        and math.isfinite(number)
        and low < number < high
    )


# -- weights -----------------------------------------------------------------------------------------------


def _check_tensors(folder: Path, config) -> None:
    """The tensors that config.json asks for, by name and shape, against the headers of the files."""
    if getattr(config, "quantization_config", None):
        return  # packed in ways of their own
    import torch
    from transformers import Qwen2VLForConditionalGeneration

    with _told(f"{folder / 'config.json'} makes no model", "this file"), torch.device("meta"):
        model = Qwen2VLForConditionalGeneration(config)
        asked = {_short(name): tuple(one.shape) for name, one in model.state_dict().items()}
    found = {
        _short(name): (tuple(entry["shape"]), file)
        for file in weight_files(folder)
        for name, entry in read_safetensors_header(file).tensors.items()
        if not NOT_STORED.search(name)
    }
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    if missing := sorted(set(asked) - set(found) - tied):
        raise QvqError(
            f"The weights in {folder} lack {len(missing)} of the model's tensors, first {missing[0]}; "
            "fetch the weights again, and config.json."
        )
    for name, (shape, file) in found.items():
        if name not in asked:
            raise QvqError(
                f"{file} has the tensor {shown(name)}, of which config.json knows nothing: "
                "they do not belong together; fetch config.json and the weights again."
            )
        if shape != asked[name]:
            raise QvqError(
                f"{file} has {shown(name)} in the shape {list(shape)} where config.json asks for "
                f"{list(asked[name])}; fetch config.json and the weights again."
            )


def _short(name: str) -> str:
    return BEGINNING.sub("", name)


# -- tokenizer, preprocessor, chat template ----------------------------------------------------------------


def _check_tokens(folder: Path, config, processor) -> None:
    size, tokenizer = config.text_config.vocab_size, processor.tokenizer
    names = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
    for name in names:
        number = getattr(config, name, None)
        if type(number) is not int or not 0 <= number < size:
            raise _wrong(folder / "config.json", f"is damaged: {name} is no token of its {size:,}")
    largest = max(tokenizer.get_vocab().values(), default=-1)
    image_token = tokenizer.convert_tokens_to_ids(getattr(processor, "image_token", None) or IMAGE_TOKEN)
    if image_token != config.image_token_id or largest >= size:
        raise QvqError(
            f"{folder / 'tokenizer.json'} and config.json do not belong together: they number the tokens "
            "differently; fetch both again."
        )
    if tokenizer.eos_token_id is None:
        raise _wrong(folder / "tokenizer_config.json", "names no token that ends an answer (eos_token)")


def _check_preprocessor(folder: Path, vision, image_processor) -> None:
    file, size = folder / "preprocessor_config.json", image_processor.size
    with _told(f"{file} is damaged", "this file"):
        smallest, largest = size["shortest_edge"], size["longest_edge"]
        rules = {
            "patch_size is not that of config.json": image_processor.patch_size != vision.patch_size,
            "merge_size is not that of config.json": image_processor.merge_size != vision.spatial_merge_size,
            "temporal_patch_size is not that of config.json": image_processor.temporal_patch_size
            != vision.temporal_patch_size,
            "its least and most pixels are no whole numbers in order": not type(smallest)
            is type(largest)
            is int
            or not 0 < smallest <= largest < MOST_PIXELS,
            "image_mean is not three numbers": not _are_three(image_processor.image_mean, -1e3),
            "image_std is not three numbers above 0": not _are_three(image_processor.image_std, 0),
        }
    if broken := next((rule for rule, is_broken in rules.items() if is_broken), None):
        raise _wrong(file, f"is damaged: {broken}")


def _are_three(numbers, low: float) -> bool:
    return (
        isinstance(numbers, (list, tuple))
        and len(numbers) == 3
        and all(_is_between(one, low, 1e3) for one in numbers)
    )


def _try(folder: Path, config, processor) -> None:
    """One question about a blank picture, up to the tensors that the model would be given."""
    from PIL import Image

    messages = [Message("user", (Image.new("RGB", TRIAL_PICTURE, "white"), TRIAL_QUESTION))]
    written = prompt(processor, turns(messages))
    token = getattr(processor, "image_token", None) or IMAGE_TOKEN
    for what, count in (("picture", written.count(token)), ("question", written.count(TRIAL_QUESTION))):
        if count != 1:
            raise QvqError(
                f"The chat template of the model in {folder} leaves no place for the {what}; "
                "fetch its chat_template.jinja or chat_template.json again."
            )
    file = folder / "preprocessor_config.json"
    with _told(f"{file} makes nothing of a trial picture", "this file"):
        tensors, _ = prepare(processor, config, messages, TRIAL)
        places = int((tensors["input_ids"] == config.image_token_id).sum())
        pieces = int(tensors["image_grid_thw"].prod()) // config.vision_config.spatial_merge_size**2
        is_finite = bool(tensors["pixel_values"].isfinite().all())
    if places != pieces or not is_finite:
        raise _wrong(file, "makes nothing of a trial picture")
