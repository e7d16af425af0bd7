"""The elements of records and registrations by their wire names, wherever a vocabulary keeps them.

Several vocabularies wrap the same members differently: one puts the nine elements of the header into ``basicInfo``,
another leaves them flat beside the lists, a third puts four wrappers around all of it. What is inside is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from chedang.enterprises.model import RegistrationText
from chedang.intake.outcomes import (
    Extra,
    ExtraCategory,
    RefusalKind,
    Refused,
    RegistrationRequest,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.wire import Members, as_rows, as_text, decode_json
from chedang.records.model import PartText, ProjectText, RecordText

NO_EXTRAS: Final[Mapping[str, ExtraCategory]] = MappingProxyType({})


def read_document(raw: bytes) -> dict[str, Any]:
    """The object that a body is, also when it is JSON text once more. Raises Refused(MALFORMED)."""
    document = decode_json(raw)
    if isinstance(document, str):
        document = decode_json(document.encode("utf-8", "replace"))
    if not isinstance(document, dict):
        raise Refused(RefusalKind.MALFORMED, "报文应为JSON对象")
    return document


def read_token_request(members: Members, names: tuple[str, str] = ("companycode", "companypassword")) -> TokenRequest:
    """Who asks, with what password; ``names`` are the wire's names of the two. Raises Refused(MISSING_PARAMETER)."""
    user, password = names
    request = TokenRequest(company_code=as_text(members.get(user)), password=as_password(members.get(password)))
    for name, value in ((user, request.company_code), (password, request.password)):
        if not value:
            raise Refused(RefusalKind.MISSING_PARAMETER, f"{name}为空")
    return request


def as_password(value: Any) -> str:
    """A password is taken as it stands: no cleaning that could make two passwords one."""
    return value if isinstance(value, str) else as_text(value)


def read_upload(
    token: str,
    basic: Members,
    lists: Members,
    *,
    wrappers: Iterable[Members] = (),
    documented: Mapping[str, ExtraCategory] = NO_EXTRAS,
) -> UploadRequest:
    """One record: the header's elements in ``basic``, both lists in ``lists`` (which may be the same object).

    ``wrappers`` are the objects around them, whose further members count as dropped too. ``documented`` are fields
    that the vocabulary has beyond the 13 elements: counted and given as extras, and no ground for a refusal.
    """
    parts = [Members(row) for row in as_rows(lists.get("vehiclepartslist"), "vehiclepartslist")]
    projects = [Members(row) for row in as_rows(lists.get("repairprojectlist"), "repairprojectlist")]
    text = RecordText(
        company_name=as_text(basic.get("companyname")),
        vin=as_text(basic.get("vin")),
        plate_number=as_text(basic.get("vehicleplatenumber")),
        repair_date=as_text(basic.get("repairdate")),
        mileage=as_text(basic.get("repairmileage")),
        settle_date=as_text(basic.get("settledate")),
        fault_description=as_text(basic.get("faultdescription")),
        settlement_list_number=as_text(basic.get("costlistcode")),
        parts=tuple(
            PartText(as_text(row.get("partsname")), as_text(row.get("partscode")), as_text(row.get("partsquantity")))
            for row in parts
        ),
        projects=tuple(
            ProjectText(as_text(row.get("repairproject")), as_text(row.get("workinghours"))) for row in projects
        ),
    )
    extras = tuple(
        Extra(category, name, as_text(value))
        for name, category in documented.items()
        if (value := basic.get(name)) is not None
    )
    holders = [*wrappers, lists, *parts, *projects] + ([basic] if basic is not lists else [])
    left_over = sum(holder.left_over for holder in holders)
    unknown = names_left_over(holders) if left_over else ()
    return UploadRequest(token, text, left_over + len(extras), unknown_fields=unknown, extras=extras)


# Second spellings seen in forms in use, next to the right one.
_MISSPELT: Final = {
    "companyeconomiccategory": "companyeconomicategory",
    "companysuperintendenttel": "companysupereintendenttel",
}
# 接入支持服务商, 法人手机 and the map position of portal forms: not among the 18 elements, and no ground for a refusal.
_BEYOND_THE_FORM: Final = ("support", "corporatetel", "companyaddresspoint")
# (wire name, attribute) of the 18 elements, from the model's own renaming.
_REGISTRATION_FIELDS: Final = tuple(
    (field.encode_name, field.name) for field in msgspec.structs.fields(RegistrationText)
)


def read_registration(members: Members, *, wrappers: Iterable[Members] = ()) -> RegistrationRequest:
    """The 18 elements of 维修企业账户注册, in the spellings of all forms and clients found."""
    values = {}
    for wire_name, attribute in _REGISTRATION_FIELDS:
        value = members.get(wire_name)
        other = members.get(_MISSPELT[wire_name]) if wire_name in _MISSPELT else None
        values[attribute] = _registration_text(wire_name, value) or as_text(other)
    beyond = sum(members.get(name) is not None for name in _BEYOND_THE_FORM)
    holders = [members, *wrappers]
    left_over = sum(holder.left_over for holder in holders)
    unknown = names_left_over(holders) if left_over else ()
    return RegistrationRequest(RegistrationText(**values), left_over + beyond, unknown_fields=unknown)


def _registration_text(wire_name: str, value: Any) -> str:
    if wire_name == "companypassword":
        return as_password(value)
    if wire_name == "companyaddress" and isinstance(value, dict):  # the portal's form wraps it
        value = value.get("address")
    return as_text(value)


def names_left_over(holders: Iterable[Members]) -> tuple[str, ...]:
    """Names of the members that nobody asked for, each once, in order."""
    return tuple(sorted({name for holder in holders for name in holder.names_left_over()}))
