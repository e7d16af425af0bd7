"""A vocabulary nobody speaks: one line of fields with semicolons. All that a new dialect is, is in this module."""

from __future__ import annotations

from typing import Any, Final

from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.outcomes import Outcome, RecordAccepted, Refusal, RefusalKind, Refused, UploadRequest
from chedang.records.model import ProjectText, RecordText

FIELDS: Final = 9


def parse(wire: Wire) -> UploadRequest:
    """``token;name;vin;plate;repair day;km;settle day;fault;number``, the fault being the project too."""
    fields = wire.body.decode("utf-8", "replace").split(";")
    if len(fields) != FIELDS:
        raise Refused(RefusalKind.MALFORMED, f"应有{FIELDS}栏")
    token, *elements = fields
    return UploadRequest(token, RecordText(*elements, projects=(ProjectText(elements[6], "0.5"),)), dropped_fields=0)


def answer(_operation: str, _request: Any, outcome: Outcome) -> Answer:
    """``+record`` or ``-KIND``."""
    match outcome:
        case RecordAccepted(record_id_hex=record_id_hex):
            return Answer(f"+{record_id_hex}".encode(), "text/plain")
        case Refusal(kind=kind):
            return Answer(f"-{kind.code}".encode(), "text/plain")
        case _:
            raise TypeError(type(outcome))


DIALECT: Final = Dialect("toy", ("/toy",), (Operation("add", "/add", parse),), answer)
