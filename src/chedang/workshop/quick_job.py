"""What was typed on the quick form → what the archive gets. Pure."""

from __future__ import annotations

import msgspec

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.terms import plate as plates
from chedang.terms import vin as vins
from chedang.terms.dates import parse_day


def as_sent(typed: RecordText, company_name: str) -> RecordText:
    """The 13 elements in the form that the wire has them: days as ``yyyyMMdd``, VIN and plate without blanks.

    What cannot be read stays as it was typed, for the rules to say so.
    """
    plate = plates.read(typed.plate_number)
    return msgspec.structs.replace(
        typed,
        company_name=company_name,
        vin=vins.normalise(typed.vin),
        plate_number=plate.number if plate is not None and plate.number else typed.plate_number,
        repair_date=_compact(typed.repair_date),
        settle_date=_compact(typed.settle_date),
        parts=tuple(row for row in typed.parts if row != PartText()),
        projects=tuple(row for row in typed.projects if row != ProjectText()),
    )


def _compact(day: str) -> str:
    read = parse_day(day)
    return day if read is None else f"{read:%Y%m%d}"
