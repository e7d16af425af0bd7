"""Writes docs/reference/indicators.md from the indicators and the targets of coverage.

``python dev/make_indicators_reference.py`` writes it; ``dev/check_docs.py`` fails when it is out of step.
"""

from __future__ import annotations

import sys
from pathlib import Path

from chedang.quality.indicators import load_file, load_indicators
from chedang.quality.targets import coverage_targets

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "indicators.md"

_HEAD = """\
# 监管指标 · Indicators of supervision

Written by `python dev/make_indicators_reference.py` from `src/chedang/quality/data/indicators.toml` and `targets.toml`.
Pages and files show the same words beside their figures. A record counts under the day in China on which its first
version came in, with what its newest version says.

"""
_COLUMNS = "| Key | 指标 · Indicator | 算法 · Formula | 出处 · Source |\n|---|---|---|---|\n"
_READ = (
    "| `read` | 提醒已读率 · Share of reminders read | 本期发给企业的通知和提醒中到现在已打开的份数 ÷ 发给企业的份数。 "
    "Of the notices and reminders delivered to shops in the period, those opened by now ÷ all delivered. "
    "| 名称取自各省系统；算法为本系统所定，待核 |\n"
)


def render() -> str:
    """The document."""
    file = load_file()
    rows = "".join(
        f"| `{key}` | {each.zh} · {each.en} | {each.zh_formula} {each.en_formula} | {each.source} |\n"
        for key, each in load_indicators().items()
    )
    days = (
        f"\nOn time: by the end of day {file.on_time_days} after 结算日期. Late: by the end of day {file.late_days}. "
        f"No business: 经营状态 {', '.join(file.closed_states)}.\n"
    )
    targets = "".join(
        f"| {each.category} | {each.percent} % | {each.source} |\n" for each in coverage_targets().values()
    )
    head = "\n## 覆盖率目标 · Targets of coverage\n\n| 经营业务类别 | Target | 出处 · Source |\n|---|---|---|\n"
    return f"{_HEAD}{_COLUMNS}{rows}{_READ}{days}{head}{targets}\nClass 03 has none; provinces may set one.\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
