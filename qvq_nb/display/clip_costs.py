"""What clips cost a model in tokens and memory, calculated: python -m qvq_nb.display.clip_costs"""

from qvq_nb.files import GIB
from qvq_nb.media import clip
from qvq_nb.models.config import read_config
from qvq_nb.models.resolve import resolve
from qvq_nb.tables import Table

BYTES_PER_NUMBER = 2  # bf16
# (width, height), seconds, and what differs from the kit's own limits
EXAMPLES = (
    ((224, 112), 8, {}),
    ((640, 360), 30, {}),
    ((1280, 720), 60, {"fps": 0.5}),
    ((1280, 720), 60, {}),
    ((1280, 720), 60, {"tokens_in_all": 50_000}),
    ((1280, 720), 600, {}),
)
COLUMNS = {
    "en": ("clip", "given to clip()", "frames", "as", "tokens", "cache, GiB"),
    "zh": ("短片", "交给 clip() 的选项", "帧数", "画面", "token", "缓存，GiB"),
}


def clip_costs(model="qvq-72b", examples=EXAMPLES, language="en") -> Table:
    """A row per example: its frames, the size at which they are seen, its tokens, and the KV cache for these.

    Every token keeps a key and a value per layer: 2 × key-value heads × head size × layers × 2 bytes (bf16).
    """
    config = read_config(resolve(model).config())
    key_and_value = 2 * config["num_key_value_heads"] * config["head_dim"] * BYTES_PER_NUMBER
    bytes_per_token = key_and_value * config["num_hidden_layers"]
    rows = []
    for (width, height), seconds, changes in examples:
        wishes = {"fps": clip.FRAMES_PER_SECOND, "max_frames": clip.MOST_FRAMES, **changes}
        frames = min(round(seconds * wishes.pop("fps")), wishes.pop("max_frames"))
        seen = clip.frame_size(width, height, frames, **wishes)
        tokens = clip.clip_tokens(frames, *seen)
        cache = f"{tokens * bytes_per_token / GIB:.2f}"
        given = ", ".join(f"{name}={value}" for name, value in changes.items())
        rows.append(
            (f"{seconds} s, {width}×{height}", given, frames, f"{seen[0]}×{seen[1]}", f"{tokens:,}", cache)
        )
    return Table(COLUMNS[language], rows, left=(0, 1))


if __name__ == "__main__":
    print(clip_costs().to_markdown())
