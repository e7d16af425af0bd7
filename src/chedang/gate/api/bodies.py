"""What clients send, as types: for the description of the interface. Read they are by ``intake.native.reading``, which
keeps numbers as they were written and says where something is wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Number = Annotated[str | int | float | None, Meta(description="数字或文本 · a number, or one as text")]
Day = Annotated[
    str | int | None, Meta(description="日期 yyyyMMdd 或 yyyy-MM-dd · a day", examples=["20260301", "2026-03-01"])
]


class PartBody(msgspec.Struct, frozen=True):
    """配件 · a part."""

    partsname: Annotated[str | None, Meta(description="配件名称 · name", examples=["机油"])] = None
    partscode: Annotated[str | None, Meta(description="配件编码 · code", examples=["OIL-5W30"])] = None
    partsquantity: Annotated[Number, Meta(description="配件数量，可有小数 · quantity", examples=[4.5])] = None


class ProjectBody(msgspec.Struct, frozen=True):
    """维修项目 · an item of work."""

    repairproject: Annotated[str | None, Meta(description="维修项目 · name", examples=["更换机油"])] = None
    workinghours: Annotated[Number, Meta(description="维修工时，小时 · hours", examples=[0.5])] = None


class RecordBody(msgspec.Struct, frozen=True):
    """一次结算的维修记录，13 项 · one settled job. 其他成员不保存 · other members are not kept."""

    companyname: Annotated[str | None, Meta(description="维修企业名称 · name of the shop")] = None
    vin: Annotated[str | None, Meta(description="车辆识别代号 · VIN", examples=["LXXAA11A3R1000017"])] = None
    vehicleplatenumber: Annotated[str | None, Meta(description="车牌号码 · plate", examples=["浙A12345"])] = None
    repairdate: Annotated[Day, Meta(description="送修日期 · brought in on")] = None
    repairmileage: Annotated[Number, Meta(description="送修里程，公里 · mileage in km", examples=[48210])] = None
    settledate: Annotated[Day, Meta(description="结算日期 · settled on")] = None
    faultdescription: Annotated[str | None, Meta(description="故障描述 · fault", examples=["更换机油"])] = None
    costlistcode: Annotated[
        str | None,
        Meta(description="结算清单编号；与地址中的相同或省略 · number of the settlement list, as in the address"),
    ] = None
    vehiclepartslist: Annotated[tuple[PartBody, ...] | None, Meta(description="配件 · parts")] = None
    repairprojectlist: Annotated[tuple[ProjectBody, ...] | None, Meta(description="维修项目 · work")] = None


Reason = Annotated[str, Meta(min_length=1, max_length=200, description="原因 · why", examples=["里程抄错"])]


class AmendmentBody(msgspec.Struct, frozen=True):
    """更正 · a correction: the whole record as it shall be, and why."""

    reason: Reason
    record: RecordBody


class VoidBody(msgspec.Struct, frozen=True):
    """作废 · why the record shall no longer count."""

    reason: Reason
