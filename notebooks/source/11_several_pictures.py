# %% [markdown]
# # 11 · More than one picture: two invoices and a clip
#
# {{needs}}
#
# **After this lesson you can**
# * ask about several pictures at once, and tell whether a model really compares them;
# * make a clip from pictures or a file, show it, save it, and say what it costs;
# * find out whether a model saw the clip, or only wrote a number.
#
# <!-- zh -->
#
# # 11 · 不止一张图：两张发票和一段短片
#
# {{needs}}
#
# **学完本课，你能够**
# * 一次就多张图提问，并看出模型是不是真的在比较；
# * 用图片或文件做一段短片，播放、保存，并说出它要花多少 token；
# * 看出模型是真的看了短片，还是随便写了个数。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers", "av")

# %% [markdown]
# Not every model can do everything here. What a model cannot take is told in one sentence before anything is sent to it; this little function prints that sentence instead of stopping the notebook.
#
# <!-- zh -->
#
# 这一课的内容不是每个模型都会。模型接受不了的东西，工具包会在发送之前用一句话说明；下面这个小函数把那句话打印出来，notebook 不会因此中断。

# %%
reasoner = qvq.load(model)

def ask(*asked):
    try:
        return reasoner.ask(*asked)
    except qvq.QvqError as reason:
        print(reason)

# %% [markdown]
# ## Two invoices
#
# A case may have several pictures; the model sees them in this order. Which of the two has more tax (税额, the last column of the row 合计), and how much more? Write down your answer before you go on.
#
# <!-- zh -->
#
# ## 两张发票
#
# 一道题可以有好几张图，模型按这个顺序看。哪张的税额（合计那一行的最后一列）更高？高多少？先写下你的答案，再往下看。

# %%
case = qvq.case("compare", language=language)
print(case.question)
case

# %%
yours = "1, 100.00"
print(case.check(yours))

# %% [markdown]
# The truth comes from what was drawn. Both parts must be right: which one, and how much more.
#
# <!-- zh -->
#
# 标准答案来自画图时用的数据。两部分都对才算对：是哪一张，高多少。

# %%
both = ask(case)
both

# %%
case.check(both) if both else None

# %% [markdown]
# `qvq-mini` was trained on one picture at a time, and the note says so. Read its thinking: from which of the two invoices are the lines, from which is the total? Do you find numbers that stand on neither?
#
# <!-- zh -->
#
# `qvq-mini` 训练时每次只看一张图，附注里也写明了。读读它的思考过程：各行来自哪张发票，合计又来自哪张？有没有哪个数，两张上都找不到？

# %%
if both:
    print(both.thinking)

# %% [markdown]
# ## The same in steps
#
# What a model cannot do at once, it may do in steps: read each picture alone, and leave the subtraction to Python. Each step can be checked by itself.
#
# <!-- zh -->
#
# ## 分步来做
#
# 一步做不到的，分几步也许能做到：逐张读图，减法交给 Python。而且每一步都可以单独核对。

# %%
from decimal import Decimal
from qvq_nb.cases import case_of

taxes = []
for facts, picture in zip(case.facts["invoices"], case.media):
    single = case_of("invoice", facts, picture, language)
    verdict = single.check(reasoner.ask(single))
    print("✓" if verdict.ok else "✗", verdict.got, "|", single.truth)
    taxes.append(Decimal(single.truth) if verdict.ok else None)

# %% [markdown]
# Where both were read right, the rest is a subtraction.
#
# <!-- zh -->
#
# 两张都读对了，剩下的就是一次减法。

# %%
if None not in taxes:
    which = taxes.index(max(taxes)) + 1
    print(case.check(f"{which}, {max(taxes) - min(taxes)}"))

# %% [markdown]
# ## Where the pictures sit in the text
#
# Every picture has its own place between `<|vision_start|>` and `<|vision_end|>`; nothing but the order tells them apart. So ask about "the first" and "the second", never about "the left one".
#
# <!-- zh -->
#
# ## 图片在文字中的位置
#
# 每张图都夹在自己的 `<|vision_start|>` 和 `<|vision_end|>` 之间，彼此只靠先后顺序区分。所以提问时要说“第一张”“第二张”，不要说“左边那张”。

# %%
from transformers import AutoProcessor
from qvq_nb.paths import data_folder

processor = AutoProcessor.from_pretrained(data_folder() / "qvq-mini")
content = [{"type": "image"}, {"type": "image"}, {"type": "text", "text": case.question}]
print(processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True))

# %% [markdown]
# ## A clip
#
# A clip is a row of pictures. Here a ball moves along six cells; each state is held for two frames, since Qwen2-VL looks at frames in pairs. How many times does the ball jump to another cell? Count before you go on.
#
# <!-- zh -->
#
# ## 一段短片
#
# 短片就是一串图片。下面有一个球在六个格子里移动；每个状态保持两帧，因为 Qwen2-VL 是两帧两帧地看的。球一共跳到别的格子几次？先数一数，再往下看。

# %%
moving = qvq.case("clip", language=language)
film = moving.image
moving

# %%
answer = ask(moving)
answer

# %% [markdown]
# `qvq-mini` knows no balls, so the kit answers in its place. It can be made to answer all the same: a clip fits its network, which is that of Qwen2-VL. It was never trained on one, though; the note says what such an answer is worth.
#
# <!-- zh -->
#
# `qvq-mini` 没学过球，所以由工具包代它回答。也可以让它硬答：它的网络结构就是 Qwen2-VL，短片放得进去。可是它从没学过看短片；这种答案值多少，附注里写着。

# %%
reasoner.refuses = False
answer = ask(moving)
answer

# %%
moving.check(answer) if answer else None

# %% [markdown]
# The truth: the ball's cell in each state, and how often it changes.
#
# <!-- zh -->
#
# 标准答案：每个状态下球所在的格子，以及它变了几次。

# %%
path = moving.facts["path"]
print(path)
print(sum(here != there for here, there in zip(path, path[1:])))

# %% [markdown]
# Is a right number enough? Pictures in a list become a clip, too: here the same frames backwards, and one state alone, where nothing jumps. Who counts gives the same number for the first, and 0 for the second.
#
# <!-- zh -->
#
# 数对了就够了吗？把图片放进列表，也能做成短片：下面一段是同样的帧倒着放，一段只有一个状态，球根本不动。真在数的话，第一段的数不变，第二段是 0。

# %%
backwards = qvq.clip(film.frames[::-1])
still = qvq.clip(film.frames[:2] * 8)
for other in (backwards, still):
    answer = ask(other, moving.question)
    print(answer)

# %% [markdown]
# ## Files
#
# A clip is saved as mp4 or gif, and a file becomes a clip again. Of a file the kit takes `fps` frames each second and never more than `max_frames`: a model has no time for thirty pictures a second.
#
# <!-- zh -->
#
# ## 文件
#
# 短片可以存成 mp4 或 gif，文件也可以再变成短片。读文件时，工具包每秒取 `fps` 帧，总数不超过 `max_frames`：模型没工夫每秒看三十张图。

# %%
import tempfile
from pathlib import Path

folder = tempfile.TemporaryDirectory()
for name in ("ball.mp4", "ball.gif"):
    file = film.save(Path(folder.name) / name)
    again = qvq.clip(file, fps=1)
    print(f"{name}: {file.stat().st_size:,} B → {len(again.frames)} × {again.size}")

# %% [markdown]
# With one frame a second, each state appears once, and a pair mixes two states. Which jumps can no longer be told apart? `reasoner.ask("ball.mp4", question)` takes a path as well, with the kit's own limits.
#
# <!-- zh -->
#
# 每秒只取一帧时，每个状态只出现一次，一对帧里就混进了两个状态。这时哪些跳动就分不清了？`reasoner.ask("ball.mp4", 问题)` 也可以直接给路径，上限用工具包自带的。

# %% [markdown]
# ## What a clip costs
#
# Two frames take as many tokens as one picture of that size. For our ball: 8 pairs of 8 × 4 cells of 28 pixels.
#
# <!-- zh -->
#
# ## 一段短片要花多少
#
# 两帧合起来，花的 token 和一张同样大小的图一样多。我们的球：8 对，每对 8 × 4 格（每格 28 像素）。

# %%
print(film.visual_tokens, 8 * 8 * 4)

# %% [markdown]
# Real clips are larger. The table says what they take on QVQ-72B: tokens, and the memory of the KV cache (lesson 02). Compare the rows of one minute: fewer frames, smaller frames, or more memory.
#
# <!-- zh -->
#
# 真实的短片要大得多。下表是它们在 QVQ-72B 上的花费：token 数，以及 KV 缓存（见第 02 课）占的内存。比较一分钟的那几行：要么少取几帧，要么缩小画面，要么多花内存。

# %%
from qvq_nb.display.clip_costs import clip_costs

clip_costs("qvq-72b", language=language)

# %% [markdown]
# ## What you have learned
#
# * Several pictures come in order; a model that was trained on one at a time mixes them up. Steps can be checked one by one.
# * A clip is pairs of frames: few frames a second, two frames for the price of one picture, and a budget for the whole.
# * Change the clip, and the answer must change with it, or stay, as the truth does.
#
# <!-- zh -->
#
# ## 小结
#
# * 多张图按顺序看；只学过看单张图的模型会把它们混在一起。分步做，每步都能核对。
# * 短片是一对一对的帧：每秒只取几帧，两帧花一张图的 token，整段还有总预算。
# * 短片变了，标准答案变，回答就得跟着变；标准答案不变，回答也不该变。

# %% [markdown]
# ## Exercise
#
# A clip lasts 20 seconds, its frames have 640 × 360 pixels, and 2 are taken each second. How many visual tokens does it cost, without scaling down? Work it out on paper (each side is rounded to the nearest multiple of 28), then write `mine = …`; the last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 一段短片长 20 秒，画面 640 × 360 像素，每秒取 2 帧。不缩小的话，要花多少视觉 token？先在纸上算（每边取最接近的 28 的倍数），再写出 `mine = …`，最后一个单元格会检查。

# %%
mine = None

# %% tags=["solution"]
# mine = …
pairs_of_frames = 20 * 2 // 2
mine = pairs_of_frames * round(640 / 28) * round(360 / 28)

# %%
from qvq_nb.media.clip import clip_tokens

mine == clip_tokens(20 * 2, 640, 360)

# %% [markdown]
# **Next:** [12 · Find it](12_find_it.ipynb): where in the picture is it?
#
# <!-- zh -->
#
# **下一课：** [12 · 找到它](12_find_it.ipynb)：它在图里的什么地方？
