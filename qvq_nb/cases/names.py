"""Names for wide facts: goods in two languages, and invented names of goods, models and benchmarks."""

from random import Random

CHINESE_GOODS = (
    "打印机", "显示器", "键盘", "鼠标", "耳机", "硬盘", "办公桌", "椅子", "台灯", "墨盒", "笔记本", "服务费",
    "咨询费", "运输费", "维修费", "茶叶", "书包", "雨伞", "钟表", "毛巾", "复印纸", "文件夹", "计算器",
    "电风扇", "空调", "冰箱", "洗衣机", "微波炉", "电饭锅", "热水器", "窗帘", "地毯", "沙发", "书架", "床垫",
    "自行车", "轮胎", "机油", "汽油", "钢管", "水泥", "木板", "玻璃", "油漆", "电线", "开关", "螺丝", "手套",
    "口罩", "大米", "面粉", "食用油", "白糖", "牛奶", "鸡蛋", "苹果", "矿泉水", "餐费", "住宿费", "培训费",
    "设计费", "广告费", "会议费", "保洁费", "软件", "图书", "教材", "篮球", "玩具",
)  # fmt: skip
ENGLISH_GOODS = (
    "Printer", "Monitor", "Keyboard", "Mouse", "Headset", "Hard disk", "Desk", "Chair", "Lamp", "Paper",
    "Notebook", "Service", "Consulting", "Transport", "Repair", "Tea", "Coffee", "Bag", "Umbrella", "Clock",
    "Towel", "Stapler", "Fan", "Fridge", "Oven", "Kettle", "Curtain", "Carpet", "Sofa", "Shelf", "Mattress",
    "Bicycle", "Tyre", "Cement", "Glass", "Paint", "Cable", "Switch", "Screws", "Gloves", "Rice", "Flour",
    "Sugar", "Milk", "Eggs", "Apples", "Water", "Meals", "Hotel", "Training", "Design", "Cleaning",
    "Textbook", "Football", "Toys",
)  # fmt: skip
# Everyday characters of which any few make a harmless name; none is a numeral.
CHARACTERS = (
    "天地山水风云星光海江河湖花草木林石金银铜铁玉竹松梅兰红黄蓝绿青春夏秋冬东南西北新高明安和乐美文书画纸笔墨衣帽"
    "鞋布线茶米面果豆糖油盐车船桥灯门窗桌椅柜箱包杯碗盘壶锅刀钟镜伞球琴鼓棉麻丝绸瓷陶漆皮毛羽"
)
CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like 1 and 0
SYLLABLES = (
    "ba", "be", "da", "do", "du", "fi", "ga", "ka", "ke", "ko", "la", "le", "li", "lo", "ma", "me",
    "mi", "mo", "na", "ne", "no", "pa", "re", "ri", "so", "ta", "te", "to", "va", "ve", "vi", "za",
    "ze", "zo",
)  # fmt: skip
# Words of two syllables that would say something beside a number; "Neve" may become "Never".
TELLING = ("More", "Neve", "None", "Note", "Same", "Sole")


def _word(random: Random) -> str:
    while (word := "".join(random.sample(SYLLABLES, 2)).capitalize()) in TELLING:
        pass
    return word


def _chinese(random: Random, least: int, most: int) -> str:
    return "".join(random.sample(CHARACTERS, random.randint(least, most)))


def goods(random: Random) -> str:
    """Something to buy: a real word of either language, or an invented name as often."""
    kind = random.randrange(4)
    if kind < 2:
        return random.choice((CHINESE_GOODS, ENGLISH_GOODS)[kind])
    if kind == 2:
        return _chinese(random, 2, 4)
    letters = "".join(random.sample(CAPITALS, random.randint(1, 3)))
    return f"{letters}-{random.randint(2, 999)}"


def model(random: Random) -> str:
    """An invented name of a model, such as "Zoral-7B", "Keto-2.5" or "星河-V3"."""
    word = _word(random) + random.choice(("", "", "l", "n", "r", "x"))
    if random.random() < 0.25:
        word = _chinese(random, 2, 3)
    ending = random.choice(("", "size", "size", "number", "version", "Mini", "Max", "Pro"))
    made = {
        "": "",
        "size": f"-{random.choice((1, 2, 3, 7, 8, 14, 32, 70, 72))}B",
        "number": f"-{random.randint(1, 5)}.{random.randint(0, 9)}",
        "version": f"-V{random.randint(1, 9)}",
    }
    return word + made.get(ending, f"-{ending}")


def benchmark(random: Random) -> str:
    """An invented name of a benchmark, such as "BXTQ", "LMR20" or "Tavi"."""
    kind = random.randrange(3)
    if kind == 0:
        return _word(random)
    letters = "".join(random.sample(CAPITALS, random.randint(3, 4)))
    return letters if kind == 1 else f"{letters[:3]}{random.randint(2, 99)}"


def person(random: Random) -> str:
    """The name of an invented person: two words such as "Tavi Solen", or Chinese characters."""
    if random.random() < 0.4:
        return _chinese(random, 2, 3)
    return " ".join("".join(random.sample(SYLLABLES, 2)).capitalize() + random.choice("lnr") for _ in "ab")
