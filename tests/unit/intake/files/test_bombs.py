"""An xlsx that is small on the wire and huge inside is refused before it is unpacked."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.intake.files.made import HEADINGS, as_xlsx, row

from chedang.intake.files.model import FileUnreadable
from chedang.intake.files.reading import read_file

SHEET = "xl/worksheets/sheet1.xml"


def changed(change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """A good xlsx with its parts changed and others added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([HEADINGS, row()]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in good.namelist():
            made.writestr(name, change(name, good.read(name)))
        for name, content in added.items():
            made.writestr(name, content)
    return out.getvalue()


def keep(_name: str, content: bytes) -> bytes:
    return content


def in_sheet(old: bytes, new: bytes) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        assert name != SHEET or old in content
        return content.replace(old, new) if name == SHEET else content

    return changed(change)


@pytest.mark.parametrize(
    "make",
    [
        lambda: changed(keep, bomb=bytes(80 * 1024 * 1024)),
        lambda: changed(keep, **{f"part{number}": b"" for number in range(3000)}),
        lambda: in_sheet(b"</sheetData>", b"<row>" + b"<c />" * 1_100_000 + b"</row></sheetData>"),
        lambda: changed(lambda name, content: content + b" " * 5_000_000 if name == "xl/styles.xml" else content),
    ],
    ids=["bytes", "parts", "cells", "styles"],
)
def test_a_bomb_is_refused(make: Callable[[], bytes]) -> None:
    raw = make()
    assert len(raw) < 1024 * 1024
    with pytest.raises(FileUnreadable, match="过大"):
        read_file(raw)


def test_a_size_in_the_directory_is_not_believed() -> None:
    raw = changed(keep, bomb=bytes(1_234_567))
    told = struct.pack("<I", 1_234_567)
    assert raw.count(told) == 2
    with pytest.raises(FileUnreadable, match="损坏"):
        read_file(raw.replace(told, struct.pack("<I", 10)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: in_sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
        lambda: in_sheet(b"</worksheet>", b""),
        lambda: changed(lambda name, content: b"\xff\xfe" + content if name == SHEET else content),
        lambda: changed(lambda name, content: b"<a/>" if name == "xl/workbook.xml" else content),
        lambda: in_sheet(b't="inlineStr"', b't="s"'),
        lambda: as_xlsx([HEADINGS, row()])[:-200],
    ],
    ids=["entities", "cut sheet", "other encoding", "no workbook", "no shared text", "cut file"],
)
def test_a_damaged_file_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(FileUnreadable, match=r"损坏|没有"):
        read_file(make())


def test_a_cell_in_the_last_corner_costs_no_memory() -> None:
    raw = in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    with pytest.raises(FileUnreadable, match="10,000"):
        read_file(raw)


def test_ten_thousand_rows_stay_within_their_memory(tmp_path: Path) -> None:
    """Reading and answering in a process of its own, as the site does."""
    file = tmp_path / "large.xlsx"
    file.write_bytes(as_xlsx([[*HEADINGS, "备注"], *([*row(f"JS{number}"), "备注" * 10] for number in range(10_000))]))
    code = (
        "import sys; from pathlib import Path;"
        "from chedang.intake.files.reading import read_file; from chedang.intake.files.answers import write_answer;"
        "from chedang.intake.files.verdicts import make_notes;"
        "raw = Path(sys.argv[1]).read_bytes(); read = read_file(raw);"
        "write_answer(raw, read.layout, make_notes(read.jobs, {}));"
        "print(len(read.jobs), Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    jobs, peak = map(int, done.stdout.split())
    assert jobs == 10_000
    assert peak <= 300 * 1024, "KiB; not ru_maxrss, which begins with what the parent had when it forked"
