"""The characters that the training names in pictures, besides ASCII: those of the six families and more.

A class for each of the 3,755 that the fonts hold would make the heads that name them nearly ten times as
large.
"""

CHARACTERS = (
    "×÷±°·−–—…′″“”‘’₀₁₂₃₄₅₆₇₈₉⁺⁻²³→←≈≤≥Δ√παβγ，。：；？！（）、《》％￥¥增值税电子普"
    "通专用发票购买方销售单位名称项目规格型号数量价金额率合计总大写小开日期纸笔墨盒打印机桌椅灯茶杯书本键盘鼠标耳硬显示器线包"
    "伞钟表扇锅碗瓢刀叉毛巾服务费咨询运输维修设备材料办公品食元角分整零壹贰叁肆伍陆柒捌玖拾佰仟万圆黄铜矿辉孔雀石赤镍锡银铅锌"
    "铁镁铝钴粉末焙烧碎硫酸铵硝氯化水浸固体气空滤液渣过粗解纯吸收溶高温混氨加热反应炉冷却洗涤干燥产物原步骤图锰铬钙钠钾亚盐碱"
    "沙长宽深厘米立中一共有几只鹈鹕鸟海鸥苍鹭鸭码头这张的是多少最什么学质积已知根据下求函导模得基准测试确斑蓝针白入片甲乙丙丁"
    "戊叶记雨台上左右东西南北第二三四五六七八九十年月"
)
