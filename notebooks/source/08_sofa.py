# %% [markdown]
# # 08 · Sofa: from measures to a volume
#
# {{needs}}
#
# **After this lesson you can**
# * ask for a quantity that is computed from several measures in a picture;
# * compute it in two ways, and use the second to check the first;
# * tell a slip of arithmetic from a slip of reading, and mind the units.
#
# <!-- zh -->
#
# # 08 · 沙发：由尺寸求体积
#
# {{needs}}
#
# **学完本课，你能够**
# * 提出一个要用图中多个尺寸来计算的问题；
# * 用两种方法计算，拿第二种检验第一种；
# * 分清是算错还是读错，并留意单位。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# An L-shaped corner sofa. The lengths of both sides are measured at the outside, so the corner belongs to both: count it once.
#
# <!-- zh -->
#
# ## 看图
#
# 一张 L 形转角沙发。两条边的长度都是沿外侧量的，所以转角同时属于两边：只能算一次。

# %%
reasoner = qvq.load(model)
case = qvq.case("sofa", language=language)
case.image

# %% [markdown]
# ## Question, answer, truth
#
# The sofa is taken as an L-shaped block: base area times height.
#
# <!-- zh -->
#
# ## 提问、回答、核对
#
# 把沙发看成一个 L 形柱体：底面积乘以高。

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %%
print(answer.thinking)

# %% [markdown]
# ## Read right?
#
# The four measures, and whether they occur in the thinking.
#
# <!-- zh -->
#
# ## 读对了吗？
#
# 四个尺寸，有没有出现在思考过程里。

# %%
for name in ("long", "short", "depth", "height"):
    centimetres = case.facts[name]
    print("✓" if str(centimetres) in answer.thinking else "✗", name, centimetres)

# %% [markdown]
# ## First way: add two boxes
#
# The long section, and what the short one adds to it.
#
# <!-- zh -->
#
# ## 方法一：两个长方体相加
#
# 长的一段，再加上短边多出来的一段。

# %%
long, short, depth, height = (case.facts[name] for name in ("long", "short", "depth", "height"))
long_section = long * depth * height
rest = (short - depth) * depth * height
print(long_section, rest, long_section + rest)

# %% [markdown]
# ## Second way: take a piece away
#
# The whole rectangle, less the empty corner in front.
#
# <!-- zh -->
#
# ## 方法二：整体减去一块
#
# 整个长方体，减去前面空着的那个角。

# %%
whole = long * short * height
empty = (long - depth) * (short - depth) * height
print(whole, empty, whole - empty)

# %%
str(whole - empty) == case.facts["answer"] == str(long_section + rest)

# %% [markdown]
# ## What a slip looks like
#
# Known slips give known numbers. If the model's answer is among them, you know what went wrong.
#
# <!-- zh -->
#
# ## 典型的错误长什么样
#
# 常见的错误会得出固定的数。模型的答案要是正好在其中，就知道它错在哪儿了。

# %%
names = {
    "en": ("corner twice", "no corner", "full box", "area only"),
    "zh": ("转角算了两次", "漏了转角", "整个长方体", "只算了面积"),
}[language]
numbers = (
    (long + short) * depth * height,
    (long + short - 2 * depth) * depth * height,
    long * short * height,
    long * depth + (short - depth) * depth,
)
for name, number in zip(names, numbers):
    print(number, name)

# %% [markdown]
# The grader says which number it read in the answer:
#
# <!-- zh -->
#
# 评分程序会告诉你，它从回答里读到的是哪个数：

# %%
verdict = case.check(answer)
print(verdict.got, "|", verdict.expected)

# %% [markdown]
# ## Units
#
# A volume is written with its unit. One cubic metre is 1,000,000 cubic centimetres, one litre is 1,000. The grader converts, and it does not accept an area.
#
# <!-- zh -->
#
# ## 单位
#
# 写体积要带单位。1 立方米是 1,000,000 立方厘米，1 升是 1,000 立方厘米。评分程序会换算，但不接受面积。

# %%
volume = int(case.facts["answer"])
for text in [f"{volume} cm³", f"{volume / 1e6} m³", f"{volume / 1000} L", f"{volume:,} cm³", f"{volume} m³", f"{volume} cm²"]:
    print("✓" if case.check(text).ok else "✗", text)

# %% [markdown]
# ## Fresh sofas
#
# Never seen in training. Four answers prove little: see how far apart `low` and `high` are.
#
# <!-- zh -->
#
# ## 没见过的沙发
#
# 训练时从未见过。四道题说明不了多少问题：看看 “下限”和“上限” 隔得多远。

# %%
qvq.evaluate(reasoner, "sofa", seeds=4, languages=language)

# %%
fresh = qvq.case("sofa", seed=10_000_003, language=language)
fresh.image

# %% [markdown]
# ## What you have learned
#
# * Two ways to the same number are worth more than one way done twice.
# * A wrong number often tells which slip made it.
# * Without a unit, a volume is only a number.
#
# <!-- zh -->
#
# ## 小结
#
# * 用两种方法得到同一个数，胜过用一种方法算两遍。
# * 错误的数常常能说明错在哪一步。
# * 没有单位，体积只是一个数。

# %% [markdown]
# ## Exercise
#
# How many litres has the sofa in the picture just above? Write `mine = "… L"`; the grader checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 上面这张图里的沙发是多少升？写出 `mine = "… L"`，由评分程序检查。

# %%
mine = ""

# %% tags=["solution"]
# mine = "… L"
long, short, depth, height = (fresh.facts[name] for name in ("long", "short", "depth", "height"))
volume = (long * short - (long - depth) * (short - depth)) * height
mine = f"{volume / 1000} L"

# %%
fresh.check(mine).ok

# %% [markdown]
# **Next:** [09 · Derivative](09_derivative.ipynb): a table, a rule, and one row that counts.
#
# <!-- zh -->
#
# **下一课：** [09 · 求导](09_derivative.ipynb)：一张表，一条法则，只有一行管用。
