# %% [markdown]
# # 06 · Chart: reading and comparing
#
# {{needs}}
#
# **After this lesson you can**
# * ask a question that needs several values of a chart;
# * tell a mistake of reading from a mistake of comparing;
# * ask another question about the same picture, to see whether the model reads the question.
#
# <!-- zh -->
#
# # 06 · 图表：读数与比较
#
# {{needs}}
#
# **学完本课，你能够**
# * 提出一个要用到图表中多个数值的问题；
# * 分清错在读数还是错在比较；
# * 对同一张图换个问题，看模型有没有认真读题。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# Grouped bars: one group for each model, one colour for each benchmark, the value printed on each bar.
#
# <!-- zh -->
#
# ## 看图
#
# 分组柱状图：每个模型一组，每种测试一个颜色，数值写在柱子上。

# %%
reasoner = qvq.load(model)
case = qvq.case("chart", language=language)
case.image

# %% [markdown]
# ## Question, answer, truth
#
# Two steps hide in this question: find the values of one model, then take the largest.
#
# <!-- zh -->
#
# ## 提问、回答、核对
#
# 这个问题里藏着两步：先找到某个模型的几个数值，再取最大的。

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %%
print(answer.thinking)

# %% [markdown]
# ## Where the truth comes from
#
# The values from which the chart was drawn, and the largest of the model that is asked about.
#
# <!-- zh -->
#
# ## 标准答案从哪里来
#
# 图就是用这些数值画的，答案是所问模型的最大值。

# %%
values = case.facts["values"]
for name, numbers in values.items():
    print(f"{name:18}", numbers)
print(max(values[case.facts["asked"]], key=float))

# %% [markdown]
# ## Read right?
#
# Each printed value, and whether it occurs in the thinking. A ✗ in the line of the model that was asked about is a mistake of *reading*.
#
# <!-- zh -->
#
# ## 读对了吗？
#
# 逐个看图上的数值有没有出现在思考过程里。所问模型那一行出现 ✗，就是*读错*了。

# %%
for name, numbers in values.items():
    marks = ["✓" if number in answer.thinking else "✗" for number in numbers]
    print(f"{name:18}", *marks)

# %% [markdown]
# ## Compared right?
#
# If all its values were read and the answer is still not the largest of them, the mistake is one of *comparing*.
#
# <!-- zh -->
#
# ## 比对了吗？
#
# 如果几个数都读对了，答案却不是其中最大的，那就是*比错*了。

# %%
asked = values[case.facts["asked"]]
read_all = all(number in answer.thinking for number in asked)
print(read_all, case.check(answer).ok)

# %% [markdown]
# A trap of comparing: as texts, numbers are ordered letter by letter. That is why the cell above said `key=float`.
#
# <!-- zh -->
#
# 比较时有个陷阱：数字若当作文字，是逐个字符比大小的。所以前面写了 `key=float`。

# %%
max("9.3", "76.6"), max("9.3", "76.6", key=float)

# %% [markdown]
# ## Same picture, another question
#
# Now we ask about the other models. A model that does not read the question gives the old answer again.
#
# <!-- zh -->
#
# ## 同一张图，换个问题
#
# 现在问其他模型。不认真读题的模型会把原来的答案再说一遍。

# %%
from qvq_nb.cases import case_of

def asking_about(name):
    facts = {**case.facts, "asked": name, "answer": max(values[name], key=float)}
    return case_of("chart", facts, case.image, language)

# %%
for name in list(values)[1:]:
    other = asking_about(name)
    verdict = other.check(reasoner.ask(other))
    print("✓" if verdict.ok else "✗", name, other.truth, "|", verdict.got)

# %% [markdown]
# ## Fresh charts
#
# Other models, benchmarks and values. (They are made up by the seed: do not quote them as scores.) Four answers prove little: see how far apart `low` and `high` are.
#
# <!-- zh -->
#
# ## 没见过的图表
#
# 换了模型、测试和数值。（这些数值是随机生成的，别当成真实成绩引用。）四道题说明不了多少问题：看看 “下限”和“上限” 隔得多远。

# %%
qvq.evaluate(reasoner, "chart", seeds=4, languages=language)

# %%
fresh = qvq.case("chart", seed=10_000_003, language=language)
fresh.image

# %% [markdown]
# ## What you have learned
#
# * A question about a chart is a chain: find, read, compare. Check the links one by one.
# * Another question about the same picture shows whether the question was read.
#
# <!-- zh -->
#
# ## 小结
#
# * 看图表答题是一串步骤：找到、读出、比较。要一环一环地检查。
# * 对同一张图换个问题，就知道模型有没有读题。

# %% [markdown]
# ## Exercise
#
# In the chart just above: which model has the largest gap between its highest and its lowest value? Write `mine = "name"`; the last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 就在上面这张图里：哪个模型的最高值和最低值相差最大？写出 `mine = "名称"`，最后一个单元格会检查。

# %%
def gap(name):
    numbers = [float(number) for number in fresh.facts["values"][name]]
    return max(numbers) - min(numbers)

mine = None

# %% tags=["solution"]
# mine = "…"
mine = max(fresh.facts["values"], key=gap)

# %%
mine in fresh.facts["values"] and gap(mine) == max(map(gap, fresh.facts["values"]))

# %% [markdown]
# **Next:** [07 · Chemistry](07_chemistry.ipynb): a flow chart whose answer is not written in it.
#
# <!-- zh -->
#
# **下一课：** [07 · 化学](07_chemistry.ipynb)：答案没有写在流程图里。
