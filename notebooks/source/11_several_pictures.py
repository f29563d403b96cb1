# %% [markdown]
# # 11 · More than one picture: two invoices, a clip, a box
#
# {{needs}}
#
# **After this lesson you can**
# * ask about several pictures at once, and tell whether a model really compares them;
# * make a clip from pictures or a file, show it, save it, and say what it costs;
# * read the boxes that models write, in whichever numbers they count, and check them.
#
# <!-- zh -->
#
# # 11 · 不止一张图：两张发票、一段短片、一个框
#
# {{needs}}
#
# **学完本课，你能够**
# * 一次就多张图提问，并看出模型是不是真的在比较；
# * 用图片或文件做一段短片，播放、保存，并说出它要花多少 token；
# * 读懂模型写出的框（不管它用哪种数法），并加以核对。

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

def ask(media, question):
    try:
        return reasoner.ask(media, question)
    except qvq.QvqError as reason:
        print(reason)

# %% [markdown]
# ## Two invoices
#
# A list of pictures is asked about like one picture; the model sees them in that order. Look first: which of the two has more tax (税额, the last column of the row 合计)?
#
# <!-- zh -->
#
# ## 两张发票
#
# 把几张图放进一个列表，就能像问一张图那样提问；模型按列表的顺序看图。先自己看：哪张的税额合计更高？

# %%
first, second = [qvq.case("invoice", seed=seed, language=language) for seed in (10_000_001, 10_000_002)]
display(first.image, second.image)

# %% [markdown]
# The truth comes from what was drawn; `Number` is the same grader that checks the worked cases.
#
# <!-- zh -->
#
# 标准答案来自画图时用的数据；`Number` 就是给各课题目评分的那个程序。

# %%
from decimal import Decimal
from qvq_nb.grading.number import Number

difference = abs(Decimal(first.truth) - Decimal(second.truth))
target = Number(str(difference), accepts=("yuan", "元"))
print(first.truth, second.truth, difference)

# %%
question = {
    "en": "How much more tax is on the invoice with the higher total tax amount?",
    "zh": "两张发票的税额合计相差多少？",
}[language]
both = ask([first.image, second.image], question)
both

# %%
if both:
    finding = target.grade(both.final, language)
    print("✓" if finding.ok else "✗", finding.got, "|", target.expected)

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
for case in (first, second):
    answer = reasoner.ask(case)
    print("✓" if case.check(answer).ok else "✗", answer.final.strip(), "|", case.truth)

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
content = [{"type": "image"}, {"type": "image"}, {"type": "text", "text": question}]
print(processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True))

# %% [markdown]
# ## A clip
#
# A clip is a row of pictures. Here a ball moves along six cells; each state is held for two frames, since Qwen2-VL looks at frames in pairs.
#
# <!-- zh -->
#
# ## 一段短片
#
# 短片就是一串图片。下面有一个球在六个格子里移动；每个状态保持两帧，因为 Qwen2-VL 是两帧两帧地看的。

# %%
from PIL import Image, ImageDraw

def board(cell):
    picture = Image.new("RGB", (336, 112), "white")
    pen = ImageDraw.Draw(picture)
    for x in range(0, 336, 56):
        pen.rectangle((x + 4, 28, x + 52, 84), outline="black", width=2)
    pen.ellipse((56 * cell + 10, 38, 56 * cell + 46, 74), fill="#D55E00")
    return picture

# %%
cells = [0, 1, 1, 2, 3, 3, 2, 2]
clip = qvq.clip([board(cell) for cell in cells for _ in range(2)], fps=2)
clip

# %% [markdown]
# How many times does the ball jump to another cell? Count before you go on.
#
# <!-- zh -->
#
# 球一共跳到别的格子几次？先数一数，再往下看。

# %%
jumps = sum(here != there for here, there in zip(cells, cells[1:]))
jumps

# %%
question = {"en": "How many times does the ball jump to another cell?", "zh": "球跳到别的格子几次？"}[language]
answer = ask(clip, question)
answer

# %% [markdown]
# `qvq-mini` knows no balls, so the kit answers in its place. It can be made to answer all the same: a clip fits its network, which is that of Qwen2-VL. It was never trained on one, though; the note says what such an answer is worth.
#
# <!-- zh -->
#
# `qvq-mini` 没学过球，所以由工具包代它回答。也可以让它硬答：它的网络结构就是 Qwen2-VL，短片放得进去。可是它从没学过看短片；这种答案值多少，附注里写着。

# %%
reasoner.refuses = False
answer = ask(clip, question)
if answer:
    print("✓" if Number(str(jumps)).grade(answer.final, language).ok else "✗", answer.final)
    print(*answer.notes, sep="\n")

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
    path = clip.save(Path(folder.name) / name)
    print(name, path.stat().st_size, "bytes:", qvq.clip(path, fps=1))

# %% [markdown]
# With one frame a second, each state appears once, and a pair mixes two states. Which jumps can no longer be told apart? `reasoner.ask("ball.mp4", question)` takes a path as well, with the kit's own limits.
#
# <!-- zh -->
#
# 每秒只取一帧时，每个状态只出现一次，一对帧里就混进了两个状态。这时哪些跳动就分不清了？`reasoner.ask("ball.mp4", 问题)` 也可以直接给路径，上限用工具包自带的。

# %% [markdown]
# ## What a clip costs
#
# Two frames take as many tokens as one picture of that size. For our ball: 8 pairs of 12 × 4 cells of 28 pixels.
#
# <!-- zh -->
#
# ## 一段短片要花多少
#
# 两帧合起来，花的 token 和一张同样大小的图一样多。我们的球：8 对，每对 12 × 4 格（每格 28 像素）。

# %%
print(clip.visual_tokens, 8 * 12 * 4)

# %% [markdown]
# Real clips are larger. The table says what they take on QVQ-72B: tokens, and the memory of the KV cache (lesson 02). Compare the rows of one minute: fewer frames, smaller frames, or more memory.
#
# <!-- zh -->
#
# 真实的短片要大得多。下表是它们在 QVQ-72B 上的花费：token 数，以及 KV 缓存（见第 02 课）占的内存。比较一分钟的那几行：要么少取几帧，要么缩小画面，要么多花内存。

# %%
from qvq_nb.display.clip_costs import clip_costs

clip_costs("qvq-72b")

# %% [markdown]
# ## Boxes
#
# "Where is it?" is answered with a box. Drawn by code, so the truth is known: left, top, right, bottom in pixels.
#
# <!-- zh -->
#
# ## 框
#
# “它在哪里？”要用框来回答。图是用代码画的，所以标准答案已知：左、上、右、下，单位像素。

# %%
from qvq_nb.media.boxes import Box, draw_boxes, read_boxes

truth = Box("A", 224, 84, 308, 154, form="drawn", counted_in="pixels")
scene = Image.new("RGB", (392, 280), "white")
pen = ImageDraw.Draw(scene)
pen.polygon([(266, 84), (308, 154), (224, 154)], fill="#D55E00")
pen.rectangle((56, 140, 126, 210), fill="#0072B2")
pen.ellipse((140, 28, 196, 84), fill="#009E73")
scene

# %%
reasoner.refuses = reasoner.profile.is_narrow
question = {"en": "Locate the red triangle: give its box.", "zh": "框出红色三角形。"}[language]
found = ask(scene, question)
found

# %%
boxes = read_boxes(found, scene.size, reasoner.profile.boxes_in_json) if found else []
print([round(box.overlap(truth), 2) for box in boxes] or "no box")
draw_boxes(scene, boxes)

# %% [markdown]
# ## One place, three ways to write it
#
# Qwen2-VL (and QVQ) count in thousandths of width and height, between special tokens; programs that drop these leave bare pairs. Newer relatives write JSON: Qwen3-VL in thousandths, Qwen2.5-VL in pixels of the picture as it was resized for the model. These three texts mean our triangle; they are written by hand, no model made them.
#
# <!-- zh -->
#
# ## 同一个地方，三种写法
#
# Qwen2-VL（和 QVQ）把宽、高各分成一千份来数，写在特殊 token 之间；有的程序会丢掉这些 token，只剩下光秃秃的坐标。较新的同族模型写 JSON：Qwen3-VL 按千分数，Qwen2.5-VL 按缩放后图片的像素。下面三段文字指的都是我们的三角形；它们是手写的，不是哪个模型写的。

# %%
tokens = "<|object_ref_start|>A<|object_ref_end|><|box_start|>(571,300),(786,550)<|box_end|>"
pairs = "A(571,300),(786,550)"
as_json = '```json\n[{"bbox_2d": [224, 84, 308, 154], "label": "A"}]\n```'

for text, counts in ((tokens, "thousandths"), (pairs, "thousandths"), (as_json, "resized pixels")):
    (box,) = read_boxes(text, scene.size, counts)
    print(box.form, "·", box.counted_in, "·", round(box.overlap(truth), 3))

# %%
draw_boxes(scene, read_boxes(tokens, scene.size))

# %% [markdown]
# ## A trap
#
# The numbers do not say how they count. Read the JSON as thousandths, and the box is somewhere else, without any error. It is tempting to take whichever reading fits better; but then a wrong box can become a right one. So the kit decides by the form and by what is known of the model (`profile.boxes_in_json`).
#
# <!-- zh -->
#
# ## 一个陷阱
#
# 数字本身不会说明它按什么来数。把那段 JSON 当成千分数来读，框就跑到别处去了，而且不会报错。哪种读法更像就用哪种，听起来省事，可那样错的框也会被“读”成对的。所以工具包只看写法，以及对这个模型的了解（`profile.boxes_in_json`）。

# %%
(misread,) = read_boxes(as_json, scene.size, "thousandths")
print(misread.overlap(truth))
draw_boxes(scene, [truth, misread])

# %% [markdown]
# ## What you have learned
#
# * Several pictures come in order; a model that was trained on one at a time mixes them up. Steps can be checked one by one.
# * A clip is pairs of frames: few frames a second, two frames for the price of one picture, and a budget for the whole.
# * A box is four numbers and a convention. Overlap (shared area ÷ joined area) says how good it is.
#
# <!-- zh -->
#
# ## 小结
#
# * 多张图按顺序看；只学过看单张图的模型会把它们混在一起。分步做，每步都能核对。
# * 短片是一对一对的帧：每秒只取几帧，两帧花一张图的 token，整段还有总预算。
# * 框是四个数加一种约定。重叠度（公共面积 ÷ 合并面积）说明它有多准。

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
# **You are through.** Try your own pictures and clips: `reasoner.ask(["a.jpg", "b.jpg"], "…")`, `reasoner.ask("clip.mp4", "…")`.
#
# <!-- zh -->
#
# **全部学完了。** 用自己的图片和短片试试：`reasoner.ask(["a.jpg", "b.jpg"], "……")`、`reasoner.ask("clip.mp4", "……")`。
