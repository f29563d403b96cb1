# %% [markdown]
# # 09 · Derivative: a table and a rule
#
# {{needs}}
#
# **After this lesson you can**
# * ask a question that needs one row of a table and one rule of calculus;
# * verify the product rule with computer algebra;
# * find out from a wrong answer which row or which rule was mistaken.
#
# <!-- zh -->
#
# # 09 · 求导：一张表和一条法则
#
# {{needs}}
#
# **学完本课，你能够**
# * 提出一个既要查表中一行、又要用一条求导法则的问题；
# * 用计算机代数验证乘积法则；
# * 从错误答案反推：是看错了行，还是用错了法则。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# Values of two functions and of their derivatives at five places. The functions themselves are unknown, and not needed.
#
# <!-- zh -->
#
# ## 看图
#
# 两个函数及其导数在五个点上的值。函数本身是什么不知道，也不需要知道。

# %%
reasoner = qvq.load(model)
case = qvq.case("derivative", language=language)
case.image

# %% [markdown]
# ## Question, answer, truth
#
# Only one row of the table matters. Which one?
#
# <!-- zh -->
#
# ## 提问、回答、核对
#
# 表里只有一行用得上。是哪一行？

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %%
print(answer.thinking)

# %% [markdown]
# ## The product rule
#
# $$h'(x) = f'(x)\,g(x) + f(x)\,g'(x)$$
#
# With the row that was asked for:
#
# <!-- zh -->
#
# ## 乘积法则
#
# $$h'(x) = f'(x)\,g(x) + f(x)\,g'(x)$$
#
# 代入所问的那一行：

# %%
table = {row["x"]: row for row in case.facts["table"]}
row = table[case.facts["x"]]
first, second = row["f'"] * row["g"], row["f"] * row["g'"]
print(first, second, first + second)
print(str(first + second) == case.truth)

# %% [markdown]
# ## Verified by computer algebra
#
# We do not know $f$ and $g$. Near $x$ only their value and slope matter, so take the straight lines that have them, multiply, and let sympy differentiate.
#
# <!-- zh -->
#
# ## 用计算机代数验证
#
# 我们不知道 $f$ 和 $g$。在这一点附近，起作用的只有函数值和斜率；那就取具有同样值和斜率的直线，相乘，让 sympy 求导。

# %%
import sympy

x = sympy.Symbol("x")
place = case.facts["x"]
f = row["f"] + row["f'"] * (x - place)
g = row["g"] + row["g'"] * (x - place)
print(sympy.expand(f * g))
print(sympy.diff(f * g, x).subs(x, place))

# %% [markdown]
# Do curved functions give the same? Bend both lines as you like: the derivative at this place stays.
#
# <!-- zh -->
#
# 换成弯的曲线还一样吗？随便把两条直线掰弯，这一点的导数也不变。

# %%
a, b = sympy.symbols("a b")
bent = (f + a * (x - place) ** 2) * (g + b * (x - place) ** 2)
sympy.diff(bent, x).subs(x, place)

# %% [markdown]
# ## Which slip?
#
# The same rule on the other rows, and other rules on the right row. If the model's number is in one of these lists, you know what went wrong.
#
# <!-- zh -->
#
# ## 错在哪里？
#
# 先把同一条法则用到其他行，再把别的“法则”用到正确的行。模型的数要是出现在其中，就知道它错在哪儿了。

# %%
for other_x, other in table.items():
    print("x =", other_x, "|", other["f'"] * other["g"] + other["f"] * other["g'"])

# %%
print("f'·g'       ", row["f'"] * row["g'"])
print("f'·g - f·g' ", first - second)
print("f' + g'     ", row["f'"] + row["g'"])
print("f·g         ", row["f"] * row["g"])

# %%
verdict = case.check(answer)
print(verdict.got, "|", verdict.expected)

# %% [markdown]
# ## Was the row read right?
#
# The four numbers of the row that counts, and the line of the thinking that names them.
#
# <!-- zh -->
#
# ## 这一行读对了吗？
#
# 列出管用那一行的四个数，再看思考过程里提到它的句子。

# %%
print(row)
wanted = f"x={case.facts['x']}"
for line in answer.thinking.splitlines():
    if wanted in line.replace(" ", ""):
        print(line)

# %% [markdown]
# ## Less time to think
#
# A thinking budget cuts the thinking after so many tokens and asks for the final answer. Nothing was read yet at 0; at the end the row has been read twice and the rule applied. Some servers cannot go on from a text that was cut; the kit then says which can.
#
# <!-- zh -->
#
# ## 少想一会儿
#
# 思考预算在若干个 token 之后截断思考，直接要最终答案。预算为 0 时什么都还没读；到了最后，那一行已经读了两遍，法则也用上了。有些服务器不能从截断处接着写，那时工具包会说明哪些能。

# %%
for budget in (0, 50, 100, 150, 200):
    try:
        short = reasoner.ask(case, thinking_budget=budget)
    except qvq.QvqError as error:
        print(error)
        break
    verdict = case.check(short)
    print(budget, "✓" if verdict.ok else "✗", verdict.got)

# %% [markdown]
# ## Fresh tables
#
# Never seen in training. Four answers prove little: see how far apart `low` and `high` are.
#
# <!-- zh -->
#
# ## 没见过的表
#
# 训练时从未见过。四道题说明不了多少问题：看看 “下限”和“上限” 隔得多远。

# %%
qvq.evaluate(reasoner, "derivative", seeds=4, languages=language)

# %%
fresh = qvq.case("derivative", seed=10_000_003, language=language)
fresh.image

# %% [markdown]
# ## What you have learned
#
# * A long table, one row: finding it is half of the answer.
# * The derivative of a product needs only values and slopes at one place.
# * Compute the typical slips, and a wrong answer explains itself.
#
# <!-- zh -->
#
# ## 小结
#
# * 表再长也只用一行，找对这一行就成功了一半。
# * 乘积的导数只需要一个点上的函数值和斜率。
# * 把典型错误都算出来，错误答案自己就会“招供”。

# %% [markdown]
# ## Exercise
#
# For the table of the canonical case: k(x) = f(x) / g(x). Find k'(2) with the quotient rule and write `mine = …`; sympy checks it in the last cell.
#
# <!-- zh -->
#
# ## 练习
#
# 还用本课开头那张表：k(x) = f(x) / g(x)。用商的求导法则求 k'(2)，写出 `mine = …`，最后一个单元格用 sympy 检查。

# %%
mine = None

# %% tags=["solution"]
# mine = …
mine = (row["f'"] * row["g"] - row["f"] * row["g'"]) / row["g"] ** 2

# %%
mine == float(sympy.diff(f / g, x).subs(x, place))

# %% [markdown]
# **Next:** [10 · Ask a larger model](10_larger_model.ipynb): the same cells on a model that does not fit here.
#
# <!-- zh -->
#
# **下一课：** [10 · 向更大的模型提问](10_larger_model.ipynb)：同样的格子，跑一个这台机器放不下的模型。
