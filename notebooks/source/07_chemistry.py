# %% [markdown]
# # 07 · Chemistry: what is filtrate E?
#
# {{needs}}
#
# **After this lesson you can**
# * ask for something that is not written in the picture and must be concluded;
# * follow the reaction behind it, and say why it is iron(II);
# * grade an answer that may come as a name or as a formula.
#
# <!-- zh -->
#
# # 07 · 化学：滤液E是什么？
#
# {{needs}}
#
# **学完本课，你能够**
# * 提出一个图上没写、必须推理才能回答的问题；
# * 理解背后的反应，说清楚为什么是亚铁；
# * 给答案评分，不论它写的是名称还是化学式。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# Copper is won from chalcopyrite: roast, leach with water, drive out the copper with iron powder. Follow the arrows to filtrate E.
#
# <!-- zh -->
#
# ## 看图
#
# 从黄铜矿提取铜：焙烧，水浸，再用铁粉置换出铜。顺着箭头走到滤液E。

# %%
reasoner = qvq.load(model)
case = qvq.case("chemistry", language=language)
case.image

# %% [markdown]
# ## Question, answer, truth
#
# Nowhere does the picture say what E contains. Three things in it decide: the reagent, the metal that is won, and the metal powder.
#
# <!-- zh -->
#
# ## 提问、回答、核对
#
# 图上没有写 E 里是什么。决定答案的有三样：所用的铵盐、被提取的金属、加入的金属粉。

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %%
print(answer.thinking)

# %% [markdown]
# ## What was read
#
# The names in the picture, and whether they occur in the thinking.
#
# <!-- zh -->
#
# ## 读到了什么
#
# 图中的几个名称，有没有出现在思考过程里。

# %%
from qvq_nb.cases.science import chemistry

facts = case.facts
names = [
    chemistry.ORES[facts["ore"]][language],
    chemistry.REAGENTS[facts["anion"]][language],
    chemistry.DISPLACERS[facts["displacer"]][language],
]
for name in names:
    print("✓" if name in answer.thinking else "✗", name)

# %% [markdown]
# ## The reaction
#
# Roasting with ammonium sulfate makes copper sulfate, which water dissolves: filtrate C. Iron is less noble than copper. It goes into solution and copper falls out:
#
# $$\mathrm{Fe + CuSO_4 \rightarrow FeSO_4 + Cu}$$
#
# What remains dissolved is filtrate E.
#
# <!-- zh -->
#
# ## 反应
#
# 和硫酸铵一起焙烧，得到能溶于水的硫酸铜，进入滤液C。铁比铜活泼，于是铁进入溶液，铜析出：
#
# $$\mathrm{Fe + CuSO_4 \rightarrow FeSO_4 + Cu}$$
#
# 留在溶液里的，就是滤液E。

# %% [markdown]
# The standard potentials (volts, from a textbook) say which metal drives out which: the one with the lower potential dissolves.
#
# <!-- zh -->
#
# 用标准电极电势（单位伏，见教科书）可以判断谁置换谁：电势低的进入溶液。

# %%
potential = {
    "magnesium": -2.37, "aluminium": -1.66, "zinc": -0.76, "iron": -0.44,
    "nickel": -0.26, "lead": -0.13, "copper": 0.34, "silver": 0.80,
}
potential[facts["displacer"]] < potential[facts["won"]]

# %% [markdown]
# ## Why iron(II) and not iron(III)?
#
# Iron(III) oxidises metallic iron, for its potential (0.77 V, to iron(II)) is higher than that of iron: $\mathrm{2\,Fe^{3+} + Fe \rightarrow 3\,Fe^{2+}}$. The iron powder is in *excess*, so no iron(III) can last. That little word in the picture decides.
#
# <!-- zh -->
#
# ## 为什么是亚铁，而不是三价铁？
#
# 三价铁会把金属铁氧化，因为它（还原成亚铁）的电势 0.77 V 比铁的高：$\mathrm{2\,Fe^{3+} + Fe \rightarrow 3\,Fe^{2+}}$。铁粉是*过量*的，三价铁留不住。决定答案的，正是图里“过量”这两个字。

# %%
iron_three_to_two = 0.77
iron_three_to_two > potential["iron"]

# %% [markdown]
# ## Where the truth comes from
#
# A salt is neutral: the charges of metal and acid must cancel. So the formula can be computed.
#
# <!-- zh -->
#
# ## 标准答案从哪里来
#
# 盐是电中性的：金属离子和酸根的电荷必须抵消。所以化学式可以算出来。

# %%
for displacer in chemistry.DISPLACERS:
    row = [chemistry.salt(anion, displacer)["formula"] for anion in chemistry.REAGENTS]
    print(f"{displacer:10}", *row)

# %% [markdown]
# ## Names and formulas
#
# A right answer can be written in many ways, a wrong one too. The grader knows the difference:
#
# <!-- zh -->
#
# ## 名称与化学式
#
# 对的答案有许多写法，错的也有。评分程序分得清：

# %%
for text in ["FeSO4", "$\\mathrm{FeSO_4}$", "ferrous sulfate", "硫酸亚铁溶液", "Fe2(SO4)3", "CuSO4"]:
    print("✓" if case.check(text).ok else "✗", text)

# %% [markdown]
# ## Fresh flow charts
#
# Other ores, other salts, other metal powders, never seen in training. Four answers prove little: see how far apart `low` and `high` are.
#
# <!-- zh -->
#
# ## 没见过的流程图
#
# 换了矿石、铵盐和金属粉，训练时从未见过。四道题说明不了多少问题：看看 “下限”和“上限” 隔得多远。

# %%
qvq.evaluate(reasoner, "chemistry", seeds=4, languages=language)

# %% [markdown]
# There are few combinations, so a model could learn them like vocabulary. Whether it reads, the last of the four must tell: is the metal powder in the picture the one named in the answer?
#
# <!-- zh -->
#
# 组合就那么多，模型完全可能像背单词一样背下来。它有没有读图，要看四张里的最后一张：图里的金属粉和答案里的一致吗？

# %%
fresh = qvq.case("chemistry", seed=10_000_003, language=language)
display(fresh.image)
reasoner.ask(fresh)

# %% [markdown]
# ## What you have learned
#
# * Some answers must be concluded from what is read; check the reading and the conclusion apart.
# * The less noble metal dissolves; iron in excess leaves iron(II).
# * A good grader accepts every right way of writing, and no wrong one.
#
# <!-- zh -->
#
# ## 小结
#
# * 有些答案要从读到的内容推出来；读得对不对、推得对不对，要分开检查。
# * 较活泼的金属进入溶液；铁过量时，留下的是亚铁。
# * 好的评分程序认得所有正确的写法，也不放过任何错误的写法。

# %% [markdown]
# ## Exercise
#
# A factory uses nickel ore (millerite), ammonium chloride, and aluminium powder in excess. What is filtrate E? Write the formula, `mine = "…"`; the last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 某厂用针镍矿、氯化铵和过量铝粉。滤液E是什么？写出化学式 `mine = "…"`，最后一个单元格会检查。

# %%
mine = ""

# %% tags=["solution"]
# mine = "…"
mine = chemistry.salt("chloride", "aluminium")["formula"]

# %%
from qvq_nb.cases import case_of

factory = {**facts, "answer": chemistry.salt("chloride", "aluminium")}
case_of("chemistry", factory, case.image, language).check(mine).ok

# %% [markdown]
# **Next:** [08 · Sofa](08_sofa.ipynb): from five measures to a volume.
#
# <!-- zh -->
#
# **下一课：** [08 · 沙发](08_sofa.ipynb)：由几个尺寸求体积。
