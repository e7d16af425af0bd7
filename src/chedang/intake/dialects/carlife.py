"""Dialect of the signed 二级维护 interface (``carlife``; three interface papers of January 2021).

What its clients send and read is in docs/reference/dialect-carlife.md. ``code`` is a JSON number, success is 0. A job
comes as a vehicle and an order under the number of its 进厂检验单; an image comes ahead of the vehicle, and equipment
vendors send the inspections themselves. Most of it lies beyond the 13 elements. Touches owners' data only to drop it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import multipart

from chedang.enterprises.model import AccountKind
from chedang.intake.answers import MAX_ANSWER_CHARACTERS, encode, tame, tell
from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.outcomes import Extra, ExtraCategory, Outcome, Refusal, RefusalKind, Refused, Signature
from chedang.intake.signatures import read_timestamp
from chedang.intake.steps import (
    ImageCall,
    ImageTaken,
    InspectionNote,
    NoteTaken,
    OrderStep,
    StepKind,
    StepTaken,
)
from chedang.intake.wire import Members, as_object, as_rows, as_text, decode_json
from chedang.records.model import PartText, ProjectText, RecordText

NAME: Final = "carlife"

ALREADY_THERE: Final = "检验单对应的车辆档案已上传"
"""What a client looks for after a repeat; it takes the vehicle as done then."""
IMAGE_ADDRESS: Final = "http://image.invalid/"
"""A client goes on only when an image's address begins with http. This one leads nowhere, since nothing is kept."""
_LONGEST_FIELD: Final = 1_000

CODES: Final = {
    RefusalKind.MALFORMED: 100,
    RefusalKind.TOO_LARGE: 112,
    RefusalKind.TOO_MANY_ROWS: 108,
    RefusalKind.MISSING_PARAMETER: 107,
    RefusalKind.EMPTY_RECORD: 100,
    RefusalKind.UNKNOWN_OPERATION: 109,
    RefusalKind.UNKNOWN_ENTERPRISE: 115,
    RefusalKind.WRONG_PASSWORD: 103,
    RefusalKind.LOCKED: 115,
    RefusalKind.BAD_TOKEN: 101,
    RefusalKind.EXPIRED_TOKEN: 101,
    RefusalKind.ENTERPRISE_REJECTED: 102,
    RefusalKind.ALREADY_REGISTERED: 100,
    RefusalKind.NOT_ACCEPTABLE: 108,
    RefusalKind.UNKNOWN_FIELD: 108,
    RefusalKind.UNKNOWN_RECORD: 106,
    RefusalKind.RECORD_EXISTS: 114,
    RefusalKind.CONFLICT: 114,
    RefusalKind.FORBIDDEN: 102,
    RefusalKind.UNKNOWN_ACCOUNT: 103,
    RefusalKind.BAD_SIGNATURE: 104,
    RefusalKind.STALE_REQUEST: 105,
    RefusalKind.REPLAYED: 114,
    RefusalKind.TOO_FAST: 999,
    RefusalKind.UNAVAILABLE: 113,
}
_VEHICLE_EXTRAS: Final = {
    "vehicleType": ExtraCategory.VEHICLE,
    "engineNum": ExtraCategory.ENGINE_NUMBER,
    "vehicleOwner": ExtraCategory.OWNER,
    "entrustRepair": ExtraCategory.OWNER,
    "contact": ExtraCategory.CONTACT,
    "contactDetails": ExtraCategory.CONTACT,
    "obd": ExtraCategory.VEHICLE,
    "carType": ExtraCategory.VEHICLE,
    "vehicleClassCode": ExtraCategory.VEHICLE,
    "drivingLicenseImg": ExtraCategory.PHOTOGRAPH,
    "color": ExtraCategory.VEHICLE,
    "brand": ExtraCategory.VEHICLE,
    "repairOrderSeq": ExtraCategory.JOB,
}
_ITEM_EXTRAS: Final = {
    "itemSeq": ExtraCategory.JOB,
    "workHoursUnitPrice": ExtraCategory.PRICE,
    "workHoursFee": ExtraCategory.PRICE,
}
_PART_EXTRAS: Final = {
    "partSeq": ExtraCategory.JOB,
    "partBrand": ExtraCategory.JOB,
    "productSeq": ExtraCategory.JOB,
    "partUnitPrice": ExtraCategory.PRICE,
    "partMoney": ExtraCategory.PRICE,
    "oneselfPart": ExtraCategory.JOB,
}
_OTHER_FEE_EXTRAS: Final = {
    "otherFeeSeq": ExtraCategory.JOB,
    "project": ExtraCategory.JOB,
    "otherFeeMoney": ExtraCategory.PRICE,
}
_INCOMING_EXTRAS: Final = {
    "image": ExtraCategory.PHOTOGRAPH,
    "entrustRepair": ExtraCategory.OWNER,
    "vehicleType": ExtraCategory.VEHICLE,
    "engineNum": ExtraCategory.ENGINE_NUMBER,
    **dict.fromkeys(
        (
            "contractNum", "axleBrakingRatio", "brakingUnbalanceRate", "vehicle", "initialSpeed", "gasolineCar",
            "dieselVehicle", "conclusion", "inspector", "entrustRepairOpinion",
        ),
        ExtraCategory.INSPECTION,
    ),
}  # fmt: skip
_COMPLETED_EXTRAS: Final = {
    "visualInspectionImage": ExtraCategory.PHOTOGRAPH,
    **dict.fromkeys(
        (
            "id", "clean", "fasten", "lubricating", "seal", "accessoryEquipment", "engineBehavior", "engineEquipment",
            "steeringMechanism", "tire", "suspension", "shockAbsorber", "axle", "clutch", "gearbox",
            "tractionConnectingDevice", "headlight", "signalIndicating", "meter", "faultDiagnosis", "totatorInertia",
            "sideSlip", "axleBrakingRatio", "brakingUnbalanceRate", "vehicle", "initialSpeed", "headlightCheck",
            "gasolineCar", "dieselVehicle", "inspectionResult", "inspector", "inspectionTime",
        ),
        ExtraCategory.INSPECTION,
    ),
}  # fmt: skip


class _Call:
    """The members of one signed call while they are read."""

    def __init__(self, wire: Wire, *signed: tuple[str, ...]) -> None:
        """``signed``: lists of members over which the signature may stand, besides the usual three."""
        document = decode_json(wire.body)
        if not isinstance(document, dict):
            raise Refused(RefusalKind.MALFORMED, "报文应为JSON对象")
        self.members = Members({name.strip(): value for name, value in document.items()})
        self._holders = [self.members]
        self.extras: list[Extra] = []
        self.signature = _signature(self.text, wire.path, signed)

    def text(self, name: str) -> str:
        return as_text(self.members.get(name))

    def row(self, row: dict[str, Any], at: str, extras: Mapping[str, ExtraCategory]) -> Members:
        """One object inside, whose fields beyond the 13 elements are noted."""
        members = Members(row)
        self._holders.append(members)
        self.take(members, extras, at)
        return members

    def take(self, members: Members, extras: Mapping[str, ExtraCategory], at: str = "") -> None:
        """Fields beyond the 13 elements; an empty one says nothing."""
        for name, category in extras.items():
            if value := _plain(members.get(name)):
                self.extras.append(Extra(category, at + name, value))

    @property
    def dropped_fields(self) -> int:
        return len(self.extras) + sum(holder.left_over for holder in self._holders)

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        return tuple(sorted({name for holder in self._holders for name in holder.names_left_over()}))

    def step(self, kind: StepKind, order_key: str, values: Mapping[str, Any]) -> OrderStep:
        """The step, once everything has been read."""
        return OrderStep(
            signature=self.signature,
            family=NAME,
            order_key=order_key,
            kind=kind,
            text=RecordText(**values),
            given=tuple(values),
            dropped_fields=self.dropped_fields,
            unknown_fields=self.unknown_fields,
            extras=tuple(self.extras),
        )


def parse_image(wire: Wire) -> ImageCall:
    """``/upload/image``: the signature in the query or in the form, the image as ``file``."""
    fields, image = _read_form(wire)
    query = wire.query.decode("utf-8", "replace")
    fields |= {name.lower(): value for name, value in parse_qsl(query, keep_blank_values=True)}
    signature = _signature(lambda name: fields.get(name.lower(), ""), wire.path, ())
    if not image:
        raise Refused(RefusalKind.EMPTY_RECORD, "图片不能为空")
    return ImageCall(signature, NAME, "file", image)


def parse_vehicle(wire: Wire) -> OrderStep:
    """``/repair/car/upload``."""
    call = _Call(wire)
    values = {"vin": call.text("vin"), "plate_number": call.text("licensePlate")}
    call.take(call.members, _VEHICLE_EXTRAS)
    return call.step(StepKind.OPEN, call.text("incomingInspectionId"), values)


def parse_order(wire: Wire) -> OrderStep:
    """``/repair/order/upload``: settles. Its three inner values are JSON text, or objects from clients that forgot."""
    call = _Call(wire)
    items = call.row(as_object(call.members.get("repairItems"), "repairItems"), "repairItems/", {"subtotal": _PRICE})
    parts = call.row(as_object(call.members.get("repairParts"), "repairParts"), "repairParts/", {"subtotal": _PRICE})
    values = {
        "repair_date": call.text("deliveryDate"),
        "mileage": call.text("repairMileage"),
        "settle_date": call.text("settlementDate"),
        "settlement_list_number": call.text("settlementSeq"),
        "projects": tuple(_projects(call, as_rows(items.get("items"), "items"))),
        "parts": tuple(_parts(call, as_rows(parts.get("parts"), "parts"))),
    }
    for number, row in enumerate(as_rows(call.members.get("otherFee"), "otherFee")):
        call.row(row, f"otherFee/{number}/", _OTHER_FEE_EXTRAS)
    call.take(call.members, {"total": _PRICE, "oldPartDisposal": ExtraCategory.JOB})
    return call.step(StepKind.BEGIN_AND_SETTLE, call.text("incomingInspectionId"), values)


_PRICE: Final = ExtraCategory.PRICE


def _projects(call: _Call, rows: Iterable[dict[str, Any]]) -> Iterable[ProjectText]:
    """``settlementTime`` is a number of hours, whatever its name says."""
    for number, row in enumerate(rows):
        item = call.row(row, f"repairItems/items/{number}/", _ITEM_EXTRAS)
        yield ProjectText(as_text(item.get("itemName")), as_text(item.get("settlementTime")))


def _parts(call: _Call, rows: Iterable[dict[str, Any]]) -> Iterable[PartText]:
    for number, row in enumerate(rows):
        part = call.row(row, f"repairParts/parts/{number}/", _PART_EXTRAS)
        yield PartText(as_text(part.get("partName")), as_text(part.get("partNo")), as_text(part.get("partUnitNumber")))


def parse_incoming(wire: Wire) -> OrderStep:
    """``/incoming/order``, 进厂检验单: begins an order, whose number is made here."""
    call = _Call(wire, ("contractNum", "nonce", "timestamp"))
    contract = call.text("contractNum")
    if not contract:
        raise Refused(RefusalKind.MISSING_PARAMETER, "contractNum为空")
    diagnosis = call.row(
        as_object(call.members.get("faultDiagnosis"), "faultDiagnosis"),
        "faultDiagnosis/",
        {"evaluate": ExtraCategory.INSPECTION},
    )
    texts = (as_text(diagnosis.get("information")), as_text(diagnosis.get("desc")))
    values = {
        "vin": call.text("chassisNum"),
        "plate_number": call.text("licensePlate"),
        "repair_date": call.text("incomingDate"),
        "fault_description": "；".join(dict.fromkeys(text for text in texts if text)),
    }
    call.take(call.members, _INCOMING_EXTRAS)
    return call.step(StepKind.OPEN, _inspection_number(call.signature.account, contract), values)


def parse_completed(wire: Wire) -> InspectionNote:
    """``/completed/submitInspectionOrder``, 竣工检验单: nothing of it is among the 13 elements."""
    # The paper names three members in one place and four in another.
    call = _Call(
        wire,
        ("id", "incomingInspectionId", "nonce", "timestamp"),
        ("incomingInspectionId", "nonce", "timestamp"),
    )
    order_key = call.text("incomingInspectionId")
    call.take(call.members, _COMPLETED_EXTRAS)
    return InspectionNote(call.signature, NAME, order_key, call.dropped_fields, call.unknown_fields, tuple(call.extras))


def _inspection_number(account: str, contract: str) -> str:
    """18 digits, the same for the same contract: a repeated 进厂检验单 gets its number again."""
    digest = hashlib.sha256(f"{account}/{contract}".encode("utf-8", "replace")).digest()
    return f"{int.from_bytes(digest[:16]) % 10**18:018d}"


def _plain(value: Any) -> str:
    """A field as text, objects as JSON."""
    if isinstance(value, dict | list) and value:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return as_text(value)


def _signature(read: Any, path: str, signed: Iterable[tuple[str, ...]]) -> Signature:
    """``MD5(key|name=value&…)`` over the members in the order of their names. Raises Refused(MISSING_PARAMETER)."""
    for name in ("companyIdentity", "nonce", "timestamp", "sign"):
        if not read(name):
            raise Refused(RefusalKind.MISSING_PARAMETER, f"{name}为空")
    sent_at = read_timestamp(read("timestamp"))
    if sent_at is None:
        raise Refused(RefusalKind.MISSING_PARAMETER, "timestamp应为1970年以来的秒数")
    usual, *others = (
        (b"", ("|" + "&".join(f"{name}={read(name)}" for name in names)).encode("utf-8", "replace"))
        for names in (("companyIdentity", "nonce", "timestamp"), *signed)
    )
    return Signature(
        kind=AccountKind.CARLIFE,
        account=read("companyIdentity"),
        before=usual[0],
        after=usual[1],
        digest=read("sign").lower(),
        nonce=read("nonce"),
        sent_at=sent_at,
        path=path,
        other_forms=tuple(others),
    )


def _read_form(wire: Wire) -> tuple[dict[str, str], bytes]:
    """Short fields of a multipart form by lower-case name, and its file. Raises Refused(MALFORMED)."""
    kind, options = multipart.parse_options_header(wire.content_type)
    boundary = options.get("boundary")
    if kind.lower() != "multipart/form-data" or not boundary:
        return {}, b""
    try:
        return _read_parts(boundary, wire.body)
    except (multipart.MultipartError, ValueError) as fault:
        raise Refused(RefusalKind.MALFORMED, "multipart格式不对") from fault


def _read_parts(boundary: str, body: bytes) -> tuple[dict[str, str], bytes]:
    fields: dict[str, str] = {}
    image = b""
    with multipart.PushMultipartParser(boundary, content_length=len(body), max_segment_count=64) as parser:
        name, is_file = "", False
        for event in (*parser.parse(body), *parser.parse(b"")):
            if isinstance(event, multipart.MultipartSegment):
                name, is_file = event.name.lower(), event.name.lower() == "file" or event.filename is not None
            elif event and is_file:
                image += event
            elif event and len(fields.get(name, "")) + len(event) <= _LONGEST_FIELD:
                fields[name] = fields.get(name, "") + event.decode("utf-8", "replace")
    return fields, image


def answer(operation: str, _request: Any, outcome: Outcome) -> Answer:
    """``code`` (a number), ``message``, ``data``."""
    match outcome:
        case ImageTaken(digest=digest):
            return _answer(0, "success", {"imageUrl": IMAGE_ADDRESS + digest})
        case StepTaken(order_key=order_key) if operation == "incoming/order":
            return _answer(0, "success", {"incomingInspectionId": order_key})
        case StepTaken(is_changed=False) if operation == "repair/car/upload":
            return _answer(0, ALREADY_THERE)
        case StepTaken() | NoteTaken():
            return _answer(0, "success")
        case Refusal():
            room = MAX_ANSWER_CHARACTERS - len('{"code":999,"message":"","data":null}')
            # What is missing stands alone, as the server of the time said it.
            missing = tame(outcome.detail, room) if outcome.kind is RefusalKind.EMPTY_RECORD else ""
            return _answer(CODES[outcome.kind], missing or tell(outcome, room))
        case _:
            raise TypeError(type(outcome))


def _answer(code: int, message: str, data: dict[str, str] | None = None) -> Answer:
    return Answer(encode({"code": code, "message": message, "data": data}))


DIALECT: Final = Dialect(
    name=NAME,
    bases=("/api/maintain",),
    operations=(
        Operation("upload/image", "/upload/image", parse_image),
        Operation("repair/car/upload", "/repair/car/upload", parse_vehicle),
        Operation("repair/order/upload", "/repair/order/upload", parse_order),
        Operation("incoming/order", "/incoming/order", parse_incoming),
        Operation("completed/submitInspectionOrder", "/completed/submitInspectionOrder", parse_completed),
    ),
    answer=answer,
)
