"""`/sandbox/api/v1/shops`: a shop of one's own to try with, in one call. In the sandbox only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from chedang.enterprises.model import RegistrationText
from chedang.gate.api.desk import Desk
from chedang.gate.api.secrets import NO_STORE
from chedang.intake.batches import NATIVE
from chedang.intake.flows import perform
from chedang.intake.native.answers import in_china
from chedang.intake.outcomes import EnterpriseRegistered, RefusalKind, Refused, RegistrationRequest
from chedang.intake.secrets import make_secret

MAX_BODY_BYTES: Final = 4096
_DIVISION: Final = "330106"


class NewShop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shop to try with. Send nothing that is true of anybody."""

    companyname: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    companypassword: Annotated[str, msgspec.Meta(min_length=3, max_length=100)]
    companyadministrativedivisioncode: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")] = _DIVISION


class NewShopJson(msgspec.Struct, frozen=True):
    """The shop's code for the older vocabularies, and its first secret for this one."""

    companycode: str
    secret: str
    expires_at: datetime


@post("/shops", name="make_shop")
async def make(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[NewShopJson]:
    """沙箱：注册一家自己的试用企业，立即通过审核，并得到第一个接口密钥。"""
    wanted = _read(await desk.body(request))
    text = RegistrationText(
        company_name=wanted.companyname,
        password=wanted.companypassword,
        division_code=wanted.companyadministrativedivisioncode,
    )
    registered = await perform(desk.intake, RegistrationRequest(text, dropped_fields=0), NATIVE)
    if not isinstance(registered, EnterpriseRegistered):
        raise TypeError(type(registered))
    shop = await desk.intake.directory.by_code(registered.company_code, anew=True)
    if shop is None:
        raise LookupError("the shop just registered is not there")
    made = await make_secret(desk.intake, shop, "registration", None)
    body = NewShopJson(shop.company_code, made.text, in_china(made.kept.expires_at))
    return Response(body, status_code=201, headers=NO_STORE)


def _read(raw: bytes) -> NewShop:
    if len(raw) > MAX_BODY_BYTES:
        raise Refused(RefusalKind.TOO_LARGE, "报文不超过4KB")
    try:
        return msgspec.json.decode(raw, type=NewShop)
    except (msgspec.MsgspecError, ValueError) as fault:
        raise Refused(
            RefusalKind.MALFORMED,
            "应为JSON对象：companyname、companypassword（3至100字），可有companyadministrativedivisioncode（六位数字）",
        ) from fault
