"""Structured logs: one JSON object per line on stderr, without personal data.

Callers log ids, never VIN, plate, name or phone. What is done here against them is the last line of defence.
"""

from __future__ import annotations

import logging
import os
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PERSONAL_KEYS = frozenset(
    {
        "vin",
        "plate",
        "plate_number",
        "vehicleplatenumber",
        "name",
        "owner_name",
        "linkman_name",
        "superintendent_name",
        "phone",
        "linkman_phone",
        "superintendent_phone",
        "email",
        "password",
        "companypassword",
        "token",
        "access_token",
        "authorization",
        "cookie",
    }
)
"""Keys that are dropped from every log line, at any depth, in any case."""

_PERSONAL_TEXT = re.compile(
    r"\b(?=[0-9]*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}\b"  # a VIN
    r"|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-Z][·\-\s]?[A-Z0-9]{4,6}[A-Z0-9学警港澳挂]?"
    r"|\b1[3-9][0-9]{9}\b"  # a mobile phone
)

# Claim, share and transfer codes stand in addresses of the site, which its refusals repeat: whoever reads one has it.
_CODE_IN_ADDRESS = re.compile(r"(?<![\w/])/([cst])/[^\s/?\"']+")

# PostgreSQL repeats whole rows in these lines of an error.
_ROW_IN_ERROR = re.compile(r"^(DETAIL|CONTEXT|LINE \d+): .*$", re.MULTILINE)


def configure(process: str, level: str = "info") -> None:
    """Send structlog and the standard library's logging of this process to stderr as JSON lines.

    ``process`` is what the lines call it (gate, site, worker, …). Safe to call again, for example after a fork.
    """

    def add_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        event["pid"] = os.getpid()
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        add_process,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                drop_personal_data,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def drop_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: without the keys of PERSONAL_KEYS, and texts without VINs, plates, phones and codes."""
    return {key: _clean(value) for key, value in event.items() if key.lower() not in PERSONAL_KEYS}


def _clean(value: object) -> object:
    """``value`` as JSON can hold it; what JSON does not know becomes its text, cleaned like any text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): _clean(inner) for key, inner in value.items() if str(key).lower() not in PERSONAL_KEYS}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return _PERSONAL_TEXT.sub("…", _CODE_IN_ADDRESS.sub(r"/\1/…", _ROW_IN_ERROR.sub(r"\1: …", str(value))))
