"""Limits are data: a node's own file changes what is found, and a wrong one says where it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chedang.records.limits import Limits, LimitsError, load_limits
from chedang.records.model import Level, ProjectText, RecordText
from chedang.records.rules import judge


def write(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def codes(limits: Limits, text: RecordText) -> set[str]:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    return {finding.code for finding in judge(text, limits=limits, registered_name="", received_at=now).findings}


def test_the_limits_are_the_thirteen_elements_in_the_order_of_the_standard() -> None:
    assert list(load_limits().element) == [
        "companyname", "vin", "vehicleplatenumber", "repairdate", "repairmileage", "settledate", "faultdescription",
        "costlistcode", "partsname", "partscode", "partsquantity", "repairproject", "workinghours",
    ]  # fmt: skip


def test_a_file_of_the_node_changes_what_is_found(tmp_path: Path) -> None:
    text = RecordText(fault_description="小修小补", projects=(ProjectText("钣金", "30"),))
    limits = load_limits(
        write(
            tmp_path,
            """
            earliest_day = 2015-01-01
            [placeholders]
            ours = ["小修小补"]
            [levels]
            FAULT_PLACEHOLDER = "info"
            [element.faultdescription]
            placeholders = ["common", "ours"]
            [element.workinghours]
            doubtful_above = 40.5
            [element.vehicleplatenumber]
            mandatory = false
            """,
        )
    )

    assert {"FAULT_PLACEHOLDER"} == codes(limits, text) - codes(load_limits(), text)
    assert {"HOURS_LOOK_LIKE_MONEY", "PLATE_EMPTY"} == codes(load_limits(), text) - codes(limits, text)
    assert limits.levels["FAULT_PLACEHOLDER"] is Level.INFO
    assert limits.earliest_day == date(2015, 1, 1)
    assert limits.element["faultdescription"].longest == load_limits().element["faultdescription"].longest


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("storage_charakters = 5", "storage_charakters"),
        ("storage_characters = 'many'", "storage_characters"),
        ("storage_characters = 5", "storage_characters"),
        ("earliest_day = 'yesterday'", "earliest_day"),
        ("kept_rows = 0", "kept_rows"),
        ("element = 5", "element"),
        ("[odometer]\nmost_km_per_day = 0", "most_km_per_day"),
        ("[odometer]\nmost_km = 5", "odometer.most_km"),
        ("[element.colour]\nlongest = 3", "element.colour"),
        ("[element.vin]\nlongst = 3", "element.vin"),
        ("[element.vin]\nlongest = 'x'", "element.vin"),
        ("[element.vin]\nkind = 'text'", "element.vin.kind"),
        ("[element.vin]\nplaceholders = ['nowhere']", "nowhere"),
        ("[placeholders]\ncommon = [1]", "placeholders.common"),
        ("[levels]\nVIN_LENGHT = 'warn'", "levels.VIN_LENGHT"),
        ("[levels]\nVIN_LENGTH = 'fatal'", "levels.VIN_LENGTH"),
        ("[levels", "TOML"),
    ],
)
def test_a_wrong_file_names_itself_and_the_key(tmp_path: Path, text: str, named: str) -> None:
    path = write(tmp_path, text)

    with pytest.raises(LimitsError) as caught:
        load_limits(path)

    assert str(path) in str(caught.value)
    assert named in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LimitsError, match=r"nothing\.toml"):
        load_limits(tmp_path / "nothing.toml")
