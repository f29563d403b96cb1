# %% [markdown]
# # 00 · Start: one picture, one question, one answer
#
# {{needs}}
#
# **After this lesson you can**
# * ask a visual reasoning model about a picture in five lines of Python;
# * say which transformers calls these five lines stand for;
# * tell the model's thinking from its final answer, and check the answer against the truth.
#
# <!-- zh -->
#
# # 00 · 起步：一张图，一个问题，一个答案
#
# {{needs}}
#
# **学完本课，你能够**
# * 用五行 Python 向视觉推理模型提问；
# * 说出这五行背后是哪些 transformers 调用；
# * 分清模型的“思考过程”和“最终答案”，并拿答案与标准答案核对。

# %% [markdown]
# Two parameters steer the whole notebook. `model` names the model; `language` is the language of the questions.
#
# `qvq-mini` has the architecture of QVQ-72B-Preview, but it is tiny and was trained from scratch on six kinds of drawing. It knows nothing else, and it makes mistakes. When it does, you will see the mistake.
#
# <!-- zh -->
#
# 整个 notebook 只有两个参数：`model` 是模型的名字，`language` 是提问的语言。
#
# `qvq-mini` 与 QVQ-72B-Preview 结构相同，但非常小，只用六类图从零训练而成。除此之外它什么都不懂，也会答错；答错时，你会原样看到。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq

qvq.versions("torch", "transformers", "qwen-vl-utils")

# %% [markdown]
# ## The picture first
#
# A *case* is a picture, a question about it, and the truth. The picture is drawn by code, so the truth is known exactly.
#
# <!-- zh -->
#
# ## 先看图
#
# 一个 *case*（题目）包括一张图、一个关于图的问题和标准答案。图是用代码画出来的，所以标准答案是确知的。

# %%
case = qvq.case("chart", language=language)
case.image

# %% [markdown]
# Now the question, and the truth to compare with. Find the answer yourself before you read on.
#
# <!-- zh -->
#
# 再看问题和标准答案。先自己从图里找一找，再往下读。

# %%
print(case.question)
print("=", case.truth)

# %% [markdown]
# ## What a library would hide: the plain code
#
# First we do it by hand, once, with transformers alone. A model is a folder: the *processor* (text and pictures → numbers) and the *weights* are both loaded from it. (`float32` is the number format that an ordinary processor computes fastest with.)
#
# <!-- zh -->
#
# ## 先看不加包装的代码
#
# 我们先只用 transformers 手工做一遍。模型就是一个文件夹：*处理器*（把文字和图片变成数字）和*权重*都从这里载入。（普通 CPU 用 `float32` 这种数字格式算得最快。）

# %%
from transformers import AutoProcessor, Qwen2VLForConditionalGeneration
from qvq_nb.paths import data_folder

folder = data_folder() / "qvq-mini"
processor = AutoProcessor.from_pretrained(folder)
network = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype="float32")

# %% [markdown]
# A conversation is a list of messages; the system message is the one published with QVQ. The *chat template* turns it into one text with special marks; `<|image_pad|>` holds the place of the picture.
#
# <!-- zh -->
#
# 对话是一个消息列表，其中的系统消息是随 QVQ 公布的那一句。*对话模板*把它变成一段带特殊标记的文字，其中 `<|image_pad|>` 给图片占位。

# %%
content = [{"type": "image"}, {"type": "text", "text": case.question}]
system = "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. You should think step-by-step."
messages = [{"role": "system", "content": system}, {"role": "user", "content": content}]
prompt = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
print(prompt)

# %% [markdown]
# The processor makes tensors of it: token numbers for the text, patches for the picture. Lesson 03 looks inside.
#
# <!-- zh -->
#
# 处理器把它们变成张量：文字变成 token 编号，图片变成小块。第 03 课会细看。

# %%
inputs = processor(text=[prompt], images=[case.image], return_tensors="pt")
for name, tensor in inputs.items():
    print(f"{name:18}", tuple(tensor.shape))

# %% [markdown]
# The network now writes one token after another. We cut off the prompt and turn the new tokens back into text.
#
# <!-- zh -->
#
# 接着，网络一个接一个地写出 token。我们去掉提示部分，把新写出的 token 还原成文字。

# %%
tokens = network.generate(**inputs, max_new_tokens=1024, do_sample=False)
new_tokens = tokens[:, inputs["input_ids"].shape[1]:]
plain_text = processor.batch_decode(new_tokens, skip_special_tokens=True)[0]
print(plain_text)

# %% [markdown]
# ## The same in five lines
#
# Load, case, picture, ask, check: every lesson uses these lines. `answer` shows the final answer, with the thinking folded away and the name of the model that wrote it.
#
# <!-- zh -->
#
# ## 同样的事，五行写完
#
# 载入、取题、看图、提问、核对：每一课都用这几行。`answer` 会显示最终答案，把思考过程折叠起来，并标明是哪个模型写的。

# %%
reasoner = qvq.load(model)
case = qvq.case("chart", language=language)
display(case.image)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %% [markdown]
# Is there any magic in between? Compare the text with what the plain code produced. (Another `model` writes another text, of course; and a GPU, which rounds differently, may do so too.)
#
# <!-- zh -->
#
# 中间有没有“魔法”？把这段文字和前面手工得到的比一比。（换了 `model`，文字当然会不同；换到 GPU 上，舍入方式不同，也可能有出入。）

# %%
answer.text == plain_text

# %% [markdown]
# ## Thinking and final answer
#
# A QVQ model thinks aloud first and then marks its final answer: `**Final Answer**` in English, `**答案**` in Chinese. The kit splits the text there; nothing is lost.
#
# <!-- zh -->
#
# ## 思考过程与最终答案
#
# QVQ 类模型先“出声思考”，再标出最终答案：英文用 `**Final Answer**`，中文用 `**答案**`。工具包就在那里把文字分成两段，一个字也不丢。

# %%
print(answer.thinking)

# %%
print(answer.final)

# %% [markdown]
# The answer also carries its circumstances: how many tokens the picture took, how many were written, how long it lasted, and why it stopped.
#
# <!-- zh -->
#
# 答案还带着它的“出生记录”：图片用了多少 token，写了多少 token，用了多久，因为什么停下。

# %%
record = answer.to_dict()
for name in ("model", "visual_tokens", "prompt_tokens", "new_tokens", "seconds", "stop_reason"):
    print(f"{name:14}", record[name])

# %% [markdown]
# ## Does it read the picture?
#
# Same question, another picture. Seeds from 10,000,000 upwards were never used for training, so this picture is new to the model: it cannot have learned the answer by heart.
#
# <!-- zh -->
#
# ## 它真的在看图吗？
#
# 同样的问题，换一张图。10,000,000 及以上的种子从未用于训练，所以这张图模型没见过，不可能是背出来的。

# %%
fresh = qvq.case("chart", seed=10_000_000, language=language)
fresh.image

# %%
fresh_answer = reasoner.ask(fresh)
fresh_answer

# %%
fresh.check(fresh_answer)

# %% [markdown]
# And the answer to the first picture, would it pass here? It should not.
#
# <!-- zh -->
#
# 那么，第一张图的答案拿到这里能通过吗？不应该。

# %%
fresh.check(answer).ok

# %% [markdown]
# ## Six kinds of drawing
#
# These are all the families that qvq-mini knows. One row each: right or wrong, the truth, and beside it what the grader read in the model's answer.
#
# <!-- zh -->
#
# ## 六类图
#
# qvq-mini 认识的图就这六类。每类一行：对或错、标准答案，以及评分程序从模型答案里读到的内容。

# %%
for family in qvq.cases.FAMILIES:
    one = qvq.case(family, language=language)
    verdict = one.check(reasoner.ask(one))
    mark = "✓" if verdict.ok else "✗"
    print(mark, f"{family:12}", one.truth, "|", verdict.got)

# %% [markdown]
# A ✗ here is not a fault of the notebook: it is what a very small model can and cannot do. The lessons 04 to 09 look at each family closely.
#
# <!-- zh -->
#
# 出现 ✗ 并不是 notebook 坏了：很小的模型就是有些会、有些不会。第 04 到 09 课会逐类细看。

# %% [markdown]
# ## What you have learned
#
# * A model is a folder; processor and weights come from it.
# * Prompt → tensors → generated tokens → text: that is all that happens.
# * A reasoning text has two parts, thinking and final answer; only the final answer is graded.
# * Fresh pictures show whether a model reads or remembers.
#
# <!-- zh -->
#
# ## 小结
#
# * 模型就是一个文件夹，处理器和权重都在里面。
# * 提示 → 张量 → 生成 token → 文字：全过程就是这样。
# * 推理文字分两部分：思考过程和最终答案；评分只看最终答案。
# * 用没见过的图，才能看出模型是在读图还是在背答案。

# %% [markdown]
# ## Exercise
#
# Be the model yourself: look at this sofa, work out the answer, and write it as a text, with its unit: `mine = "… cm³"`. The same grader that checks the models checks you in the last cell: `True` means right.
#
# <!-- zh -->
#
# ## 练习
#
# 这回你来当模型：看看这张沙发图，算出答案，连同单位写成文字：`mine = "… cm³"`。最后一个单元格里，检查你的就是检查模型的那个评分程序：`True` 表示答对了。

# %%
sofa = qvq.case("sofa", seed=10_000_001, language=language)
display(sofa.image)
print(sofa.question)
mine = ""

# %% tags=["solution"]
# mine = "… cm³"
long, short, depth, height = (sofa.facts[name] for name in ("long", "short", "depth", "height"))
volume = (long * depth + (short - depth) * depth) * height
mine = f"{volume} cm³"

# %%
sofa.check(mine).ok

# %% [markdown]
# **Next:** [01 · Download](01_download.ipynb): what is in a model folder, and how to bring 147 GB home safely.
#
# <!-- zh -->
#
# **下一课：** [01 · 下载](01_download.ipynb)：模型文件夹里有什么，怎样把 147 GB 稳妥地搬回家。
