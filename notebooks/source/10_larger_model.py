# %% [markdown]
# # 10 · Ask a larger model: the same cells at an address
#
# {{needs}}
#
# **After this lesson you can**
# * ask any model that a server runs, here or elsewhere, by changing one parameter;
# * say what left your machine with a question, and what it cost in tokens and seconds;
# * read what went wrong when a server does not answer.
#
# <!-- zh -->
#
# # 10 · 向更大的模型提问：同样的格子，换个地址
#
# {{needs}}
#
# **学完本课，你能够**
# * 只改一个参数，就向任何服务器上的模型提问，不管它在本机还是在别处；
# * 说清一次提问有什么离开了你的机器，花了多少 token、多少秒；
# * 服务器不答时，看懂是哪里出了问题。

# %% [markdown]
# `model` may be an address, such as `"http://127.0.0.1:8000/v1"`, or a hosted model's name, such as `"qwen3.7-plus"`. With a name that is on this disk, the lesson starts a small server of its own, so that it also runs without a network.
#
# <!-- zh -->
#
# `model` 可以是一个地址，例如 `"http://127.0.0.1:8000/v1"`，也可以是托管模型的名字，例如 `"qwen3.7-plus"`。如果给的是本机硬盘上已有的模型，本课会自己启动一个小服务器，所以没有网络也能运行。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("openai", "transformers")

# %% [markdown]
# ## Your own picture
#
# Press the button and choose a picture. Without one, the lesson goes on with an invoice of the kit.
#
# <!-- zh -->
#
# ## 用你自己的图
#
# 按下按钮，选一张图。不选的话，本课就用工具包里的发票。

# %%
import ipywidgets

upload = ipywidgets.FileUpload(accept="image/*", multiple=False)
upload

# %%
case = qvq.case("invoice", language=language)
picture = bytes(upload.value[0].content) if upload.value else case.image
question = case.question
case

# %% [markdown]
# The question belongs to the invoice. With a picture of your own, change `question` in the cell above.
#
# <!-- zh -->
#
# 这个问题是就发票提的。换成自己的图，就把上一格里的 `question` 也改掉。

# %% [markdown]
# ## A server
#
# A server loads a model once and answers whoever asks at its address. This one runs `transformers serve` on your machine, and nobody else can reach it. At a real address nothing is started.
#
# <!-- zh -->
#
# ## 服务器
#
# 服务器只载入一次模型，谁来它的地址提问，它就回答谁。这里启动的是本机上的 `transformers serve`，别人连不上。如果你给的是真实的地址，就什么都不用启动。

# %%
from qvq_nb.models.resolve import resolve
from qvq_nb.serving.server import LocalServer

is_here = resolve(model).folder is not None
server = LocalServer(model).start() if is_here else None
address = server.address if is_here else model
address if not is_here else "http://127.0.0.1 …"

# %% [markdown]
# ## Ask
#
# The address stands where a name stood before. All else is the same.
#
# <!-- zh -->
#
# ## 提问
#
# 原来写名字的地方换成地址，其余完全一样。

# %%
larger = qvq.load(address)
answer = larger.ask(picture, question)
answer

# %% [markdown]
# ## What left this machine
#
# The picture, made smaller if it is larger than the model's budget, the question, and the system prompt. Nothing else: no file name, no other cell. The answer's notes say how much it was.
#
# <!-- zh -->
#
# ## 什么离开了这台机器
#
# 图（超过模型预算时会先缩小）、问题，以及系统提示，仅此而已：没有文件名，也没有别的格子。答案的附注写明了发送了多少。

# %%
print(*answer.notes, sep="\n")

# %% [markdown]
# ## Three ways side by side
#
# The same question to the model in this notebook, to the one at the address, and once more there with at most 64 tokens of thinking, where its server can do that.
#
# <!-- zh -->
#
# ## 三种跑法并排比
#
# 同一个问题，分别问：本 notebook 里的模型、那个地址上的模型，再问它一次但最多只让它想 64 个 token（前提是服务器做得到）。

# %%
names = {"en": ("here", "at the address", "thinking at most 64"), "zh": ("本机", "那个地址", "最多想 64 个")}
here, there, shorter = names[language]
ways = {here: (qvq.load("qvq-mini"), {}), there: (larger, {}), shorter: (larger, {"thinking_budget": 64})}
answers = {}
for way, (reasoner, options) in ways.items():
    try:
        answers[way] = reasoner.ask(picture, question, **options)
    except qvq.QvqError as error:
        print(f"{way}: {error}")

# %%
from qvq_nb.tables import Table

heads = {
    "en": ("way", "model", "prompt", "new", "s", "final answer"),
    "zh": ("跑法", "模型", "提示", "新写", "秒", "最终答案"),
}
rows = [(way, one.model.split(" at ")[0][-24:], one.prompt_tokens, one.new_tokens, f"{one.seconds:.1f}", one.final[-40:])
        for way, one in answers.items()]
Table(heads[language], rows, left=(0, 1, 5))

# %% [markdown]
# A hosted model is paid by the token, prompt and answer apart; the provider's page has today's prices. A picture counts by its visual tokens (lesson 03), and thinking counts as answer. Is it right? For the kit's invoice we know; of your own picture only you can tell.
#
# <!-- zh -->
#
# 托管模型按 token 收费，提示和回答分开计价，当天的价格见服务商的网页。图按视觉 token 算（第 03 课），思考过程算作回答。答得对不对？工具包的发票我们知道标准答案；你自己的图，只有你能判断。

# %%
None if upload.value else case.check(answers.get(there, ""))

# %% [markdown]
# ## Less to send
#
# A smaller budget makes the picture smaller before it is sent, and the prompt shorter.
#
# <!-- zh -->
#
# ## 少发一点
#
# 预算小了，图在发送之前就缩得更小，提示也更短。

# %%
full = larger.ask(case.image, case.question, max_new_tokens=8)
small = larger.ask(case.image, case.question, max_new_tokens=8, visual_tokens=(4, 64))
print(full.prompt_tokens, full.notes)
print(small.prompt_tokens, small.notes)

# %% [markdown]
# ## When nobody answers
#
# Servers are switched off, keys expire, models are retired. The kit says what happened and what to do. Here nothing listens, and there is a model that its provider retired:
#
# <!-- zh -->
#
# ## 没有人应答时
#
# 服务器会关，密钥会过期，模型会下线。工具包会说明出了什么事、该怎么办。下面一个地址没人在听，另一个模型已被服务商下线：

# %%
for gone in ("http://127.0.0.1:9/v1", "qvq-max"):
    try:
        qvq.load(gone).ask(picture, question)
    except qvq.QvqError as error:
        print(error, "\n")

# %% [markdown]
# ## Keys
#
# A hosted model wants a key. It belongs into an environment variable or into the secret store of JupyterLab, Colab or Kaggle, never into a cell: notebooks are passed on. The page [serving](../../docs/serving.md) names the variable of each provider.
#
# <!-- zh -->
#
# ## 密钥
#
# 托管模型要用密钥。密钥应放在环境变量里，或放进 JupyterLab、Colab、Kaggle 自带的密钥库，绝不要写进格子：notebook 会传给别人。各服务商对应的变量名见[服务](../../docs/serving.zh.md)一页。

# %% [markdown]
# ## What you have learned
#
# * An address is a model like any other; one parameter changes.
# * The picture goes along, scaled; the notes say how much.
# * Ask for the tokens before you ask a hundred times.
#
# <!-- zh -->
#
# ## 小结
#
# * 一个地址就是一个模型，要改的只有一个参数。
# * 图会先缩放再发送，附注里写明了大小。
# * 要问一百遍之前，先看看一遍花多少 token。

# %% [markdown]
# ## Exercise
#
# Pictures are paid by their visual tokens. How many does the invoice take when the budget is at most 64? Compute it with `visual_tokens` from lesson 03: `mine = …`, a whole number. The last cell compares it with the two prompts above.
#
# <!-- zh -->
#
# ## 练习
#
# 图按视觉 token 计费。预算最多 64 个时，这张发票占多少个？用第 03 课的 `visual_tokens` 算：`mine = …`，写一个整数。最后一格会拿它和上面两次提示的长度对照。

# %%
from qvq_nb.media.resize import visual_tokens

mine = None

# %% tags=["solution"]
# mine = visual_tokens(…)
mine = visual_tokens(*case.image.size, minimum=4, maximum=64)

# %%
saved = full.prompt_tokens - small.prompt_tokens
mine is not None and mine == visual_tokens(*case.image.size) - saved

# %% [markdown]
# Stop the server when you are done; it would also end with this notebook.
#
# <!-- zh -->
#
# 用完就停掉服务器；关闭本 notebook 时它也会结束。

# %%
if server:
    server.stop()

# %% [markdown]
# **Next:** [11 · More than one picture](11_several_pictures.ipynb): two invoices and a clip.
#
# <!-- zh -->
#
# **下一课：** [11 · 不止一张图](11_several_pictures.ipynb)：两张发票和一段短片。
