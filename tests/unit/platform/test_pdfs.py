"""PDF that could act on whoever opens it is told by its bytes."""

from __future__ import annotations

import random
import zlib

import pytest

from chedang.platform.pdfs import MAX_PDF_BYTES, PdfRefused, check_pdf, is_pdf

HIDDEN = b"4 0 5 20 << /S /JavaScript >>"


def pdf(body: bytes) -> bytes:
    return b"%PDF-1.7\n" + body + b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"7 0 obj << /Filter /FlateDecode /Length %d >> stream\r\n%s\nendstream endobj" % (len(packed), packed)


@pytest.mark.parametrize(
    "body",
    [
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj",
        stream(b"1 0 0 1 72 720 cm /F1 12 Tf (JavaScript) Tj"),
        stream(random.Random(1).randbytes(50_000)),
        b"1 0 obj << /Title (how to /JavaScripting) >> endobj",
    ],
)
def test_a_plain_document_is_taken(body):
    check_pdf(pdf(body))


@pytest.mark.parametrize(
    "body",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /Java#53cript /JS (1) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /Type /EmbeddedFile >>",
        b"<< /Names << /EmbeddedFiles 3 0 R >> >>",
        b"<< /AcroForm << /XFA 4 0 R >> >>",
        b"<< /Encrypt 5 0 R >>",
        b"<< /Subtype/RichMedia/F 1 0 R >>",
        stream(b"4 0 5 20 << /S /JavaScript >>"),
        stream(b" % padding\n" + b"%" * 3_000 + b"\n4 0 5 20 << /S /#4Caunch >>"),
        b"(stream\n) " + stream(b"4 0 << /S /ImportData >>"),
    ],
)
def test_an_active_document_is_refused_wherever_it_hides(body):
    with pytest.raises(PdfRefused) as refused:
        check_pdf(pdf(body))
    assert "打印成普通 PDF" in refused.value.sentence


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        (b"/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]", zlib.compress(HIDDEN).hex().encode() + b">"),
        (b"/Obj#53tm/Filter[/FlateDecode/FlateDecode]", zlib.compress(zlib.compress(HIDDEN))),
        (b"/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 99>>", zlib.compress(b"\x02" + HIDDEN)),
        (b"/ObjStm/Filter/FlateDecode", zlib.compress(b"%" * 9_000 + b"\n" + HIDDEN)),
    ],
)
def test_objects_that_cannot_be_looked_into_are_refused(said, packed):
    for line_end in (b"\n", b"\r"):
        body = b"7 0 obj << /Type%s /Length %d >> stream%s%s\nendstream endobj" % (said, len(packed), line_end, packed)
        with pytest.raises(PdfRefused, match="打印成普通 PDF"):
            check_pdf(pdf(body + stream(b"4 0 << /Type /Page >>")))


def test_objects_that_hold_nothing_active_are_taken():
    packed = zlib.compress(b"4 0 << /Type /Page >>")
    check_pdf(pdf(b"7 0 obj << /Type /ObjStm /Length %d >> stream\n%s\nendstream endobj" % (len(packed), packed)))


def test_a_bomb_of_escapes_is_refused_before_all_are_read():
    check_pdf(pdf(b"#41" * 100_000))
    with pytest.raises(PdfRefused, match="展开"):
        check_pdf(pdf(stream(b"1 0 " + b"/#41" * 60_000)))


def test_a_bomb_a_stump_and_a_giant_are_refused():
    with pytest.raises(PdfRefused, match="展开"):
        check_pdf(pdf(stream(b"1 0 " + bytes(40 * 1024 * 1024))))
    with pytest.raises(PdfRefused, match="不完整"):
        check_pdf(b"%PDF-1.7\n1 0 obj")
    with pytest.raises(PdfRefused, match="5 MB"):
        check_pdf(pdf(bytes(MAX_PDF_BYTES)))


def test_so_many_streams_that_looking_would_take_long_are_refused():
    check_pdf(pdf(b"stream\n" * 10_000))
    with pytest.raises(PdfRefused, match="展开"):
        check_pdf(pdf(b"stream\n" * 600_000))


def test_a_document_is_known_by_how_it_begins():
    assert is_pdf(b"%PDF-1.4")
    assert not is_pdf(b" %PDF-1.4")
