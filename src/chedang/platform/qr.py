"""QR codes as SVG, for pages and paper."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str, *, label: str) -> str:
    """``text`` as a QR code of error level M: an ``svg`` element that says ``label`` to those who cannot see it.

    Black on white whatever the colours around it, with the quiet zone of four modules (GB/T 18284-2000, 待核).
    """
    drawn = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        border=4,
        light="#fff",
        title=label,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )
    return drawn.getvalue().decode().strip().replace("<svg ", '<svg role="img" ', 1)
