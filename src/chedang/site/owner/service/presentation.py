"""质保 and 下次保养 in words, for the pages of one car. What is said of a job names no shop and no person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chedang.records.catalogue import Language
from chedang.records.model import StoredVersion
from chedang.site.figures import number
from chedang.site.owner.service.warranty_words import WarrantyTag, tag_warranty
from chedang.vehicles.gloss import Gloss, Span, Urgency, explain
from chedang.vehicles.model import FileEntry, VehicleFile
from chedang.vehicles.pace import Pace, find_pace
from chedang.vehicles.rhythm import Basis, NextService, next_services
from chedang.vehicles.warranty import Warranty, WarrantyState, count_warranties

_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class GlossWords:
    """Plain words for one item or part, for ``service/gloss.html``."""

    what: str
    why: str
    interval: str
    """'' for what is done only when it is broken."""
    urgency: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One coming service."""

    service: NextService
    name: str
    when: str
    """Month, or mileage, whichever comes first."""
    range: str
    basis: str
    last: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Job:
    """One job with its 质量保证期, for the list of the page."""

    on: date
    what: str
    warranty: WarrantyTag


@dataclass(frozen=True, slots=True)
class ServicePage:
    """Everything that the page of services, and the file's page, say of 质保 and 下次保养."""

    headline: str | None
    """One short sentence on the next service; ``None`` when there is nothing to predict from."""
    services: tuple[ServiceRow, ...]
    pace: str
    """On what kilometres a day the estimates rest; '' when unknown."""
    running_warranties: int
    longest_days_left: int | None
    """Of the running ones; ``None`` when none is."""
    language: Language
    _entries: tuple[FileEntry, ...] = field(repr=False)
    """Newest first."""
    _warranties: Mapping[UUID, Warranty] = field(repr=False)

    def warranty_of(self, record_id: UUID) -> WarrantyTag | None:
        """For ``service/warranty_tag.html``; ``None`` for a record that is not in the file."""
        warranty = self._warranties.get(record_id)
        return tag_warranty(warranty) if warranty else None

    def gloss_of(self, text: str) -> GlossWords | None:
        """For ``service/gloss.html``; ``None`` for a text that is not in the vocabulary."""
        gloss = explain(text)
        return _gloss_words(gloss, self.language) if gloss else None

    @property
    def running(self) -> tuple[Job, ...]:
        """Jobs within their 质量保证期."""
        return self._jobs(is_running=True)

    @property
    def others(self) -> tuple[Job, ...]:
        """Jobs whose 质量保证期 is over or not counted."""
        return self._jobs(is_running=False)

    def _jobs(self, *, is_running: bool) -> tuple[Job, ...]:
        return tuple(
            Job(entry.on, _what(entry.newest), tag_warranty(warranty))
            for entry in self._entries
            if ((warranty := self._warranties[entry.newest.record_id]).state is WarrantyState.RUNNING) is is_running
        )


def present_services(file: VehicleFile, today: date, language: Language) -> ServicePage:
    """Prepare the page; ``language`` is that of the vocabulary, as the page's own texts are in the active one."""
    warranties = count_warranties(file, today=today)
    coming = next_services(file, today)
    days_left = [each.days_left for each in warranties if each.days_left is not None]
    return ServicePage(
        headline=_headline(coming[0], today) if coming else None,
        services=tuple(_row(each, today, language) for each in coming),
        pace=_pace_words(find_pace(file.odometer)),
        running_warranties=sum(each.state is WarrantyState.RUNNING for each in warranties),
        longest_days_left=max(days_left, default=None),
        language=language,
        _entries=file.entries,
        _warranties={warranty.record_id: warranty for warranty in warranties},
    )


def _what(record: StoredVersion) -> str:
    """The first item, else the fault; the file tells the rest."""
    names = [project.name for project in record.text.projects if project.name]
    if len(names) > 1:
        return _("%(first)s等 %(count)d 项") % {"first": names[0], "count": len(names)}
    return names[0] if names else record.text.fault_description or _NOTHING


def _headline(coming: NextService, today: date) -> str:
    if coming.is_overdue(today):
        return _("保养可能已经到期：按记录应在 %(when)s") % {"when": _when(coming)}
    return _("下次保养 %(when)s") % {"when": _when(coming)}


def _when(coming: NextService) -> str:
    """2027年3月 或 58,000 千米."""
    month = _month(coming.due_on)
    if coming.due_km is None:
        return month
    return _("%(month)s 或 %(km)s 千米") % {"month": month, "km": number(coming.due_km)}


def _month(day: date) -> str:
    return date_format(day, "YEAR_MONTH_FORMAT")


def _row(coming: NextService, today: date, language: Language) -> ServiceRow:
    return ServiceRow(
        service=coming,
        name=coming.service.name(language),
        when=_when(coming),
        range=_range(coming),
        basis=_basis(coming),
        last=_last(coming),
        is_overdue=coming.is_overdue(today),
    )


def _range(coming: NextService) -> str:
    early, late = _month(coming.earliest_on), _month(coming.latest_on)
    if early == late:
        return _("估计就在 %(month)s") % {"month": early}
    return _("估计在 %(early)s 到 %(late)s 之间") % {"early": early, "late": late}


def _basis(coming: NextService) -> str:
    months = max(round(coming.interval_days / 30.4), 1)
    words = {"count": coming.seen_count, "months": months, "km": number(round(coming.interval_km or 0, -2))}
    if coming.basis is Basis.OWN:
        if coming.interval_km is None:
            return _("按这辆车 %(count)d 次记录的间隔：约 %(months)d 个月") % words
        return _("按这辆车 %(count)d 次记录的间隔：约 %(months)d 个月或 %(km)s 千米") % words
    if coming.interval_km is None:
        return _("这辆车的记录还看不出节奏，按一般间隔：约 %(months)d 个月") % words
    return _("这辆车的记录还看不出节奏，按一般间隔：约 %(months)d 个月或 %(km)s 千米") % words


def _last(coming: NextService) -> str:
    day = date_format(coming.last_on, "DATE_FORMAT")
    if coming.last_km is None:
        return _("上次：%(day)s") % {"day": day}
    return _("上次：%(day)s，%(km)s 千米") % {"day": day, "km": number(coming.last_km)}


def _pace_words(pace: Pace) -> str:
    if pace.latest is None or pace.km_per_day is None:
        return ""
    return _("里程按每天约 %(pace)s 千米估算，最近可信的读数是%(day)s的 %(km)s 千米。") % {
        "pace": number(round(pace.km_per_day)),
        "day": date_format(pace.latest.on, "DATE_FORMAT"),
        "km": number(pace.latest.mileage_km),
    }


def _gloss_words(gloss: Gloss, language: Language) -> GlossWords:
    words = {
        Urgency.NOW: _("关系安全，要马上办"),
        Urgency.SOON: _("不要拖，越拖越贵"),
        Urgency.ROUTINE: _("到期再做就行"),
        Urgency.COMFORT: _("不急，不影响安全"),
    }
    return GlossWords(gloss.what(language), gloss.why(language), _interval(gloss), words[gloss.urgency])


def _interval(gloss: Gloss) -> str:
    months = _span(gloss.months) if gloss.months else ""
    km = _span(gloss.km) if gloss.km else ""
    if months and km:
        return _("一般每 %(months)s 个月或 %(km)s 千米") % {"months": months, "km": km}
    if months:
        return _("一般每 %(months)s 个月") % {"months": months}
    return _("一般每 %(km)s 千米") % {"km": km} if km else ""


def _span(span: Span) -> str:
    return f"{number(span.low)}–{number(span.high)}"
