"""Code tables of the field: what a code means, and which code a Chinese word means.

A table that stands for a standard names it; none of these standards' own texts was read (待核), the values are those
of forms and clients in use. Words a repair shop writes instead of a code are synonyms; a word that could mean two
codes is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from chedang.terms.text import clean


class CodeTable:
    """Codes with their Chinese names, immutable. Iterates over the codes in the table's own order."""

    def __init__(self, title: str, names: Mapping[str, str], synonyms: Mapping[str, str] | None = None) -> None:
        """``names``: code → name; ``synonyms``: other words → code. Raises ValueError for a word of two codes."""
        self.title: Final = title
        self._names: Final = MappingProxyType(dict(names))
        words: dict[str, str] = {}
        own = ((word, code) for code, name in names.items() for word in (code, name))
        for word, code in (*own, *(synonyms or {}).items()):
            if code not in names or words.setdefault(word.casefold(), code) != code:
                raise ValueError(f"{title}: {word} → {code}")
        self._words: Final = MappingProxyType(words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, code: object) -> bool:
        return code in self._names

    def items(self) -> Iterator[tuple[str, str]]:
        """Pairs of code and name, for a choice on a form."""
        return iter(self._names.items())

    def name(self, code: str) -> str | None:
        """The name of a code; ``None`` when the table has no such code."""
        return self._names.get(code)

    def over(self, names: Mapping[str, str], synonyms: Mapping[str, str], withdrawn: Iterable[str]) -> CodeTable:
        """This table with further or renamed codes and words, without the withdrawn ones. Raises ValueError."""
        gone = set(withdrawn)
        kept = {code: name for code, name in (dict(self._names) | dict(names)).items() if code not in gone}
        # What is published goes before a word that meant something else so far.
        taken = {word.casefold() for word in (*names, *names.values(), *synonyms)}
        words = {word: code for word, code in self._words.items() if code in kept and word not in taken}
        return CodeTable(self.title, kept, words | dict(synonyms))

    def words(self) -> Iterator[str]:
        """Everything :meth:`code_of` understands: codes, names and synonyms."""
        return iter(self._words)

    def code_of(self, text: str) -> str | None:
        """The code a received text means: itself a code, a name or a synonym; ``None`` when it means none."""
        return self._words.get(clean(text).casefold())


class CodeMap:
    """Two tables' codes that mean the same, one to one. ``None`` where the other table has no counterpart,
    so that nothing is lost in an "other"."""

    def __init__(self, left: CodeTable, right: CodeTable, pairs: Mapping[str, str]) -> None:
        """``pairs``: code of ``left`` → code of ``right``. Raises ValueError for unknown or repeated codes."""
        if not (pairs.keys() <= set(left) and set(pairs.values()) <= set(right)):
            raise ValueError(f"{left.title}, {right.title}: unknown code")
        self._forward: Final = MappingProxyType(dict(pairs))
        self._backward: Final = MappingProxyType({there: here for here, there in pairs.items()})
        if len(self._forward) != len(self._backward):
            raise ValueError(f"{left.title}, {right.title}: not one to one")

    def forward(self, code: str) -> str | None:
        """Code of the left table → code of the right one."""
        return self._forward.get(code)

    def backward(self, code: str) -> str | None:
        """Code of the right table → code of the left one."""
        return self._backward.get(code)


ECONOMIC_CATEGORY: Final = CodeTable(
    "经济类型",
    {
        "100": "内资", "110": "国有全资", "120": "集体全资", "130": "股份合作", "140": "联营", "141": "国有联营",
        "142": "集体联营", "143": "国有与集体联营", "149": "其他联营", "150": "有限责任(公司)",
        "159": "其他有限责任", "160": "股份有限", "170": "私有", "171": "私有独资", "172": "私有合伙",
        "173": "私营有限责任", "174": "私营股份有限", "175": "个体经营", "179": "其他私有", "190": "其他内资",
        "200": "港澳台投资", "210": "内地和港澳台合资", "220": "内地和港澳台合作", "230": "港澳台独资",
        "240": "港澳台投资股份有限", "290": "其他港澳台投资", "300": "国外投资", "310": "中外合资",
        "320": "中外合作", "330": "外资", "340": "国外投资股份有限", "390": "其他国外投资", "900": "其他",
    },
    {
        "国有": "110", "国有企业": "110", "集体": "120", "集体企业": "120", "股份合作企业": "130", "联营企业": "140",
        "有限责任": "150", "有限责任公司": "150", "有限公司": "150", "股份有限公司": "160", "私营": "170",
        "私营企业": "170", "民营": "170", "私营独资": "171", "个人独资": "171", "个人独资企业": "171",
        "私营合伙": "172", "合伙企业": "172", "私营有限责任公司": "173", "私营股份有限公司": "174", "个体": "175",
        "个体户": "175", "个体自营": "175", "个体工商户": "175", "港澳台商投资": "200", "其他港澳台": "290",
        "外商投资": "300", "中外合资企业": "310", "中外合作企业": "320", "外商独资": "330", "外资企业": "330",
        "其它": "900",
    },
)  # fmt: skip
"""``companyeconomiccategory``; family of GB/T 12402."""

ENTERPRISE_CATEGORY: Final = CodeTable(
    "经营业务类别",
    {"01": "一类", "02": "二类", "03": "三类"},
    {
        "1": "01", "2": "02", "3": "03", "43": "01", "44": "02", "45": "03",
        "一类维修企业": "01", "二类维修企业": "02", "三类维修企业": "03", "三类维修业户": "03",
        "一类汽车维修企业": "01", "二类汽车维修企业": "02", "三类汽车维修企业": "03", "三类汽车维修业户": "03",
        "一类汽车维修": "01", "二类汽车维修": "02", "三类汽车维修": "03",
        "一类机动车维修": "01", "二类机动车维修": "02", "三类机动车维修": "03",
        "综合小修": "03", "专项维修": "03", "综合小修业户": "03", "专项维修业户": "03",
    },
)  # fmt: skip
"""``companycategory``. 综合小修 and 专项维修 (GB/T 16739.2-2023) are what was class three."""

MANAGED_CATEGORY: Final = CodeTable(
    "经营业务类别（省级管理系统）",
    {"43": "一类维修企业", "44": "二类维修企业", "45": "三类维修企业", "46": "摩托车维修业户", "47": "汽车快修业户"},
)
"""The same inside provincial management systems, with two kinds of business that are no class of ours."""

MANAGED_CATEGORIES: Final = CodeMap(ENTERPRISE_CATEGORY, MANAGED_CATEGORY, {"01": "43", "02": "44", "03": "45"})

OPERATION_STATE: Final = CodeTable(
    "经营状态",
    {"1": "营业", "2": "停业", "3": "整改", "4": "停业整顿", "5": "歇业", "6": "注销", "9": "其他"},
    {
        "正常": "1", "营业中": "1", "正常营业": "1", "开业": "1", "在业": "1", "已停业": "2", "整改中": "3",
        "限期整改": "3", "已歇业": "5", "已注销": "6", "7": "9", "其它": "9",
    },
)  # fmt: skip
"""``companyoperationstate``. One client writes 7 for 其他."""

PLATE_COLOUR: Final = CodeTable(
    "车牌颜色（JT/T 415）",
    {
        "1": "蓝", "2": "黄", "3": "黑", "4": "白", "5": "绿", "9": "其他", "91": "农黄", "92": "农绿",
        "93": "黄绿", "94": "渐变绿",
    },
    {
        "蓝色": "1", "蓝牌": "1", "黄色": "2", "黄牌": "2", "黑色": "3", "黑牌": "3", "白色": "4", "白牌": "4",
        "绿色": "5", "农黄色": "91", "农绿色": "92", "黄绿色": "93", "黄绿双拼": "93", "黄绿双拼色": "93",
        "渐变绿色": "94", "其它": "9", "未定": "9",
    },
)  # fmt: skip
"""JT/T 415-2021, 5.4.12: the one used inside. 绿牌 is no synonym: it may mean 5, 93 or 94."""

TOLL_PLATE_COLOUR: Final = CodeTable(
    "车牌颜色（收费）",
    {
        "0": "蓝", "1": "黄", "2": "黑", "3": "白", "4": "渐变绿", "5": "黄绿双拼", "6": "蓝白渐变", "9": "未定",
    },
    {
        "蓝色": "0", "蓝牌": "0", "黄色": "1", "黄牌": "1", "黑色": "2", "黑牌": "2", "白色": "3", "白牌": "3",
        "渐变绿色": "4", "黄绿": "5", "黄绿色": "5", "黄绿双拼色": "5", "蓝白渐变色": "6", "其他": "9", "其它": "9",
    },
)  # fmt: skip
"""The toll systems' own numbering, never to be mixed with :data:`PLATE_COLOUR`. A word means the same in both."""

TOLL_PLATE_COLOURS: Final = CodeMap(
    PLATE_COLOUR,
    TOLL_PLATE_COLOUR,
    {"1": "0", "2": "1", "3": "2", "4": "3", "94": "4", "93": "5", "9": "9"},
)
"""5, 91 and 92 have no toll code; the toll systems' 6 (蓝白渐变) has no code of JT/T 415."""

PLATE_TYPE: Final = CodeTable(
    "号牌种类",
    {
        "01": "大型汽车", "02": "小型汽车", "03": "使馆汽车", "04": "领馆汽车", "05": "境外汽车", "06": "外籍汽车",
        "07": "普通摩托车", "08": "轻便摩托车", "09": "使馆摩托车", "10": "领馆摩托车", "11": "境外摩托车",
        "12": "外籍摩托车", "13": "低速车", "14": "拖拉机", "15": "挂车", "16": "教练汽车", "17": "教练摩托车",
        "20": "临时入境汽车", "21": "临时入境摩托车", "22": "临时行驶车", "23": "警用汽车", "24": "警用摩托车",
        "51": "大型新能源汽车", "52": "小型新能源汽车",
    },
)  # fmt: skip
"""GA/T 16.7: what the police register calls a plate; finer than the kinds a number alone tells apart."""

FUEL: Final = CodeTable(
    "燃料种类",
    {
        "A": "汽油", "B": "柴油", "C": "电", "D": "混合油", "E": "天然气", "F": "液化石油气", "L": "甲醇",
        "M": "乙醇", "N": "太阳能", "O": "混合动力", "P": "氢", "Q": "生物燃料", "Y": "无", "Z": "其他",
    },
    {"电动": "C", "纯电": "C", "纯电动": "C", "氢气": "P", "油电混合": "O", "其它": "Z"},
)  # fmt: skip
"""GA 24.9, GA/T 16.9."""

USE: Final = CodeTable(
    "使用性质",
    {
        "A": "非营运", "B": "公路客运", "C": "公交客运", "D": "出租客运", "E": "旅游客运", "F": "货运", "G": "租赁",
        "H": "警用", "I": "消防", "J": "救护", "K": "工程救险", "L": "营转非", "M": "出租转非", "N": "教练",
        "O": "幼儿校车", "P": "小学生校车", "Q": "其他校车", "R": "危险品运输",
    },
)  # fmt: skip
"""GA 24.3, GA/T 16.3."""

VEHICLE_TYPE: Final = CodeTable(
    "车辆类型",
    {
        "K": "载客", "K1": "大型载客", "K2": "中型载客", "K3": "小型载客", "K33": "轿车", "K4": "微型载客",
        "H": "载货", "Q": "牵引", "Z": "专项作业", "D": "电车", "M": "摩托", "N": "三轮", "T": "拖拉机",
        "J": "轮式机械", "G": "全挂", "B": "半挂", "X": "其他",
    },
)  # fmt: skip
"""GA 24.4: the beginnings of its codes that are known; see :func:`find_vehicle_type`."""

REPAIR_CATEGORY: Final = CodeTable(
    "维修类别",
    {
        "10": "日常维护", "20": "一级维护", "30": "二级维护", "40": "汽车小修", "50": "汽车大修", "60": "总成修理",
        "70": "零件修理", "90": "其它",
    },
    {
        "日常保养": "10", "一级保养": "20", "一保": "20", "二级保养": "30", "二保": "30", "小修": "40",
        "大修": "50", "整车修理": "50", "整车大修": "50", "总成大修": "60", "其他": "90",
    },
)  # fmt: skip
"""Numbering of a city's statistics system, the one used inside. 整车修理 is the regulation's word for 大修."""

ASSOCIATION_REPAIR_CATEGORY: Final = CodeTable(
    "维修类别（协会）",
    {
        "01": "零件修理", "02": "汽车小修", "03": "总成修理", "04": "汽车大修", "05": "日常维护", "06": "一级维护",
        "07": "二级维护",
    },
    {
        "日常保养": "05", "一级保养": "06", "一保": "06", "二级保养": "07", "二保": "07", "小修": "02", "大修": "04",
        "整车修理": "04", "整车大修": "04", "总成大修": "03",
    },
)  # fmt: skip
"""Numbering of a Guangdong trade association's system. A word means the same in both."""

ASSOCIATION_REPAIR_CATEGORIES: Final = CodeMap(
    REPAIR_CATEGORY,
    ASSOCIATION_REPAIR_CATEGORY,
    {"10": "05", "20": "06", "30": "07", "40": "02", "50": "04", "60": "03", "70": "01"},
)
"""90 其它 has no counterpart at the association."""

PART_KIND: Final = CodeTable(
    "配件属性",
    {
        "OEM": "原厂", "EQUIV": "同质", "AFTERMARKET": "副厂", "REMAN": "再制造", "REPAIRED": "修复", "USED": "旧",
        "UNKNOWN": "不明",
    },
    {
        "原厂件": "OEM", "原厂配件": "OEM", "正厂": "OEM", "正厂件": "OEM", "同质件": "EQUIV", "同质配件": "EQUIV",
        "副厂件": "AFTERMARKET", "副厂配件": "AFTERMARKET", "再制造件": "REMAN", "修复件": "REPAIRED",
        "修复配件": "REPAIRED", "旧件": "USED", "拆车": "USED", "拆车件": "USED", "旧/拆车": "USED",
        "未知": "UNKNOWN",
    },
)  # fmt: skip
"""Codes are ours. 原厂, 副厂, 修复: JT/T 816-2011; 同质, 再制造: later policy; 旧: Shanghai."""


def find_vehicle_type(code: str) -> str | None:
    """Name of a GA 24.4 code by its longest known beginning: ``K31`` is 小型载客; ``None`` for an unknown letter."""
    beginnings = (code[:length] for length in (3, 2, 1))
    return next((name for name in map(VEHICLE_TYPE.name, beginnings) if name), None)


REGISTRATION_TABLES: Final[Mapping[str, CodeTable]] = MappingProxyType(
    {
        "economic_category": ECONOMIC_CATEGORY,
        "enterprise_category": ENTERPRISE_CATEGORY,
        "operation_state": OPERATION_STATE,
    }
)
"""The tables that the ministry may add to while nodes run, by the names under which it publishes them."""


class TableText(NamedTuple):
    """A published document about one table, read: code → name, word → code, codes no longer given."""

    names: Mapping[str, str]
    synonyms: Mapping[str, str]
    withdrawn: tuple[str, ...]


def read_table_text(content: str) -> TableText:
    """Read TOML with the tables ``names`` and ``synonyms`` and the list ``withdrawn``. Raises ValueError."""
    data = tomllib.loads(content)
    if unknown := sorted(set(data) - {"names", "synonyms", "withdrawn"}):
        raise ValueError(f"{unknown[0]}: expected names, synonyms or withdrawn")
    names, synonyms = data.get("names", {}), data.get("synonyms", {})
    withdrawn = data.get("withdrawn", [])
    mappings = isinstance(names, dict) and isinstance(synonyms, dict) and isinstance(withdrawn, list)
    if not mappings or not all(isinstance(each, str) for each in (*names.values(), *synonyms.values(), *withdrawn)):
        raise ValueError("codes, names and words are texts")
    return TableText(names, synonyms, tuple(withdrawn))


def table_over(name: str, content: str) -> CodeTable:
    """One of REGISTRATION_TABLES with a published document over it. Raises ValueError, KeyError for another name."""
    return REGISTRATION_TABLES[name].over(*read_table_text(content))
