"""下次保养 and 年检 as calendar files (RFC 5545). No plate, no VIN, no shop in it, and no alarm unless asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from chedang.site.owner.service.presentation import ServiceRow

_WARN_BEFORE: Final = timedelta(days=7)
_INSPECTION_BEFORE: Final = timedelta(days=30)
_INSPECTION_AFTER: Final = timedelta(days=14)


def make_calendar(rows: Iterable[ServiceRow], *, car_id: str, today: date, now: datetime, with_alarm: bool) -> bytes:
    """One all-day event for each service; a later file replaces the events of an earlier one.

    What is overdue stands on the next day: an event in the past would remind nobody.
    """
    calendar = _calendar(_("车档：下次保养"))
    for row in rows:
        calendar.add_component(_event(row, car_id, max(row.service.due_on, today + timedelta(days=1)), now, with_alarm))
    content: bytes = calendar.to_ical()
    return content


def make_inspection_calendar(until: date, *, car_id: str, now: datetime) -> bytes:
    """年检: one all-day event on the last day of 检验有效期, with an alarm a month before and one two weeks after.

    The day is what the owner read from the 行驶证; it is not kept here.
    """
    summary = _("车辆检验有效期到这一天为止")
    event = Event()
    event.add("uid", f"{sha256(f'inspection/{car_id}'.encode()).hexdigest()[:32]}@chedang")
    event.add("dtstamp", now)
    event.add("dtstart", until)
    event.add("dtend", until + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", summary)
    event.add("description", _("日期是您自己填的，以行驶证为准。已经检验过，或者不想再提醒，删掉这一条就行。"))
    for away in (-_INSPECTION_BEFORE, _INSPECTION_AFTER):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", away)
        alarm.add("description", summary)
        event.add_component(alarm)
    calendar = _calendar(_("车档：车辆检验"))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//chedang//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _event(row: ServiceRow, car_id: str, on: date, now: datetime, with_alarm: bool) -> Event:
    summary = _("车辆保养：%(name)s（估计）") % {"name": row.name}
    event = Event()
    event.add("uid", _uid(car_id, row.service.service.key))
    event.add("dtstamp", now)
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", summary)
    event.add("description", "\n".join((row.when, row.range, row.basis)))
    if with_alarm:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -_WARN_BEFORE)
        alarm.add("description", summary)
        event.add_component(alarm)
    return event


def _uid(car_id: str, service_key: str) -> str:
    """The same for the same binding and kind of service; leads back to neither."""
    return f"{sha256(f'next-service/{car_id}/{service_key}'.encode()).hexdigest()[:32]}@chedang"
