"""The engine on this machine: transformers, on the CPU or on whatever GPUs there are."""

import math
import queue
import sys
import threading
import time

from qvq_nb.errors import QvqError
from qvq_nb.inference.engine import Finished, Options
from qvq_nb.inference.local.loading import first_line, load_model, raise_if_torchvision_trap
from qvq_nb.inference.local.out_of_memory import out_of_memory, release_memory
from qvq_nb.inference.local.placing import input_device
from qvq_nb.inference.local.soundness import FirstLogits
from qvq_nb.inference.local.wishes import Wishes
from qvq_nb.media.resize import TOKEN_PIXELS, resized, visual_tokens
from qvq_nb.models import checkpoint
from qvq_nb.trace import final_has_begun, is_looping

SAMPLING = {"temperature": 0.7, "top_p": 0.9, "top_k": 0}  # used when a seed is given
TOKENS_BETWEEN_LOOP_CHECKS = 16
LOOP_WINDOW_CHARACTERS = 8000


class LocalEngine:
    """A Qwen2-VL model from a local folder; nothing is fetched, only safetensors are read. `wishes` as in `qvq_nb.load`."""

    def __init__(self, folder, **wishes):
        self.folder = checkpoint.check_folder(folder)
        self.loaded = load_model(folder, Wishes(**wishes))
        if self.loaded.plan is not None:
            print(self.loaded.table(), file=sys.stderr)
        from transformers import AutoProcessor

        try:
            self.processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise_if_torchvision_trap(error)
            raise QvqError(f"The processor in {folder} could not be loaded: {first_line(error)}") from error
        self.model = self.loaded.model
        self._shared = wishes.get("parallel") == "tensor"
        self._device = input_device(self.loaded.device_map)
        self._forbidden, self._endings = self._special_tokens()

    def stream(self, messages, images, options: Options):
        """Yields pieces of text, then Finished. Closing or interrupting the iterator stops the model."""
        if self._shared and options.time_limit_seconds is not None:
            raise QvqError(
                "A model shared by several processes takes no time limit: they would not stop at the same word."
            )
        inputs, notes = self._inputs(messages, images, options)
        prompt_tokens = inputs["input_ids"].shape[1]
        if options.prefix:
            inputs = self._continued(inputs, options.prefix)
        pieces = _Pieces(self.processor.tokenizer, self._endings)
        watch = _Watch(pieces, options)
        worker = threading.Thread(target=self._generate, args=(inputs, options, pieces, watch), daemon=True)
        worker.start()
        try:
            while (piece := pieces.next_one()) is not None:
                if isinstance(piece, BaseException):
                    self._raise(piece)
                yield piece
        finally:
            # Also reached when the learner interrupts the cell: the model must not go on in the background.
            watch.cancelled = True
            worker.join()
        yield Finished(
            "end" if pieces.ended else watch.reason or "length",
            int((inputs["input_ids"] == self.model.config.image_token_id).sum()),
            prompt_tokens,
            len(pieces.token_ids),
            notes,
        )

    def _raise(self, error):
        problem = out_of_memory(error, self.loaded.plan)
        if problem is None:
            raise error
        error.__traceback__ = None  # its frames hold what filled the memory
        release_memory()
        raise QvqError(f"{problem} The model is still loaded.") from None

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
        inputs = self.processor(text=[text], images=images, size=budget, return_tensors="pt").to(self._device)
        notes = tuple(note for image in images if (note := _scaling_note(image, minimum, maximum)))
        room = self.model.config.get_text_config().max_position_embeddings
        if inputs["input_ids"].shape[1] >= room:
            raise QvqError(
                f"Question and image take {inputs['input_ids'].shape[1]:,} tokens, and this model has room for {room:,}; "
                "give a smaller visual_tokens=(minimum, maximum) or a shorter question."
            )
        return inputs, notes

    def _continued(self, inputs, prefix):
        """The inputs with the beginning of the reply behind the prompt. Its tokens never merge with those of the prompt."""
        import torch

        tokenizer = self.processor.tokenizer
        # What a model wrote is text, even where it looks like a control token.
        begun = tokenizer(
            prefix, add_special_tokens=False, split_special_tokens=True, return_tensors="pt"
        ).input_ids.to(self._device)
        ones, zeros = torch.ones_like(begun), torch.zeros_like(begun)
        for name, more in (("input_ids", begun), ("attention_mask", ones), ("mm_token_type_ids", zeros)):
            if name in inputs:
                inputs[name] = torch.cat([inputs[name], more], dim=1)
        return inputs

    def _generate(self, inputs, options, pieces, watch):
        """Runs in its own thread; whatever happens, the queue gets its None at the end."""
        import torch
        from transformers import LogitsProcessorList, StoppingCriteriaList

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
                    logits_processor=LogitsProcessorList([FirstLogits()]),
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
        vision = {
            config.image_token_id,
            config.video_token_id,
            config.vision_start_token_id,
            config.vision_end_token_id,
        }
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
        before = self.decode(self.token_ids[self._context : self._unread])
        now = self.decode(self.token_ids[self._context :])
        if len(now) > len(before) and (final or not now.endswith("\ufffd")):
            piece = now[len(before) :]
            self._context, self._unread = self._unread, len(self.token_ids)
            self.text += piece
            self.queue.put(piece)

    def decode(self, token_ids):
        return self._tokenizer.decode(token_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)


class _Watch:
    """A stopping criterion: the learner's interrupt, the time limit, the thinking budget, and going round in circles."""

    def __init__(self, pieces, options):
        self.cancelled, self.reason = False, None
        self._pieces, self._calls = pieces, 0
        self._deadline = (
            None if options.time_limit_seconds is None else time.monotonic() + options.time_limit_seconds
        )
        self._thinking_budget = options.thinking_budget

    def __call__(self, input_ids, scores, **_):
        import torch

        self._calls += 1
        if self.reason is not None:
            pass  # on a GPU one more step is under way when the model hears that it is to stop
        elif self._deadline is not None and time.monotonic() >= self._deadline:
            self.reason = "time"
        elif self._calls == self._thinking_budget and not final_has_begun(
            self._text_of_last(input_ids, self._calls)
        ):
            self.reason = "budget"
        elif self._calls % TOKENS_BETWEEN_LOOP_CHECKS == 0 and is_looping(
            self._pieces.text[-LOOP_WINDOW_CHARACTERS:]
        ):
            self.reason = "loop"
        stop = self.cancelled or self.reason is not None
        return torch.full((input_ids.shape[0],), stop, device=input_ids.device, dtype=torch.bool)

    def _text_of_last(self, input_ids, tokens):
        """The text of the newest tokens; the pieces get each of them a step later."""
        return self._pieces.decode(input_ids[0, -tokens:].tolist())


def _scaling_note(image, minimum, maximum) -> str | None:
    """What the budget did to an image; None where it was only rounded to whole visual tokens."""
    width, height = resized(*image.size, minimum, maximum)
    unbounded = visual_tokens(*image.size, 1, math.inf)
    change = f"from {image.width}×{image.height} to {width}×{height} pixels"
    if unbounded > maximum:
        taken = visual_tokens(*image.size, minimum, maximum)
        kept = (
            f"to keep within {maximum} visual tokens"
            if taken <= maximum
            else f"and still takes {taken} visual tokens, as it is so long"
        )
        return f"The image was scaled down {change} {kept}; small print may be lost."
    if unbounded < minimum:
        return (
            f"The image was scaled up {change} to give at least {minimum} visual tokens; that adds no detail."
        )
    return None
