"""Other ways to ask a family's question: qvq-mini shall answer the question, not recognise one sentence.

Each is another wording of the case's own question and has the same answer. `{model}` and `{x}` stand for what is
asked of a chart or a table. The tests keep further wordings that are not trained on.
"""

from random import Random

PHRASINGS = {
    "recognition": {
        "en": ("How many pelicans can you see?", "Count the pelicans in the picture.",
               "What is the number of pelicans in this image?", "How many of the birds are pelicans?",
               "Please count all pelicans, also those that are cut off by the edge.", "How many pelicans are on the quay?",
               "Tell me how many pelicans are shown here.", "Look at the picture. How many pelicans are in it?",
               "I want to know the number of pelicans.", "How many pelicans does the photo show?",
               "Pelicans: how many?"),
        "zh": ("图里有多少只鹈鹕？", "请数一数图中的鹈鹕。", "这张图片中鹈鹕的数量是多少？", "这些鸟里有几只是鹈鹕？",
               "请数出所有的鹈鹕，包括被边缘切掉的。", "码头上有几只鹈鹕？", "告诉我图上有几只鹈鹕。", "看图，鹈鹕有几只？",
               "我想知道鹈鹕的只数。", "照片里能看到多少只鹈鹕？", "鹈鹕一共几只？"),
    },
    "invoice": {
        "en": ("How much tax is there in total?", "What is the sum of the tax column?", "Read the total tax from this invoice.",
               "How high is the total tax on the invoice?", "What does the invoice give as total tax?",
               "Please tell me the total amount of tax.", "Total tax of this invoice?",
               "How many yuan of tax are due on this invoice?", "Find the total tax amount.",
               "What is the tax total at the bottom of the invoice?", "I need the total tax of this bill."),
        "zh": ("发票上的税额一共是多少？", "税额合计多少元？", "请读出这张发票的税额合计。", "这张发票总共要交多少税？",
               "发票的总税额是多少？", "请告诉我税额的合计。", "这张发票的税额总数？", "税额那一列合计是多少？",
               "找出这张发票的合计税额。", "发票最下面的税额合计是多少？", "我需要这张票的总税额。"),
    },
    "chart": {
        "en": ("What is the maximum value of {model}?", "What is the best score of {model}?",
               "Which is the largest number of {model} in the chart?", "How high is the highest bar of {model}?",
               "Find the top value that {model} reaches.", "Look at {model}: what is its highest value?",
               "Please give the highest score of {model}.", "What is the peak value for {model}?",
               "In this chart, what is the highest value that {model} has?", "Highest value of {model}?",
               "What does the tallest bar of {model} say?"),
        "zh": ("{model} 的最大值是多少？", "{model} 的最好成绩是多少？", "图表中 {model} 最大的数是多少？",
               "{model} 最高的柱子是多少？", "找出 {model} 达到的最高值。", "看 {model}，它的最高值是多少？",
               "请给出 {model} 的最高分。", "{model} 的峰值是多少？", "在这张图里，{model} 的最高值是多少？",
               "{model} 最高多少？", "{model} 最高的一根柱子上写着多少？"),
    },
    "chemistry": {
        "en": ("What is filtrate E?", "Which substance is filtrate E?", "Which substance is in filtrate E?",
               "Name the chemical substance of filtrate E.", "What does filtrate E contain?",
               "Look at the flow chart: what is filtrate E?", "Identify filtrate E.",
               "Please name the salt in filtrate E.", "What is the substance E in this process?",
               "Give the name and formula of filtrate E.", "At the end of the process, what is filtrate E?"),
        "zh": ("滤液E是什么？", "滤液E是哪种物质？", "滤液E中的物质是什么？", "请说出滤液E的化学物质。", "滤液E含有什么？",
               "看流程图，滤液E是什么？", "判断滤液E是什么物质。", "请写出滤液E中的盐。", "这个流程中的E是什么物质？",
               "写出滤液E的名称和化学式。", "流程最后得到的滤液E是什么？"),
    },
    "sofa": {
        "en": ("How large is the volume of the sofa?", "Calculate the volume of this sofa.", "What volume does the sofa have?",
               "Find the volume of the sofa in the picture.", "How many cubic centimetres is this sofa?",
               "Work out the sofa's volume.", "What is the sofa's volume in cubic centimetres?",
               "Please compute the volume of the corner sofa.", "How much space does the sofa take up?",
               "Use the sizes in the drawing to find the volume.", "Volume of this sofa?"),
        "zh": ("沙发的体积有多大？", "计算这个沙发的体积。", "这个沙发体积是多少立方厘米？", "求图中沙发的体积。",
               "这张沙发是多少立方厘米？", "算出沙发的体积。", "沙发体积多少？", "请计算转角沙发的体积。",
               "沙发占多大的空间？", "根据图中的尺寸求体积。", "图中沙发的体积等于多少？"),
    },
    "derivative": {
        "en": ("If h(x) = f(x)g(x), what is h'({x})?", "Let h = f · g. Use the table to compute h'({x}).",
               "The function h is the product of f and g. What is h'({x})?", "Compute h'({x}) for h(x) = f(x) · g(x).",
               "What is the derivative of f · g at x = {x}?", "Find (f · g)'({x}) from the table.",
               "Using the table, find h'({x}), where h(x) = f(x) · g(x).",
               "Given the table, what is the value of h'({x}) if h = f · g?", "h(x) = f(x) · g(x). h'({x}) = ?",
               "Please find the derivative of h(x) = f(x) · g(x) at x = {x}.",
               "Use the product rule and the table to find h'({x})."),
        "zh": ("若 h(x) = f(x)g(x)，h'({x}) 等于多少？", "设 h = f · g，用表格计算 h'({x})。",
               "函数 h 是 f 与 g 的乘积，h'({x}) 是多少？", "计算 h'({x})，其中 h(x) = f(x) · g(x)。",
               "f · g 在 x = {x} 处的导数是多少？", "由表求 (f · g)'({x})。", "利用表格求 h'({x})，h(x) = f(x) · g(x)。",
               "根据表格，若 h = f · g，h'({x}) 的值是多少？", "h(x) = f(x) · g(x)，h'({x}) = ？",
               "请求 h(x) = f(x) · g(x) 在 x = {x} 处的导数。", "用乘法法则和表格求 h'({x})。"),
    },
}


def ask(family: str, facts: dict, language: str, random: Random) -> str:
    """The family's question in one of its other wordings."""
    return random.choice(PHRASINGS[family][language]).format(model=facts.get("asked"), x=facts.get("x"))
