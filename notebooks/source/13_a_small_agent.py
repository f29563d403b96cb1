# %% [markdown]
# # 13 · A small agent: look, tap, look again
#
# {{needs}}
#
# **After this lesson you can**
# * let a model, or a program, use a phone in a loop: look, tap, look again;
# * say when such a task is done, and check it by the state that is left, not by what was said;
# * show why taps without looking fail, even if they were right on another phone.
#
# <!-- zh -->
#
# # 13 · 小小智能体：看，点，再看
#
# {{needs}}
#
# **学完本课，你能够**
# * 让模型或程序循环地操作一部手机：看，点，再看；
# * 说清楚怎样才算完成，并且按最后的状态来核对，而不是听它怎么说；
# * 说明为什么不看就点会出错，哪怕同样的点法在另一部手机上是对的。

# %% tags=["parameters"]
model = "qvq-mini"
language = "en"

# %%
import qvq_nb as qvq
from qvq_nb.cases.scenes.screen import Phone, goal

qvq.versions("torch", "transformers")

# %% [markdown]
# ## A phone made of code
#
# This phone has three pages and four switches. It is drawn by code, so its state is always known. Tapping a row with a switch changes the switch, a row with an arrowhead or the gear leads to another page, the arrow leads back.
#
# <!-- zh -->
#
# ## 用代码画的手机
#
# 这部手机有三个页面、四个开关。它是代码画出来的，所以随时知道它的状态。点带开关的行会拨动开关，点带箭头尖的行或齿轮会进入另一页，点箭头会返回。

# %%
case = qvq.case("screen", language=language)
print(case.question)
case.image

# %% [markdown]
# **Your prediction:** how many taps does it take at least? Write it down before you go on.
#
# <!-- zh -->
#
# **你的预测：** 最少要点几次？先写下来，再往下看。

# %%
prediction = None

# %% [markdown]
# ## One tap
#
# A tap is a place: `(x,y)` in thousandths of width and height, as Qwen2-VL counts. (0,0) is the upper left corner, (1000,1000) the lower right one. First we ask the model for the first tap only.
#
# <!-- zh -->
#
# ## 点一次
#
# 一次点击就是一个位置：`(x,y)`，宽和高各分成一千份，这也是 Qwen2-VL 的数法。(0,0) 是左上角，(1000,1000) 是右下角。先只问模型第一下点哪里。

# %%
reasoner = qvq.load(model)
answer = reasoner.ask(case)
answer

# %%
case.check(answer)

# %% [markdown]
# `qvq-mini` has not learned phones. Then the answer above is the kit's, which says so, and the verdict says that there was no answer of a model. A larger model is asked by the same cell: set `model` at the top (lesson 10 shows how).
#
# Where does one tap? The truth is found by trying: from every state all taps, until a state is reached in which the task is done. The first such way is a shortest one.
#
# <!-- zh -->
#
# `qvq-mini` 没学过手机。这时上面的回答来自工具包，它自己也是这么说的；评判里写明模型没有作答。要问更大的模型，用的还是这一格：把最上面的 `model` 换掉（做法见第 10 课）。
#
# 那么该点哪里？标准答案是试出来的：从每个状态出发，把所有点法都试一遍，直到某个状态里任务已经完成。最先找到的就是一条最短的路。

# %%
print(case.truth)
print(case.target.state.expected)
print(f"{prediction = }, {len(case.target.state.way) = }")

# %% [markdown]
# ## The loop
#
# An agent is a loop around one question: show the screen, get a tap, tap, show the new screen. Two things end it: the agent says that it is done, or the taps run out. Without such a limit a confused agent taps forever.
#
# <!-- zh -->
#
# ## 循环
#
# 智能体就是围绕一个问题的循环：给它看屏幕，得到一次点击，点下去，再给它看新的屏幕。结束的方式有两种：它说完成了，或者点击次数用完了。没有这个上限，糊涂的智能体会一直点下去。

# %%
from qvq_nb.media.strip import side_by_side

def operate(phone, next_tap, most=8):
    screens = [phone.screen()]
    while len(screens) <= most and (place := next_tap(phone)):
        phone.tap(*place)
        screens.append(phone.screen())
    return side_by_side(screens)

# %% [markdown]
# The model as one player of this loop: it sees the present screen and answers with a place. What is not exactly one place on the screen ends the loop; nothing that a model writes is ever run as code.
#
# <!-- zh -->
#
# 让模型来玩这个循环：它看到当前的屏幕，回答一个位置。只要回答不是屏幕上恰好一个位置，循环就结束；模型写的东西从不当作代码来运行。

# %%
from qvq_nb.grading.forms.point import points_in

how = {
    "en": ". Answer with the one place to tap next, as (x,y) in thousandths"
          " of width and height, or with done() when nothing is left to do.",
    "zh": "。请回答下一步点哪里，只写一个 (x,y)（宽、高的千分坐标）；已经完成就写 done()。",
}[language]

def by_model(phone):
    screen = phone.screen()
    answer = reasoner.ask(screen, goal(phone.facts, language) + how)
    print(answer.final)
    places = points_in(answer.final, screen.size)
    places = [place for place in places if max(place) <= 1000]
    if len(places) == 1:
        return [round(number) for number in places[0]]

# %%
phone = Phone(case.facts, language)
operate(phone, by_model)

# %%
phone.done()

# %% [markdown]
# Only the state counts. `done()` looks at the switches: those asked for are as they should be, all others as they were, and at most twice as many taps as needed were used. Whoever says "I have turned it off" and has not, fails.
#
# <!-- zh -->
#
# 只看状态。`done()` 会检查开关：要求的开关拨对了，其余的都没变，点击次数不超过最少次数的两倍。嘴上说“已经关了”、实际没关的，一律不算。

# %% [markdown]
# ## A program that knows the phone
#
# No model wrote the next taps. This program knows how the phone is built, and before each tap it looks at the state; that is what a perfect agent would do.
#
# <!-- zh -->
#
# ## 一个了解这部手机的程序
#
# 下面的点击不是模型写的。这个程序知道手机内部的结构，每次点之前都看一眼状态；完美的智能体就该这样做。

# %%
from qvq_nb.grading.forms.state import shortest_way

def by_program(phone):
    way = shortest_way(phone.pages, phone.state)
    return way[0] if way else None

phone = Phone(case.facts, language)
operate(phone, by_program)

# %%
phone.done()

# %% [markdown]
# ## A failure: taps without looking
#
# This program remembers the right taps from the phone above and repeats them on another one, with the same task. It never looks. Predict what happens: look at the last screen, then at the verdict.
#
# <!-- zh -->
#
# ## 一次失败：不看就点
#
# 这个程序记住了上面那部手机的正确点法，在另一部手机上照点一遍，任务完全相同。它从来不看屏幕。先猜猜结果，再看最后一屏，然后看评判。

# %%
remembered = list(case.target.state.way)

def by_memory(phone):
    done = len(phone.taps)
    return remembered[done] if done < len(remembered) else None

other = qvq.case("screen", seed=2317, language=language)
print(other.question)
phone = Phone(other.facts, language)
operate(phone, by_memory)

# %%
phone.done()

# %% [markdown]
# Two taps were right, the third hit the neighbour: here the two rows stand the other way round. Bluetooth is still on, and Wi-Fi, which nobody asked for, is off. A second look would have shown it. The program that looks does better:
#
# <!-- zh -->
#
# 前两下是对的，第三下点到了旁边那一行：在这部手机上，两行的顺序正好相反。蓝牙还开着，没人要求动的无线网络却关了。只要再看一眼就会发现。会看的程序就好多了：

# %%
phone = Phone(other.facts, language)
operate(phone, by_program)
phone.done()

# %% [markdown]
# ## Taps as text
#
# Taps can be written down, one on each line, with `done()` at the end. `case.check` carries them out on a fresh phone and looks at the state. It reads nothing but these two words: anything else is "unclear". The third text taps the switch once more, to be sure; why is that wrong?
#
# <!-- zh -->
#
# ## 把点击写成文字
#
# 点击可以写下来，每行一次，最后写 `done()`。`case.check` 会在一部新手机上照做，再看状态。它只认这两个词，别的一概是“不明确”。第三段文字为了保险又点了一次开关；为什么反而错了？

# %%
taps = case.target.state.expected
without_end = taps.replace("done()", "that is all")
once_more = taps.replace("done()", "tap(500,403)\ndone()")
for text in (taps, without_end, once_more):
    display(case.check(text))

# %% [markdown]
# ## What you have learned
#
# * An agent is a loop: look, tap, look again. It needs an end and a limit.
# * Right is what the state shows, with nothing else changed; words do not count.
# * Taps that were right elsewhere are a guess here. On a real phone let a person confirm what cannot be undone.
#
# <!-- zh -->
#
# ## 小结
#
# * 智能体是一个循环：看，点，再看。它要有结束的条件，也要有次数上限。
# * 对不对，看状态，而且别的都不能动；嘴上说的不算。
# * 在别处点对过的，在这里只是猜。在真手机上，凡是不能撤销的操作，都要由人来确认。

# %% [markdown]
# ## Exercise
#
# Another phone, another task. Write the taps, or a policy like `by_program` that finds them: `mine` is the text, one tap on each line and `done()` at the end. `try_out.tap(x, y)` and `try_out.screen()` let you look round. The last cell checks it.
#
# <!-- zh -->
#
# ## 练习
#
# 换一部手机，换一个任务。写出点击，或者像 `by_program` 那样写一个程序去找：`mine` 是文字，每行一次点击，最后是 `done()`。用 `try_out.tap(x, y)` 和 `try_out.screen()` 可以先到处看看。最后一个单元格会检查。

# %%
fresh = qvq.case("screen", seed=12, language=language)
try_out = Phone(fresh.facts, language)
mine = ""
print(fresh.question)
try_out.screen()

# %% tags=["solution"]
# mine = "tap(…,…)\ntap(…,…)\n…\ndone()"
mine = "tap(750,515)\ntap(500,270)\ntap(500,270)\ndone()"

# %%
verdict = fresh.check(mine)
print(verdict)
verdict.ok

# %% [markdown]
# **You are through.** Change the task: `Phone({**case.facts, "goal": {"dark": True}}, language)`.
#
# <!-- zh -->
#
# **全部学完了。** 换个任务试试：`Phone({**case.facts, "goal": {"dark": True}}, language)`。
