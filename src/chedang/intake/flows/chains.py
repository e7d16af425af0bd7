"""What a head office does, of a chain or of a maker: have codes allocated. Its uploads are those of ``uploads``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chedang.enterprises import makers
from chedang.enterprises.errors import (
    LicenceTaken,
    MakerNotListed,
    NotAHeadOffice,
    RegistrationRefused,
    ShopNotInChain,
)
from chedang.enterprises.model import Enterprise, FindingLevel, RegistrationText, Source
from chedang.enterprises.store import Connection
from chedang.intake.chains import AllocationRequest, CodeAllocated
from chedang.intake.flows.uploads import Flow
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake


async def allocate(intake: Intake, request: AllocationRequest, dialect: str) -> CodeAllocated:
    """The code of a shop of the chain, or of a maker's dealer.

    Raises Refused, for a shop that others brought here too (ADR 0017).
    """
    chain = await intake.authenticate(request.token)
    intake.meter.dropped_fields(request.dropped_fields)
    intake.refuse_unknown_fields(request.unknown_fields, dialect)
    intake.take_pace(chain)
    ours = "本总部" if chain.source is Source.MAKER else "本连锁"
    text = RegistrationText(
        company_name=request.company_name,
        road_transport_license=request.road_transport_license,
        division_code=request.division_code,
    )
    try:
        shop = await intake.run(lambda connection: _allocate(intake, connection, chain, text))
    except NotAHeadOffice as fault:
        raise Refused(RefusalKind.FORBIDDEN, "本账户不是已确认的连锁总部") from fault
    except MakerNotListed as fault:
        raise Refused(RefusalKind.FORBIDDEN, str(fault)) from fault
    except ShopNotInChain as fault:
        raise Refused(RefusalKind.ALREADY_REGISTERED, f"须由主管部门确认该门店属于{ours}") from fault
    except LicenceTaken as fault:
        raise Refused(RefusalKind.CONFLICT, f"许可证号已用于{ours}另一名称的门店") from fault
    except RegistrationRefused as fault:
        first = next(finding for finding in fault.findings if finding.level is FindingLevel.ERROR)
        raise Refused(RefusalKind.NOT_ACCEPTABLE, f"{first.field}：{first.message}") from fault
    intake.directory.forget_permission(chain.company_code, shop.answered_code, intake.today())
    return CodeAllocated(shop.answered_code)


def _allocate(intake: Intake, connection: Connection, account: Enterprise, text: RegistrationText) -> Enterprise:
    if account.source is Source.MAKER:
        return makers.allocate(connection, account.company_code, text, now=intake.clock())
    return intake.allocate(connection, account.company_code, text, intake.clock())


FLOWS: Final[Mapping[type, Flow]] = {AllocationRequest: allocate}
