"""What changed between two versions of a record."""

from __future__ import annotations

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.site.vehicle.versions import Change, find_changes

TEXT = RecordText(
    company_name="某某汽修",
    vin="LXWA1B282LB948917",
    mileage="100",
    parts=(PartText("机油", "O-1", "4"),),
    projects=(ProjectText("更换机油", "0.5"),),
)


def test_equal_versions_have_no_changes() -> None:
    assert find_changes(TEXT, TEXT) == []


def test_changes_come_in_the_order_of_the_standard_with_their_chinese_names() -> None:
    after = RecordText(
        company_name="某某汽修",
        vin="LXWA1B282LB948917",
        mileage="1000",
        fault_description="保养",
        parts=(),
        projects=(ProjectText("更换机油", "0.5"), ProjectText("检查", "")),
    )
    assert find_changes(TEXT, after) == [
        Change("送修里程", "100", "1000"),
        Change("故障描述", "", "保养"),
        Change("配件", "机油 O-1 4", ""),
        Change("维修项目", "更换机油 0.5", "更换机油 0.5；检查"),
    ]


def test_a_changed_vin_stays_masked() -> None:
    after = RecordText(**{**{f: getattr(TEXT, f) for f in TEXT.__struct_fields__}, "vin": "LXWA1B280LB948918"})
    assert find_changes(TEXT, after) == [Change("车架号", "******917", "******918")]
