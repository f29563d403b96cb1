# %% [markdown]
# # 05 · Invoice: numbers that must add up
#
# {{needs}}
#
# **After this lesson you can**
# * have a model read a total from an invoice, and check it to the cent;
# * recompute the tax exactly, with decimal numbers instead of floats;
# * use the sums of a document as a test of what a model has read.
#
# <!-- zh -->
#
# # 05 · 发票：数字必须对得上
#
# {{needs}}
#
# **学完本课，你能够**
# * 让模型读出发票上的合计，并精确到分地核对；
# * 用十进制数而不是浮点数，把税额准确地重算一遍；
# * 利用单据自身的合计关系，检验模型读得对不对。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers")

# %% [markdown]
# ## The picture
#
# A Chinese VAT invoice. Each line has an item (项目), an amount (金额), a rate (税率) and a tax (税额); the last row has the totals (合计).
#
# <!-- zh -->
#
# ## 看图
#
# 一张增值税普通发票。每行有项目、金额、税率和税额，最后一行是合计。

# %%
reasoner = qvq.load(model)
case = qvq.case("invoice", language=language)
case.image

# %% [markdown]
# ## Question, answer, truth
#
# The total amount stands right beside the total tax. Reading the wrong one is the classic mistake.
#
# <!-- zh -->
#
# ## 提问、回答、核对
#
# 金额合计就在税额合计旁边，看错列是最常见的错误。

# %%
print(case.question)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %% [markdown]
# The thinking copies the lines first, then the totals, and reads the total tax a second time.
#
# <!-- zh -->
#
# 思考过程先把各行抄下来，再读合计，最后把税额合计核对一遍。

# %%
print(answer.thinking)

# %% [markdown]
# ## Was every number read?
#
# A right total can come with wrong lines. So look for each number of the invoice in the thinking.
#
# <!-- zh -->
#
# ## 每个数都读对了吗？
#
# 合计对了，各行也可能读错。所以把发票上的数逐个到思考过程里找一遍。

# %%
for line in case.facts["lines"]:
    for name in ("amount", "tax"):
        print("✓" if line[name] in answer.thinking else "✗", line["item"], name, line[name])

# %% [markdown]
# ## Another question about the same picture
#
# A model that always gives the total did not read the question. The kit draws another one, with its truth. `qvq-mini` is less sure of such questions.
#
# <!-- zh -->
#
# ## 同一张图，换个问题
#
# 只会报合计的模型，其实没有读题。让工具包另出一道题，并给出标准答案。这类问题 `qvq-mini` 答得没那么有把握。

# %%
other = case.follow_up(seed=2)
print(other.question, "|", other.truth)

# %%
reply = reasoner.ask(other)
reply

# %%
other.check(reply)

# %% [markdown]
# ## Where the truth comes from
#
# Tax = amount × rate, rounded to the cent, line by line. Money is computed with `Decimal`: binary floats cannot hold most cents.
#
# <!-- zh -->
#
# ## 标准答案从哪里来
#
# 税额 = 金额 × 税率，逐行四舍五入到分。算钱要用 `Decimal`：二进制浮点数表示不了大多数“分”。

# %%
0.1 + 0.2

# %%
from decimal import ROUND_HALF_UP, Decimal

def tax_of(line):
    exact = Decimal(line["amount"]) * line["rate"] / 100
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)

for line in case.facts["lines"]:
    print(line["amount"], f"× {line['rate']}% =", tax_of(line), "|", line["tax"])

# %%
total = sum(tax_of(line) for line in case.facts["lines"])
print(total, total == Decimal(case.truth))

# %% [markdown]
# ## An invoice checks itself
#
# Lines and totals must agree. If one digit of what a model read is wrong, the sum betrays it, without knowing the truth. Damage one digit and see:
#
# <!-- zh -->
#
# ## 发票会自己对账
#
# 各行与合计必须一致。模型读错一个数字，加起来就露馅，连标准答案都不用。改坏一个数字试试：

# %%
taxes = [Decimal(line["tax"]) for line in case.facts["lines"]]
print(sum(taxes) == Decimal(case.facts["total_tax"]))
taxes[0] += Decimal("0.10")
print(sum(taxes) == Decimal(case.facts["total_tax"]))

# %% [markdown]
# ## Nothing to read
#
# The same question about an empty sheet. A careful reader would say that there is nothing. What does the model say?
#
# <!-- zh -->
#
# ## 没有东西可读
#
# 同样的问题，给一张白纸。仔细的人会说“上面什么都没有”。模型会怎么说？

# %%
from PIL import Image

blank = Image.new("RGB", case.image.size, "white")
invented = reasoner.ask(blank, case.question)
print(invented.final)
print(case.check(invented).ok)

# %% [markdown]
# A number here would be invented. Keep that in mind when a model answers about a picture that you cannot see.
#
# <!-- zh -->
#
# 这里要是出现数字，那就是编出来的。当你自己看不到图、只听模型说的时候，要记住这一点。

# %% [markdown]
# ## Fresh invoices
#
# Other items, amounts and rates, never seen in training. How sure can we be after four? The true share of right answers lies somewhere from `low` to `high` (95 % interval).
#
# <!-- zh -->
#
# ## 没见过的发票
#
# 换了项目、金额和税率，训练时从未见过。只看四张，能有多大把握？真正的正确率可能在 “下限”到“上限” 之间的任何地方（95 % 置信区间）。

# %%
qvq.evaluate(reasoner, "invoice", seeds=4, languages=language)

# %% [markdown]
# ## What you have learned
#
# * Ask for one number, check it to the cent, and check the lines as well.
# * Money is decimal.
# * A document that adds up is its own test.
#
# <!-- zh -->
#
# ## 小结
#
# * 问一个数，就精确到分地核对它，各行也要核对。
# * 算钱用十进制。
# * 自己对得上账的单据，本身就是一道检验。

# %% [markdown]
# ## Exercise
#
# Somebody multiplies the total amount by one rate for all. Compute what comes out for this fresh invoice with 13 %, rounded to the cent, and how far it is from the truth: `mine = Decimal(…)` is the difference, wrong minus right.
#
# <!-- zh -->
#
# ## 练习
#
# 有人图省事，拿金额合计直接乘以同一个税率。就这张新发票按 13 % 算一算（四舍五入到分），它和标准答案差多少？`mine = Decimal(…)` 写差值：错的减对的。

# %%
puzzle = qvq.case("invoice", seed=10_000_005, language=language)
mine = None
puzzle.image

# %% tags=["solution"]
# mine = Decimal("…")
wrong = tax_of({"amount": puzzle.facts["total_amount"], "rate": 13})
mine = wrong - Decimal(puzzle.truth)

# %%
shortcut = (Decimal(puzzle.facts["total_amount"]) * 13 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
mine is not None and mine + Decimal(puzzle.truth) == shortcut

# %% [markdown]
# **Next:** [06 · Chart](06_chart.ipynb): reading is one thing, comparing another.
#
# <!-- zh -->
#
# **下一课：** [06 · 图表](06_chart.ipynb)：读数是一回事，比较是另一回事。
