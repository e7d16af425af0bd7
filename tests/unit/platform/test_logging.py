from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import structlog

from chedang.platform.logging import configure, drop_personal_data

VIN = "LSVAA4182E2184847"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def _line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    (line,) = capsys.readouterr().err.splitlines()
    read = json.loads(line)
    assert isinstance(read, dict)
    return read


def test_a_line_is_json_with_process_level_and_an_aware_utc_instant(capsys: pytest.CaptureFixture[str]) -> None:
    configure("gate")
    structlog.get_logger("chedang.test").info("record stored", record_id="r-1", 数量=2)
    line = _line(capsys)
    assert (line["event"], line["record_id"], line["数量"]) == ("record stored", "r-1", 2)
    assert (line["process"], line["level"], line["logger"]) == ("gate", "info", "chedang.test")
    assert datetime.fromisoformat(str(line["at"])).utcoffset() == timedelta(0)


def test_the_standard_library_speaks_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure("site")
    logging.getLogger("django.request").warning("answered %d", 503)
    line = _line(capsys)
    assert (line["event"], line["level"], line["process"]) == ("answered 503", "warning", "site")


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("site", "warning")
    structlog.get_logger("chedang.test").info("quiet")
    logging.getLogger("quiet").info("quiet")
    assert capsys.readouterr().err == ""


def test_an_exception_is_told_without_the_row_it_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    configure("gate")
    message = f"duplicate key\nDETAIL:  Key (vin)=({VIN}) exists.\nCONTEXT:  COPY record_version: 发动机异响"
    try:
        raise ValueError(message)
    except ValueError:
        structlog.get_logger("chedang.test").exception("not stored")
    text = str(_line(capsys)["exception"])
    assert "ValueError: duplicate key" in text
    assert VIN not in text
    assert "发动机异响" not in text


@pytest.mark.parametrize("key", ["vin", "VIN", "plate_number", "name", "phone", "password", "token"])
def test_personal_keys_are_dropped_at_any_depth(key: str) -> None:
    event = drop_personal_data(None, "info", {key: "x", "kept": {key: "x", "list": [{key: "x", "id": 1}]}})
    assert event == {"kept": {"list": [{"id": 1}]}}


@pytest.mark.parametrize("text", [VIN, "浙A12345", "浙AD12345", "粤B·12345", "13900000000"])
def test_vins_plates_and_phones_inside_texts_are_blotted_out(text: str) -> None:
    event = drop_personal_data(None, "info", {"event": f"GET /vehicles/{text} 200"})
    assert text not in str(event)
    assert "/vehicles/" in str(event)


@pytest.mark.parametrize("text", ["330106000123", "0193b9a2-3c3e-7b7e-9a52-0f4a51f3e7a1", "2024-05-01T12:00:00+08:00"])
def test_ids_and_times_are_left_alone(text: str) -> None:
    assert drop_personal_data(None, "info", {"event": text}) == {"event": text}


def test_what_json_does_not_know_is_written_as_cleaned_text() -> None:
    event = drop_personal_data(None, "info", {"error": ValueError(f"no {VIN}"), "ratio": 0.5, "none": None})
    assert event == {"error": "no …", "ratio": 0.5, "none": None}


@pytest.mark.parametrize("address", ["/c/7K2M-9QXD-3FHT", "/s/7K2M9QXD3FHT4WZA", "/t/7k2m9qxd3fht"])
def test_codes_in_addresses_are_left_out(address: str) -> None:
    """Django repeats the address of what it refuses; a code in it opens a car."""
    told = drop_personal_data(None, "", {"event": f"Forbidden (CSRF token missing.): {address}", "path": address})
    assert told == {"event": f"Forbidden (CSRF token missing.): {address[:3]}…", "path": f"{address[:3]}…"}


def test_other_addresses_stay_in_the_log() -> None:
    text = "Not Found: /static/c/site.css, /my/7k2m9qxd3fht/, https://t/x"
    assert drop_personal_data(None, "", {"event": text}) == {"event": text}
