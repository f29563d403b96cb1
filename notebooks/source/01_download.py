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
#   qvq: {tier: {en: laptop, zh: 笔记本电脑}, minutes: 1, memory_mib: 400, disk_mib: 80}
# ---

# %% [markdown] tags=["lang-en"]
# # 01 · Download: what is in a model folder, and how to trust it
#
# {{needs}}
#
# **After this lesson you can**
# * name the files of a model folder and read the header of the weights with nothing but Python;
# * work out how long QVQ-72B-Preview takes on your line, and whether it fits on your disk;
# * prove that a copy is right, and find a single damaged byte.

# %% [markdown] tags=["lang-zh"]
# # 01 · 下载：模型文件夹里有什么，凭什么相信它
#
# {{needs}}
#
# **学完本课，你能够**
# * 说出模型文件夹里各个文件的用途，只用 Python 就读出权重文件的文件头；
# * 算出 QVQ-72B-Preview 在你的网络上要下多久、磁盘放不放得下；
# * 证明一份拷贝完好无损，哪怕只坏了一个字节也能找出来。

# %% [markdown] tags=["lang-en"]
# This lesson needs no network. It uses the embedded model, whose folder is laid out like the big one.

# %% [markdown] tags=["lang-zh"]
# 本课不需要网络：用的是随工具包附带的小模型，它的文件夹布局和大模型一样。

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
# ## The files
#
# `config.json` says the shape of the network, `model.safetensors` holds the weights, the tokenizer files turn text into numbers, the preprocessor file says how pictures are cut up.

# %% [markdown] tags=["lang-zh"]
# ## 有哪些文件
#
# `config.json` 写着网络的形状，`model.safetensors` 存放权重，tokenizer 文件负责把文字变成数字，preprocessor 文件规定图片怎样切块。

# %%
from qvq_nb.paths import data_folder

folder = data_folder() / "qvq-mini"
for path in sorted(folder.iterdir()):
    print(f"{path.stat().st_size:>12,}  {path.name}")

# %% [markdown] tags=["lang-en"]
# ## Inside a safetensors file
#
# The format is simple on purpose: 8 bytes with the length of the header, the header as JSON, then the numbers. No code can hide in it, and so this kit loads weights from nothing else.

# %% [markdown] tags=["lang-zh"]
# ## safetensors 文件的内部
#
# 这种格式特意设计得很简单：先用 8 个字节记录文件头长度，接着是 JSON 文件头，再往后全是数字。里面藏不了代码，所以本工具包只从这种文件载入权重。

# %%
import json
import struct

def read_header(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        return length, json.loads(file.read(length))

# %%
weights = folder / "model.safetensors"
header_bytes, header = read_header(weights)
tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
print(len(tensors), "tensors")
for name in list(tensors)[:4]:
    print(name, tensors[name])

# %% [markdown] tags=["lang-en"]
# Each entry says the number type, the shape, and where the bytes lie. So we can count the parameters without loading one of them, and check that the file has exactly the length that its header promises.

# %% [markdown] tags=["lang-zh"]
# 每一项都写明数字类型、形状，以及数据在文件中的位置。因此，一个参数都不用载入，就能数出参数总数，还能核对文件长度是否与文件头所说的完全一致。

# %%
import math

parameters = sum(math.prod(entry["shape"]) for entry in tensors.values())
data_bytes = max(entry["data_offsets"][1] for entry in tensors.values())
print(f"{parameters:,} parameters, {data_bytes:,} bytes")
print(8 + header_bytes + data_bytes == weights.stat().st_size)

# %% [markdown] tags=["lang-en"]
# A file that was cut off fails this test at once. A file with a wrong byte in the middle does not: for that we need a fingerprint.

# %% [markdown] tags=["lang-zh"]
# 下载到一半断掉的文件，马上就会在这里露馅；但如果只是中间错了一个字节，这样查不出来：这就要用到“指纹”。

# %% [markdown] tags=["lang-en"]
# ## The fingerprint
#
# `sha256` boils a file down to 64 characters. Change one bit, and they all change. Reading in pieces keeps the memory small, however large the file is.

# %% [markdown] tags=["lang-zh"]
# ## 文件指纹
#
# `sha256` 把整个文件浓缩成 64 个字符，哪怕只改一位，结果也会面目全非。分段读取，文件再大也不占内存。

# %%
import hashlib

def sha256(path, piece_bytes=1 << 20):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(piece_bytes):
            digest.update(piece)
    return digest.hexdigest()

# %%
sha256(weights)

# %% [markdown] tags=["lang-en"]
# ## How much is QVQ-72B-Preview?
#
# The kit's profile of the big model knows the exact size of its weights.

# %% [markdown] tags=["lang-zh"]
# ## QVQ-72B-Preview 有多大？
#
# 工具包里的大模型档案记着权重的准确大小。

# %%
from qvq_nb import profiles

big = profiles.get("qvq-72b")
print(f"{big.parameters:,} parameters")
print(f"{big.bytes:,} bytes = {big.bytes / 1e9:.1f} GB = {big.bytes / 2**30:.1f} GiB")

# %% [markdown] tags=["lang-en"]
# A line is sold in mega*bits* per second, a file is measured in *bytes*: eight bits each.

# %% [markdown] tags=["lang-zh"]
# 宽带的速度按每秒多少兆*比特*（bit）来卖，文件的大小按*字节*（byte）来算：一字节等于八比特。

# %%
def download_hours(size_bytes, megabits_per_second):
    return size_bytes * 8 / (megabits_per_second * 1e6) / 3600

for megabits_per_second in (20, 100, 500, 1000):
    print(f"{megabits_per_second:>5} Mbit/s {download_hours(big.bytes, megabits_per_second):6.1f} h")

# %% [markdown] tags=["lang-en"]
# ## Does it fit?
#
# Ask the disk before the first byte, not after the last one that fitted. Leave a reserve: a full disk harms everybody on the machine.

# %% [markdown] tags=["lang-zh"]
# ## 放得下吗？
#
# 要在下载第一个字节之前问磁盘，而不是等磁盘满了才知道。还要留些余量：磁盘一满，整台机器上的人都遭殃。

# %%
import shutil
from pathlib import Path

reserve_bytes = 10 * 2**30
free_bytes = shutil.disk_usage(Path.home()).free
print(f"{free_bytes / 1e9:.0f} GB free")
print(free_bytes - reserve_bytes >= big.bytes)

# %% [markdown] tags=["lang-en"]
# ## The real download
#
# It is not run here. In a terminal, with the `modelscope` package installed:
#
# ```bash
# modelscope download --model Qwen/QVQ-72B-Preview --local_dir ./QVQ-72B-Preview
# ```
#
# Run the same line again after an interruption: it goes on where it stopped. Use a terminal and not a notebook cell: hours of progress text would swell the notebook file.

# %% [markdown] tags=["lang-zh"]
# ## 真正下载
#
# 这里不运行。在终端里（先装好 `modelscope` 包）：
#
# ```bash
# modelscope download --model Qwen/QVQ-72B-Preview --local_dir ./QVQ-72B-Preview
# ```
#
# 中断之后，把同一行再运行一次，它会接着下。请在终端里运行，不要放进 notebook 的单元格：几个小时的进度文字会把 notebook 文件撑得很大。

# %% [markdown] tags=["lang-en"]
# The client gives up a file after a time limit, 3600 seconds unless you change `MODELSCOPE_DOWNLOAD_TOTAL_TIMEOUT`. Four files share the line. How fast must the line be so that a 4 GB file arrives in time?

# %% [markdown] tags=["lang-zh"]
# 客户端给每个文件设了时限，不改 `MODELSCOPE_DOWNLOAD_TOTAL_TIMEOUT` 的话就是 3600 秒，而且四个文件同时分用一条线路。要让一个 4 GB 的文件按时下完，网速至少要多少？

# %%
largest_file_bytes = 4_000_000_000
files_at_once = 4
limit_seconds = 3600
print(f"{files_at_once * largest_file_bytes * 8 / limit_seconds / 1e6:.0f} Mbit/s")

# %% [markdown] tags=["lang-en"]
# On a slower line, set the variable to a larger number first. The part that has arrived is kept in any case.

# %% [markdown] tags=["lang-zh"]
# 网速更慢的话，先把这个变量调大。无论怎样，已经下到的部分都会保留。

# %% [markdown] tags=["lang-en"]
# ## Damage a copy on purpose
#
# We copy the weights to a temporary folder and turn over a single byte in the middle.

# %% [markdown] tags=["lang-zh"]
# ## 故意弄坏一份拷贝
#
# 把权重拷贝到临时文件夹，再把中间的一个字节翻转。

# %%
import tempfile

workplace = Path(tempfile.mkdtemp())
copy = workplace / weights.name
shutil.copyfile(weights, copy)
print(sha256(copy) == sha256(weights))

# %%
position = copy.stat().st_size // 2
with open(copy, "r+b") as file:
    file.seek(position)
    byte = file.read(1)[0]
    file.seek(position)
    file.write(bytes([byte ^ 0xFF]))

# %% [markdown] tags=["lang-en"]
# The size is still right, and the header too. Only the fingerprint tells.

# %% [markdown] tags=["lang-zh"]
# 大小没变，文件头也没变，只有指纹看得出来。

# %%
print("size  ", copy.stat().st_size == weights.stat().st_size)
print("header", read_header(copy) == read_header(weights))
print("sha256", sha256(copy) == sha256(weights))

# %% [markdown] tags=["lang-en"]
# Which tensor was hit? Take a fingerprint of each one.

# %% [markdown] tags=["lang-zh"]
# 坏的是哪个张量？给每个张量各算一个指纹。

# %%
def tensor_fingerprints(path):
    length, header = read_header(path)
    data = path.read_bytes()[8 + length:]
    spans = {name: entry["data_offsets"] for name, entry in header.items() if name != "__metadata__"}
    return {name: hashlib.sha256(data[start:end]).hexdigest() for name, (start, end) in spans.items()}

# %%
good, bad = tensor_fingerprints(weights), tensor_fingerprints(copy)
damaged = [name for name in good if good[name] != bad[name]]
damaged

# %%
shutil.rmtree(workplace)

# %% [markdown] tags=["lang-en"]
# ## What you have learned
#
# * A model folder is a handful of small files and one big kind, safetensors, whose header can be read by anyone.
# * Time = bytes × 8 ÷ bits per second. Look at the disk first.
# * The right size proves little; the right sha256 proves every byte.

# %% [markdown] tags=["lang-zh"]
# ## 小结
#
# * 模型文件夹里是几个小文件，加上一种大文件 safetensors，它的文件头谁都能读。
# * 时间 = 字节数 × 8 ÷ 每秒比特数。先看磁盘。
# * 大小对了说明不了什么；sha256 对了，才说明每个字节都对。

# %% [markdown] tags=["lang-en"]
# ## Exercise
#
# You start the download at 22:00 and want it finished by 06:00. How many Mbit/s does your line need at least? Write `mine = …`; a line that is done in the last quarter of an hour counts as right (`True`).

# %% [markdown] tags=["lang-zh"]
# ## 练习
#
# 晚上 22:00 开始下载，想在早上 06:00 之前下完，网速至少要多少 Mbit/s？写出 `mine = …`；恰好在最后一刻钟里下完就算对（`True`）。

# %%
def done_just_in_time(megabits_per_second):
    hours = download_hours(big.bytes, megabits_per_second or 1)
    return 7.75 < hours <= 8

mine = None

# %% tags=["solution"]
# mine = …
seconds = 8 * 3600
mine = math.ceil(big.bytes * 8 / seconds / 1e6)

# %%
done_just_in_time(mine)

# %% [markdown] tags=["lang-en"]
# **Next:** [02 · Load the 72B](02_load_72b.ipynb): which GPUs hold it, computed before anything is downloaded.

# %% [markdown] tags=["lang-zh"]
# **下一课：** [02 · 载入 72B](02_load_72b.ipynb)：先算清楚要哪些 GPU 才装得下，再谈下载。
