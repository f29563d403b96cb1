"""The engine on this machine: transformers, on the CPU or on whatever GPUs there are."""

import contextlib
import queue
import threading
import time

from qvq_nb import checkpoint
from qvq_nb.engines import Finished, Options
from qvq_nb.errors import QvqError
from qvq_nb.sizes import TOKEN_PIXELS, resized, visual_tokens
from qvq_nb.trace import is_looping

SAMPLING = {"temperature": 0.7, "top_p": 0.9, "top_k": 0}  # used when a seed is given
TOKENS_BETWEEN_LOOP_CHECKS = 16
LOOP_WINDOW_CHARACTERS = 8000
BYTES_WORTH_A_PROGRESS_BAR = 1_000_000_000
NUMBER_FORMATS = {"float32", "bfloat16", "float16", "auto"}


class LocalEngine:
    """A Qwen2-VL model from a local folder; nothing is fetched, only safetensors are read.

    `device`: "cpu", "cuda", "cuda:1" …; None takes all GPUs there are, else the CPU.
    `dtype`: "float32", "bfloat16", "float16" or "auto" (as stored); None is float32 on the CPU, as stored elsewhere.
    """

    def __init__(self, folder, device: str | None = None, dtype: str | None = None):
        if dtype is not None and dtype not in NUMBER_FORMATS:
            raise QvqError(f"There is no dtype {dtype!r} here; choose one of {', '.join(sorted(NUMBER_FORMATS))}.")
        checkpoint.check_folder(folder)
        torch, processor_class, model_class = _import_transformers()
        placement = {"": device} if device else "auto" if torch.cuda.is_available() else None
        on_cpu = placement is None or device == "cpu"
        try:
            self.processor = processor_class.from_pretrained(folder, local_files_only=True)
            with _progress_bar_if_large(folder):
                self.model, loading = model_class.from_pretrained(
                    folder,
                    local_files_only=True,
                    use_safetensors=True,
                    dtype=dtype or ("float32" if on_cpu else "auto"),
                    device_map=placement,
                    output_loading_info=True,
                )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            _raise_if_torchvision_trap(error)
            raise QvqError(f"The model in {folder} could not be loaded: {_first_line(error)}") from error
        missing = sorted(loading["missing_keys"])
        if missing:  # transformers would go on with random numbers in their place
            raise QvqError(
                f"The weights in {folder} lack {len(missing)} of the model's tensors, first {missing[0]}; fetch the weights again."
            )
        self.model.eval()
        self._forbidden, self._endings = self._special_tokens()

    def stream(self, messages, images, options: Options):
        """Yields pieces of text, then Finished. Closing or interrupting the iterator stops the model."""
        inputs, notes = self._inputs(messages, images, options)
        pieces = _Pieces(self.processor.tokenizer, self._endings)
        watch = _Watch(pieces, options.time_limit_seconds)
        worker = threading.Thread(target=self._generate, args=(inputs, options, pieces, watch), daemon=True)
        worker.start()
        try:
            while (piece := pieces.next_one()) is not None:
                if isinstance(piece, BaseException):
                    _raise_generation_error(piece)
                yield piece
        finally:
            # Also reached when the learner interrupts the cell: the model must not go on in the background.
            watch.cancelled = True
            worker.join()
        yield Finished(
            "end" if pieces.ended else watch.reason or "length",
            int((inputs["input_ids"] == self.model.config.image_token_id).sum()),
            inputs["input_ids"].shape[1],
            len(pieces.token_ids),
            notes,
        )

    def _inputs(self, messages, images, options):
        """The model's inputs, and notes on what had to be done to the images."""
        text = self.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        own_size = self.processor.image_processor.size
        minimum, maximum = options.visual_tokens or (
            own_size["shortest_edge"] // TOKEN_PIXELS,
            own_size["longest_edge"] // TOKEN_PIXELS,
        )
        # The budget goes into the call: given to from_pretrained it would silently be ignored.
        budget = {"shortest_edge": minimum * TOKEN_PIXELS, "longest_edge": maximum * TOKEN_PIXELS}
        inputs = self.processor(text=[text], images=images, size=budget, return_tensors="pt").to(self.model.device)
        notes = tuple(_scaling_note(image, minimum, maximum) for image in images if visual_tokens(*image.size, minimum) > maximum)
        room = self.model.config.get_text_config().max_position_embeddings
        if inputs["input_ids"].shape[1] >= room:
            raise QvqError(
                f"Question and image take {inputs['input_ids'].shape[1]:,} tokens, and this model has room for {room:,}; "
                "give a smaller visual_tokens=(minimum, maximum) or a shorter question."
            )
        return inputs, notes

    def _generate(self, inputs, options, pieces, watch):
        """Runs in its own thread; whatever happens, the queue gets its None at the end."""
        import torch
        from transformers import StoppingCriteriaList

        # Values in the checkpoint's generation config that belong to sampling are reset, lest greedy decoding warns.
        choice = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        try:
            with torch.random.fork_rng():
                if options.seed is not None:
                    torch.manual_seed(options.seed)
                    choice = {"do_sample": True, **SAMPLING}
                self.model.generate(
                    **inputs,
                    **choice,
                    max_new_tokens=options.max_new_tokens,
                    suppress_tokens=self._forbidden,
                    eos_token_id=self._endings,
                    pad_token_id=self._endings[0],
                    streamer=pieces,
                    stopping_criteria=StoppingCriteriaList([watch]),
                )
        except BaseException as error:
            pieces.queue.put(error)
        finally:
            pieces.queue.put(None)

    def _special_tokens(self) -> tuple[list[int], list[int]]:
        """(never to be written, ending the answer). A small model may write vision tokens, which are no text."""
        tokenizer, config = self.processor.tokenizer, self.model.config
        stored = self.model.generation_config.eos_token_id
        endings = {*(stored if isinstance(stored, list) else [stored]), tokenizer.eos_token_id} - {None}
        vision = {config.image_token_id, config.video_token_id, config.vision_start_token_id, config.vision_end_token_id}
        return sorted((vision | set(tokenizer.all_special_ids)) - endings - {None}), sorted(endings)


class _Pieces:
    """A streamer for `generate`: turns token ids into text that never changes afterwards."""

    def __init__(self, tokenizer, endings):
        self.queue, self.text, self.token_ids = queue.Queue(), "", []
        self.ended = False
        self._tokenizer, self._endings = tokenizer, set(endings)
        self._prompt_is_due = True
        self._context, self._unread = 0, 0  # token positions: where decoding starts, and what is not yet text

    def put(self, value):
        if self._prompt_is_due:  # the first call hands over the prompt
            self._prompt_is_due = False
            return
        self.token_ids += value.flatten().tolist()
        self.ended = self.token_ids[-1] in self._endings
        self._emit(final=False)

    def end(self):
        self._emit(final=True)

    def next_one(self):
        """Waits for the next piece. In short naps: Windows delivers no interrupt to a thread that waits for good."""
        while True:
            try:
                return self.queue.get(timeout=0.5)
            except queue.Empty:
                continue

    def _emit(self, final):
        # A few tokens are decoded again for context: spaces and split characters depend on their neighbours.
        before = self._decode(self.token_ids[self._context : self._unread])
        now = self._decode(self.token_ids[self._context :])
        if len(now) > len(before) and (final or not now.endswith("\ufffd")):
            piece = now[len(before) :]
            self._context, self._unread = self._unread, len(self.token_ids)
            self.text += piece
            self.queue.put(piece)

    def _decode(self, token_ids):
        return self._tokenizer.decode(token_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)


class _Watch:
    """A stopping criterion: the learner's interrupt, the time limit, and going round in circles."""

    def __init__(self, pieces, time_limit_seconds):
        self.cancelled, self.reason = False, None
        self._pieces, self._calls = pieces, 0
        self._deadline = None if time_limit_seconds is None else time.monotonic() + time_limit_seconds

    def __call__(self, input_ids, scores, **_):
        import torch

        self._calls += 1
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self.reason = "time"
        elif self._calls % TOKENS_BETWEEN_LOOP_CHECKS == 0 and is_looping(self._pieces.text[-LOOP_WINDOW_CHARACTERS:]):
            self.reason = "loop"
        stop = self.cancelled or self.reason is not None
        return torch.full((input_ids.shape[0],), stop, device=input_ids.device, dtype=torch.bool)


@contextlib.contextmanager
def _progress_bar_if_large(folder):
    """A small model is there at once: its progress bar would only stand in the notebook."""
    from transformers.utils import logging

    large = sum(file.stat().st_size for file in checkpoint.weight_files(folder)) >= BYTES_WORTH_A_PROGRESS_BAR
    shown = logging.is_progress_bar_enabled()
    if not large:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _import_transformers():
    try:
        import torch
        from transformers import AutoProcessor, Qwen2VLForConditionalGeneration
    except (ImportError, RuntimeError) as error:
        _raise_if_torchvision_trap(error)
        raise QvqError(
            f"torch and transformers cannot be imported ({_first_line(error)}); install the kit again, or run `qvq-nb doctor`."
        ) from error
    return torch, AutoProcessor, Qwen2VLForConditionalGeneration


def _raise_if_torchvision_trap(error):
    """transformers hides the true cause two errors down: "operator torchvision::nms does not exist"."""
    cause = error
    while cause is not None:
        if "torchvision::nms" in str(cause):
            raise QvqError(
                "torch and torchvision do not belong to the same build (CPU torch beside a CUDA torchvision). "
                "Run `qvq-nb doctor --fix`, then start again."
            ) from error
        cause = cause.__cause__ or cause.__context__


def _raise_generation_error(error):
    if type(error).__name__ == "OutOfMemoryError":
        raise QvqError(
            "The GPU's memory ran out while answering; the model is still loaded. "
            "Ask again with smaller visual_tokens=(minimum, maximum) or fewer max_new_tokens."
        ) from error
    raise error


def _scaling_note(image, minimum, maximum) -> str:
    width, height = resized(*image.size, minimum, maximum)
    return (
        f"The image was scaled down from {image.width}×{image.height} to {width}×{height} pixels "
        f"to keep within {maximum} visual tokens; small print may be lost."
    )


def _first_line(error) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
