"""More metals, ores and words for flow charts of metal winning than the lesson has, and what is possible."""

# Standard electrode potentials, in volts, of the metal and the ion that it forms here.
POTENTIALS = {
    "magnesium": -2.37, "aluminium": -1.66, "manganese": -1.18, "zinc": -0.76, "iron": -0.44, "cobalt": -0.28,
    "nickel": -0.26, "tin": -0.14, "lead": -0.13, "copper": 0.34, "silver": 0.80,
}  # fmt: skip
LEAST_DIFFERENCE = 0.3  # volts, so that one metal drives the other one out for certain

MORE_DISPLACERS = {
    "manganese": {"en": "manganese", "zh": "锰", "symbol": "Mn", "charge": 2,
                  "salt_en": ("manganese(II)", "manganese (II)", "manganese"), "salt_zh": "锰"},
    "cobalt": {"en": "cobalt", "zh": "钴", "symbol": "Co", "charge": 2,
               "salt_en": ("cobalt(II)", "cobalt (II)", "cobalt"), "salt_zh": "钴"},
    "nickel": {"en": "nickel", "zh": "镍", "symbol": "Ni", "charge": 2,
               "salt_en": ("nickel(II)", "nickel (II)", "nickel"), "salt_zh": "镍"},
    "tin": {"en": "tin", "zh": "锡", "symbol": "Sn", "charge": 2,
            "salt_en": ("tin(II)", "tin (II)", "stannous"), "salt_zh": "亚锡"},
    "lead": {"en": "lead", "zh": "铅", "symbol": "Pb", "charge": 2,
             "salt_en": ("lead(II)", "lead (II)", "lead"), "salt_zh": "铅"},
    "copper": {"en": "copper", "zh": "铜", "symbol": "Cu", "charge": 2,
               "salt_en": ("copper(II)", "copper (II)", "cupric", "copper"), "salt_zh": "铜"},
}  # fmt: skip
MORE_METALS = {"cobalt": {"en": "cobalt", "zh": "钴", "symbol": "Co"}}
_ROASTED, _ANY = ("sulfate", "chloride"), ("sulfate", "nitrate", "chloride")
MORE_ORES = {
    "covellite": {"en": "covellite", "zh": "铜蓝", "metal": "copper", "anions": _ROASTED},
    "tenorite": {"en": "tenorite", "zh": "黑铜矿", "metal": "copper", "anions": _ANY},
    "gaspeite": {"en": "gaspeite", "zh": "菱镍矿", "metal": "nickel", "anions": _ANY},
    "linnaeite": {"en": "linnaeite", "zh": "硫钴矿", "metal": "cobalt", "anions": _ROASTED},
    "spherocobaltite": {"en": "spherocobaltite", "zh": "菱钴矿", "metal": "cobalt", "anions": _ANY},
}  # fmt: skip

# Lead sulfate and lead chloride would not dissolve; tin nitrate falls apart in water.
_NOT_DISSOLVED = {("lead", "sulfate"), ("lead", "chloride"), ("tin", "nitrate")}

# Other words for what stands in the boxes: as many in the one language as in the other.
OTHER_WORDS = {
    "en": {
        "crush": ("grind", "mill"), "roast": ("calcine",), "leach": ("add water", "wash out"),
        "filtrate": ("solution C",), "last": ("solution E",), "crude": ("impure {}",),
        "powder": (("excess of", "{} powder"), ("{} powder", "in excess")),
    },
    "zh": {
        "crush": ("研磨", "磨碎"), "roast": ("灼烧",), "leach": ("加水", "加水浸取"),
        "filtrate": ("溶液C",), "last": ("溶液E",), "crude": ("不纯的{}",),
        "powder": (("过量", "{}粉"), ("{}粉", "过量")),
    },
}  # fmt: skip


def can_displace(displacer: str, metal: str, anion: str) -> bool:
    """Whether a metal drives another one out of its solution, and its own salt dissolves."""
    dissolves = (displacer, anion) not in _NOT_DISSOLVED
    return dissolves and POTENTIALS[metal] - POTENTIALS[displacer] >= LEAST_DIFFERENCE


def ways(ores: dict, displacers: dict) -> dict:
    """The ores that lead to each possible (anion, displacing metal)."""
    found = {}
    for ore, entry in ores.items():
        for anion in entry["anions"]:
            for displacer in displacers:
                if can_displace(displacer, entry["metal"], anion):
                    found.setdefault((anion, displacer), []).append(ore)
    return found
