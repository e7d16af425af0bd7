"""半年报告 as a Word file (.docx): the same document gives the same bytes.

python-docx stamps its zip with the time of writing, so the entries are packed anew, in order, with one fixed date.
"""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from chedang.platform.tables import NOT_XML
from chedang.supervision.report_model import Document, Part, Run, Table

_FIXED: Final = (2017, 1, 1, 0, 0, 0)
"""Date of every entry of the zip (of no meaning; a zip wants one)."""
_FONT: Final = "宋体"
_HEADING_FONT: Final = "黑体"


def word_file(document: Document) -> bytes:
    """The report as .docx."""
    file = docx.Document()
    _set_up(file, document)
    for chapter in document.chapters:
        file.add_heading(chapter.title, level=1)
        for part in chapter.parts:
            _add_part(file, part)
    _add_appendix(file, document)
    packed = BytesIO()
    file.save(packed)
    return _pack_anew(packed.getvalue())


def _set_up(file: Any, document: Document) -> None:
    for name in ("Normal", "Heading 1", "Heading 2", "Title", "Caption"):
        font = _FONT if name in {"Normal", "Caption"} else _HEADING_FONT
        style = file.styles[name]
        style.font.name = font
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    file.styles["Normal"].font.size = Pt(12)
    properties = file.core_properties
    properties.title, properties.author, properties.comments = document.title, document.authority, ""
    properties.created = properties.modified = _instant(document)
    properties.last_modified_by, properties.revision = document.authority, 1
    file.add_heading(document.title, level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in (document.authority, document.period, _origin(document)):
        file.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _origin(document: Document) -> str:
    frozen = document.frozen
    return (
        f"数据快照 {frozen.public_id}（第 {frozen.edition} 次，{frozen.made_on:%Y-%m-%d} 固定），"
        f"SHA-256 {frozen.digest[:16]}…"
    )


def _instant(document: Document) -> datetime:
    """Midnight of the day on which the figures were frozen: the file's own date must not be that of its writing."""
    return datetime.combine(document.frozen.made_on, time())


def _add_part(file: Any, part: Part) -> None:
    if part.title:
        file.add_heading(part.title, level=2)
    for paragraph in part.paragraphs:
        line = file.add_paragraph()
        line.paragraph_format.first_line_indent = Pt(24)
        for run in paragraph:
            _add_run(line, run)
    if part.table is not None:
        _add_table(file, part.table)


def _add_run(line: Any, run: Run) -> None:
    line.add_run(NOT_XML.sub("", run.words))
    if run.figure is not None:
        line.add_run(f"〔{run.figure.number}〕").font.superscript = True


def _add_table(file: Any, table: Table) -> None:
    file.add_paragraph(f"表 {table.number}　{table.title}", style="Caption")
    if not table.rows:
        file.add_paragraph("报告期内没有数据。")
        return
    grid = file.add_table(rows=1, cols=len(table.columns) + 1, style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, (name, number) in zip(grid.rows[0].cells[1:], table.columns, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"〔{number}〕").font.superscript = True
    for row in table.rows:
        cells = grid.add_row().cells
        cells[0].text = NOT_XML.sub("", row.name)
        for cell, figure in zip(cells[1:], row.figures, strict=True):
            cell.text = figure.words
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _add_appendix(file: Any, document: Document) -> None:
    file.add_heading("附录　指标口径和数据来源", level=1)
    file.add_paragraph(
        f"全部数值取自数据快照 {document.frozen.public_id}，其 SHA-256 为 {document.frozen.digest}。"
        "方括号内的数字是下表的序号；位置是数值在快照（JSON）中的位置，星号表示各类别相加。"
    )
    grid = file.add_table(rows=1, cols=4, style="Table Grid")
    for cell, name in zip(grid.rows[0].cells, ("序号和指标", "口径", "查询", "快照中的位置"), strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    for reference in document.references:
        source = reference.source
        cells = grid.add_row().cells
        for cell, words in zip(
            cells,
            (f"〔{reference.number}〕{source.name}", source.formula, source.query, "；".join(source.counts)),
            strict=True,
        ):
            cell.text = words


def _pack_anew(content: bytes) -> bytes:
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = ZipInfo(name, _FIXED)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return packed.getvalue()
