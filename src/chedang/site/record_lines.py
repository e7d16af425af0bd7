"""Items and parts of a record as lines that people can type: one row a line, cells set apart by a bar."""

from __future__ import annotations

from collections.abc import Sequence

from chedang.records.model import PartText, ProjectText


def as_lines(value: str | Sequence[PartText | ProjectText]) -> str:
    """Rows as lines, ``名称 | 工时`` or ``名称 | 配件编码 | 数量``; a text as it is."""
    if isinstance(value, str):
        return value
    return "\n".join(
        f"{row.name} | {row.hours}" if isinstance(row, ProjectText) else f"{row.name} | {row.code} | {row.quantity}"
        for row in value
    )


def read_projects(lines: str) -> tuple[ProjectText, ...]:
    """Inverse of :func:`as_lines` for items; a missing cell is empty, an empty line no row."""
    return tuple(ProjectText(name, hours) for name, hours in (_cells(line, 2) for line in _filled(lines)))


def read_parts(lines: str) -> tuple[PartText, ...]:
    """The same for parts."""
    rows = (_cells(line, 3) for line in _filled(lines))
    return tuple(PartText(name, code, quantity) for name, code, quantity in rows)


def _filled(lines: str) -> list[str]:
    return [line for line in lines.splitlines() if line.strip()]


def _cells(line: str, count: int) -> list[str]:
    cells = [cell.strip() for cell in line.replace("｜", "|").split("|", count - 1)]
    return cells + [""] * (count - len(cells))
