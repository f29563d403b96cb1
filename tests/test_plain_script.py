"""The published tutorial's script, as a learner would type it: only path, picture and device are changed."""

import os
import subprocess
import sys

from qvq_nb import case, trace
from qvq_nb.paths import data_folder

SCRIPT = """
import sys

from PIL import Image
from transformers import AutoProcessor, Qwen2VLForConditionalGeneration

folder, picture, question = sys.argv[1:]

model = Qwen2VLForConditionalGeneration.from_pretrained(folder, torch_dtype="auto", device_map="auto")
processor = AutoProcessor.from_pretrained(folder)

messages = [
    {
        "role": "system",
        "content": [
            {
                "type": "text",
                "text": "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. "
                "You should think step-by-step.",
            }
        ],
    },
    {
        "role": "user",
        "content": [
            {"type": "image", "image": picture},
            {"type": "text", "text": question},
        ],
    },
]

text = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
inputs = processor(text=[text], images=[Image.open(picture)], padding=True, return_tensors="pt")
inputs = inputs.to("cpu")

generated_ids = model.generate(**inputs, max_new_tokens=1024)
generated_ids_trimmed = [out_ids[len(in_ids) :] for in_ids, out_ids in zip(inputs.input_ids, generated_ids)]
output_text = processor.batch_decode(
    generated_ids_trimmed, skip_special_tokens=True, clean_up_tokenization_spaces=False
)
print(output_text[0])

assert "qvq_nb" not in sys.modules
"""


def test_the_published_script_runs_on_the_embedded_model_without_this_package(tmp_path):
    derivative = case("derivative")
    derivative.image.save(tmp_path / "picture.png")
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, "script.py", str(data_folder() / "qvq-mini"), "picture.png", derivative.question],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answer = trace.split(done.stdout)
    assert answer.marker, f"no final answer in: {done.stdout}"
    assert answer.thinking.strip() and answer.final.strip()
