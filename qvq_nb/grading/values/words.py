"""The words that deny, bound, leave open or take back what stands beside them, in both languages."""

import re

DENIES = (
    r"\b(?:not|never|neither|nor|cannot|none|nothing|nobody|rather than|instead of|except(?:ing|ed)?"
    r"|exclud\w+"
    r"|rul(?:es?|ed|ing) out|without|other than|apart from|besides|unlike|wrong|false|incorrect"
    r"|mistak\w+|errors?"
    r"|invalid|impossible|unlikely|reject\w*|disagree|far from|(?:all|everything|anything) but|fail(?:s"
    r"|ed)? to|deny|denied)\b|\bno\b(?!\. ?\d)|n['’]t\b"
    r"|≠|!=|❌|✗|✘|¬|不(?!完整|完全的|同|含税|锈|变)|并非|而非|非也|绝非|没|未|无法|无误|无关|勿|错|否"
    r"|排除|除了|除外|除去|有误|失误|假的|并无"
    r"|\b(?:hardly|barely|scarcely|a lie|untrue|until|wrongly|falsely)\b|难道"
    r"|\btoo (?:few|little|many|much|high|low|large|small|short|long)\b"
    r"|\b(?:used up|consumed|removed|(?:have|has|had) (?:left|gone|flown)|fl(?:y|ies|ew|own) (?:away|off))\b"
    r"|用完|耗尽|飞走"
    r"|\b(?:nope|doubt\w*)\b|非(?!常|金属)|以外|除(?![以了])|存疑|怀疑"
)
BOUNDS = (
    r"\b(?:more|less|fewer|greater|larger|smaller|higher|lower|bigger|better|worse) than\b"
    r"|\bat (?:least|most)\b"
    r"|\bno (?:more|less|fewer)\b|(?<!\bsum )(?<!\bsums )(?<!\badd )(?<!\badds )\bup to\b|\bas (?:many"
    r"|few|much|high|low) as\b|\bor (?:more|less|so|fewer|higher|lower)\b"
    r"|\band counting\b|\b(?:exceed|surpass|outperform|outnumber)\w*\b|\bbeats?\b|\bupwards of\b"
    r"|\b(?:upper|lower) (?:bound|limit)|[<>≤≥±≪≫]|(?<=[\d.])\+(?!\w| ?[\d(])"
    r"|不到|不足|不止|至少|至多|起码|超过|多于|少于|大于|小于|高于|低于"
    r"|[\d零一二三四五六七八九十百千万只个次张条块元格名人米度%] ?以[上下内]|上限|下限|将近"
    r"|[\d零一二三四五六七八九十百千万亿][多余几来](?=[只个次张条块元格名人米厘度的])"
    r"|\bat the (?:very )?(?:most|least)\b|少说|约莫|(?<=[只个次张条块元格名人米度])多(?=$|[,。.\s])"
)
LEAVES_OPEN = (
    r"\b(?:or|either|maybe|perhaps|possibl[ey]|probabl[ey]|likely|might|could"
    r"|(?<!\bi )would|would(?! (?:go with|choose|pick)\b)|looks? like|unless|if|guess\w*"
    r"|uncertain"
    r"|unsure|suppos\w+|assum\w+|presum\w+|apparently|seem\w*|allegedly|said|claim\w*|unclear|unknown"
    r"|somewhere)\b"
    r"|\bmay\b(?! \d)|\bbetween(?= (?:about |the )?[\d¥])|\?|[\d零一二三四五六七八九十百只个]之间|可能"
    r"|也许|或|大概|估计|猜|如果|假如|假设|要是|若|吗|呢|还是|似乎|好像|恐怕|不确定|据说|有人说|声称"
    r"|\b(?:his|her|their|your|other|another|previous|student\w*|friend\w*)(?:['’]s)? (?:answer|guess"
    r"|count|result)|\b(?:others?|people|some|they|he|she|students?|friends?|student|friend"
    r"|books?) (?:say|says|wrote|write|thinks?|thought|answer\w*|believes?)\b|别人|他说|她说|他们|同学"
    r"|朋友说"
    r"|(?<= ; )就是"
    # of another person, time or place
    r"|\b(?:my|your|his|her|their|our|one|a|the) (?!answer|count|result|program|loop|chart|picture|image"
    r"|output)[a-z]+ (?:says?|thinks?|counts|counted|believes?|claims?|answers)\b"
    r"|\bwish\w*|\bhop(?:e|ed|ing)\b|\bsoon\b|\bthere will be\b"
    r"|\bother (?:picture|image|photo|chart|invoice|figure|table)|\blast (?:month|year|week|time)\b|yesterday"
    r"|上个?[月次周年]|另一?[张个]|昨天"
)
TAKES_BACK = (
    r"\b(?:no,? )?wait\b|\bhold on\b|\bsorry\b|\bcorrection\b|\bcorrected\b|\boops\b|\bscratch that\b"
    r"|\bsecond thought"
    r"|\bi mean\b|\blet me (?:re|think|check|count)\w*|\bat first\b|\bfirst (?:thought|guess|try)\b"
    r"|\binitially\b|\boriginally\b"
    r"|\bpreviously\b|\bformerly\b"
    r"|\bearlier\b|\bactually,|\bused to\b|\bchang\w+ my\b|\balready been\b"
    r"|等等|等一下|更正|纠正|改为|改成|起初|最初"
    r"|原来|原先|之前|先前|刚才|曾|本来|抱歉"
    r"|\b(?:hexadecimal|octal|binary|base \d+)\b|[二八]进制|十六进制|以前"
)
MULTIPLIES = (
    r"\b(?:twice|double|triple|thrice|quadruple)\b(?!-?[ -]?check)|的?一半"
    r"|[两三四五六七八九十几\d]倍|翻倍|平方根|的平方(?!单位)|立方根"
)
DOUBTS = re.compile(f"(?i){DENIES}|{BOUNDS}|{LEAVES_OPEN}|{TAKES_BACK}|{MULTIPLIES}|\\bbut\\b")
# Right before a value and nowhere else: over, about, half …
TIGHT = re.compile(
    r"(?i)(?:\b(?:over|under|above|below|beyond|past|nearly|almost|close to|more like|near|max\.?|min\.?"
    r"|(?<!\bits )(?<!\bthe )maximum"
    r"|minimum|before|till|within|short of|before (?:printing|reaching)|half|(?:a"
    r"|one) (?:half|third|quarter)"
    r"|out of|(?:third|quarter|half|fifth|tenth|hundredth)s?|square root|log|ln|sin|cos|tan|square of|cube of"
    r"|percent|per cent|a fraction|times|minus|plus|reciprocal|opposite"
    r"|negat(?:ion|ive)|absolute value|factorial)(?: of)?|接近|近|比|逾|最多|最少"
    r"|减去?|加上?|乘以?|除以|相反数|绝对值)"
    r"(?: (?:the|a|an|that|these|those|all|of|number|value))* ?[¥€£$(=:]? ?$"
)
WORKED_ON = re.compile(
    r"(?i) ?(?:over|times|squared|cubed|divided by|multiplied by|plus|minus|factorial|to the power"
    r"|(?:less|without) (?:the|an?|one|\d)"
    r"|(?!rather)[a-z]{2,12}er than|(?:too )?short|too little|off|extra"
    r"|and (?:an? (?:half|third|quarter|bit|little|few)|some))\b"
)
ABOUT_BEFORE = re.compile(
    r"(?i)(?:\b(?:about|around|approximately|approx\.?|roughly|circa|ca\.|c\.|some)|≈|约|大约|约为|约等于"
    r"|近似|大致|大体)(?: (?:the|a|an|is|equal to))* ?[¥€£(=:]? ?$"
)
ABOUT_AFTER = re.compile(r" ?左右| ?上下(?!方)|(?i: (?:approximately|or thereabouts)\b)")
DENIED_BEFORE = re.compile(
    r"(?i)(?:\b(?:not|never|rather than|instead of|neither|nor|(?:is|are|was|does|do"
    r"|did)n['’]t)(?! only)|≠|!="
    r"|而?并?不是|并非|而非|绝非|不选|不等于|不为|不含)"
    r"(?: ?(?:just|simply|equal to|be|the|a|an|of|value|number|option|answer|choice|pure|选项|答案))* ?"
    r"(?:[a-z]['′]*(?:\(-?\d\))? ?= ?)?[¥€£$(*]* ?$"
)
LINK = re.compile(r"(?i) ?(?:,|and|or|nor|、|和|或|与|也) ?(?:(?:also|the|a|an|option) )?")
OR = re.compile(r"(?i)[ ,(]*(?:\bor\b|或者?|[=≈])[ (]*")
# What a text says of other things that are not there says nothing about the value.
NOTHING_ELSE = (
    r"(?i)(?:\b(?:no|without(?: any)?|(?:do|does|is|are|was|were|has|have)(?: not|n['’]t)"
    r"(?: show| contain| include| have| see)?(?: any)?)\b|没有|无) ?(?:other (?:birds?|animals?)|others?\b"
    r"|(?:别|其他|其它|另外)的?(?:鸟类?|动物)?|%s)s?"
    r"(?: (?:in|on) (?:the|this) (?:picture|image|photo)| here| there)? ?(?=[.,;!。，；！\n]|$)"
)
# What bounds a number in the reason of an answer: "because the loop stops at 50 or more, > 50".
REASON = re.compile(r"(?i)\b(?:because|since)\b[^.;\n]*|(?:因为|由于)[^。；\n]*")
BOUND_NUMBER = re.compile(rf"(?i)(?:{BOUNDS}) ?\d[\d.]*")
# Behind it stands what all before it leads to.
SO = re.compile(r"(?i)\b(?:so|therefore|thus|hence)\b|所以|因此|故")
# What is compared with is not the answer itself.
COMPARED_WITH = re.compile(r"(?i)(?:\bthan(?: that of)?|比)(?: (?:the|an?))? ?$")
# Words that may stand in one clause with a name that is the answer.
FRAME = re.compile(
    r"(?i)(?:the|an?|answer|final|correct|is|it|its|this|that|here|substance|compound|chemical|formula|name|named"
    r"|filtrate|liquid|solution|solute|salt|component|of|contain(?:s|ing)?|consists?|has|holds|mainly|main|mostly"
    r"|pure|aqueous|dissolved|so|therefore|thus|hence|in|we|i|see|get|find|think|believe|conclude|must|be|what|left"
    r"|remains?|obtained|called|known|as|namely|and|by|to|for|question|picture|image|diagram|shown|water"
    r"|(?:hepta)?hydrate|pale|light|green|comes|next|[A-Z])"
)
FRAME_CHINESE = re.compile(
    "最终|答案|滤液|溶液|液体|主要|成分|溶质|物质|化合物|化学式|名称|图[片中]?|应该|所以|因此|从而|得到|生成|反应|含有|下一个"
    "|铁粉?|[答是为即就中里的含有叫做由与和由故这它其应选得]"
)
MATHS_EDGE = re.compile(r"(?:[\s$*_(]|\\\[|\\\(|\\displaystyle|\\(?:math|text)\w+\{)+$")
MATHS_START = re.compile(r"(?:[\s$*_)}]|\\\]|\\\))+")
CLAUSE_BEFORE = re.compile(
    r"(?i)[.;!?。；！？,，]|\b(?:but|so|therefore|thus|hence)\b|而是|所以|因此|\n\s*\n"
)
CLAUSE_AFTER = re.compile(
    r"(?i)[.;!。；！,，:(（\n]|\b(?:because|since|which|so|as|where|while)\b|因为|由于|而|\?|？"
)

# What stands on the line of a box, and what may follow there.
BESIDE = re.compile(r"(?:(?! (?:and|but|rather|instead)\b)[^.,;:!?()，。；：！？（])*")
# What makes the box a part of something larger.
GLUED_BEFORE = re.compile(
    r"\d\.?\$?$|(?:[\d)}] ?[-+×*/÷]|\\(?:times|cdot|div)|\\[dt]?frac ?\{|[\^_]\{?)[ $]*$"
)
GLUED_AFTER = re.compile(r"[ $}]*(?:\\(?:times|cdot|div|pm|over)(?![A-Za-z])|[-+×*/÷^] ?[\d\\])|\.?\d")
AFTERTHOUGHT = re.compile(
    r"(?i)[\s$})\]\\*]*[.!,(。！，（]? ?(?:or\b|not sure|unsure|maybe|perhaps|no\b|或|还是|不确定|不对|不,"
    r"|(?:but )?(?:that|this|it) (?:is|was|may|might|could)(?:n['’]t| not| wrong| incorrect| false| be)"
    r"|但.{0,8}[错不]|(?:al)?though\b[^.]{0,40}(?:doubt|wrong|not|sure))"
)
BUT = re.compile(r"(?i)[ ,]*but\b")
AND_NOT = re.compile(r"(?i) ?(?:(?:and|but) not|rather than|instead of|而不是|而非)\b ?")

# Words of a sentence: none of them is what a number counts.
FUNCTION_WORD = re.compile(
    r"(?i)in|on|at|of|for|from|to|by|with|as|is|are|was|were|be|been|has|have|had|do|does|and|or|but|so"
    r"|because|since"
    r"|which|that|who|there|here|it|its|this|these|those|the|an?|than|if|when|after|before|while|where"
    r"|during|between"
    r"|then|therefore|thus|hence|total|altogether|overall|exactly|precisely|only|all|too|also|not|no"
    r"|nor|neither"
    r"|instead|rather|i|we|you|they|he|she|my|our|your|please|right|correct"
)
FUNCTION_SIGNS = frozenset(
    "是在为和与及或而但所因故即则也都就的了吧呢吗啊有从到这那其以左上中由并且共多余几里内时后"
)
# What a number stands behind that only numbers or measures something else.
LABEL = re.compile(
    r"(?i)(?:\b(?:picture|image|figure|fig|table|line|row|column|step|option|question|page|part|invoice|cell"
    r"|case|item|route|chapter|example|frame|section|problem|no|room)\.? ?#?|第|#|[左右前后上下](?:边|面"
    r"|侧)有?|中间有?|每[一-鿿]?) ?$"
)
RATE = re.compile(
    r"(?i) ?(?:per|each|apiece|every|in (?:each|every)|(?:on|at) the (?:left|right|top"
    r"|bottom)|in (?:the )?(?:front|back|middle)|behind)\b| ?/ ?(?=[A-Za-z㐀-鿿])|每"
)
NO_PHRASE = re.compile(
    r"(?i)[\n.,;:!?()。；：！？、和或与]|\b(?:and|or|of|in|on|at|with|from|for|by|is|are|non)\b"
)
