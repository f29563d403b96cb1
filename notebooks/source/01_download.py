# %% [markdown]
# # 01 · Download: bring a model here, and prove that every byte is right
#
# {{needs}}
#
# **After this lesson you can**
# * tell before the first byte whether a model fits your disk and how long it takes on your line;
# * interrupt a download, go on with it, and name the files that came;
# * find a single damaged byte, and fetch only the file that holds it.
#
# <!-- zh -->
#
# # 01 · 下载：把模型取到本机，并证明每个字节都没错
#
# {{needs}}
#
# **学完本课，你能够**
# * 在下载第一个字节之前，就知道磁盘放不放得下、在你的网络上要多久；
# * 随时中断下载、接着下，并说得出下到了哪些文件；
# * 找出唯一一个坏掉的字节，而且只重新下载它所在的那个文件。

# %% [markdown]
# Without the big model you need no network: a small hub on this machine serves the embedded model, and the download goes through the same client as the real one. With `model = "qvq-72b"` the same cells fetch the 72B from ModelScope or Hugging Face.
#
# <!-- zh -->
#
# 不下大模型就不需要网络：本机上有个小小的 hub 提供随工具包附带的小模型，下载时用的客户端和真正下载时一模一样。把参数改成 `model = "qvq-72b"`，同样的单元格就会从 ModelScope 或 Hugging Face 下载 72B。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("modelscope", "modelscope-hub", "huggingface-hub")

# %% [markdown]
# ## The published command
#
# ModelScope's page of QVQ-72B-Preview gives one line:
#
# ```bash
# modelscope download --model Qwen/QVQ-72B-Preview --local_dir ./QVQ-72B-Preview
# ```
#
# We run this line with the embedded model, against a small hub on this machine: `MODELSCOPE_ENDPOINT` is its address. What the command keeps for itself goes into a temporary folder, too.
#
# <!-- zh -->
#
# ## 官方的下载命令
#
# ModelScope 上 QVQ-72B-Preview 的页面给出一行命令：
#
# ```bash
# modelscope download --model Qwen/QVQ-72B-Preview --local_dir ./QVQ-72B-Preview
# ```
#
# 我们就用这一行，下载随工具包附带的小模型，从本机上一个小小的 hub 取：`MODELSCOPE_ENDPOINT` 就是它的地址。命令自己要存的东西，也放进临时文件夹。

# %%
import os
import shutil
import sys
import tempfile
from pathlib import Path

work = Path(tempfile.mkdtemp())
places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
modelscope = shutil.which("modelscope", path=places)

# %%
import subprocess

from qvq_nb.download.hub import LocalHub
from qvq_nb.models import profiles

command = [modelscope, "download", "--model", "local/qvq-mini", "--local_dir", str(work / "published")]
own = {name: str(work / "own") for name in ("MODELSCOPE_HOME", "MODELSCOPE_CACHE")}
with LocalHub(profiles.get("qvq-mini").folder, "local/qvq-mini") as hub:
    settings = {**os.environ, **own, "MODELSCOPE_ENDPOINT": hub.endpoint, "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
print(done.stdout, f"{len(done.stderr):,} characters of progress", sep="")

# %%
for path in sorted((work / "published").glob("*")):
    print(f"{path.stat().st_size:>12,}  {path.name}")

# %% [markdown]
# The files are here, and the client has compared each with the hub's list. Three things are missing when 147 GB are to come: nobody asked whether the disk has room for them, nobody checked the names on the list, and nothing here says what was compared, so tomorrow you cannot prove anything without the hub. The kit uses the same client and adds these three.
#
# <!-- zh -->
#
# 文件都下到了，客户端也逐个与 hub 的清单核对过。可要下的如果是 147 GB，还缺三样：没人问过磁盘放不放得下，没人检查过清单里的文件名，也没有留下核对过什么的记录，明天离开 hub 就什么也证明不了。工具包用的是同一个客户端，补上的正是这三样。

# %% [markdown]
# ## Where from, and where to
#
# Now the kit. This time the small hub hands out 8 MB per second, so that there is something to watch.
#
# <!-- zh -->
#
# ## 从哪里来，到哪里去
#
# 现在轮到工具包。这一次小 hub 每秒只给 8 MB，这样才看得到下载的过程。

# %%
on_a_hub = {profile.name for profile in profiles.PROFILES if profile.hub_ids}
name = model if model in on_a_hub else "qvq-mini"
source = profiles.get(name).folder
print(name)

# %%
if name in on_a_hub:
    endpoint, folder = None, source
else:
    hub = LocalHub(source, "local/qvq-mini", bytes_per_second=8e6).start()
    endpoint, folder = hub.endpoint, work / name
print(endpoint, "→", folder.name)

# %% [markdown]
# ## Look before you fetch
#
# `look` asks the hub for its list of files, checks every name on it, asks the disk, and measures the speed. It writes nothing.
#
# <!-- zh -->
#
# ## 先看清楚，再下载
#
# `look` 向 hub 要来文件清单，逐个检查文件名，查看磁盘，测一测速度。它什么都不写。

# %%
from qvq_nb.download import ask_to_go_on, download, look, verify

print(look(name, folder, endpoint=endpoint))

# %% [markdown]
# Why check names? A list may say `../../.bashrc` as well as `config.json`, and a client that believes it writes outside the folder. This kit refuses the whole list, and tells you the name.
#
# <!-- zh -->
#
# 为什么要检查文件名？清单里可以写 `config.json`，也可以写 `../../.bashrc`；轻信的客户端就会写到文件夹外面去。遇到这样的名字，本工具包拒绝整份清单，并告诉你是哪个名字。

# %% [markdown]
# ## The small files first
#
# They come in seconds and tell what the model is: number of parameters, bytes of the weights, and whether these fit this machine. (Lesson 02 shows how that is computed.)
#
# <!-- zh -->
#
# ## 先下小文件
#
# 几秒钟就能下完，却足以说明这个模型：多少参数，权重多少字节，这台机器装不装得下。（怎么算，见第 02 课。）

# %%
report = download(name, folder, endpoint=endpoint, only="config", progress=False)
print(report.facts or report)

# %%
from qvq_nb.memory.planning import plan

mine = plan(folder)
print(f"{mine.parameters:,}", f"{mine.weight_bytes:,} B", mine.verdict)

# %%
for path in sorted(folder.glob("[!.]*")):
    print(f"{path.stat().st_size:>12,}  {path.name}")

# %% [markdown]
# ## Interrupt on purpose
#
# The square button of the notebook stops a download at any time. Here we press it by program, halfway (or after 200 MB of a big model).
#
# <!-- zh -->
#
# ## 故意中断
#
# notebook 上的方块按钮随时可以停止下载。这里用程序代劳：下到一半（大模型则是 200 MB）就停。

# %%
def stop_halfway(step):
    if step.bytes_done > min(step.bytes_total / 2, 200e6):
        raise KeyboardInterrupt

# %%
try:
    print(download(name, folder, endpoint=endpoint, progress=stop_halfway))
except KeyboardInterrupt as stopped:
    print(stopped)

# %% [markdown]
# The part that came lies there under a name of its own, so that nobody takes it for the whole file.
#
# <!-- zh -->
#
# 已经下到的部分用另外的名字存着，谁也不会把它当成完整的文件。

# %%
for path in sorted(folder.rglob("*.incomplete")):
    print(f"{path.stat().st_size:>12,}  {path.name}")

# %% [markdown]
# `load` does not take it, either:
#
# <!-- zh -->
#
# `load` 也不会上当：

# %%
try:
    qvq.load(folder)
except qvq.QvqError as error:
    print(error)

# %% [markdown]
# ## Go on
#
# The same call again. It continues where the other one stopped; before more than a gigabyte it asks you.
#
# <!-- zh -->
#
# ## 接着下
#
# 再运行同样的一行，就从停下的地方继续。超过 1 GB 的模型，会先问你一声。

# %%
report = download(name, folder, endpoint=endpoint, confirm=ask_to_go_on)
print(report)

# %% [markdown]
# ## The proof
#
# `sha256` boils a file down to 64 characters; change one bit, and they all change. The hub's list has one for every file. The client compares while the bytes come, and what was compared stands in the manifest, next to the model:
#
# <!-- zh -->
#
# ## 证据
#
# `sha256` 把一个文件浓缩成 64 个字符，哪怕只改一位，结果也会面目全非。hub 的清单里每个文件都有一个。客户端边下边核对，核对过的结果写进模型旁边的 manifest（清单文件）：

# %%
import json

manifest = json.loads((folder / "qvq-manifest.json").read_text())
for file in manifest["files"]:
    print(file["sha256"][:16], f"{file['size']:>12,}", file["path"])

# %% [markdown]
# You need not believe the kit. This is all that a fingerprint takes:
#
# <!-- zh -->
#
# 你不必轻信工具包。算一个指纹，只要这么几行：

# %%
import hashlib

hashlib.sha256((folder / "config.json").read_bytes()).hexdigest()

# %% [markdown]
# ## Damage one byte on purpose
#
# One byte, in a file and at a place that you do not know. A failing disk does not change the time of a file, so we put the time back.
#
# <!-- zh -->
#
# ## 故意弄坏一个字节
#
# 只坏一个字节，坏在哪个文件、哪个位置，你并不知道。磁盘出毛病时不会改动文件的时间，所以我们把时间也改回去。

# %%
import random

def damage(path):
    before, content = path.stat(), bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 0xFF
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

# %%
damage(folder / random.choice([file["path"] for file in manifest["files"] if 0 < file["size"] < 100e6]))

# %% [markdown]
# The quick check looks at sizes and times. Does it see anything?
#
# <!-- zh -->
#
# 快速检查只看大小和时间。它看得出来吗？

# %%
print(verify(folder))

# %% [markdown]
# It cannot. The full check reads every byte:
#
# <!-- zh -->
#
# 看不出来。完整检查会把每个字节都读一遍：

# %%
found = verify(folder, full=True)
print(found)

# %% [markdown]
# Once more the same call: only the bad file is fetched again.
#
# <!-- zh -->
#
# 还是那一行：只有坏的那个文件会重新下载。

# %%
print(download(name, folder, endpoint=endpoint))
print(verify(folder, full=True))

# %% [markdown]
# In a terminal the same is called
#
# ```bash
# qvq-nb download qvq-72b --to ./QVQ-72B-Preview
# qvq-nb verify ./QVQ-72B-Preview --full
# ```
#
# A folder on a USB disk or a classmate's machine serves as well: `--from FOLDER` copies with the same checks.
#
# <!-- zh -->
#
# 在终端里，同样的事这样写：
#
# ```bash
# qvq-nb download qvq-72b --to ./QVQ-72B-Preview
# qvq-nb verify ./QVQ-72B-Preview --full
# ```
#
# U 盘或同学电脑上的文件夹也行：`--from FOLDER` 会照样核对着拷贝过来。

# %% [markdown]
# The small hub goes, and with it the copies.
#
# <!-- zh -->
#
# 关掉小 hub，删除这些拷贝。

# %%
if name not in on_a_hub:
    hub.stop()
shutil.rmtree(work)

# %% [markdown]
# ## What you have learned
#
# * Ask the list, the disk and the line before the first byte.
# * What has come is kept; the same call goes on, whatever stopped it.
# * The right size and the right time prove little; the right sha256 proves every byte.
#
# <!-- zh -->
#
# ## 小结
#
# * 下载第一个字节之前，先看清单、磁盘和网速。
# * 下到的都会保留；不管因为什么停下，同样的一行都能接着下。
# * 大小和时间对了，说明不了什么；sha256 对了，才说明每个字节都对。

# %% [markdown]
# ## Exercise
#
# How many hours does QVQ-72B-Preview take on your line, and does it fit your disk with a hundredth of its size in reserve? A line is sold in mega*bits* per second, a file is measured in *bytes*, eight bits each. (Printed below: the bytes of the model, and those that are free here.) Write `hours = …` and `fits = …` (`True` or `False`).
#
# <!-- zh -->
#
# ## 练习
#
# 在你的网络上，QVQ-72B-Preview 要下几个小时？留出它大小的百分之一作余量，你的磁盘放得下吗？宽带的速度按每秒多少兆*比特*（bit）来卖，文件的大小按*字节*（byte）来算，一字节等于八比特。（下面会打印模型的字节数和这里空闲的字节数。）写出 `hours = …` 和 `fits = …`（`True` 或 `False`）。

# %%
my_megabits_per_second = 100
big = profiles.get("qvq-72b")
free_bytes = shutil.disk_usage(Path.home()).free
print(f"{big.bytes:,} B", f"{free_bytes:,} B")
hours = fits = None

# %% tags=["solution"]
# hours = …, fits = …
hours = big.bytes * 8 / (my_megabits_per_second * 1e6) / 3600
fits = free_bytes - big.bytes >= big.bytes / 100

# %%
from qvq_nb.download import Preflight

speed, reserve = my_megabits_per_second * 1e6 / 8, big.bytes // 100
truth = Preflight(big.name, Path.home(), "", "", 38, big.bytes, 0, free_bytes, reserve, speed)
abs((hours or 0) * 3600 - truth.seconds) < 360 and fits == truth.fits

# %% [markdown]
# **Next:** [02 · Load the 72B](02_load_72b.ipynb): which GPUs hold it, computed before anything is downloaded.
#
# <!-- zh -->
#
# **下一课：** [02 · 载入 72B](02_load_72b.ipynb)：先算清楚要哪些 GPU 才装得下，再谈下载。
