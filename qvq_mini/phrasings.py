"""Other ways to ask a family's question: qvq-mini shall answer the question, not recognise one sentence.

Each is another wording of the case's own question and has the same answer. `{model}` and `{x}` stand for what is
asked of a chart or a table. The tests keep further wordings that are not trained on.
"""

from random import Random

PHRASINGS = {
    "recognition": {
        "en": (
            "How many pelicans can you see?",
            "Count the pelicans in the picture.",
            "What is the number of pelicans in this image?",
            "How many of the birds are pelicans?",
            "Please count all pelicans, also those that are cut off by the edge.",
            "How many pelicans are on the quay?",
            "Tell me how many pelicans are shown here.",
            "Look at the picture. How many pelicans are in it?",
            "I want to know the number of pelicans.",
            "How many pelicans does the photo show?",
            "Pelicans: how many?",
        ),
        "zh": (
            "图里有多少只鹈鹕？",
            "请数一数图中的鹈鹕。",
            "这张图片中鹈鹕的数量是多少？",
            "这些鸟里有几只是鹈鹕？",
            "请数出所有的鹈鹕，包括被边缘切掉的。",
            "码头上有几只鹈鹕？",
            "告诉我图上有几只鹈鹕。",
            "看图，鹈鹕有几只？",
            "我想知道鹈鹕的只数。",
            "照片里能看到多少只鹈鹕？",
            "鹈鹕一共几只？",
        ),
    },
    "invoice": {
        "en": (
            "How much tax is there in total?",
            "What is the sum of the tax column?",
            "Read the total tax from this invoice.",
            "How high is the total tax on the invoice?",
            "What does the invoice give as total tax?",
            "Please tell me the total amount of tax.",
            "Total tax of this invoice?",
            "How many yuan of tax are due on this invoice?",
            "Find the total tax amount.",
            "What is the tax total at the bottom of the invoice?",
            "I need the total tax of this bill.",
        ),
        "zh": (
            "发票上的税额一共是多少？",
            "税额合计多少元？",
            "请读出这张发票的税额合计。",
            "这张发票总共要交多少税？",
            "发票的总税额是多少？",
            "请告诉我税额的合计。",
            "这张发票的税额总数？",
            "税额那一列合计是多少？",
            "找出这张发票的合计税额。",
            "发票最下面的税额合计是多少？",
            "我需要这张票的总税额。",
        ),
    },
    "chart": {
        "en": (
            "What is the maximum value of {model}?",
            "What is the best score of {model}?",
            "Which is the largest number of {model} in the chart?",
            "How high is the highest bar of {model}?",
            "Find the top value that {model} reaches.",
            "Look at {model}: what is its highest value?",
            "Please give the highest score of {model}.",
            "What is the peak value for {model}?",
            "In this chart, what is the highest value that {model} has?",
            "Highest value of {model}?",
            "What does the tallest bar of {model} say?",
        ),
        "zh": (
            "{model} 的最大值是多少？",
            "{model} 的最好成绩是多少？",
            "图表中 {model} 最大的数是多少？",
            "{model} 最高的柱子是多少？",
            "找出 {model} 达到的最高值。",
            "看 {model}，它的最高值是多少？",
            "请给出 {model} 的最高分。",
            "{model} 的峰值是多少？",
            "在这张图里，{model} 的最高值是多少？",
            "{model} 最高多少？",
            "{model} 最高的一根柱子上写着多少？",
        ),
    },
    "chemistry": {
        "en": (
            "What is filtrate E?",
            "Which substance is filtrate E?",
            "Which substance is in filtrate E?",
            "Name the chemical substance of filtrate E.",
            "What does filtrate E contain?",
            "Look at the flow chart: what is filtrate E?",
            "Identify filtrate E.",
            "Please name the salt in filtrate E.",
            "What is the substance E in this process?",
            "Give the name and formula of filtrate E.",
            "At the end of the process, what is filtrate E?",
        ),
        "zh": (
            "滤液E是什么？",
            "滤液E是哪种物质？",
            "滤液E中的物质是什么？",
            "请说出滤液E的化学物质。",
            "滤液E含有什么？",
            "看流程图，滤液E是什么？",
            "判断滤液E是什么物质。",
            "请写出滤液E中的盐。",
            "这个流程中的E是什么物质？",
            "写出滤液E的名称和化学式。",
            "流程最后得到的滤液E是什么？",
        ),
    },
    "sofa": {
        "en": (
            "How large is the volume of the sofa?",
            "Calculate the volume of this sofa.",
            "What volume does the sofa have?",
            "Find the volume of the sofa in the picture.",
            "How many cubic centimetres is this sofa?",
            "Work out the sofa's volume.",
            "What is the sofa's volume in cubic centimetres?",
            "Please compute the volume of the corner sofa.",
            "How much space does the sofa take up?",
            "Use the sizes in the drawing to find the volume.",
            "Volume of this sofa?",
        ),
        "zh": (
            "沙发的体积有多大？",
            "计算这个沙发的体积。",
            "这个沙发体积是多少立方厘米？",
            "求图中沙发的体积。",
            "这张沙发是多少立方厘米？",
            "算出沙发的体积。",
            "沙发体积多少？",
            "请计算转角沙发的体积。",
            "沙发占多大的空间？",
            "根据图中的尺寸求体积。",
            "图中沙发的体积等于多少？",
        ),
    },
    "derivative": {
        "en": (
            "If h(x) = f(x)g(x), what is h'({x})?",
            "Let h = f · g. Use the table to compute h'({x}).",
            "The function h is the product of f and g. What is h'({x})?",
            "Compute h'({x}) for h(x) = f(x) · g(x).",
            "What is the derivative of f · g at x = {x}?",
            "Find (f · g)'({x}) from the table.",
            "Using the table, find h'({x}), where h(x) = f(x) · g(x).",
            "Given the table, what is the value of h'({x}) if h = f · g?",
            "h(x) = f(x) · g(x). h'({x}) = ?",
            "Please find the derivative of h(x) = f(x) · g(x) at x = {x}.",
            "Use the product rule and the table to find h'({x}).",
        ),
        "zh": (
            "若 h(x) = f(x)g(x)，h'({x}) 等于多少？",
            "设 h = f · g，用表格计算 h'({x})。",
            "函数 h 是 f 与 g 的乘积，h'({x}) 是多少？",
            "计算 h'({x})，其中 h(x) = f(x) · g(x)。",
            "f · g 在 x = {x} 处的导数是多少？",
            "由表求 (f · g)'({x})。",
            "利用表格求 h'({x})，h(x) = f(x) · g(x)。",
            "根据表格，若 h = f · g，h'({x}) 的值是多少？",
            "h(x) = f(x) · g(x)，h'({x}) = ？",
            "请求 h(x) = f(x) · g(x) 在 x = {x} 处的导数。",
            "用乘法法则和表格求 h'({x})。",
        ),
    },
}


# Questions put together from parts: how it is asked, what is asked for, and where it stands.
COMPOSED = {
    "recognition": {
        "en": (("How many {}?", "Count {}.", "Please count {}.", "Tell me the number of {}.", "What is the number of {}?", "Give me the count of {}.",
                "Could you count {}?", "Can you say how many {}?"),
               ("pelicans", "the pelicans", "pelican birds", "birds that are pelicans", "pelicans altogether", "pelicans only"),
               ("", " here", " on the picture", " standing there", " at the water", " in this scene", " by the sea", " among these birds")),
        "zh": (("{}有几只？", "{}有多少只？", "{}多少只？", "数一下{}。", "请你数{}有几只。", "{}的数量是几？", "{}总共有多少？", "能数出{}有几只吗？"),
               ("鹈鹕", "鹈鹕这种鸟", "其中的鹈鹕", "所有鹈鹕", "是鹈鹕的鸟"), ("", "图中", "这里", "画面里", "岸上", "水边", "这些鸟里")),
    },
    "invoice": {
        "en": (("What is {}?", "How much is {}?", "Tell me {}.", "Read {}.", "Find {}.", "Give me {}.", "Can you read {}?", "What amount is {}?"),
               ("the total tax", "the sum of all taxes", "the total of the tax column", "all tax together", "the tax total", "the tax of all lines together",
                "the tax in the last row", "the whole tax", "the tax sum", "the total VAT", "the tax that all lines have in total"),
               ("", " on this invoice", " of this bill", " here", " in the picture", " on the receipt")),
        "zh": (("{}是多少？", "{}多少钱？", "{}是几元？", "读出{}。", "告诉我{}。", "求{}。", "{}等于多少？", "请找出{}。"),
               ("总税额", "税额总和", "所有税额之和", "全部的税", "税一共", "各行税额加起来", "税额的总数", "最后一行的税额", "税额那列的合计", "合计税额", "总共的税"),
               ("", "这张发票上", "票上", "图中", "这里", "这张票的")),
    },
    "chart": {
        "en": (("What is {}?", "How high is {}?", "Tell me {}.", "Read {}.", "Find {}.", "Give me {}.", "Can you see {}?"),
               ("the highest value of {model}", "{model}'s best result", "the top score of {model}", "the maximum of {model}", "the largest number for {model}",
                "the tallest bar of {model}", "{model}'s highest bar", "the best number of {model}", "the peak of {model}"),
               ("", " in this chart", " here", " in the picture", " in the graph", " among its bars")),
        "zh": (("{}是多少？", "{}是几？", "{}有多高？", "读出{}。", "告诉我{}。", "{}达到多少？", "请找出{}。"),
               ("{model} 的最高值", "{model} 最好的成绩", "{model} 的最高分", "{model} 的最大值", "{model} 最高的柱子", "{model} 最大的数", "{model} 的峰值"),
               ("", "图中", "这张图里", "图表上", "这里")),
    },
    "chemistry": {
        "en": (("What is {}?", "Which substance is {}?", "Tell me what {} is.", "Name {}.", "Which salt is {}?", "Which compound is {}?", "What do you call {}?"),
               ("filtrate E", "the filtrate E", "the last filtrate", "the substance of filtrate E", "the salt in filtrate E", "the solution called filtrate E"),
               ("", " in this process", " in the flow chart", " here", " at the end", " in the picture")),
        "zh": (("{}是什么？", "{}是哪种物质？", "{}是什么盐？", "{}叫什么？", "说出{}。", "写出{}。", "{}是哪种化合物？"),
               ("滤液E", "最后的滤液E", "滤液E里的物质", "滤液E中的盐", "滤液E的溶质", "滤液E的主要成分"), ("", "流程图中", "图里", "这里", "最后")),
    },
    "sofa": {
        "en": (("What is {}?", "How large is {}?", "Calculate {}.", "Find {}.", "Tell me {}.", "Work out {}.", "How big is {}?"),
               ("the volume of the sofa", "the sofa's volume", "the volume of this couch", "the whole volume", "the volume in cubic centimetres",
                "the volume of the L-shaped sofa", "the volume of the corner sofa"),
               ("", " in the picture", " here", " from the sizes", " in the drawing")),
        "zh": (("{}是多少？", "{}有多大？", "求{}。", "计算{}。", "算一下{}。", "{}等于多少？", "{}是多少立方厘米？", "{}怎么算，是多少？"),
               ("沙发的体积", "这个沙发的体积", "L形沙发的体积", "沙发体积", "整个沙发的体积", "转角沙发的总体积"), ("", "图中", "按图中尺寸", "这里")),
    },
    "derivative": {
        "en": (("What is {}?", "Find {}.", "Compute {}.", "Give {}.", "Tell me {}.", "Evaluate {}.", "Read the table and give {}."),
               ("h'({x}) for h = f·g", "h'({x}) if h(x) = f(x) · g(x)", "h'({x}), where h is f times g", "the derivative of h(x) = f(x)g(x) at {x}",
                "h'({x}) when h(x) equals f(x)·g(x)", "the derivative of f times g at x = {x}"), ("", " from the table", " by the product rule", " using the values shown")),
        "zh": (("{}是多少？", "{}等于几？", "求{}。", "计算{}。", "请给出{}。", "看表求{}。"),
               ("h = f·g 时的 h'({x})", "h(x) = f(x)g(x) 的 h'({x})", "f 乘 g 在 {x} 处的导数", "h(x) = f(x) · g(x) 在 x = {x} 的导数", "乘积 f·g 的导数在 {x} 处的值"),
               ("", "由表格", "根据表中的数", "用乘法法则")),
    },
}  # fmt: skip
AROUND = {
    "en": (
        "Please tell me: {}",
        "I have a question about this picture. {}",
        "Look closely. {}",
        "{} Thank you!",
        "Here is a picture. {}",
        "Hi! {}",
        "Can you help me? {}",
        "I see a picture here. {}",
        "{} Think step by step.",
    ),
    "zh": (
        "请问，{}",
        "麻烦你，{}",
        "看看这张图。{}",
        "我有个问题：{}",
        "{}谢谢！",
        "你好，{}",
        "根据这张图，{}",
        "帮我看一下，{}",
        "{}请一步一步想。",
    ),
}
COMPOSED_SHARE, AROUND_SHARE = 0.65, 0.25


def compose(family: str, facts: dict, language: str, random: Random) -> str:
    """The family's question put together from parts."""
    how, what, where = (random.choice(part) for part in COMPOSED[family][language])
    asked = what.format(model=facts.get("asked"), x=facts.get("x"))
    return how.format(asked + where if language == "en" else where + asked)


def surround(question: str, language: str, random: Random) -> str:
    """The same question, now and then with polite words around it."""
    return random.choice(AROUND[language]).format(question) if random.random() < AROUND_SHARE else question


def ask(family: str, facts: dict, language: str, random: Random) -> str:
    """The family's question in one of its other wordings."""
    return random.choice(PHRASINGS[family][language]).format(model=facts.get("asked"), x=facts.get("x"))
