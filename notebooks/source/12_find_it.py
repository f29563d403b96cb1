# %% [markdown]
# # 12 · Find it: a box, and what it counts in
#
# {{needs}}
#
# **After this lesson you can**
# * say where a thing is by a box, and draw boxes on a copy of the picture;
# * work out by hand how well two boxes agree;
# * tell in which numbers a box counts, and what happens when they are mixed up.
#
# <!-- zh -->
#
# # 12 · 找到它：一个框，和它的数法
#
# {{needs}}
#
# **学完本课，你能够**
# * 用一个框说出东西在哪里，并把框画在图的副本上；
# * 动手算出两个框有多吻合；
# * 分清框里的数按什么来数，以及混用会怎样。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# Six objects, drawn by code. The question asks for one of them.
#
# <!-- zh -->
#
# ## 看图
#
# 六个图形，用代码画的。问的是其中一个。

# %%
reasoner = qvq.load(model)
case = qvq.case("find", language=language)
print(case.question)
case.image

# %% [markdown]
# ## Your box first
#
# Qwen2-VL, and so QVQ, counts a box in thousandths: 0 is the left or upper edge, 1000 the right or lower one, whatever the size of the picture. Where is the object? Change the four numbers.
#
# <!-- zh -->
#
# ## 先画你的框
#
# Qwen2-VL（QVQ 也一样）按千分坐标写框：不管图有多大，左边缘和上边缘都是 0，右边缘和下边缘都是 1000。那个图形在哪里？把四个数改成你的。

# %%
left, top, right, bottom = 500, 0, 900, 400
yours = f"<|box_start|>({left},{top}),({right},{bottom})<|box_end|>"

# %% [markdown]
# The box is drawn on a copy; the picture itself stays as it was.
#
# <!-- zh -->
#
# 框画在副本上，原图不变。

# %%
from qvq_nb.media.boxes import Box, draw_boxes, read_boxes

draw_boxes(case.image, read_boxes(yours, case.image.size))

# %%
print(case.check(yours))

# %% [markdown]
# ## How well do two boxes agree?
#
# By their *IoU*, intersection over union: the area that both share, divided by the area that they cover together. Two squares of 100 × 100 pixels, the second 50 further to the right. On paper: what do they share, what do they cover together?
#
# <!-- zh -->
#
# ## 两个框有多吻合？
#
# 看*交并比*（IoU）：公共部分的面积，除以合起来盖住的面积。下面是两个 100 × 100 像素的正方形，第二个往右错开 50。先在纸上算：公共部分多大？合起来盖住多大？

# %%
from PIL import Image

def square(left):
    return Box("", left, 40, left + 100, 140, form="", counted_in="")

first, second = square(30), square(80)
draw_boxes(Image.new("RGB", (220, 170), "white"), [first, second])

# %% [markdown]
# They share a strip of 50 × 100. Counted twice it would be too much, so it is subtracted once: 5,000 / (10,000 + 10,000 − 5,000). Where two boxes do not touch, they share 0.
#
# <!-- zh -->
#
# 公共部分是 50 × 100 的一条。两个面积相加时它被算了两次，所以减去一次：5000 ÷（10000 + 10000 − 5000）。两个框不相交时，公共部分是 0。

# %%
def iou(one, other):
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(width, 0) * max(height, 0)
    return shared / (one.area + other.area - shared)

print(5_000 / 15_000)
print(iou(first, second))
print(first.overlap(second))

# %% [markdown]
# The last number is the kit's own. Off by half a side, the IoU is only a third; a thing usually counts as found from 0.5 on. How far may a square of 100 be off?
#
# <!-- zh -->
#
# 最后一个数是工具包自己算的。错开半条边，IoU 就只剩三分之一；通常以 0.5 为界，达到才算找到。边长 100 的正方形最多能错开多少？

# %%
for pixels in (0, 10, 20, 30, 33, 34, 40, 50, 100):
    print(pixels, round(iou(square(0), square(pixels)), 3))

# %% [markdown]
# ## The truth
#
# The drawing knows where it put the object: left, top, right, bottom in pixels. 1 is the truth, 2 is your box.
#
# <!-- zh -->
#
# ## 标准答案
#
# 图是代码画的，图形在哪里一清二楚：左、上、右、下，单位是像素。1 是标准答案，2 是你的框。

# %%
print(case.facts["answer"])
print(case.truth)
draw_boxes(case.image, read_boxes(case.truth + yours, case.image.size))

# %% [markdown]
# ## The model's box
#
# The same `ask` as everywhere. What a small model was never taught is not asked of it: then the kit's refusal stands here, and no box. With a model that can, from lesson 10, the same cells draw its box and grade it.
#
# <!-- zh -->
#
# ## 模型的框
#
# 还是同一个 `ask`。小模型没学过的，工具包不会拿去问它：这时下面是工具包的拒答，没有框。换成会的模型（见第 10 课），同样几格就会画出它的框并评分。

# %%
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %%
found = read_boxes(answer, case.image.size, reasoner.profile.boxes_in_json)
print(len(found))
draw_boxes(case.image, found)

# %% [markdown]
# ## One place, three ways to write it
#
# Special tokens round thousandths (Qwen2-VL, QVQ); the same without the tokens, which some programs drop; JSON, in thousandths for Qwen3-VL. Made from the truth by code, not by a model, so all three are right.
#
# <!-- zh -->
#
# ## 同一个地方，三种写法
#
# 特殊 token 夹着千分坐标（Qwen2-VL、QVQ）；有的程序丢掉了 token，只剩坐标；JSON，Qwen3-VL 在里面也用千分坐标。这三段由代码从标准答案生成，不是模型写的，所以都对。

# %%
import json
import re

numbers = [int(number) for number in re.findall(r"\d+", case.truth)]
for text in (case.truth, re.sub(r"<.*?>", "", case.truth), json.dumps({"bbox_2d": numbers})):
    print(text)
    print(case.check(text))

# %% [markdown]
# ## A right box, read wrongly
#
# Qwen2.5-VL writes the same JSON, but counts pixels of the picture *as it was resized for the model*. Here is the true box in such numbers. Nothing in them says how they count. What will the grader say, which reads thousandths?
#
# <!-- zh -->
#
# ## 框对了，读错了
#
# Qwen2.5-VL 也写这样的 JSON，数的却是*缩放后送进模型的那张图*的像素。下面用这种数写出标准答案。光看数字，看不出是哪一种。评分程序按千分坐标读，会怎么说？

# %%
in_pixels = json.dumps({"bbox_2d": case.facts["answer"]})
print(in_pixels)
print(case.check(in_pixels))

# %%
(misread,) = read_boxes(in_pixels, case.image.size, "thousandths")
(well_read,) = read_boxes(in_pixels, case.image.size, "resized pixels")
draw_boxes(case.image, [well_read, misread])

# %% [markdown]
# No error, just another place: 2 instead of 1. It is tempting to take whichever reading fits better; but then a wrong box can become a right one. The kit goes by the form and by what is known of the model (`profile.boxes_in_json`).
#
# <!-- zh -->
#
# 没有报错，只是换了地方：成了 2，而不是 1。哪种读法更像就用哪种，听起来省事，可那样错的框也会被“读”成对的。工具包只看写法，以及对这个模型的了解（`profile.boxes_in_json`）。

# %% [markdown]
# ## Pixels of which picture?
#
# The same drawing twice as large, asked about with at most 154 visual tokens (lesson 03), is made smaller first. So "pixels" may mean two things. Three readings of the same four numbers, and the IoU of each:
#
# <!-- zh -->
#
# ## 哪张图的像素？
#
# 同一张图放大一倍，提问时限定最多 154 个视觉 token（见第 03 课），它会先被缩小。所以“像素”可能有两种意思。同样四个数，三种读法，各自的 IoU：

# %%
from qvq_nb.media.resize import resized

large, budget = qvq.case("find", language=language, scale=2).image, (4, 154)
print(large.size, "→", resized(*large.size, *budget))

# %%
(truth,) = read_boxes(case.truth, large.size)
for counts, tokens in (("resized pixels", budget), ("resized pixels", None), ("thousandths", None)):
    (box,) = read_boxes(in_pixels, large.size, counts, tokens)
    print(f"{iou(box, truth):.2f}", [round(side) for side in (box.left, box.top, box.right, box.bottom)])

# %% [markdown]
# First with the budget that was used, then with the budget forgotten, then as thousandths. Only the first is on the object.
#
# <!-- zh -->
#
# 先按实际用的上限读，再假装忘了上限，最后当成千分坐标。只有第一种落在图形上。

# %% [markdown]
# ## What you have learned
#
# * A box is four numbers and a convention; the numbers alone do not say where.
# * IoU is the shared area divided by the joined one; from 0.5 on a thing counts as found.
# * A convention mixed up gives no error, only a wrong place. Know the model, and do not take what fits.
#
# <!-- zh -->
#
# ## 小结
#
# * 框是四个数加一种约定；光有数，说不出在哪里。
# * 交并比是公共面积除以合并面积；达到 0.5 才算找到。
# * 约定弄混了不会报错，只会指错地方。要了解模型，不要挑看着像的读法。

# %% [markdown]
# ## Exercise
#
# A fresh picture. Its object is known in pixels of this picture: `puzzle.facts["answer"]`. Write the box as QVQ would, in thousandths between its tokens: `mine = "<|box_start|>(…,…),(…,…)<|box_end|>"`. Or find the place by eye. The last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 一张新图。所问图形在这张图上的像素坐标是已知的：`puzzle.facts["answer"]`。照 QVQ 的写法，用千分坐标把框写进它的 token 里：`mine = "<|box_start|>(…,…),(…,…)<|box_end|>"`。也可以凭眼睛找。最后一个单元格会检查。

# %%
puzzle = qvq.case("find", seed=12, language=language)
mine = None
print(puzzle.question)
puzzle.image

# %% tags=["solution"]
# mine = …
width, height = puzzle.image.size
left, top, right, bottom = puzzle.facts["answer"]
across = [round(1000 * x / width) for x in (left, right)]
down = [round(1000 * y / height) for y in (top, bottom)]
mine = f"<|box_start|>({across[0]},{down[0]}),({across[1]},{down[1]})<|box_end|>"

# %%
verdict = puzzle.check(mine)
print(verdict)
verdict.ok

# %% [markdown]
# **Next:** [13 · A small agent](13_a_small_agent.ipynb): look, tap, and look again. Also ask a larger model (lesson 10) about your own pictures: `reasoner.ask("photo.jpg", "Locate the …")`, then `draw_boxes`.
#
# <!-- zh -->
#
# **下一课：** [13 · 小小智能体](13_a_small_agent.ipynb)：看，点，再看。也可以用自己的图片去问更大的模型（见第 10 课）：`reasoner.ask("photo.jpg", "框出……")`，再用 `draw_boxes` 画出来。
