"""What is said while a car is being typed: whether the VIN can be right, what it may be, when the car was last here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chedang.access.model import ShopPost
from chedang.enterprises.store import Connection
from chedang.records.model import Level, RecordText
from chedang.records.rules import judge
from chedang.site.archive.connections import archive
from chedang.site.figures import number
from chedang.site.findings import Flag, describe_findings
from chedang.site.guards import for_shop, person
from chedang.site.limits import limits_today
from chedang.site.shop.jobs.reading import read
from chedang.terms import plate as plates
from chedang.terms import vin as vins
from chedang.terms.dates import parse_day
from chedang.terms.numbers import parse_decimal
from chedang.workshop.suggestions import OwnVisit, own_visit, vins_meant


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence below a field: word, sign and colour."""

    tone: str
    sign: str
    words: str

    @property
    def as_json(self) -> dict[str, str]:
        return {"tone": self.tone, "sign": self.sign, "words": self.words}


@dataclass(frozen=True, slots=True)
class CarRemarks:
    """What is said of the car in the form; ``None`` where there is nothing to say yet."""

    vin: Remark | None
    plate_number: Remark | None
    mileage: Remark | None
    meant: tuple[str, ...]
    """What the VIN may have been meant to be."""
    visit: OwnVisit | None

    @property
    def is_mileage_lower(self) -> bool:
        return self.mileage is not None and self.mileage.tone == "doubt"


@require_POST
@never_cache
@for_shop(ShopPost.CLERK)
def car(request: HttpRequest) -> HttpResponse:
    """The same as JSON, for the form's own script. What was typed comes in the body: no address carries a VIN."""
    text = read(request.POST).text
    with archive() as connection:
        said = remarks(connection, person(request).company_code, text)
    visit = said.visit
    return JsonResponse(
        {
            "remarks": {
                name: remark.as_json if remark else None
                for name, remark in (("vin", said.vin), ("plate_number", said.plate_number), ("mileage", said.mileage))
            },
            "meant": list(said.meant),
            "fill": {"vin": visit.vin, "plate_number": visit.plate_number} if visit else {},
        }
    )


def remarks(connection: Connection, company_code: str, text: RecordText) -> CarRemarks:
    """What to say of VIN, plate and mileage as typed. Reads the shop's own records only."""
    visit = own_visit(connection, company_code, vin=text.vin, plate_number=text.plate_number)
    found = _findings(text)
    return CarRemarks(
        vin=_said_of(found, "/basicInfo/vin", text.vin, _vin_words(text.vin)),
        plate_number=_said_of(found, "/basicInfo/vehicleplatenumber", text.plate_number, _plate_words(text, visit)),
        mileage=_mileage_remark(text, visit),
        meant=vins_meant(connection, company_code, text.vin) if text.vin else (),
        visit=visit,
    )


def _findings(text: RecordText) -> list[Flag]:
    judgement = judge(text, limits=limits_today(), registered_name="", received_at=timezone.now())
    return describe_findings(each for each in judgement.findings if each.level is not Level.INFO)


def _said_of(found: list[Flag], field: str, typed: str, otherwise: Remark | None) -> Remark | None:
    """The first thing wrong with a field that something was typed into, else what else there is to say."""
    if not typed:
        return None
    flag = next((flag for flag in found if flag.field == field), None)
    return otherwise if flag is None else Remark(flag.tone, flag.sign, f"{flag.text} {flag.hint}".strip())


def _vin_words(vin: str) -> Remark | None:
    if vins.judge(vin).problem is not None:
        return None
    return Remark("good", "✓", _("17 位，校验正确。"))


def _plate_words(text: RecordText, visit: OwnVisit | None) -> Remark | None:
    """Told where the shop knew the car under another plate: a slip, or a new plate."""
    typed = plates.read(text.plate_number)
    if visit is None or not visit.plate_number or typed is None or typed.number in {"", visit.plate_number}:
        return None
    shown = plates.display(visit.plate_number)
    return Remark("doubt", "!", _("本店上次记录的车牌是 %(plate)s，换过号牌就不用改。") % {"plate": shown})


def _mileage_remark(text: RecordText, visit: OwnVisit | None) -> Remark | None:
    """The last reading at this shop, as a hint; a doubt when the new one is lower though it is later."""
    if visit is None or visit.mileage_km is None:
        return None
    day = formats.date_format(visit.on, "DATE_FORMAT") if visit.on else _("日期不详")
    last = {"day": day, "km": number(int(visit.mileage_km))}
    typed, on = parse_decimal(text.mileage), parse_day(text.repair_date)
    is_later = on is None or visit.on is None or on >= visit.on
    if typed is not None and _is_lower(typed, visit.mileage_km) and is_later:
        return Remark("doubt", "!", _("比本店上次（%(day)s）的 %(km)s 千米少，请核对里程表。") % last)
    return Remark("open", "–", _("本店上次（%(day)s）%(km)s 千米。") % last)


def _is_lower(typed: Decimal, last: Decimal) -> bool:
    return 0 <= typed < last
