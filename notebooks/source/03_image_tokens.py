# %% [markdown]
# # 03 · How an image becomes tokens
#
# {{needs}}
#
# **After this lesson you can**
# * follow a picture from pixels to patches to visual tokens;
# * compute how many tokens a picture costs, and limit them;
# * avoid a trap: a size limit that is silently ignored.
#
# <!-- zh -->
#
# # 03 · 图像怎样变成 token
#
# {{needs}}
#
# **学完本课，你能够**
# * 看清一张图从像素到小块、再到视觉 token 的全过程；
# * 算出一张图要花多少 token，并给它设上限；
# * 避开一个陷阱：尺寸限制设了，却悄悄不起作用。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## A picture and its processor
#
# The processor is the part of the model folder that turns pictures into numbers. `inside.processor` is the plain transformers object. A model behind an address shows nobody its inside; then this lesson opens `qvq-mini`, which is on every disk.
#
# <!-- zh -->
#
# ## 图片与处理器
#
# 处理器是模型文件夹里负责把图片变成数字的部分。`inside.processor` 就是 transformers 的那个对象。地址后面的模型不让人看内部；那样的话，本课就打开 `qvq-mini`，它在每台机器上都有。

# %%
reasoner = qvq.load(model)
inside = reasoner if reasoner.engine.can.show_inside else qvq.load("qvq-mini")
case = qvq.case("chart", language=language)
display(case.image)
print(case.image.size)

# %%
image_processor = inside.processor.image_processor
patch, merge = image_processor.patch_size, image_processor.merge_size
cell = patch * merge
print(patch, merge, cell)

# %% [markdown]
# ## Cut into cells
#
# The picture is first resized so that both sides are multiples of 28. Then it is cut into patches of 14 × 14 pixels, and 2 × 2 patches become one visual token: one cell of 28 × 28 pixels.
#
# <!-- zh -->
#
# ## 切成格子
#
# 先把图缩放到宽、高都是 28 的倍数，再切成 14 × 14 像素的小块；每 2 × 2 个小块合成一个视觉 token，也就是 28 × 28 像素的一格。

# %%
inputs = image_processor(images=[case.image], return_tensors="pt")
frames, rows, columns = inputs["image_grid_thw"][0].tolist()
print(frames, rows, columns)
print(tuple(inputs["pixel_values"].shape))

# %% [markdown]
# `image_grid_thw` counts patches: time, height, width. Each row of `pixel_values` is one patch: 3 colours × 2 frames × 14 × 14 pixels. (A still picture is shown twice: the model was also made for video.)
#
# <!-- zh -->
#
# `image_grid_thw` 按小块计数：时间、高、宽。`pixel_values` 的每一行是一个小块：3 种颜色 × 2 帧 × 14 × 14 像素。（静止图会被重复成两帧，因为这种模型也能看视频。）

# %%
print(3 * image_processor.temporal_patch_size * patch * patch)
visual_tokens = frames * rows * columns // merge**2
visual_tokens

# %% [markdown]
# Here is the grid over the picture. One cell is all that one token knows at first.
#
# <!-- zh -->
#
# 把格子画到图上看看。起初，一个 token 只知道自己那一格里的内容。

# %%
from PIL import ImageDraw

def with_grid(image, rows, columns):
    picture = image.convert("RGB").resize((columns * cell, rows * cell))
    pen = ImageDraw.Draw(picture)
    for x in range(0, picture.width, cell):
        pen.line([(x, 0), (x, picture.height)], fill="red")
    for y in range(0, picture.height, cell):
        pen.line([(0, y), (picture.width, y)], fill="red")
    return picture

# %%
with_grid(case.image, rows // merge, columns // merge)

# %% [markdown]
# A number on the border of two cells is read from two tokens. Small print fills a cell with many strokes and is hard to read, for every model of this kind.
#
# <!-- zh -->
#
# 压在格线上的数字要靠两个 token 合起来读。字太小，一格里笔画就挤成一团，这类模型都会觉得难认。

# %% [markdown]
# ## Where the picture sits in the text
#
# The chat template wrote `<|image_pad|>` once. The processor repeats it, once per visual token.
#
# <!-- zh -->
#
# ## 图片在文字中的位置
#
# 对话模板里只写了一个 `<|image_pad|>`，处理器会把它重复展开：有几个视觉 token，就有几个。

# %%
content = [{"type": "image"}, {"type": "text", "text": case.question}]
messages = [{"role": "user", "content": content}]
prompt = inside.processor.apply_chat_template(messages, add_generation_prompt=True)
inputs = inside.processor(text=[prompt], images=[case.image], return_tensors="pt")
tokens = [inside.processor.decode([number]) for number in inputs["input_ids"][0].tolist()]

# %%
from itertools import groupby

for token, group in groupby(tokens):
    count = len(list(group))
    print(repr(token) if count == 1 else f"{token} × {count}", end="  ")

# %%
tokens.count("<|image_pad|>") == visual_tokens

# %% [markdown]
# ## Where a token sits in the picture
#
# Text has one position: first, second, third. A picture has rows and columns, so each token gets three numbers: time, row, column. For text all three are equal. This is called *mrope*.
#
# <!-- zh -->
#
# ## token 在图中的位置
#
# 文字只有一个位置：第一、第二、第三……图片有行有列，所以每个 token 有三个数：时间、行、列。对文字来说，三个数相同。这种做法叫 *mrope*。

# %%
positions, _ = inside.model.model.get_rope_index(
    input_ids=inputs["input_ids"],
    mm_token_type_ids=inputs["mm_token_type_ids"],
    image_grid_thw=inputs["image_grid_thw"],
)
tuple(positions.shape)

# %% [markdown]
# A few tokens around the beginning and the end of the picture: name, time, row, column.
#
# <!-- zh -->
#
# 看看图片开头和结尾附近的几个 token：名称、时间、行、列。

# %%
first = tokens.index("<|image_pad|>")
last = first + visual_tokens - 1
row_length = columns // merge
for index in [first - 1, first, first + 1, first + row_length, last, last + 1, last + 2]:
    print(f"{tokens[index]:18}", positions[:, 0, index].tolist())

# %% [markdown]
# The next word after the picture goes on after the largest number, not after the count of tokens: a picture takes few positions, even if it takes many tokens.
#
# <!-- zh -->
#
# 图片之后的文字，从图中最大的位置数接着往下数，而不是从 token 的个数接着数：图片可能占很多 token，占的位置数却不多。

# %% [markdown]
# ## What larger pictures cost
#
# No picture is needed for this: width and height decide. The published limits of the big model are 4 and 16,384 visual tokens. A screen, an A4 page at 300 dpi, a photo with 12 megapixels:
#
# <!-- zh -->
#
# ## 更大的图要花多少
#
# 算这个不需要真有图，宽和高就够了。大模型公布的下限和上限是 4 和 16,384 个视觉 token。一张屏幕截图、一页 300 dpi 的 A4 扫描件、一张 1200 万像素的照片：

# %%
from qvq_nb.media import resize

for width, height in [case.image.size, (1920, 1080), (2480, 3508), (4032, 3024)]:
    print(f"{width:4} x {height:4}", resize.visual_tokens(width, height, 4, 16_384))

# %% [markdown]
# Each of these tokens is paid for in time and in memory (lesson 02). A *budget* limits them: the picture is made smaller until it fits.
#
# <!-- zh -->
#
# 每个 token 都要花时间和内存（见第 02 课）。设一个*预算*就能限制它：把图缩小到放得下为止。

# %%
for budget in (16_384, 4_096, 1_280, 256):
    print(f"{budget:6}", resize.visual_tokens(2480, 3508, 4, budget))

# %% [markdown]
# ## A trap
#
# The budget can be given when loading, so the documentation suggests. With the published layout of these models it is **silently ignored**. See for yourself: the grid does not change. (We hand over a copy of the two numbers, because loading even overwrites them.)
#
# <!-- zh -->
#
# ## 一个陷阱
#
# 看文档，预算似乎可以在载入时给出。但对这类模型公布的文件布局，它会被**悄悄忽略**。自己看看：格子数没有变。（这里传的是副本，因为载入时连传进去的两个数都会被改掉。）

# %%
from transformers import AutoProcessor
from qvq_nb.paths import data_folder

folder = data_folder() / "qvq-mini"
small = {"shortest_edge": 4 * cell**2, "longest_edge": 40 * cell**2}
ignored = AutoProcessor.from_pretrained(folder, size=dict(small)).image_processor
print(ignored(images=[case.image])["image_grid_thw"])

# %% [markdown]
# Set after loading, it works. (The two numbers are pixels, whatever their names say.)
#
# <!-- zh -->
#
# 载入之后再设置，就有效了。（别看名字叫“边”，这两个数其实是像素总数。）

# %%
ignored.size = small
print(ignored(images=[case.image])["image_grid_thw"])

# %% [markdown]
# The kit does this for you: `visual_tokens=(least, most)`.
#
# <!-- zh -->
#
# 工具包替你做了这件事：`visual_tokens=(下限, 上限)`。

# %% [markdown]
# ## Fewer tokens, worse reading?
#
# The same question, first with the whole picture, then with a small budget. How do the answers compare with the truth?
#
# <!-- zh -->
#
# ## token 少了，会读得更差吗？
#
# 同一个问题，先给整张图，再给很小的预算。两个答案与标准答案相比如何？

# %%
sharp = reasoner.ask(case)
print(sharp.visual_tokens, sharp.seconds)
case.check(sharp)

# %%
coarse = reasoner.ask(case, visual_tokens=(4, 40))
print(coarse.visual_tokens, coarse.seconds)
case.check(coarse)

# %% [markdown]
# This is roughly what is left to see with the small budget:
#
# <!-- zh -->
#
# 预算很小时，图上大致只剩下这些可看：

# %%
grid = ignored(images=[case.image])["image_grid_thw"][0]
height, width = (int(grid[axis]) * patch for axis in (1, 2))
case.image.resize((width, height)).resize(case.image.size)

# %% [markdown]
# ## What you have learned
#
# * 14 × 14 pixels are a patch, 2 × 2 patches a token; both sides are rounded to 28.
# * Tokens grow with the area of the picture. A budget keeps time and memory in bounds, at the price of sharpness.
# * Set the budget after loading, and look at the grid to be sure.
#
# <!-- zh -->
#
# ## 小结
#
# * 14 × 14 像素是一个小块，2 × 2 个小块是一个 token；宽高都取整到 28 的倍数。
# * token 数随图的面积增长。设预算能控制时间和内存，代价是清晰度。
# * 预算要在载入之后设置，并看一眼格子数，确认它真的生效。

# %% [markdown]
# ## Exercise
#
# A scan has 1000 × 700 pixels. How many visual tokens does it cost without a budget? Work it out on paper (round each side to the nearest multiple of 28), then write `mine = …`; the last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 一张扫描图有 1000 × 700 像素，不设预算要花多少视觉 token？先在纸上算（每边取最接近的 28 的倍数），再写出 `mine = …`，最后一个单元格会检查。

# %%
mine = None

# %% tags=["solution"]
# mine = …
mine = round(1000 / 28) * round(700 / 28)

# %%
mine == resize.visual_tokens(1000, 700, 4, 16_384)

# %% [markdown]
# **Next:** [04 · Recognition](04_recognition.ipynb): how many pelicans are there?
#
# <!-- zh -->
#
# **下一课：** [04 · 识别](04_recognition.ipynb)：图里有几只鹈鹕？
