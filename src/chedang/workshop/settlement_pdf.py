"""The settlement list as PDF: A4, black on white, the Chinese font inside. Equal content gives equal bytes."""

from __future__ import annotations

from typing import Final

import msgspec

from chedang.platform.documents import FONT_FAMILY, set_pdf
from chedang.platform.qr import qr_svg
from chedang.workshop.settlement_paper import SettlementPaper

TEMPLATE: Final = "typst/settlement_list.typ"


def settlement_pdf(paper: SettlementPaper, claim_url: str) -> bytes:
    """The paper, with the QR code that leads to ``claim_url``."""
    return set_pdf("chedang.workshop", TEMPLATE, inputs_of(paper, claim_url))


def inputs_of(paper: SettlementPaper, claim_url: str) -> dict[str, str]:
    """What the template reads."""
    return {
        "paper": msgspec.json.encode(paper).decode(),
        "qr": qr_svg(claim_url, label="认领码二维码"),
        "font": FONT_FAMILY,
    }
