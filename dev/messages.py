"""Keep the English catalogue of the pages in step with them.

``python dev/messages.py`` collects the Chinese texts of pages and Python files into the .po file, keeps the
translations that are there, and compiles the .mo file. ``--check`` changes nothing and fails when either is out of
step or a text has no translation.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from chedang.exchange.events import EventKind
from chedang.exchange.model import RefusalCode

PACKAGE = Path(__file__).parent.parent / "src" / "chedang"
FOLDER = PACKAGE / "site" / "locale" / "en" / "LC_MESSAGES"
KEYWORDS = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "said")
RULES = ("terms", "platform", "enterprises", "emission", "watch", "intake")
"""Packages without Django: what they ``say`` is translated where a page shows it."""


def collect() -> Catalog:
    """Every text that a page or a Python file of the people's door asks a translation for, what rules say, and the
    sentences of the exchange's catalogues, which its page shows."""
    catalog = Catalog(
        locale="en",
        project="chedang",
        version="1",
        msgid_bugs_address="chedang",
        last_translator="chedang",
        language_team="chedang",
        fuzzy=False,
    )
    sources = [*sorted((PACKAGE / "site").rglob("*.html")), *sorted((PACKAGE / "site").rglob("*.py"))]
    desk = [
        path
        for name in ("access", "owners", "reviews", "filing", "workshop", "supervision", *RULES)
        for path in sorted((PACKAGE / name).rglob("*.py"))
    ]
    for path in (*sources, *desk, PACKAGE / "records" / "origin.py"):
        if "migrations" not in path.parts:
            for message in _read(path):
                catalog.add(message, locations=[(str(path.relative_to(PACKAGE)), None)])
    for kind in EventKind:
        catalog.add(kind.sentence, locations=[("exchange/events.py", None)])
    for refusal in RefusalCode:
        catalog.add(refusal.sentence, locations=[("exchange/model.py", None)])
    return catalog


def _read(path: Path) -> Iterator[str | tuple[str, ...]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        from django.utils.translation.template import templatize

        # What is no text for people becomes rows of X; without indentation those are Python enough to be read.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    for _line, function, message, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, (), {}):
        parts = (message,) if isinstance(message, str) else message or ()  # none: chosen when the page is made
        texts = 2 if "ngettext" in function else 1  # what follows them, ``counts["all"]``, is none
        kept = tuple(part for part in parts[:texts] if part)
        if kept:
            yield kept[0] if len(kept) == 1 else kept


def bring_in_step() -> tuple[bytes, bytes, list[str]]:
    """The .po and .mo files as they should be, and the texts that still lack a translation."""
    catalog = collect()
    with (FOLDER / "django.po").open("rb") as file:
        known = read_po(file, locale="en")
    for message in catalog:
        if message.id:
            old = known.get(message.id if isinstance(message.id, str) else message.id[0])
            # A text that has got a plural since, or lost it, is translated anew.
            if old is not None and old.string and isinstance(old.string, str) == isinstance(message.id, str):
                message.string = old.string
    lacking = [str(message.id) for message in catalog if message.id and not _is_translated(message.string)]
    po, mo = io.BytesIO(), io.BytesIO()
    catalog.header_comment = "# English of the pages. The Chinese text is the key."
    # Without times of its own, so that the same texts give the same file.
    catalog.creation_date = catalog.revision_date = known.creation_date
    write_po(po, catalog, width=110, sort_output=True, omit_header=False)
    write_mo(mo, catalog)
    return po.getvalue(), mo.getvalue(), lacking


def _is_translated(string: str | tuple[str, ...] | None) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def main() -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when out of step")
    is_check = parser.parse_args().check
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    import django

    django.setup()
    po, mo, lacking = bring_in_step()
    if is_check:
        is_stale = (FOLDER / "django.po").read_bytes() != po or (FOLDER / "django.mo").read_bytes() != mo
        if is_stale:
            sys.stderr.write("the catalogue is out of step with the pages: run python dev/messages.py\n")
    else:
        is_stale = False
        (FOLDER / "django.po").write_bytes(po)
        (FOLDER / "django.mo").write_bytes(mo)
    for text in lacking:
        sys.stderr.write(f"no English yet: {text}\n")
    return 1 if lacking or is_stale else 0


if __name__ == "__main__":
    sys.exit(main())
