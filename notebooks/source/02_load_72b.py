# %% [markdown]
# # 02 · The 72B across GPUs: plan it, rehearse it, load it
#
# {{needs}}
#
# **After this lesson you can**
# * compute the parameters and bytes of QVQ-72B-Preview from its configuration;
# * plan for your own GPUs, or your school's: does it fit, how long may it think, how fast can it be at best;
# * rehearse at full width without the weights, load, and see which device holds which layer.
#
# <!-- zh -->
#
# # 02 · 72B 与多块 GPU：规划、彩排、载入
#
# {{needs}}
#
# **学完本课，你能够**
# * 根据配置算出 QVQ-72B-Preview 的参数量和字节数；
# * 为自己的或学校的 GPU 做规划：放不放得下、能思考多长、最快能有多快；
# * 没有权重也能按真实宽度彩排；载入模型，看清哪一层在哪个设备上。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"
gpus = "4x48"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## Where would it lie?
#
# The picture first: the 72B on four GPUs of 48 GiB, while it reads a scanned A4 page and thinks for up to 8,192 tokens. The black line is what a GPU can give. (`gpus` stands in the parameters above; try `"2x80"` or `"8xL4"`.)
#
# <!-- zh -->
#
# ## 它会放在哪里？
#
# 先看图：72B 放在四块 48 GiB 的 GPU 上，读一页扫描的 A4，最多思考 8,192 个 token。黑线是一块 GPU 能给出的上限。（`gpus` 写在上面的参数里，可以换成 `"2x80"` 或 `"8xL4"`。）

# %%
from qvq_nb.display import plots
from qvq_nb.memory.planning import plan

school = plan("qvq-72b", gpus, images=[(2480, 3508)], new_tokens=8192)
plots.memory_bars(school)

# %%
from qvq_nb.memory.advice import advise

print(school.verdict, "|", advise(school).sentence)

# %% [markdown]
# Nothing was downloaded for that. The rest of this lesson shows where the numbers come from, and tries them out.
#
# ## One layer by hand
#
# The published `config.json` says everything about the size of the network. A decoder layer has attention (queries and outputs for 64 heads, keys and values for 8, each 128 wide) and a feed-forward part, whose three large matrices weigh most. Printed are the parameters of a layer and the share of its feed-forward part; then the parameters of the whole model, its bytes in bf16, and the share of all such layers.
#
# <!-- zh -->
#
# 为此什么也没有下载。本课接下来说明这些数从哪里来，并实际试一试。
#
# ## 手算一层
#
# 网络有多大，全由公布的 `config.json` 决定。一个解码层有注意力（查询和输出 64 个头，键和值 8 个头，每个头宽 128）和前馈两部分，其中前馈的三个大矩阵最重。下面依次打印：一层的参数量，其中前馈的占比；整个模型的参数量，bf16 的字节数，以及所有这样的层合起来的占比。

# %%
import json
from qvq_nb.models.profiles import get

config = json.loads(get("qvq-72b").config_file.read_text())
hidden, inner = config["hidden_size"], config["intermediate_size"]
head = hidden // config["num_attention_heads"]
narrow = head * config["num_key_value_heads"]

# %%
attention = 2 * hidden * hidden + 2 * hidden * narrow + hidden + 2 * narrow
feed_forward = 3 * hidden * inner
layer = attention + feed_forward + 2 * hidden
print(f"{layer:,}", f"{feed_forward / layer:.0%}")

# %%
print(f"{school.parameters:,}")
print(f"{school.weight_bytes:,} B = {school.weight_bytes / 2**30:.2f} GiB")
print(f"{config['num_hidden_layers'] * layer / school.parameters:.0%}")

# %% [markdown]
# ## The cache
#
# For every token, of a picture or of text, each layer remembers a key and a value: 2 × layers × key-value heads × head width × 2 bytes. A QVQ model thinks long, so this counts. First the bytes per token, by hand and by the plan, then the memory that some tokens take.
#
# <!-- zh -->
#
# ## 缓存
#
# 每个 token，无论来自图片还是文字，每一层都要记住一个键和一个值：2 × 层数 × 键值头数 × 头宽 × 2 字节。QVQ 类模型思考得很长，这笔账不能漏。先是每个 token 的字节数（手算的和规划给出的），再是若干 token 占的内存。

# %%
cache_bytes_per_token = 2 * config["num_hidden_layers"] * narrow * 2
print(f"{cache_bytes_per_token:,} B", f"{school.kv_bytes_per_token:,} B")
for tokens in (1_000, 8_192, 32_768):
    print(f"{tokens:6,} token {cache_bytes_per_token * tokens / 2**30:6.2f} GiB")

# %% [markdown]
# ## What a picture costs
#
# A picture is cut into squares; each square is a token with its cache. Move the slider (in a live notebook) and see what a smaller budget does to small print. `image` may be the path of your own picture. The last cell says what larger pictures take: tokens, and GiB of activations.
#
# <!-- zh -->
#
# ## 一张图花多少
#
# 图片被切成一个个方格，每个方格就是一个 token，也要占缓存。在运行中的 notebook 里拖动滑块，看看预算变小时小字会怎样。`image` 可以换成你自己图片的路径。最后一格是更大的图要花多少：token 数，以及激活值占多少 GiB。

# %%
from qvq_nb.display.slider import budget_slider

image = qvq.case("invoice", language=language).image
budget_slider(image)

# %%
for size in [(1920, 1080), (2480, 3508), (4032, 3024)]:
    seen = plan("qvq-72b", gpus, images=[size])
    activations = seen.activation_bytes / 2**30
    print(f"{size} {seen.visual_tokens:6,} token {activations:5.2f} GiB {seen.verdict}")

# %% [markdown]
# ## Your GPUs, and others
#
# Without GPUs in the call, the plan is for the machine that runs this notebook. A laptop without a GPU gets an honest *no* for the 72B, and *fits* for `qvq-mini`.
#
# <!-- zh -->
#
# ## 你的 GPU 和别人的 GPU
#
# 调用时不写 GPU，就为运行本 notebook 的这台机器做规划。没有 GPU 的笔记本电脑，对 72B 会得到老实的 *no*，对 `qvq-mini` 则是 *fits*。

# %%
for name in ("qvq-mini", "qvq-72b"):
    mine = plan(name)
    print(name, "|", mine.verdict, "|", advise(mine).sentence)

# %%
print("GPU      bf16        token   int8   nf4")
for others in ["2x80", "4x48", "4x40", "8x24", "1x141", "2x24"]:
    planned = plan("qvq-72b", others)
    told = advise(planned).verdicts
    print(f"{others:8} {told['bf16']:6} {planned.max_new_tokens:10,}   {told['int8']:6} {told['nf4']}")

# %% [markdown]
# * **fits**: at least 2 GiB stay free on every GPU. **tight**: it runs, with less to spare. **offload**: some layers lie in RAM and travel to the GPU for every token. **no**: not like this.
# * **token**: how many the answer may have in bf16. `int8` and `nf4` store the layers' weights in 8 and 4 bits; vision, embeddings and output stay in bf16.
#
# ## Rehearse
#
# A *stand-in* has the names, shapes and files of the real model, and holes instead of numbers: next to nothing on the disk. Everything else is real: reading the files, placing, computing, generating. So memory and speed can be measured before anything is downloaded. Here with 4 of the 80 layers, at full width. What it writes is meaningless, and never shown. (On a CPU most of the memory in use is pages of the files, which the system takes back when others need them.)
#
# <!-- zh -->
#
# * **fits**：每块 GPU 至少还空着 2 GiB。**tight**：能跑，但余量更少。**offload**：有些层放在内存里，每写一个 token 都要搬到 GPU 上。**no**：这样不行。
# * **token**：bf16 时回答最多能写多少个。`int8` 和 `nf4` 把各层的权重存成 8 位和 4 位；视觉、词嵌入和输出仍是 bf16。
#
# ## 彩排
#
# *替身*有真实模型的名称、形状和文件，数值的位置却是空洞：几乎不占磁盘。其余全是真的：读文件、放置、计算、生成。所以什么都不下载，就能量出内存和速度。这里取 80 层中的 4 层，宽度不变。它写出的文字没有意义，从不显示。（在 CPU 上，占用的内存大多是文件的映射页，别的程序需要时系统会收回。）

# %%
from qvq_nb.rehearsal.rehearsing import rehearse

rehearsal = rehearse("qvq-72b", layers=4, new_tokens=2)
rehearsal

# %% [markdown]
# `qvq-nb rehearse --model qvq-72b` in a terminal does it with all 80 layers; on a machine without a GPU that takes some minutes.
#
# ## Load
#
# The same call for the small model and, where the plan says *fits* and the folder is there, for the 72B: only `model` in the parameters changes. `load` takes its placement from the plan.
#
# <!-- zh -->
#
# 在终端里运行 `qvq-nb rehearse --model qvq-72b`，就用全部 80 层彩排；没有 GPU 的机器要花几分钟。
#
# ## 载入
#
# 小模型和 72B 用同一个调用，只改参数里的 `model`；前提是规划说 *fits*，并且文件夹已在。`load` 按规划来放置。

# %%
reasoner = qvq.load(model)
case = qvq.case("derivative", language=language)
case.image

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %% [markdown]
# ## What `device_map="auto"` did
#
# transformers gives whole parts to the devices in order: vision, embeddings, layer after layer, output. This is the map for the GPUs above. The plan computes it from sizes alone; a test of this kit compares it with the map of transformers itself.
#
# <!-- zh -->
#
# ## `device_map="auto"` 做了什么
#
# transformers 按顺序把一个个完整的部分交给各设备：视觉、词嵌入、一层接一层、输出。下面是上述 GPU 的分布图。规划只凭大小就能算出它；本工具包有测试，拿它与 transformers 自己的结果对照。

# %%
plots.placement_strip(school.device_map, config["num_hidden_layers"])

# %% [markdown]
# And now a real one. Without a GPU we split the small model between memory and disk: its weights take 14 MiB and only 10 MiB of memory are offered, so the last layers stay on the disk and are read again for every token. That is slow, and it shows that the mechanism works.
#
# <!-- zh -->
#
# 再来一个真的。没有 GPU，就把小模型分到内存和磁盘上：它的权重占 14 MiB，只给 10 MiB 内存，后面几层只好留在磁盘上，每写一个 token 都要重新读。这样很慢，但能看出机制确实可行。

# %%
import tempfile
from transformers import Qwen2VLForConditionalGeneration

small, offload = get("qvq-mini").folder, tempfile.TemporaryDirectory()
split = Qwen2VLForConditionalGeneration.from_pretrained(
    small, device_map="auto", max_memory={"cpu": "10MiB"}, offload_folder=offload.name
)
plots.placement_strip(split.hf_device_map, split.config.get_text_config().num_hidden_layers)

# %% [markdown]
# Does a model in two places still write the same tokens as a model in one place?
#
# <!-- zh -->
#
# 分在两处的模型，写出的 token 和放在一处的一样吗？

# %%
from transformers import AutoProcessor

processor = AutoProcessor.from_pretrained(small)
content = [{"type": "image"}, {"type": "text", "text": case.question}]
prompt = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
inputs = processor(text=[prompt], images=[case.image], return_tensors="pt")

# %%
import torch

one_place = Qwen2VLForConditionalGeneration.from_pretrained(small)
options = {"max_new_tokens": 24, "do_sample": False}
first = one_place.generate(**inputs, **options)
second = split.generate(**inputs, **options)
torch.equal(first, second)

# %%
del split
offload.cleanup()

# %% [markdown]
# ## Why GPUs wait
#
# With whole layers in a row, a token passes through one GPU after the other: while one works, the others wait. In *tensor parallel* every layer is cut into slices, one per GPU, and all work at once. This drawing is calculated, from the bytes that each GPU must read for a token.
#
# <!-- zh -->
#
# ## GPU 为什么在等
#
# 一层层完整地排成一队，一个 token 就要依次穿过各块 GPU：一块在算，其余都在等。*张量并行*把每一层都切成片，每块 GPU 一片，大家同时算。下图是算出来的，根据每块 GPU 为一个 token 要读的字节数。

# %%
plots.working_hours(school)

# %% [markdown]
# Now measured, on the loaded model: a stop watch in every layer. Imagine the first half of the layers on one GPU and the second half on another. How much of the time does each of them work?
#
# <!-- zh -->
#
# 再在载入的模型上实测：给每一层装一只秒表。设想前一半层在一块 GPU 上，后一半在另一块上。各自有多少时间在干活？

# %%
import time

inside = reasoner if reasoner.engine.can.show_inside else qvq.load("qvq-mini")
layers = inside.model.model.language_model.layers
started, worked = {}, [0.0] * len(layers)

def put_watch_on(number):
    def start(*_):
        started[number] = time.perf_counter()
    def stop(*_):
        worked[number] += time.perf_counter() - started[number]
    layer = layers[number]
    return [layer.register_forward_pre_hook(start), layer.register_forward_hook(stop)]

# %%
watches = [watch for number in range(len(layers)) for watch in put_watch_on(number)]
inside.ask(case, max_new_tokens=40)
for watch in watches:
    watch.remove()

# %%
half = len(layers) // 2
print(f"GPU 0: {sum(worked[:half]) / sum(worked):.0%}")
print(f"GPU 1: {sum(worked[half:]) / sum(worked):.0%}")

# %% [markdown]
# And tensor parallel, measured too: two processes on this machine share every layer of the model. The text must be the same (`True`). One process and two: it need not be faster here: for a small model on a CPU, talking costs more than sharing saves. For the 72B on two GPUs the plan gives the upper bounds below, for GPUs at work one after the other and for 2 or 4 at once, with the weights that each of them holds (`@864`: 864 GB/s, the memory bandwidth of an L40S).
#
# <!-- zh -->
#
# 张量并行也来实测：本机的两个进程共同承担模型的每一层。写出的文字必须相同（`True`）。一个进程和两个进程相比，在这里不一定更快：小模型在 CPU 上，互相通信花的时间比分工省下的还多。对多块 GPU 上的 72B，下面是规划给出的上限：先是各块轮流干活，再是 2 块、4 块同时干活，以及每块要放多少权重（`@864`：864 GB/s，即 L40S 的显存带宽）。

# %%
import subprocess, sys

folder = tempfile.TemporaryDirectory()
case.image.save(f"{folder.name}/case.png")
command = [sys.executable, "-m", "qvq_nb.cli", "ask", f"{folder.name}/case.png", case.question]
command += ["--model", model if inside is reasoner else "qvq-mini"]
together = subprocess.run([*command, "--tensor-parallel", "2", "--json"], capture_output=True, text=True)
print(together.stderr[-300:])

# %%
shared = json.loads(together.stdout)
print(shared["text"] == answer.text)
print(f"1: {answer.new_tokens / answer.seconds:6.1f} token/s")
print(f"2: {shared['new_tokens'] / shared['seconds']:6.1f} token/s")

# %%
fast = plan("qvq-72b", "4x48@864")
print(f"1: {fast.tokens_per_second:5.1f} token/s")
for share in fast.tensor_parallel:
    print(f"{share.ranks}: {share.tokens_per_second:5.1f} token/s, {share.weight_bytes / 2**30:.1f} GiB, {share.verdict}")

# %% [markdown]
# ## What you have learned
#
# * Parameters follow from the configuration; bytes = parameters × bytes per parameter. Cache and activations come on top, and the fullest GPU sets the limit.
# * Plan, then rehearse, then download.
# * `device_map="auto"` places whole layers in order: it makes room, not speed. Tensor parallel lets all GPUs work at once.
#
# ## Exercise
#
# Your school has GPUs of 48 GiB. How many are needed at least so that the 72B in bf16 reads an A4 page at 300 dpi (2480×3508) and may think for 32,768 tokens? Write `mine = …`; the last cell checks it.
#
# <!-- zh -->
#
# ## 小结
#
# * 参数量由配置决定；字节数 = 参数量 × 每个参数的字节数。此外还有缓存和激活，最满的那块 GPU 决定上限。
# * 先规划，再彩排，最后下载。
# * `device_map="auto"` 按顺序放置完整的层：换来的是空间，不是速度。张量并行让所有 GPU 同时干活。
#
# ## 练习
#
# 学校里有一批 48 GiB 的 GPU。要让 bf16 的 72B 读一页 300 dpi 的 A4（2480×3508），并能思考 32,768 个 token，至少要几块？写出 `mine = …`，最后一个单元格会检查。

# %%
def enough(count):
    planned = plan("qvq-72b", f"{count}x48", images=[(2480, 3508)], new_tokens=32_768)
    return planned.verdict in ("fits", "tight")

mine = None

# %% tags=["solution"]
# mine = …
mine = next(count for count in range(1, 9) if enough(count))

# %%
mine is not None and enough(mine) and not any(enough(fewer) for fewer in range(1, mine))

# %% [markdown]
# **Next:** [03 · Image tokens](03_image_tokens.ipynb): what the model makes of a picture before it reads it.
#
# <!-- zh -->
#
# **下一课：** [03 · 图像 token](03_image_tokens.ipynb)：模型读图之前，先把图变成什么。
