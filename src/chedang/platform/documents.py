"""Documents on paper: Typst sets them as PDF with the Chinese font inside. Equal input gives equal bytes.

A template gets its data as JSON in ``sys.inputs``, so that nothing a person typed is ever read as markup. Nothing is
fetched and no file of the machine is read but the font of the package ``noto-cjk-sans-otc``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import typst
from noto_cjk_sans_otc import FONT_PATH  # type: ignore[import-untyped]  # carries no types

FONT_FAMILY: Final = "Noto Sans CJK SC"
"""What templates name; its characters that a document uses are embedded, the others are not."""


class CannotSet(Exception):
    """The template cannot be set with these inputs; says what Typst says, never the inputs."""


def set_pdf(package: str, template: str, inputs: Mapping[str, str]) -> bytes:
    """PDF of the ``template`` (a file of ``package``) with ``inputs`` as its ``sys.inputs``. Raises CannotSet.

    The template has ``#set document(date: none)``: a date of making would make every copy another file.
    """
    source = files(package).joinpath(template).read_bytes()
    try:
        compiler = typst.Compiler(input=source, font_paths=_fonts(), sys_inputs=dict(inputs))
        pdf = compiler.compile(format="pdf")
    except typst.TypstError as error:
        raise CannotSet(error.message) from error
    if not isinstance(pdf, bytes):
        raise CannotSet("nothing came out")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """Looked through once per process: the file has twenty megabytes."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_PATH.parent])
