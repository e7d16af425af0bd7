"""What the rules found in a record, as the pages say it: word, sign and colour, then what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from chedang.records.catalogue import Language, describe, load_catalogue
from chedang.records.model import Finding, Level, StoredVersion
from chedang.records.origin import is_local, origin_words
from chedang.site.settings import NODE
from chedang.terms import vin as vins

_LEVELS = {
    Level.ERROR: ("wrong-tone", "✕", _("有错误")),
    Level.WARN: ("doubt", "!", _("有疑问")),
    Level.INFO: ("open", "–", _("提示")),
}
_ORDER = tuple(_LEVELS)


@dataclass(frozen=True, slots=True)
class Flag:
    """One finding for people. ``tone`` names a style, ``field`` the element as a JSON pointer in wire names."""

    tone: str
    sign: str
    word: str
    text: str
    hint: str
    field: str
    code: str = ""
    """The rule that a page explains; '' where there is no such page."""
    said: str = ""
    """What the shop says of it (说明); '' for nothing."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in a list, with what is to be mended."""

    record: StoredVersion
    flags: list[Flag]
    company_name: str
    vin_shown: str
    """The VIN as sent where the VIN is what does not fit, else masked."""
    is_local: bool
    """Whether its shop registered here, and so has a page here."""
    origin: str
    """Where it came in, in words."""

    @property
    def is_fileless(self) -> bool:
        """Whether the record stands in no vehicle's file."""
        return self.record.vin.startswith("~")


def page_language() -> Language:
    """The language of the sentences from the catalogue."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def describe_findings(
    findings: Iterable[Finding], *, with_notes: bool = True, said: Mapping[str, str] = MappingProxyType({})
) -> list[Flag]:
    """Findings in words, errors first. ``with_notes`` false leaves out what needs nobody's attention.

    ``said``: what the shop says of them, by code.
    """
    language = page_language()
    flags = []
    for finding in sorted(findings, key=lambda found: _ORDER.index(found.level)):
        if finding.level is Level.INFO and not with_notes:
            continue
        tone, sign, word = _LEVELS[finding.level]
        text, hint = describe(finding, language)
        code = finding.code if finding.code in load_catalogue() else ""
        flags.append(Flag(tone, sign, str(word), text, hint, finding.field, code, said.get(finding.code, "")))
    return flags


def record_row(
    record: StoredVersion,
    company_name: str,
    *,
    with_notes: bool = True,
    said: Mapping[str, str] = MappingProxyType({}),
) -> RecordRow:
    """Prepare one record for a list of a shop or an officer."""
    vin_is_faulty = any(finding.field == "/basicInfo/vin" for finding in record.findings)
    return RecordRow(
        record=record,
        flags=describe_findings(record.findings, with_notes=with_notes, said=said),
        company_name=company_name,
        vin_shown=record.text.vin if vin_is_faulty else mask_vin(record.text.vin),
        is_local=is_local(record.origin) and NODE.node.level == "province",
        origin=origin_words(record.origin, NODE.node.code, gettext),
    )


def mask_vin(vin: str) -> str:
    """The last three characters only: plate and the last six together open a file."""
    normal = vins.normalise(vin)
    return f"******{normal[-3:]}" if len(normal) == vins.LENGTH else "******"
