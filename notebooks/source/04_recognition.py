# %% [markdown]
# # 04 · Recognition: how many pelicans?
#
# {{needs}}
#
# **After this lesson you can**
# * let a model count things in a picture and check the count;
# * say where counting gets hard: things cut off by the edge, and things that look alike;
# * say what a handful of right answers proves, and what it does not.
#
# <!-- zh -->
#
# # 04 · 识别：有几只鹈鹕？
#
# {{needs}}
#
# **学完本课，你能够**
# * 让模型数图里的东西，并核对数目；
# * 说出数数难在哪里：被边缘切掉的，以及长得像的；
# * 说清楚答对几道题能说明什么、不能说明什么。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# Pelicans on a quay. Count them yourself first. What do you do with the ones at the edge?
#
# <!-- zh -->
#
# ## 看图
#
# 码头上的鹈鹕。先自己数一数。边上那几只，你怎么算？

# %%
reasoner = qvq.load(model)
case = qvq.case("recognition", language=language)
case.image

# %% [markdown]
# ## Question, answer, truth
#
# A bird of which only a part is in the picture is still in the picture: it counts.
#
# <!-- zh -->
#
# ## 提问、回答、核对
#
# 只露出一部分的鸟也在图里，所以也要算。

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %% [markdown]
# ## How the model counts
#
# `qvq-mini` goes from left to right and names each bird with the column where it stands: columns of 28 pixels, the width of one visual token (lesson 03). Then it goes over the pelicans once more and numbers them.
#
# <!-- zh -->
#
# ## 模型是怎么数的
#
# `qvq-mini` 从左数到右，说出每只鸟在第几列；一列宽 28 像素，正好是一个视觉 token 的宽度（见第 03 课）。然后它把鹈鹕再核对一遍，逐只编号。

# %%
print(answer.thinking)

# %% [markdown]
# ## Where the truth comes from
#
# The picture was drawn by code, so every bird and its place is known. `facts` holds them: column, name, pixels from the left. The answer is counted, not written by hand.
#
# <!-- zh -->
#
# ## 标准答案从哪里来
#
# 图是用代码画的，每只鸟和它的位置都清清楚楚，记在 `facts` 里（下面依次是：第几列、名称、离左边多少像素）。标准答案是数出来的，不是手写的。

# %%
birds = case.facts["birds"]
last_column = case.image.width // 28 - 1
for bird in birds:
    print(min(bird["x"] // 28, last_column), bird["name"], "x =", bird["x"])
print(sum(bird["name"] == "pelican" for bird in birds))

# %% [markdown]
# ## Cut off by the edge
#
# Which birds reach beyond the picture? `HALF_LENGTH` is how far a bill reaches from the middle of a bird of size 1.
#
# <!-- zh -->
#
# ## 被边缘切掉的鸟
#
# 哪些鸟伸到了图外？`HALF_LENGTH` 是大小为 1 的鸟从中心到喙尖的距离。

# %%
from qvq_nb.cases.scenes.recognition import HALF_LENGTH

def is_cut(bird):
    reach = HALF_LENGTH * bird["size"]
    return bird["x"] - reach < 0 or bird["x"] + reach > case.image.width

whole = [bird for bird in birds if not is_cut(bird)]
print(len(whole), len(birds) - len(whole))

# %% [markdown]
# Cut the picture with scissors between the whole ones and the others. Now there is less to see, and the truth is another.
#
# <!-- zh -->
#
# 拿“剪刀”从完整的鸟和被切掉的鸟之间剪开。图里的东西变少了，标准答案也跟着变。

# %%
edge = max(bird["x"] + HALF_LENGTH * bird["size"] for bird in whole)
cropped = case.image.crop((0, 0, round(edge) + 4, case.image.height))
cropped

# %%
from qvq_nb.cases import case_of

facts = {**case.facts, "birds": whole, "answer": str(len(whole))}
smaller = case_of("recognition", facts, cropped, language)
verdict = smaller.check(reasoner.ask(smaller))
print("✓" if verdict.ok else "✗", smaller.truth, "|", verdict.got)

# %% [markdown]
# If the answer did not change with the picture, the model did not look. If it changed to something wrong, remember that most of the pictures that `qvq-mini` was trained on are wider.
#
# <!-- zh -->
#
# 如果图变了答案却没变，说明模型没在看图。如果变成了错的，别忘了：`qvq-mini` 训练时见过的图大多比这宽。

# %% [markdown]
# ## Fresh pictures
#
# Seeds from 10,000,000 upwards were never used for training. Here gulls, herons and ducks may stand among the pelicans. `evaluate` draws the first four of these pictures, asks, and checks. Left of the bar the truth, right of it what the grader read in the answer.
#
# <!-- zh -->
#
# ## 没见过的图
#
# 10,000,000 及以上的种子从未用于训练。这里鹈鹕中间可能混着海鸥、苍鹭和鸭子。`evaluate` 画出其中头四张，逐张提问并核对。竖线左边是标准答案，右边是评分程序从回答里读到的内容。

# %%
four = qvq.evaluate(reasoner, "recognition", seeds=4, languages=language)
for row in four.rows:
    print("✓" if row["ok"] else "✗", row["seed"], row["expected"], "|", row["got"])

# %%
fresh = qvq.case("recognition", seed=10_000_003, language=language)
fresh.image

# %% [markdown]
# Four pictures are few. The 95 % interval (Wilson), from `low` to `high`, says how far off the true share of right answers may be.
#
# <!-- zh -->
#
# 四张图太少了。95 % 置信区间（Wilson 区间，从“下限”到“上限”）告诉你，真正的正确率可能在多大范围里。

# %%
four

# %% [markdown]
# For a figure worth quoting take many seeds, in a terminal:
#
# ```bash
# qvq-nb evaluate --family recognition --seeds 10000000:10000200
# ```
#
# <!-- zh -->
#
# 想得到拿得出手的数字，就在终端里多跑一些种子：
#
# ```bash
# qvq-nb evaluate --family recognition --seeds 10000000:10000200
# ```

# %% [markdown]
# ## What you have learned
#
# * Counting means finding each thing once; edges and look-alikes make it hard.
# * Change the picture, and the answer must change with it.
# * A few right answers leave a wide interval.
#
# <!-- zh -->
#
# ## 小结
#
# * 数数就是把每样东西不多不少找出一次；难在边缘和相似物。
# * 图变了，答案就得跟着变。
# * 只答对几道题，区间还是很宽。

# %% [markdown]
# ## Exercise
#
# Count for yourself: how many pelicans and how many other birds are in this picture? Write `mine = (pelicans, others)`; the last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 自己数一数：这张图里有几只鹈鹕、几只别的鸟？写出 `mine = (鹈鹕, 其他)`，最后一个单元格会检查。

# %%
puzzle = qvq.case("recognition", seed=10_000_008, language=language)
mine = None
puzzle.image

# %% tags=["solution"]
# mine = (…, …)
names = [bird["name"] for bird in puzzle.facts["birds"]]
pelicans = names.count("pelican")
mine = (pelicans, len(names) - pelicans)

# %%
pelicans = int(puzzle.facts["answer"])
mine == (pelicans, len(puzzle.facts["birds"]) - pelicans)

# %% [markdown]
# **Next:** [05 · Invoice](05_invoice.ipynb): reading numbers that must add up.
#
# <!-- zh -->
#
# **下一课：** [05 · 发票](05_invoice.ipynb)：读一张数字必须对得上的表。
