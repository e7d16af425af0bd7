"""Dialect of the pilot of 2016 (``lciprest``): register, token, add a record, add a part, modify, delete, search.

What its clients send and read is in docs/reference/dialect-lciprest.md. Its codes and sentences are those of the
provincial interface (``intake.answers``); the papers of the pilot name none but success.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from chedang.enterprises.model import RegistrationText
from chedang.intake.answers import answer_members, encode
from chedang.intake.corrections import (
    AddPartRequest,
    Beyond,
    ModifyRequest,
    PartAdded,
    RecordAmended,
    RecordChanges,
    RecordReference,
    RecordsFound,
    SearchRequest,
    VoidRequest,
)
from chedang.intake.dialect import Answer, Dialect, Operation
from chedang.intake.elements import as_password, names_left_over, read_document, read_token_request
from chedang.intake.outcomes import (
    Extra,
    ExtraCategory,
    Outcome,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    RegistrationRequest,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.wire import Members, as_object, as_rows, as_text
from chedang.records.model import PartText, ProjectText, RecordState, RecordText, StoredVersion
from chedang.terms.dates import parse_day

NAME: Final = "lciprest"
PATHS: Final = ("/restservices/lciprest", "/4h/restservices/lciprest")

_DEFAULT_PAGE_SIZE: Final = 10
_LONGEST_ECHO: Final = 64
_COUNT: Final = re.compile(r"[0-9]{1,9}")
# A day anywhere in a text, as the pilot's server took it.
_DAY_INSIDE: Final = re.compile(r"(?<![0-9])([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")

# Attribute of the record → its name in carInfo. 结算清单编号 is read apart: several names compete for it.
_ELEMENTS: Final = MappingProxyType(
    {
        "company_name": "company",
        "vin": "carvin",
        "plate_number": "carno",
        "repair_date": "repairdate",
        "mileage": "repairmile",
        "settle_date": "settledate",
        "fault_description": "faultdescript",
    }
)
_DAYS: Final = frozenset({"repair_date", "settle_date"})
_JOB_EXTRAS: Final = MappingProxyType(
    {
        "enginenumber": ExtraCategory.ENGINE_NUMBER,
        "caruser": ExtraCategory.OWNER,
        "linkman": ExtraCategory.CONTACT,
        "mobilephone": ExtraCategory.CONTACT,
        "companylinker": ExtraCategory.CONTACT,
        "companyphone": ExtraCategory.CONTACT,
        "companyaddress": ExtraCategory.CONTACT,
        "carmodel": ExtraCategory.VEHICLE,
        "cartype": ExtraCategory.VEHICLE,
        "repairnature": ExtraCategory.JOB,
        # 维修类别, in whichever of the two numberings: kept, where it may be, as it came (``terms.codes`` converts).
        "repairtype": ExtraCategory.JOB,
        "workorderno": ExtraCategory.JOB,
        "faultreason": ExtraCategory.JOB,
        "securitymile": ExtraCategory.JOB,
        "securitydate": ExtraCategory.JOB,
        "repairyear": ExtraCategory.JOB,
        "materialsum": ExtraCategory.PRICE,
        "mlaborsum": ExtraCategory.PRICE,
        "otherexpsum": ExtraCategory.PRICE,
        "total": ExtraCategory.PRICE,
    }
)
_PART_EXTRAS: Final = MappingProxyType(
    {
        "partsort": ExtraCategory.JOB,
        "partsmanufacture": ExtraCategory.JOB,
        "partsattribute": ExtraCategory.JOB,
        "caruserparts": ExtraCategory.JOB,
        "partscost": ExtraCategory.PRICE,
        "partsallcost": ExtraCategory.PRICE,
    }
)
_HOURS_EXTRAS: Final = MappingProxyType(
    {"laborhourprice": ExtraCategory.PRICE, "repaircost": ExtraCategory.PRICE},
)
_OTHER_COST_EXTRAS: Final = MappingProxyType(
    {"othername": ExtraCategory.PRICE, "othercost": ExtraCategory.PRICE},
)

# Attribute of a registration → the pilot's name. businesstype is its code list of 经济类型 (175 个体经营).
_REGISTRATION: Final = MappingProxyType(
    {
        "company_name": "name",
        "road_transport_license": "industryid",
        "unified_credit_code": "orgnumber",
        "address": "address",
        "postal_code": "linkzip",
        "economic_category": "businesstype",
        "category": "levels",
        "linkman_name": "linkman",
        "linkman_phone": "linktel",
        "superintendent_name": "legalname",
        "superintendent_phone": "legaltel",
        "business_scope": "businessrange",
        "license_start_date": "starttime",
        "license_end_date": "endtime",
        "operation_state": "operatestate",
        "division_code": "areaid",
        "email": "emails",
    }
)
# 初次领证日期: the pilot's form has it, the 18 elements do not.
_BEYOND_THE_FORM: Final = ("certificatefirsttime",)

# The standard's wire names in a finding's pointer → the pilot's.
_OWN_NAMES: Final = MappingProxyType(
    {
        "basicInfo": "carInfo",
        "companyname": "company",
        "vin": "carvin",
        "vehicleplatenumber": "carno",
        "repairmileage": "repairmile",
        "faultdescription": "faultdescript",
        "costlistcode": "statementno",
        "vehiclepartslist": "carpartslist",
        "partscode": "partsno",
        "repairprojectlist": "repairhourslist",
        "repairproject": "repairname",
        "workinghours": "repairhours",
    }
)


class _Gathering:
    """Gathers what goes beyond the 13 elements while a request is read."""

    def __init__(self) -> None:
        self._holders: list[Members] = []
        self._extras: list[Extra] = []
        self._documented = 0

    def take(self, members: Members, documented: Mapping[str, ExtraCategory], at: str = "") -> None:
        """Ask an object for the fields that the vocabulary has beyond the elements, after all others."""
        self._holders.append(members)
        for name, category in documented.items():
            value = members.get(name)
            if value is not None:
                self._documented += 1
                if text := as_text(value):
                    self._extras.append(Extra(category, at + name, text))

    def finish(self) -> Beyond:
        """Counts, names and values."""
        left_over = sum(holder.left_over for holder in self._holders)
        return Beyond(
            dropped_fields=left_over + self._documented,
            unknown_fields=names_left_over(self._holders) if left_over else (),
            extras=tuple(self._extras),
        )


class _Job(msgspec.Struct, frozen=True):
    """What ``carInfo`` and the lists say; what they leave empty is ``None`` in the changes."""

    token: str
    record: RecordReference
    changes: RecordChanges
    beyond: Beyond
    echo: tuple[tuple[str, str], ...]


def parse_token(raw: bytes) -> TokenRequest:
    """``lcipgetaccesstoken``. Raises Refused (malformed, or a parameter missing)."""
    return read_token_request(Members(read_document(raw)), ("username", "password"))


def parse_registration(raw: bytes) -> RegistrationRequest:
    """``lcipaccountcompany`` under the pilot's own names."""
    members = Members(read_document(raw))
    values = {attribute: as_text(members.get(name)) for attribute, name in _REGISTRATION.items()}
    text = RegistrationText(password=as_password(members.get("password")), **values)
    beyond = sum(members.get(name) is not None for name in _BEYOND_THE_FORM)
    unknown = names_left_over([members])
    return RegistrationRequest(text, members.left_over + beyond, unknown_fields=unknown)


def parse_upload(raw: bytes) -> UploadRequest:
    """``lcipcarfixrecordadd``. Raises Refused for what can never be used; everything else is for the rules."""
    job = _read_job(raw, is_new=True)
    return UploadRequest(
        job.token,
        job.changes.over(RecordText()),
        job.beyond.dropped_fields,
        unknown_fields=job.beyond.unknown_fields,
        extras=job.beyond.extras,
        echo=job.echo,
    )


def parse_modification(raw: bytes) -> ModifyRequest:
    """``lcipfixrecordmodify``. Members without text and lists without rows leave the record as it is."""
    job = _read_job(raw, is_new=False)
    return ModifyRequest(job.token, job.record, job.changes, "接口更正", job.beyond)


def parse_part(raw: bytes) -> AddPartRequest:
    """``lcipcarpartsrecordadd``: one part, flat beside token and record."""
    members = Members(read_document(raw))
    gathering = _Gathering()
    part = _read_part(members, gathering, "")
    if part == PartText():
        raise Refused(RefusalKind.MISSING_PARAMETER, "partsname为空")
    token, record = _token(members), _record(members)
    return AddPartRequest(token, record, part, "接口增加配件", gathering.finish())


def parse_deletion(raw: bytes) -> VoidRequest:
    """``lcipdeletefixrecord``."""
    members = Members(read_document(raw))
    token, record = _token(members), _record(members)
    return VoidRequest(token, record, "接口删除", _gather(members))


def parse_search(raw: bytes) -> SearchRequest:
    """``lcipsearchfixdatainfo``."""
    members = Members(read_document(raw))
    token, plate_number = _token(members), as_text(members.get("carno"))
    settle_date = _day_text(as_text(members.get("settledate")))
    page = _count(members.get("pagenum"), 1)
    page_size = _count(members.get("pagesize"), _DEFAULT_PAGE_SIZE)
    return SearchRequest(token, plate_number, settle_date, page, page_size, _gather(members))


def _read_job(raw: bytes, *, is_new: bool) -> _Job:
    """The token stands in ``carInfo`` or beside it, the lists beside it or in it; without ``carInfo`` all is flat."""
    outer = Members(read_document(raw))
    given = outer.get("carInfo")
    info = outer if given is None else Members(as_object(given, "carInfo"))
    holders = (info,) if info is outer else (info, outer)
    gathering = _Gathering()
    token, record = _token(*holders), _record(*holders)
    parts = [_read_part(*row) for row in _rows(holders, "carpartslist", gathering)]
    projects = [_read_project(*row) for row in _rows(holders, "repairhourslist", gathering)]
    for row, _, at in _rows(holders, "othercostlist", gathering):
        gathering.take(row, _OTHER_COST_EXTRAS, at)
    elements = {attribute: as_text(info.get(name)) for attribute, name in _ELEMENTS.items()}
    number = as_text(info.get("statementno")) or as_text(info.get("settleno"))
    extras = dict(_JOB_EXTRAS)
    if is_new and not number:
        # A job is settled under one number; a shop whose list has none of its own has that of the work order.
        number = as_text(info.get("workorderno"))
        del extras["workorderno"]
    gathering.take(info, extras)
    if info is not outer:
        gathering.take(outer, {})
    beyond = gathering.finish()
    changes = _changes(elements, number, parts, projects)
    return _Job(token, record, changes, beyond, _echo(elements, beyond.extras))


def _changes(
    elements: Mapping[str, str], number: str, parts: list[PartText], projects: list[ProjectText]
) -> RecordChanges:
    given = {attribute: _day_text(text) if attribute in _DAYS else text for attribute, text in elements.items() if text}
    return RecordChanges(
        **given,
        settlement_list_number=number or None,
        parts=tuple(parts) or None,
        projects=tuple(projects) or None,
    )


def _echo(elements: Mapping[str, str], extras: tuple[Extra, ...]) -> tuple[tuple[str, str], ...]:
    """What the client finds again in the answer: it is not kept anywhere."""
    engine = next((str(extra.value) for extra in extras if extra.name == "enginenumber"), "")
    given = (("carno", elements["plate_number"]), ("carvin", elements["vin"]), ("enginenumber", engine))
    return tuple((name, text[:_LONGEST_ECHO]) for name, text in given)


def _rows(holders: tuple[Members, ...], name: str, gathering: _Gathering) -> Iterator[tuple[Members, _Gathering, str]]:
    given = [value for holder in holders if (value := holder.get(name)) is not None]
    for number, row in enumerate(as_rows(given[0] if given else None, name)):
        yield Members(row), gathering, f"{name}/{number}/"


def _read_part(row: Members, gathering: _Gathering, at: str) -> PartText:
    part = PartText(as_text(row.get("partsname")), as_text(row.get("partsno")), as_text(row.get("partsquantity")))
    gathering.take(row, _PART_EXTRAS, at)
    return part


def _read_project(row: Members, gathering: _Gathering, at: str) -> ProjectText:
    project = ProjectText(as_text(row.get("repairname")), as_text(row.get("repairhours")))
    gathering.take(row, _HOURS_EXTRAS, at)
    return project


def _gather(members: Members) -> Beyond:
    gathering = _Gathering()
    gathering.take(members, _JOB_EXTRAS)
    return gathering.finish()


def _token(*holders: Members) -> str:
    return _first("access_token", holders)


def _record(*holders: Members) -> RecordReference:
    return RecordReference(record_id_hex=_first("recordid", holders))


def _first(name: str, holders: tuple[Members, ...]) -> str:
    """The first text of this name; every holder is asked, so that none counts it as a stranger."""
    texts = [as_text(holder.get(name)) for holder in holders]
    return next(filter(None, texts), "")


def _day_text(text: str) -> str:
    """The day inside a text that is not one as a whole; other texts as they are, for the rules."""
    inside = None if parse_day(text) else _DAY_INSIDE.search(text)
    return inside[0] if inside else text


def _count(value: Any, otherwise: int) -> int:
    text = as_text(value)
    return int(text) if _COUNT.fullmatch(text) else otherwise


def answer(_operation: str, request: Any, outcome: Outcome) -> Answer:
    """The answer a client reads."""
    match outcome:
        case RecordAccepted():
            members = answer_members(outcome) | dict(request.echo)
        case PartAdded():
            status = "新增成功" if outcome.is_new else "新增成功，与已有的一行相同"
            members = {"code": "1", "status": status, "partsid": outcome.part_id_hex}
        case RecordAmended():
            status = "删除成功" if outcome.state is RecordState.VOID else "修改成功"
            members = {"code": "1", "status": status, "recordid": outcome.record_id_hex}
        case RecordsFound():
            return Answer(
                encode({"code": "1", "status": "查询成功", "data": [_tell_record(each) for each in outcome.versions]})
            )
        case Refusal():
            members = answer_members(_in_own_names(outcome))
        case _:
            members = answer_members(outcome)
    return Answer(encode(members))


def _tell_record(version: StoredVersion) -> dict[str, Any]:
    """A record as ``lcipcarfixrecordadd`` takes it: what of it we hold."""
    text = version.text
    return {
        "carInfo": {
            "recordid": version.record_id.hex,
            "carno": text.plate_number,
            "carvin": text.vin,
            "company": text.company_name,
            "repairdate": version.repair_on.isoformat() if version.repair_on else text.repair_date,
            "repairmile": text.mileage,
            "faultdescript": text.fault_description,
            "settledate": version.settled_on.isoformat() if version.settled_on else text.settle_date,
            "statementno": text.settlement_list_number,
        },
        "carpartslist": [
            {"partsname": part.name, "partsno": part.code, "partsquantity": part.quantity} for part in text.parts
        ],
        "repairhourslist": [{"repairname": project.name, "repairhours": project.hours} for project in text.projects],
        "othercostlist": [],
    }


def _in_own_names(refusal: Refusal) -> Refusal:
    """A refusal by the rules begins with a pointer in the standard's names, which no client of the pilot knows."""
    pointer, colon, rest = refusal.detail.partition("：")
    if not refusal.findings or not pointer.startswith("/"):
        return refusal
    own = "/".join(_OWN_NAMES.get(name, name) for name in pointer.split("/"))
    return msgspec.structs.replace(refusal, detail=own + colon + rest)


DIALECT: Final = Dialect(
    name=NAME,
    bases=PATHS,
    operations=(
        Operation("lcipgetaccesstoken", "/lcipgetaccesstoken/query", lambda wire: parse_token(wire.body)),
        Operation("lcipaccountcompany", "/lcipaccountcompany/query", lambda wire: parse_registration(wire.body)),
        Operation("lcipcarfixrecordadd", "/lcipcarfixrecordadd/query", lambda wire: parse_upload(wire.body)),
        Operation("lcipcarpartsrecordadd", "/lcipcarpartsrecordadd/query", lambda wire: parse_part(wire.body)),
        Operation("lcipfixrecordmodify", "/lcipfixrecordmodify/query", lambda wire: parse_modification(wire.body)),
        Operation("lcipdeletefixrecord", "/lcipdeletefixrecord/query", lambda wire: parse_deletion(wire.body)),
        Operation("lcipsearchfixdatainfo", "/lcipsearchfixdatainfo/query", lambda wire: parse_search(wire.body)),
    ),
    answer=answer,
)
