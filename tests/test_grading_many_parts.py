"""Answers of several parts, records and places in the words of many learners."""

import pytest
from answers import agrees, listed

ANSWERS = {
    "compare": {
        "right": [
            "The second invoice, by 274.55 yuan.", "Invoice 2 has more tax; the difference is 274.55 yuan.",
            "**Second invoice**, **274.55** yuan more", "第二张发票税额更高，多274.55元。",
            "答：第二张，高274.55元。", "Which: second\nDifference: 274.55 yuan",
            "The second; 736.60 - 462.05 = 274.55", "图二，274.55元", r"\boxed{\text{invoice 2}, 274.55}",
            "The tax of the second invoice is higher by 274.55 yuan than that of the first.",
            "The latter, 274.55", "1. second\n2. 274.55", "The second invoice has 274.55 yuan more tax.",
            "Second invoice: 274.55 yuan more", "第二张发票的税额比第一张高274.55元。",
        ],
        "never right": [
            "The first invoice, 274.55 yuan more.", "The second invoice, 274.55 yuan less",
            "the second, 275", "274.55", "second", "第一张高274.55元", "第二张，275.45元",
            "The first by 274.55, not the second.", "Invoice 2 is 274.55 yuan lower than invoice 1",
            "neither; 274.55", "both the same", "The second invoice has 274.55 yuan less tax.",
            "The first invoice has 274.55 yuan more tax than the second.", "第一张发票比第二张高274.55元。",
            "The second invoice has about 274.55 yuan more tax.",
        ],
    },
    "route": {
        "right": [
            "Route 1 is quicker by 3 minutes.", "Route 1, 3 minutes",
            "**Route 1** is faster, by **3 min**.", "路线1更快，快3分钟。", "答：路线1，快3分钟。",
            "The upper route, 3 minutes quicker", "1, 3", r"\boxed{1, 3}",
            "Route 1 is quicker than route 2 by 3 minutes.", "第一条路线快3分钟",
            "Route: 1\nDifference: 3 minutes", "Route 1 takes 3 minutes less.",
            "You are 3 minutes faster on route 1.", "路线1比路线2快3分钟。",
        ],
        "never right": [
            "Route 2 is quicker by 3 minutes.", "Route 1 is slower by 3 minutes.", "Route 1, 5 minutes",
            "3, 1", "Route 1", "3 minutes", "路线2快3分钟", "路线1慢3分钟", "Route 1, 3 hours",
            "Route 1, at least 3 minutes", "Route 1 or 2, 3 minutes",
            "Route 2 is 3 minutes faster than route 1.", "Route 1 is 3 minutes slower than route 2.",
            "路线2比路线1快3分钟。", "Route 1 is not quicker by 3 minutes.",
        ],
    },
    "solids": {
        "right": [
            "94, 60, 24, 8", "94 cm², 60 cm³, 24 cm², 8 cm³", "94\n60\n24\n8",
            "1. 94 cm²\n2. 60 cm³\n3. 24 cm²\n4. 8 cm³",
            "Surface of the cuboid: 94 cm²\nVolume of the cuboid: 60 cm³\nSurface of "
            "the cube: 24 cm²\nVolume of the cube: 8 cm³",
            "- volume of the cuboid: 60 cm³\n- surface of the cuboid: 94 cm²\n- volum"
            "e of the cube: 8 cm³\n- surface of the cube: 24 cm²",
            "长方体的表面积：94 cm²\n长方体的体积：60 cm³\n正方体的表面积：24 cm²\n正方体的体积：8 cm³",
            "长方体的表面积是94平方厘米，体积是60立方厘米；正方体的表面积是24平方厘米，体积是8立方厘米。",
            "The cuboid has a surface area of 94 cm² and a volume of 60 cm³; the cu"
            "be has a surface area of 24 cm² and a volume of 8 cm³.",
            r"\boxed{94, 60, 24, 8}",
            r"\boxed{94\text{ cm}^2, 60\text{ cm}^3, 24\text{ cm}^2, 8\text{ cm}^3}",
            "Cuboid: surface 94 cm², volume 60 cm³; cube: surface 24 cm², volume 8 cm³",
            "volume of the cube = 8 cm³; surface of the cube = 24 cm²; volume of th"
            "e cuboid = 60 cm³; surface of the cuboid = 94 cm²",
        ],
        "never right": [
            "60, 94, 8, 24", "94, 60, 24", "94 cm³, 60 cm², 24 cm³, 8 cm²", "94, 60, 24, 8 or 9",
            "Surface of the cube: 94 cm²\nVolume of the cube: 60 cm³\nSurface of the "
            "cuboid: 24 cm²\nVolume of the cuboid: 8 cm³",
            "正方体的表面积：94 cm²\n正方体的体积：60 cm³\n长方体的表面积：24 cm²\n长方体的体积：8 cm³",
            "94, 60, 24, 8, 9", "94, 60, 24, more than 8", "not 94, 60, 24, 8",
            "Cube: surface 94 cm², volume 60 cm³; cuboid: surface 24 cm², volume 8 cm³",
            "volume 60 cm³, surface 94 cm², volume 8 cm³, surface 24 cm²",
        ],
    },
    "card": {
        "right": [
            "{\"name\": \"Tavin Solel\", \"number\": \"B-20461\", \"born\": \"1991-04-17\", \"he"
            "ight\": \"5'-05\\\"\", \"valid until\": \"N/A\"}",
            "```json\n{\"name\": \"Tavin Solel\", \"number\": \"B-20461\", \"born\": \"1991-04-"
            "17\", \"height\": \"5'-05\\\"\", \"valid until\": \"N/A\"}\n```",
            "Here is the JSON:\n\n```json\n{\n  \"name\": \"Tavin Solel\",\n  \"number\": \"B-2"
            "0461\",\n  \"born\": \"1991-04-17\",\n  \"height\": \"5'-05\\\"\",\n  \"valid until\":"
            " \"N/A\"\n}\n```\n\nThe card does not show an expiry date.",
        ],
        "never right": [
            "{\"name\": \"Tavin Solel\", \"number\": \"B-20461\", \"born\": \"1991-04-17\", \"he"
            "ight\": \"5'-05\\\"\", \"valid until\": \"2030-01-01\"}",
            "{\"name\": \"Tavin Solel\", \"number\": \"B-20461\", \"born\": \"1991-04-17\", \"he"
            "ight\": \"5'-05\\\"\"}",
            "{\"name\": \"Tavin Solel\", \"name\": \"Other\", \"number\": \"B-20461\", \"born\": "
            "\"1991-04-17\", \"height\": \"5'-05\\\"\", \"valid until\": \"N/A\"}",
            "name: Tavin Solel", "{}", "[]",
            "{\"name\": \"Tavin Solel\", \"number\": \"B-20461\", \"born\": \"1991-04-17\", \"he"
            "ight\": \"5'-05\\\"\", \"valid until\": \"N/A\"}\n{\"name\": \"X\", \"number\": \"B-204"
            "61\", \"born\": \"1991-04-17\", \"height\": \"5'-05\\\"\", \"valid until\": \"N/A\"}",
        ],
    },
    "find": {
        "right": [
            "<|box_start|>(582,21),(740,243)<|box_end|>",
        ],
        "never right": [
            "[104, 4, 152, 52]", "[228, 6, 290, 68] or [104, 4, 152, 52]", "[0, 0, 392, 280]",
            "not [228, 6, 290, 68]", "228", "[228, 6]", "top middle",
            "The green triangle is at [228, 6, 290, 68], the red one at [104, 4, 152, 52].",
            "[[228, 6, 290, 68], [104, 4, 152, 52]]", "[290, 68, 290, 68]", "右上角",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(ANSWERS))
def test_an_answer_of_several_parts_is_read_as_it_is_meant(family, text, expected):
    assert agrees(family, text, expected)
