"""Model folders as the world hands them over: each broken part is one sentence, before a weight is read."""

import json
import os
import struct
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from survives import survives

from qvq_nb import load
from qvq_nb.errors import QvqError
from qvq_nb.files import read_safetensors_header
from qvq_nb.inference.loading import chat_template
from qvq_nb.models.checkpoint import check_folder, check_weights

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
DEEP = "[" * 200_000
TEMPLATE = "chat_template.jinja"
READ_BY_TRANSFORMERS = (
    "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
    "tokenizer_config.json",
)  # fmt: skip


@pytest.fixture
def broken(tiny_folder, tmp_path):
    """A copy of the tiny model, to be broken."""
    for file in tiny_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.fixture
def unread(monkeypatch):
    """From here on it is an error to read the weights."""

    def read(*_, **__):
        raise AssertionError("the weights were read")

    monkeypatch.setattr("qvq_nb.inference.local.engine.load_model", read)


def change(file, *path, to):
    """Sets one field of a JSON file."""
    content = json.loads(file.read_text())
    part = content
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = to
    file.write_text(json.dumps(content))


def refusal(folder) -> str:
    """The one sentence that loading ends in, which names a file or the template and says what to do."""
    with pytest.raises(QvqError) as caught:
        load(folder)
    said = str(caught.value)
    assert len(said) < 1_000 and "\n" not in said
    assert any(word in said for word in ("fetch", "Fetch", "run `git lfs pull`")), said
    return said


# --- files


@survives(
    "folders",
    en=(
        "A JSON file is empty, cut, a Git LFS pointer, another kind of value, nested without end",
        "One sentence names it",
    ),
    zh=("某个 JSON 文件是空的、被截断、是 Git LFS 指针、类型不对或无限嵌套", "用一句话指出该文件"),
)
@pytest.mark.parametrize("name", READ_BY_TRANSFORMERS)
@pytest.mark.parametrize(
    "content", ["", "[]", "null", "7", '"awq"', "{", POINTER, DEEP, '{"a":' * 50_000, "\0\1", "{}x"]
)
def test_a_file_that_is_not_what_it_should_be_is_named(broken, unread, name, content):
    (broken / name).write_text(content)
    assert name in refusal(broken)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other kinds of files")
@pytest.mark.parametrize("name", READ_BY_TRANSFORMERS)
def test_a_pipe_in_a_files_place_is_named(broken, unread, name):
    (broken / name).unlink()
    os.mkfifo(broken / name)
    assert name in refusal(broken)


@pytest.mark.parametrize("name", READ_BY_TRANSFORMERS)
def test_a_link_to_a_file_that_is_gone_is_named(broken, unread, name):
    (broken / name).unlink()
    (broken / name).symlink_to(broken / "blobs" / "gone")
    with pytest.raises(QvqError, match=name):
        load(broken)


def test_a_json_file_of_gigabytes_is_not_read(broken, unread):
    os.truncate(broken / "tokenizer.json", 2**31)
    assert "2.1 GB, far more" in refusal(broken)


# --- a folder's own code


@survives(
    "folders",
    en=("A folder brings code of its own", "Is refused; nothing of it is run, nobody is asked"),
    zh=("文件夹自带代码", "拒绝；不运行，也不询问"),
)
@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("config.json", ("auto_map",), {"AutoConfig": "own.Config"}),
        ("config.json", ("auto_map",), {"AutoModel": "owner/repo--own.Model"}),
        ("config.json", ("text_config", "auto_map"), {"AutoModel": "own.Model"}),
        ("config.json", ("vision_config", "auto_map"), {"AutoModel": "own.Model"}),
        ("config.json", ("attn_implementation",), "kernels-community/flash-attn"),
        ("config.json", ("_attn_implementation",), "owner/kernel:function"),
        ("generation_config.json", ("auto_map",), {"GenerationConfig": "own.G"}),
        ("preprocessor_config.json", ("auto_map",), {"AutoImageProcessor": "own.P"}),
        ("preprocessor_config.json", ("auto_map",), {"AutoProcessor": "own.P"}),
        ("tokenizer_config.json", ("auto_map",), {"AutoTokenizer": ["own.T", None]}),
        ("tokenizer_config.json", ("auto_map",), ["own.T", None]),
    ],
)
def test_code_in_a_folder_is_refused_and_not_run(broken, unread, monkeypatch, name, path, value):
    ran = broken / "ran"
    (broken / "own.py").write_text(f"open({str(ran)!r}, 'w')\n")
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    change(broken / name, *path, to=value)
    assert f"{name} asks for code" in refusal(broken)
    assert not ran.exists()


def test_code_that_is_only_a_file_is_not_run(broken):
    ran = broken / "ran"
    (broken / "custom_generate").mkdir()
    for place in ("own.py", "custom_generate/generate.py", "modeling_qwen2_vl.py"):
        (broken / place).write_text(f"open({str(ran)!r}, 'w')\n")
    assert load(broken).ask(Image.new("RGB", (60, 60)), "?", max_new_tokens=1).new_tokens
    assert not ran.exists()


def test_every_loading_says_that_no_code_is_trusted(tiny_folder, monkeypatch):
    from transformers import Qwen2VLForConditionalGeneration, Qwen2VLProcessor

    said = []
    for loaded in (Qwen2VLForConditionalGeneration, Qwen2VLProcessor):
        original = loaded.from_pretrained

        def watched(*arguments, original=original, **options):
            said.append(options.get("trust_remote_code"))
            return original(*arguments, **options)

        monkeypatch.setattr(loaded, "from_pretrained", watched)
    load(tiny_folder)
    assert said == [False, False]


def test_an_adapter_is_no_model(broken, unread):
    (broken / "adapter_config.json").write_text('{"base_model_name_or_path": "owner/name"}')
    assert "adapter" in refusal(broken)


# --- the configuration

WRONG_SIZES = {
    ("text_config", "num_attention_heads"): [0, -3, 3, "4", None, 4.0, True, 10**18],
    ("text_config", "num_key_value_heads"): [-1, 3, "2", 2.0],
    ("text_config", "num_hidden_layers"): [0, -3, 1, 3, 10**9, "2", None],
    ("text_config", "hidden_size"): [0, -64, 63, 10**18, "64"],
    ("text_config", "vocab_size"): [0, -1, 10, 10**12, "big"],
    ("text_config", "max_position_embeddings"): [0, -1, "long", None],
    ("text_config", "rms_norm_eps"): [0, -1, 1, "x", None, True],
    ("text_config", "hidden_act"): ["nothing", 0, None],
    ("text_config", "rope_parameters", "rope_theta"): [0, -1, "x", None],
    ("text_config", "rope_parameters", "rope_type"): ["spiral", 7],
    ("text_config", "rope_parameters", "mrope_section"): [[], [8], [1, 1, 1], [-1, 4, 5], "x", [2.0, 3, 3]],
    ("vision_config", "patch_size"): [0, -14, 16, "14", None],
    ("vision_config", "num_heads"): [0, -2, 3, 64],
    ("vision_config", "depth"): [0, -1, 2, 10**6],
    ("vision_config", "spatial_merge_size"): [0, 1, 3, -2],
    ("vision_config", "temporal_patch_size"): [0, 1, 3],
    ("vision_config", "in_channels"): [0, 1, 4],
    ("vision_config", "hidden_size"): [0, 32, 10**18],
    ("image_token_id",): [-1, 0, 10**9, "x", None],
    ("video_token_id",): [-1, 10**9, "x"],
    ("quantization_config",): ["awq", 4, [], {}, {"quant_method": 4}, {"bits": 4}, {"quant_method": "magic"}],
    ("text_config",): ["x", [], 7],
    ("vision_config",): ["x", [1], 7],
    ("model_type",): ["llama", None, ["qwen2_vl"], "qwen2_vl" * 500],
}  # fmt: skip


@survives(
    "folders",
    en=(
        "config.json: 0 heads, -3 layers, a patch size of 0, text for a number, a quantization nobody knows",
        "Is named as damaged, before a weight is read",
    ),
    zh=(
        "config.json：0 个注意力头、-3 层、补丁大小为 0、数字写成文本、未知的量化方式",
        "在读取权重之前指出已损坏",
    ),
)
@pytest.mark.parametrize(
    ("path", "value"), [(path, value) for path, values in WRONG_SIZES.items() for value in values], ids=str
)
def test_a_wrong_size_in_the_configuration_is_told_before_the_weights_are_read(broken, unread, path, value):
    change(broken / "config.json", *path, to=value)
    with pytest.raises(QvqError) as caught:
        load(broken)
    assert (
        "config.json" in str(caught.value) or "Qwen2-VL" in str(caught.value) or "magic" in str(caught.value)
    )
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    ("name", "path", "value", "message"),
    [
        ("preprocessor_config.json", ("patch_size",), 0, "preprocessor_config.json.*patch_size"),
        ("preprocessor_config.json", ("patch_size",), "x", "preprocessor_config.json"),
        ("preprocessor_config.json", ("merge_size",), 3, "preprocessor_config.json.*merge_size"),
        ("preprocessor_config.json", ("temporal_patch_size",), 4, "temporal_patch_size"),
        ("preprocessor_config.json", ("min_pixels",), -1, "preprocessor_config.json"),
        ("preprocessor_config.json", ("min_pixels",), 10**15, "preprocessor_config.json"),
        ("preprocessor_config.json", ("max_pixels",), 0, "preprocessor_config.json"),
        ("preprocessor_config.json", ("image_mean",), [], "image_mean"),
        ("preprocessor_config.json", ("image_std",), [0, 0, 0], "image_std"),
        ("preprocessor_config.json", ("image_std",), "x", "preprocessor_config.json"),
        ("generation_config.json", ("eos_token_id",), "x", "generation_config.json.*eos_token_id"),
        ("generation_config.json", ("suppress_tokens",), [-1], "generation_config.json"),
        ("tokenizer.json", ("model", "type"), "Nothing", "tokenizer.json"),
        ("tokenizer.json", ("model", "vocab"), {}, "tokenizer.json|processor"),
        ("tokenizer.json", ("added_tokens",), "x", "tokenizer.json"),
        ("tokenizer_config.json", ("tokenizer_class",), 7, "tokenizer"),
        ("tokenizer_config.json", ("extra_special_tokens",), 7, "tokenizer"),
    ],
)
def test_what_stands_beside_the_configuration_is_tried_before_the_weights_are_read(
    broken, unread, name, path, value, message
):
    change(broken / name, *path, to=value)
    with pytest.raises(QvqError, match=message):
        load(broken)


# --- headers and weights


def weights(header, content=b"") -> bytes:
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(written)) + written + content


def tensor(dtype="BF16", shape=(2, 2), place=(0, 8)):
    return {"dtype": dtype, "shape": shape, "data_offsets": place}


WRONG_HEADERS = {
    "whole numbers of 64 bits": (weights({"a": tensor("I64", (1,))}, bytes(8)), "as I64"),
    "whole numbers of 16 bits": (weights({"a": tensor("I16")}, bytes(8)), "as I16"),
    "true and false": (weights({"a": tensor("BOOL", (8,))}, bytes(8)), "as BOOL"),
    "an unknown dtype": (weights({"a": tensor("F12")}, bytes(8)), "unknown dtype F12"),
    "a dtype that is a list": (weights({"a": tensor(["F32"])}, bytes(8)), "damaged"),
    "places as text": (weights({"a": tensor(place=("0", "8"))}, bytes(8)), "whole numbers"),
    "places below zero": (weights({"a": tensor(place=(-8, 0))}, bytes(8)), "whole numbers"),
    "places as fractions": (weights({"a": tensor(place=(0.0, 8.0))}, bytes(8)), "whole numbers"),
    "places the wrong way round": (weights({"a": tensor(place=(8, 0))}, bytes(8)), "another size"),
    "one place only": (weights({"a": tensor(place=(8,))}, bytes(8)), "damaged"),
    "more than its shape": (weights({"a": tensor(place=(0, 16))}, bytes(16)), "another size"),
    "a shape below zero": (weights({"a": tensor(shape=(-2, -2))}, bytes(8)), "whole numbers"),
    "a shape of text": (weights({"a": tensor(shape="22")}, bytes(8)), "whole numbers"),
    "a shape of truths": (weights({"a": tensor(shape=(True, 4))}, bytes(8)), "whole numbers"),
    "two in one place": (weights({"a": tensor(), "b": tensor()}, bytes(8)), "does not begin where"),
    "a hole": (weights({"a": tensor(), "b": tensor(place=(16, 24))}, bytes(24)), "does not begin where"),
    "200,000 brackets": (weights(b"[" * 200_000), "damaged"),
    "a list": (weights([]), "damaged"),
    "a tensor that is a number": (weights({"a": 7}), "damaged"),
    "metadata that is a list": (weights({"__metadata__": [7]}), "damaged"),
    "a header longer than the file": (struct.pack("<Q", 10_000) + b"{}", "where its header says"),
    "a header of exabytes": (struct.pack("<Q", 2**63) + b"{}", "no safetensors file"),
    "no JSON": (weights(b"\xff\xfe" * 20), "damaged"),
    "a name of 5,000 characters": (weights({"a" * 5_000: tensor("F12")}, bytes(8)), "unknown dtype"),
}  # fmt: skip


@survives(
    "folders",
    en=(
        "The header of a weights file is nonsense: unknown number formats, overlapping or negative places",
        "The file is named, with the tensor",
    ),
    zh=("权重文件头不合理：未知数字格式、位置重叠或为负", "指出文件与张量"),
)
@pytest.mark.parametrize("kind", WRONG_HEADERS)
def test_a_wrong_header_is_told(broken, unread, kind):
    content, message = WRONG_HEADERS[kind]
    (broken / "model.safetensors").write_bytes(content)
    said = refusal(broken)
    assert "model.safetensors" in said and message in said


def rewritten(folder, edit):
    """The tiny model's weights under an edited header; what `edit` returns is put behind them."""
    file = folder / "model.safetensors"
    content = file.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + size])
    more = edit(header) or b""
    file.write_bytes(weights(header, content[8 + size :] + more))


def renamed(header):
    header["model.norm.wait"] = header.pop("model.norm.weight", None) or header.pop(
        next(name for name in header if name.endswith("norm.weight"))
    )


def turned(header):
    name = next(name for name in header if name.endswith("gate_proj.weight"))
    header[name]["shape"] = header[name]["shape"][::-1]


def relabelled(header):
    for entry in header.values():
        if "dtype" in entry:
            entry["dtype"] = "I16"


def one_more(header):
    end = max(entry["data_offsets"][1] for entry in header.values() if "dtype" in entry)
    header["model.surplus"] = tensor(place=(end, end + 8))
    return bytes(8)


@survives(
    "folders",
    en=(
        "Weights whose tensors have other names, shapes or number formats than config.json asks for",
        "Are refused before they are read",
    ),
    zh=("张量的名称、形状或数字格式与 config.json 不符", "在读取之前拒绝"),
)
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (renamed, "lack 1 of the model's tensors"),
        (turned, "in the shape"),
        (relabelled, "as I16, and weights are BF16"),
        (one_more, "model.surplus|surplus"),
    ],
)
def test_weights_that_belong_to_another_configuration(broken, unread, edit, message):
    rewritten(broken, edit)
    with pytest.raises(QvqError, match=message):
        load(broken)


# --- the chat template

ENDLESS = "{% for a in range(99999) %}" * 3 + "{% endfor %}" * 3
EACH = "{%% for m in messages %%}{%% for c in m.content %%}%s{%% endfor %%}{%% endfor %%}"
DOUBLING = (
    "{% set ns = namespace(t='aaaaaaaa') %}"
    "{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}"
)
WRONG_TEMPLATES = {
    "missing": (None, "no chat template"),
    "empty": ("", "no chat template"),
    "without the picture": (EACH % "{{ c.text }}", "no place for the picture"),
    "without the question": ("<|image_pad|>", "no place for the question"),
    "with two places for one picture": (EACH % "{{ c.text }}<|image_pad|>", "no place for the picture"),
    "cut off": ("{% for m in messages %}{{ m.role", "TemplateSyntaxError"),
    "with an unknown tag": ("{% import_os %}", "TemplateSyntaxError"),
    "raising": ("{{ raise_exception('only text, please') }}", "only text, please"),
    "raising at length": ("{{ raise_exception('x' * 90000) }}", "fails"),
    "dividing by zero": ("{{ 1 / 0 }}", "ZeroDivisionError"),
    "endless": (ENDLESS, "does not end within"),
    "calling itself": ("{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}", "fails|does not end"),
    "writing 10 million characters": ("{{ 'a' * 10000000 }}", "more than 2,000,000 characters"),
    "writing terabytes": ("{{ 'a' * 10**12 }}", "memory|fails"),
    "doubling a text sixty times": (DOUBLING, "memory|fails|does not end"),
    "padding a text": ("{{ 'a'.ljust(10**11) }}", "memory|fails"),
    "raising a number to a power": ("{{ 9 ** (9 ** 9) }}", "does not end|fails"),
    "a file of a million characters": ("{# " + "a" * 1_000_000 + " #}", "far more than any"),
    "a Git LFS pointer": (POINTER, "no place for the picture"),
    "reading Python's inside": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "fails"),
    "reading a file": ("{% include '/etc/passwd' %}", "fails"),
}  # fmt: skip


@survives(
    "folders",
    en=(
        "A chat template that never ends, writes terabytes, fails, or forgets the picture",
        "Ends within bounds of time, memory and length, before a weight is read",
    ),
    zh=("聊天模板不结束、输出巨量文本、报错或漏掉图片", "在读取权重前结束，时间、内存、长度均有上限"),
)
@pytest.mark.parametrize("kind", WRONG_TEMPLATES)
def test_a_wrong_chat_template_is_told_before_the_weights_are_read(broken, unread, monkeypatch, kind):
    content, message = WRONG_TEMPLATES[kind]
    monkeypatch.setattr(chat_template, "TIME_LIMIT_SECONDS", 4)
    if content is None:
        (broken / TEMPLATE).unlink()
    else:
        (broken / TEMPLATE).write_text(content)
    with pytest.raises(QvqError, match=message) as caught:
        load(broken)
    assert len(str(caught.value)) < 800 and "fetch" in str(caught.value)


def test_after_a_template_that_was_ended_the_next_one_is_rendered(tiny, monkeypatch):
    monkeypatch.setattr(chat_template, "TIME_LIMIT_SECONDS", 1)
    assert "error" in chat_template.RENDERER.ask({"template": ENDLESS, "variables": {}})
    monkeypatch.undo()
    assert chat_template.RENDERER.ask({"template": "{{ a }}", "variables": {"a": "图 \ud800"}}) == {
        "text": "图 \ud800"
    }


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_a_template_can_write_no_file(tmp_path):
    import subprocess

    from qvq_nb.inference.loading import template_process

    limited = f"import runpy; runpy.run_path({template_process.__file__!r})['limit']()"
    write = "open('a', 'w').write('a')"
    subprocess.run([sys.executable, "-c", f"{limited}; {write}"], cwd=tmp_path, capture_output=True)
    assert (tmp_path / "a").read_bytes() == b""
    subprocess.run([sys.executable, "-c", write], cwd=tmp_path, check=True)
    assert (tmp_path / "a").read_bytes() == b"a"


TURNS = [
    {"role": "system", "content": [{"type": "text", "text": "You are 图 <b>&amp;</b> 'kind'."}]},
    {
        "role": "user",
        "content": [{"type": "image"}, {"type": "image"}, {"type": "text", "text": "How\nmany?"}],
    },
    {"role": "assistant", "content": "Six."},
    {"role": "user", "content": [{"type": "video"}, {"type": "text", "text": " Sure? "}]},
]
EQUAL_TEMPLATES = [
    None,
    "{% for m in messages %}{% generation %}{{ m.role }}{% endgeneration %}\n"
    "  {%- if loop.first %}{% continue %}{% endif %}\n{% endfor %}",
    "{{ messages | tojson }} {{ messages[0] | tojson(indent=2) }} {{ eos_token }} {{ pad_token }}",
    "{% set n = namespace(a=1) %}{% for m in messages %}{% set n.a = n.a + 1 %}{% endfor %}"
    "{{ n.a }}{{ dict(a=1) }}",
    "  {% if add_generation_prompt %}\n    yes\n  {% endif %}\n{{ nothing }}{{ tools }}",
]  # fmt: skip


@pytest.mark.parametrize("template", EQUAL_TEMPLATES)
def test_a_prompt_is_the_one_that_transformers_makes(tiny, template, monkeypatch):
    if template is not None:
        monkeypatch.setattr(tiny.processor, "chat_template", template)
    theirs = tiny.processor.apply_chat_template(TURNS, tokenize=False, add_generation_prompt=True)
    assert chat_template.prompt(tiny.processor, TURNS) == theirs


# --- who a folder is


@survives(
    "folders",
    en=(
        "A snapshot in the cache of Hugging Face, known by a hash",
        "Is known as the model it is, with its prompt and length",
    ),
    zh=("Hugging Face 缓存中以哈希命名的快照", "认出原来的模型及其提示词和长度"),
)
@pytest.mark.parametrize("name", ["Qwen--QVQ-72B-Preview", "qwen--qvq-72b-preview"])
def test_a_snapshot_is_loaded_as_the_model_it_is(tiny_folder, tmp_path, name):
    snapshot = tmp_path / f"models--{name}" / "snapshots" / "0123abcd"
    snapshot.mkdir(parents=True)
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    for file in tiny_folder.iterdir():
        (blobs / file.name).write_bytes(file.read_bytes())
        (snapshot / file.name).symlink_to(blobs / file.name)
    with pytest.warns(UserWarning):  # it was never verified
        reasoner = load(snapshot)
    assert (reasoner.name, reasoner.profile.max_new_tokens) == ("qvq-72b", 8192)
    assert reasoner.profile.system_prompt


# --- any header, any configuration

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ODD_VALUES = JSON_VALUES | st.sampled_from([0, -1, 10**18, 10**30, "x", 0.5, [], {}, True])


def checked_or_refused(folder):
    try:
        check_folder(folder)
    except QvqError as error:
        assert len(str(error)) < 2_000
        str(error).encode("utf-8")


@survives(
    "folders",
    en=("Any bytes for a header of weights", "A sound header or one sentence, never another error"),
    zh=("任意字节作为权重文件头", "要么合理，要么一句话，绝无其他错误"),
)
@given(JSON_VALUES | st.dictionaries(
    st.text(max_size=8) | st.just("__metadata__"),
    ODD_VALUES | st.fixed_dictionaries({
        "dtype": st.sampled_from(["F32", "BF16", "I64", "X"]) | ODD_VALUES,
        "shape": st.lists(st.integers(-2, 5), max_size=3) | ODD_VALUES,
        "data_offsets": st.lists(st.integers(-8, 64), min_size=1, max_size=3) | ODD_VALUES,
    }), max_size=4), st.binary(max_size=64))  # fmt: skip
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_header_ends_in_tensors_or_a_sentence(tmp_path, header, content):
    file = tmp_path / "model.safetensors"
    file.write_bytes(weights(header, content))
    try:
        check_weights(file)
    except QvqError as error:
        assert "model.safetensors" in str(error) and len(str(error)) < 1_000
        return
    assert all(entry["dtype"] in ("F32", "BF16") for entry in read_safetensors_header(file).tensors.values())


@given(st.binary(max_size=200))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_for_weights_end_in_a_sentence(tmp_path, content):
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with pytest.raises(QvqError):
        check_weights(file)
        raise QvqError("sound by chance")


def fields(content, path=()):
    """The paths of all fields within a JSON value."""
    inner = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for name, value in inner:
        yield (*path, name)
        yield from fields(value, (*path, name))


@survives(
    "folders",
    en=("Any field of config.json holds any value", "A usable folder or one sentence, never another error"),
    zh=("config.json 的任一字段为任意值", "要么可用，要么一句话，绝无其他错误"),
)
@given(st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_value_in_any_field_of_a_configuration(tiny_folder, tmp_path, data):
    if not (tmp_path / "model.safetensors").exists():
        for file in tiny_folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    name = data.draw(st.sampled_from(("config.json", "generation_config.json", "preprocessor_config.json")))
    content = json.loads((tiny_folder / name).read_text())
    path = data.draw(st.sampled_from(sorted(fields(content), key=str)))
    change(tmp_path / name, *path, to=data.draw(ODD_VALUES))
    try:
        checked_or_refused(tmp_path)
    finally:
        (tmp_path / name).write_bytes((tiny_folder / name).read_bytes())


def mutations(folder):
    """(file, field, its new value) for every field but the vocabulary, with eight values."""
    for name in READ_BY_TRANSFORMERS:
        content = json.loads((folder / name).read_text())
        content.pop("model", None)
        for path in fields(content):
            for value in (0, -1, 10**18, "x", None, 0.5, [], True):
                yield name, path, value


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))  # a fifth of them; range(20) has all
def test_every_mutated_folder_works_or_is_refused(tiny_folder, tmp_path, part):
    for name, path, value in list(mutations(tiny_folder))[part::20]:
        for file in tiny_folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        change(tmp_path / name, *path, to=value)
        try:
            answer = load(tmp_path).ask(Image.new("RGB", (90, 70), "red"), "How many?", max_new_tokens=1)
        except QvqError as error:
            assert len(str(error)) < 1_500
        else:
            assert answer.new_tokens, (name, path, value)
