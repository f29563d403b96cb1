"""The engine on this machine: transformers, on the CPU or on whatever GPUs there are."""

import sys
from dataclasses import replace

from qvq_nb.errors import QvqError
from qvq_nb.inference.engine import Abilities, Delta, GenerationOptions, Usage
from qvq_nb.inference.loading.agreement import checked_processor
from qvq_nb.inference.loading.model import import_transformers, load_model
from qvq_nb.inference.loading.out_of_memory import out_of_memory, release_memory
from qvq_nb.inference.loading.placing import input_device
from qvq_nb.inference.loading.wishes import Wishes
from qvq_nb.inference.local import positions
from qvq_nb.inference.local.decoding import TextDecoder
from qvq_nb.inference.local.inputs import continued, prepare
from qvq_nb.models import checkpoint


class LocalEngine:
    """A Qwen2-VL model from a local folder; nothing is fetched, only safetensors are read.

    `forbidden_tokens` are never written, one of `ending_tokens` ends a reply. The marks for boxes stay in the
    text, where `qvq_nb.media.boxes` reads them.
    """

    can = Abilities(continues_prefix=True, takes_video=True, takes_several_images=True, show_inside=True)

    def __init__(self, folder, wishes: Wishes):
        self.folder = checkpoint.check_folder(folder)
        import_transformers()  # says what is wrong with the installation
        self.processor = checked_processor(self.folder)
        self.loaded = load_model(folder, wishes)
        if self.loaded.plan is not None:
            print(self.loaded.table(), file=sys.stderr)
        from qvq_nb.inference.local.choosing import Decoding

        self.model = self.loaded.model
        positions.cure(self.model)
        self.decoder = TextDecoder(self.processor.tokenizer)
        self._is_shared = wishes.parallel == "tensor"
        self._device = input_device(self.loaded.device_map)
        self.forbidden_tokens, self.ending_tokens = self._special_tokens()
        self.decoding = Decoding(self.loaded, self._is_shared, self.forbidden_tokens)
        self.can = replace(self.can, batches=self.decoding.suits)

    def stream(self, messages, options: GenerationOptions):
        """Deltas of the channel "unparsed", then the Usage. Closing or interrupting it stops the model."""
        if self._is_shared and options.time_limit_seconds is not None:
            raise QvqError(
                "A model shared by several processes takes no time limit: "
                "they would not stop at the same word."
            )
        from qvq_nb.inference.local.generation import Generation

        tensors, notes = prepare(self.processor, self.model.config, messages, options)
        prompt = tensors["input_ids"]
        if options.prefix:
            tensors = continued(tensors, self.decoder.encode(options.prefix))
        generation = Generation(self, tensors.to(self._device), options)
        generation.start()
        try:
            yield from (Delta("unparsed", piece) for piece in generation)
        finally:
            # Also reached when the learner interrupts the cell: the model must not go on in the background.
            generation.cancel()
        if generation.error is not None:
            self._raise(generation.error)
        config = self.model.config
        visual_tokens = sum(
            int((prompt == token).sum()) for token in (config.image_token_id, config.video_token_id)
        )
        yield Usage(generation.stop_reason, prompt.shape[1], visual_tokens, generation.new_tokens, notes)

    def batch(self, asked: list[tuple]) -> list[tuple[str, Usage]]:
        """Text and Usage of each reply to (messages, options), all written side by side.

        The options may differ in `visual_tokens` alone. Prefix, seed and thinking budget have no place here;
        a time limit holds for all together.
        """
        from qvq_nb.inference.local.batches import replies, text_and_usage

        prepared = [prepare(self.processor, self.model.config, *one) for one in asked]
        found = replies(self, [tensors for tensors, _ in prepared], asked[0][1])
        return [
            text_and_usage(self, tensors, *reply, notes) for (tensors, notes), reply in zip(prepared, found)
        ]

    def _raise(self, error):
        problem = out_of_memory(error, self.loaded.plan)
        if problem is None:
            raise error
        error.__traceback__ = None  # its frames hold what filled the memory
        release_memory()
        raise QvqError(f"{problem} The model is still loaded.") from None

    def _special_tokens(self) -> tuple[list[int], list[int]]:
        """(never to be written, ending the reply). Small models may write vision tokens: they are no text."""
        tokenizer, config = self.processor.tokenizer, self.model.config
        stored = self.model.generation_config.eos_token_id
        endings = {*(stored if isinstance(stored, list) else [stored]), tokenizer.eos_token_id} - {None}
        names = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
        vision = {getattr(config, name) for name in names}
        unwritten = set(tokenizer.all_special_ids) - self.decoder.marks
        return sorted((vision | unwritten) - endings - {None}), sorted(endings)
