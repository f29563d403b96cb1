# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   qvq: {tier: {en: laptop, zh: 笔记本电脑}, minutes: 1, memory_mib: 900, disk_mib: 80}
# ---

# %% [markdown] tags=["lang-en"]
# # 02 · Load the 72B across GPUs: calculate first
#
# {{needs}}
#
# **After this lesson you can**
# * compute the parameters and bytes of QVQ-72B-Preview from its configuration;
# * build the whole network without memory, and see which GPU would hold which layer;
# * add the cache that a long thinking needs, and write the call that loads the real thing.

# %% [markdown] tags=["lang-zh"]
# # 02 · 把 72B 载入多块 GPU：先算清楚
#
# {{needs}}
#
# **学完本课，你能够**
# * 根据配置算出 QVQ-72B-Preview 的参数量和字节数；
# * 不占内存就搭出整个网络，看清每一层会放到哪块 GPU 上；
# * 算出长长的思考过程还要多少缓存，并写出真正载入模型的调用。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import importlib.metadata
import platform

import qvq_nb as qvq

print("python", platform.python_version(), "| qvq_nb", qvq.__version__)
for package in ("torch", "transformers"):
    print(package, importlib.metadata.version(package))

# %% [markdown] tags=["lang-en"]
# ## The configuration
#
# These numbers are published in the model's `config.json`. They say everything about the size of the network.

# %% [markdown] tags=["lang-zh"]
# ## 配置
#
# 下面这些数公布在模型的 `config.json` 里。网络有多大，全由它们决定。

# %%
text_config = {
    "hidden_size": 8192, "num_hidden_layers": 80, "intermediate_size": 29568,
    "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 152064,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
}
vision_config = {
    "depth": 32, "embed_dim": 1280, "num_heads": 16, "mlp_ratio": 4, "hidden_size": 8192,
    "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
}

# %% [markdown] tags=["lang-en"]
# ## One layer by hand
#
# A decoder layer has attention and a feed-forward part. Attention: queries and outputs for 64 heads, keys and values for 8, each head 128 wide. The three large matrices of the feed-forward part weigh most.

# %% [markdown] tags=["lang-zh"]
# ## 手算一层
#
# 一个解码层由注意力和前馈两部分组成。注意力：查询和输出有 64 个头，键和值只有 8 个头，每个头宽 128。最重的是前馈部分的三个大矩阵。

# %%
hidden, inner = text_config["hidden_size"], text_config["intermediate_size"]
head = hidden // text_config["num_attention_heads"]
narrow = head * text_config["num_key_value_heads"]

attention = 2 * hidden * hidden + 2 * hidden * narrow + hidden + 2 * narrow
feed_forward = 3 * hidden * inner
norms = 2 * hidden
layer = attention + feed_forward + norms

# %%
bytes_per_parameter = 2
print(f"{layer:,} parameters, {layer * bytes_per_parameter:,} bytes")
print(f"feed-forward {feed_forward / layer:.0%}")

# %% [markdown] tags=["lang-en"]
# ## The whole network, without memory
#
# On the *meta* device a tensor has a shape and no numbers. So the full 72B can be built here, in a moment, on any laptop.

# %% [markdown] tags=["lang-zh"]
# ## 不占内存的完整网络
#
# 在 *meta* 设备上，张量只有形状、没有数值。所以在任何笔记本电脑上，都能转眼间搭出完整的 72B。

# %%
import time
import torch
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

config = Qwen2VLConfig(text_config=text_config, vision_config=vision_config, tie_word_embeddings=False)
started = time.perf_counter()
with torch.device("meta"):
    network = Qwen2VLForConditionalGeneration(config).to(torch.bfloat16)
print(f"{time.perf_counter() - started:.2f} s")

# %%
parameters = sum(weight.numel() for weight in network.parameters())
weight_bytes = sum(weight.numel() * weight.element_size() for weight in network.parameters())
print(f"{parameters:,} parameters")
print(f"{weight_bytes:,} bytes = {weight_bytes / 2**30:.2f} GiB")

# %% [markdown] tags=["lang-en"]
# Where are they? One line for each part. (The layers are counted together, and compared with the layer that we computed by hand.)

# %% [markdown] tags=["lang-zh"]
# 它们都在哪里？每个部分一行。（所有解码层合计，再与手算的一层核对。）

# %%
def gib(module):
    return sum(weight.numel() * weight.element_size() for weight in module.parameters()) / 2**30

language_model = network.model.language_model
print(f"vision      {gib(network.model.visual):7.2f} GiB")
print(f"embeddings  {gib(language_model.embed_tokens):7.2f} GiB")
print(f"{len(language_model.layers)} layers   {gib(language_model.layers):7.2f} GiB")
print(f"output      {gib(network.lm_head):7.2f} GiB")

# %%
sum(weight.numel() for weight in language_model.layers[0].parameters()) == layer

# %% [markdown] tags=["lang-en"]
# ## Which GPU holds what?
#
# `device_map="auto"` means: transformers spreads whole layers over the GPUs, in order, as evenly as it can. We call the same two functions that it calls, with the memory of GPUs that need not be there. 5 % is kept back for CUDA itself.

# %% [markdown] tags=["lang-zh"]
# ## 哪块 GPU 放什么？
#
# `device_map="auto"` 的意思是：transformers 按顺序把一层层完整的网络尽量均匀地分到各块 GPU 上。我们直接调用它内部用的那两个函数，把显存大小告诉它就行，机器上不必真有这些 GPU。留出 5 % 给 CUDA 自己用。

# %%
import logging
from transformers.integrations.accelerate import get_balanced_memory, infer_auto_device_map

logging.getLogger("accelerate").setLevel("ERROR")

def auto_device_map(gpus, gib_each):
    memory = {gpu: int(0.95 * gib_each * 2**30) for gpu in range(gpus)} | {"cpu": 0}
    whole = network._no_split_modules
    memory = get_balanced_memory(network, max_memory=memory, no_split_module_classes=whole)
    return infer_auto_device_map(network, max_memory=memory, no_split_module_classes=whole)

# %%
device_map = auto_device_map(gpus=2, gib_each=80)
for name in ["model.visual", "model.language_model.embed_tokens", "lm_head"]:
    print(device_map[name], name)
print("".join(str(gpu) for name, gpu in device_map.items() if ".layers." in name))

# %% [markdown] tags=["lang-en"]
# Each digit is the GPU of one layer. Now the weights per GPU. `disk` means: it does not fit, and the rest would be read from the disk for every single token.

# %% [markdown] tags=["lang-zh"]
# 每个数字是一层所在的 GPU。再看每块 GPU 上权重有多少。出现 `disk` 说明放不下：剩下的部分每写一个 token 都得从磁盘读一遍。

# %%
from collections import Counter

def weights_per_device(device_map):
    total = Counter()
    for name, device in device_map.items():
        total[device] += gib(network.get_submodule(name))
    return dict(total)

# %%
for gpus, gib_each in [(2, 80), (4, 48), (4, 40), (8, 24), (1, 141)]:
    used = weights_per_device(auto_device_map(gpus, gib_each))
    print(f"{gpus} x {gib_each:3} GiB", {device: round(size, 1) for device, size in used.items()})

# %% [markdown] tags=["lang-en"]
# ## The cache
#
# For every token, picture or text, each layer remembers a key and a value: 2 × layers × key-value heads × head width × 2 bytes. A QVQ model thinks long, so this counts.

# %% [markdown] tags=["lang-zh"]
# ## 缓存
#
# 每个 token，无论来自图片还是文字，每一层都要记住一个键和一个值：2 × 层数 × 键值头数 × 头宽 × 2 字节。QVQ 类模型思考得很长，这笔账不能漏。

# %%
layers, key_value_heads = text_config["num_hidden_layers"], text_config["num_key_value_heads"]
cache_bytes_per_token = 2 * layers * key_value_heads * head * bytes_per_parameter
print(f"{cache_bytes_per_token:,} bytes per token")
for tokens in (1_000, 8_192, 32_768):
    print(f"{tokens:6,} tokens {cache_bytes_per_token * tokens / 2**30:6.2f} GiB")

# %% [markdown] tags=["lang-en"]
# The cache of a layer lies on the GPU of that layer. So the fullest GPU decides how long the thinking may be. This is an upper bound: activations need room too.

# %% [markdown] tags=["lang-zh"]
# 每一层的缓存放在该层所在的 GPU 上，所以最满的那块 GPU 决定了思考最多能有多长。这只是上限：计算的中间结果也要占地方。

# %%
def longest_context(gpus, gib_each):
    device_map = auto_device_map(gpus, gib_each)
    used = weights_per_device(device_map)
    layers_on = Counter(gpu for name, gpu in device_map.items() if ".layers." in name)
    share = cache_bytes_per_token / layers
    return int(min((0.95 * gib_each - used[gpu]) * 2**30 / (share * layers_on[gpu]) for gpu in layers_on))

# %%
for gpus, gib_each in [(2, 80), (4, 48), (4, 40), (8, 24)]:
    print(f"{gpus} x {gib_each:3} GiB {longest_context(gpus, gib_each):8,} tokens")

# %% [markdown] tags=["lang-en"]
# ## The call for the real thing
#
# With enough GPUs and the downloaded folder, this is all. Leave room on the GPUs with `max_memory`; the first one also holds the vision part and the embeddings.
#
# ```python
# network = Qwen2VLForConditionalGeneration.from_pretrained(
#     "./QVQ-72B-Preview",
#     dtype="bfloat16",
#     device_map="auto",
#     max_memory={0: "70GiB", 1: "74GiB"},
# )
# network.hf_device_map
# ```

# %% [markdown] tags=["lang-zh"]
# ## 真正载入时的调用
#
# GPU 够用、文件夹也下载好了，就只需要这一个调用。用 `max_memory` 给 GPU 留些余地；第一块上还放着视觉部分和词嵌入。
#
# ```python
# network = Qwen2VLForConditionalGeneration.from_pretrained(
#     "./QVQ-72B-Preview",
#     dtype="bfloat16",
#     device_map="auto",
#     max_memory={0: "70GiB", 1: "74GiB"},
# )
# network.hf_device_map
# ```

# %% [markdown] tags=["lang-en"]
# ## The same call on the small model
#
# Without a GPU we split it between memory and disk: only 3 MiB of memory are offered, so most layers must stay on the disk. It is slow, and it shows that the mechanism works.

# %% [markdown] tags=["lang-zh"]
# ## 在小模型上做同样的调用
#
# 没有 GPU，就把它分到内存和磁盘上：只给 3 MiB 内存，大部分层只好留在磁盘上。这样很慢，但能看出机制确实可行。

# %%
import tempfile
from qvq_nb.paths import data_folder

offload = tempfile.TemporaryDirectory()
split = Qwen2VLForConditionalGeneration.from_pretrained(
    data_folder() / "qvq-mini",
    device_map="auto",
    max_memory={"cpu": "3MiB"},
    offload_folder=offload.name,
)

# %%
for name, device in split.hf_device_map.items():
    print(f"{device:5}", name)

# %% [markdown] tags=["lang-en"]
# Does a model in two places still write the same tokens as a model in one place?

# %% [markdown] tags=["lang-zh"]
# 分在两处的模型，写出的 token 和放在一处的一样吗？

# %%
from transformers import AutoProcessor

folder = data_folder() / "qvq-mini"
processor = AutoProcessor.from_pretrained(folder)
case = qvq.case("derivative", language=language)
content = [{"type": "image"}, {"type": "text", "text": case.question}]
prompt = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
inputs = processor(text=[prompt], images=[case.image], return_tensors="pt")

# %%
one_place = Qwen2VLForConditionalGeneration.from_pretrained(folder)
options = {"max_new_tokens": 24, "do_sample": False}
first = one_place.generate(**inputs, **options)
second = split.generate(**inputs, **options)
print(torch.equal(first, second))
print(processor.decode(second[0, inputs["input_ids"].shape[1]:]))

# %%
del split
offload.cleanup()

# %% [markdown] tags=["lang-en"]
# ## What you have learned
#
# * Parameters follow from the configuration; bytes = parameters × bytes per parameter.
# * Weights are not all: the cache grows with every token, and the fullest GPU sets the limit.
# * `device_map="auto"` places whole layers in order. Compute the map before you download.

# %% [markdown] tags=["lang-zh"]
# ## 小结
#
# * 参数量由配置决定；字节数 = 参数量 × 每个参数的字节数。
# * 光有权重还不够：每多一个 token，缓存就大一点，最满的那块 GPU 决定上限。
# * `device_map="auto"` 按顺序放置完整的层。先算好分布，再下载。

# %% [markdown] tags=["lang-en"]
# ## Exercise
#
# Your school has GPUs of 48 GiB. How many of them are needed at least so that everything is on GPUs (no `disk`) and 32,768 tokens of cache fit? Write `mine = …`; the last cell checks it.

# %% [markdown] tags=["lang-zh"]
# ## 练习
#
# 学校里有一批 48 GiB 的 GPU。至少要几块，才能让权重全部放在 GPU 上（不出现 `disk`），并放得下 32,768 个 token 的缓存？写出 `mine = …`，最后一个单元格会检查。

# %%
def enough(gpus):
    on_gpus_only = "disk" not in weights_per_device(auto_device_map(gpus, 48))
    return on_gpus_only and longest_context(gpus, 48) >= 32_768

def is_least(gpus):
    return gpus is not None and enough(gpus) and not enough(gpus - 1)

mine = None

# %% tags=["solution"]
# mine = …
mine = next(gpus for gpus in range(2, 9) if enough(gpus))

# %%
is_least(mine)

# %% [markdown] tags=["lang-en"]
# **Next:** [03 · Image tokens](03_image_tokens.ipynb): what the model makes of a picture before it reads it.

# %% [markdown] tags=["lang-zh"]
# **下一课：** [03 · 图像 token](03_image_tokens.ipynb)：模型读图之前，先把图变成什么。
