"""What changed between two versions of a record."""

from __future__ import annotations

import msgspec

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.vehicles.changes import ElementChange, find_changes

TEXT = RecordText(
    company_name="某某汽修",
    vin="LXWA1B282LB948917",
    mileage="100",
    parts=(PartText("机油", "O-1", "4"),),
    projects=(ProjectText("更换机油", "0.5"),),
)


def test_equal_versions_have_no_changes() -> None:
    assert find_changes(TEXT, TEXT) == ()


def test_changes_come_in_the_order_of_the_standard() -> None:
    after = msgspec.structs.replace(
        TEXT,
        mileage="1000",
        fault_description="保养",
        parts=(),
        projects=(ProjectText("更换机油", "0.5"), ProjectText("检查", "")),
    )
    assert find_changes(TEXT, after) == (
        ElementChange("mileage", "100", "1000"),
        ElementChange("fault_description", "", "保养"),
        ElementChange("parts", "机油 O-1 4", ""),
        ElementChange("projects", "更换机油 0.5", "更换机油 0.5；检查"),
    )


def test_a_changed_vin_stays_masked() -> None:
    after = msgspec.structs.replace(TEXT, vin="LXWA1B280LB948918")
    assert find_changes(TEXT, after) == (ElementChange("vin", "******917", "******918"),)
