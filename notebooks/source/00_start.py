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
# ## Five lines
#
# Load, case, picture, ask, check: every lesson uses these lines. `answer` shows the final answer, with the thinking folded away and the name of the model that wrote it.
#
# <!-- zh -->
#
# ## 五行代码
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
# ## What the five lines stand for: the published script
#
# This is the script from the model card of QVQ-72B-Preview, cell by cell, with transformers and `qwen_vl_utils` alone. Three things are changed: the path of the model, the picture with its question, and the device. (The script calls its network `model`; we put the parameter of that name aside.)
#
# <!-- zh -->
#
# ## 五行背后：官方公布的脚本
#
# 下面就是 QVQ-72B-Preview 模型卡上的脚本，只用 transformers 和 `qwen_vl_utils`，一格一格地运行。只改了三处：模型的路径、图片（连同问题）和设备。（脚本把网络叫作 `model`，所以先把同名的参数存到一边。）

# %%
from qvq_nb.paths import data_folder

parameter = model
path = data_folder() / "qvq-mini"

# %% [markdown]
# A model is a folder: the *processor* (text and pictures → numbers) and the *weights* are both loaded from it. (`"auto"` takes the number format in which the weights are stored.)
#
# <!-- zh -->
#
# 模型就是一个文件夹：*处理器*（把文字和图片变成数字）和*权重*都从这里载入。（`"auto"` 表示沿用权重存储时的数字格式。）

# %%
from transformers import Qwen2VLForConditionalGeneration, AutoTokenizer, AutoProcessor
from qwen_vl_utils import process_vision_info

# default: Load the model on the available device(s)
model = Qwen2VLForConditionalGeneration.from_pretrained(
    path, torch_dtype="auto", device_map="auto"
)

# default processer
processor = AutoProcessor.from_pretrained(path)

# The default range for the number of visual tokens per image in the model is 4-16384. You can set min_pixels and max_pixels according to your needs, such as a token count range of 256-1280, to balance speed and memory usage.
# min_pixels = 256*28*28
# max_pixels = 1280*28*28
# processor = AutoProcessor.from_pretrained(path, min_pixels=min_pixels, max_pixels=max_pixels)

# %% [markdown]
# (Lesson 03 comes back to the limits in the last lines: given while loading, they may be ignored without a word.)
#
# A conversation is a list of messages; the system message is the one published with QVQ.
#
# <!-- zh -->
#
# （最后几行里的上下限，第 03 课还会讲到：载入时给出，可能会被悄悄忽略。）
#
# 对话是一个消息列表，其中的系统消息是随 QVQ 公布的那一句。

# %%
messages = [
    {
        "role": "system",
        "content": [
            {"type": "text", "text": "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. You should think step-by-step."}
        ],
    },
    {
        "role": "user",
        "content": [
            {
                "type": "image",
                "image": case.image,
            },
            {"type": "text", "text": case.question},
        ],
    }
]

# %% [markdown]
# The *chat template* turns it into one text with special marks. `process_vision_info` fetches the pictures that the messages name: here a picture in memory, elsewhere a path or an address. The processor makes tensors of both: token numbers for the text, patches for the picture.
#
# <!-- zh -->
#
# *对话模板*把它变成一段带特殊标记的文字。`process_vision_info` 把消息里提到的图片取来：这里的图片已在内存中，也可以是路径或网址。处理器再把两者变成张量：文字变成 token 编号，图片变成小块。

# %%
# Preparation for inference
text = processor.apply_chat_template(
    messages, tokenize=False, add_generation_prompt=True
)
image_inputs, video_inputs = process_vision_info(messages)
inputs = processor(
    text=[text],
    images=image_inputs,
    videos=video_inputs,
    padding=True,
    return_tensors="pt",
)
inputs = inputs.to(model.device)

# %% [markdown]
# Look at what came out. `<|image_pad|>` holds the place of the picture; lesson 03 looks inside the tensors.
#
# <!-- zh -->
#
# 看看得到了什么。`<|image_pad|>` 给图片占位；张量里面的内容，第 03 课会细看。

# %%
print(text)
for name, tensor in inputs.items():
    print(f"{name:18}", tuple(tensor.shape))

# %% [markdown]
# The network now writes one token after another. The prompt is cut off, and the new tokens become text again.
#
# <!-- zh -->
#
# 接着，网络一个接一个地写出 token。去掉提示部分，把新写出的 token 还原成文字。

# %%
# Inference: Generation of the output
generated_ids = model.generate(**inputs, max_new_tokens=8192)
generated_ids_trimmed = [
    out_ids[len(in_ids) :] for in_ids, out_ids in zip(inputs.input_ids, generated_ids)
]
output_text = processor.batch_decode(
    generated_ids_trimmed, skip_special_tokens=True, clean_up_tokenization_spaces=False
)
print(output_text)

# %% [markdown]
# Is there any magic in the five lines? Compare the script's text with theirs. (Another `model` writes another text, of course. And the script computes with the weights as they are stored, in bf16, the kit on an ordinary processor in fp32, on a GPU as it suits that: where rounding decides, the texts may differ.)
#
# <!-- zh -->
#
# 那五行里有没有“魔法”？把脚本写出的文字和它们得到的比一比。（换了 `model`，文字当然会不同。另外，脚本按权重存储的格式 bf16 计算，工具包在普通 CPU 上用 fp32，在 GPU 上则看 GPU；遇到舍入起决定作用的地方，两边就可能不一样。）

# %%
model = parameter
answer.text == output_text[0]

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
# Same question, another picture (this time handed to `ask` as a picture and a question, for it takes these, too). Seeds from 10,000,000 upwards were never used for training, so this picture is new to the model: it cannot have learned the answer by heart.
#
# <!-- zh -->
#
# ## 它真的在看图吗？
#
# 同样的问题，换一张图。（这次把图片和问题分开交给 `ask`，它两种写法都认。）10,000,000 及以上的种子从未用于训练，所以这张图模型没见过，不可能是背出来的。

# %%
fresh = qvq.case("chart", seed=10_000_000, language=language)
fresh.image

# %%
fresh_answer = reasoner.ask(fresh.image, fresh.question)
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
for family in qvq.cases.BASIC:
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
