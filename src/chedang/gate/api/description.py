"""`/api/v1/openapi.json`: the interface described (OpenAPI 3.1); what handlers do not say stands in ``described``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import Provide

from chedang.gate.api.described import EVERYWHERE, OPERATIONS, PARAMETERS, WITH_SECRET
from chedang.gate.api.who import who
from chedang.gate.faults import HEADER as FAULT_HEADER
from chedang.gate.openapi import Document, Interface
from chedang.gate.openapi import describe as describe_interface
from chedang.intake.native.lifecycle import V1

_TITLE: Final = "车档 原生接口 · Chedang native interface"
_ABOUT: Final = """\
维修企业软件上传、更正、作废、回读和核对维修记录的接口。
The interface by which software of repair shops uploads, corrects, voids, reads back and reconciles repair records.

- 密钥 secret: `Authorization: Bearer cd_…`；到期前 30 天起应答带 `Chedang-Secret-Expires`。
- 重试 retries: 429 和 503 带 `Retry-After`，照此等待后重发；每个操作重发的结果相同。
  Wait as `Retry-After` says and send the same again; every operation may be repeated.
- 出错 problems: `application/problem+json`；`code` 不变，`detail`、`hint` 供人阅读。
- 正式环境只存 13 项；其余成员不保存，并在 `notices` 里说明。Members beyond the 13 elements are not kept.
"""
_TAGS: Final = {
    "records": "记录 · records",
    "batches": "批量 · batches",
    "reconciliation": "对账 · reconciliation",
    "secrets": "接口密钥 · secrets",
    "shops": "沙箱企业 · shops to try with",
    "changes": "关于本接口 · about",
    "openapi.json": "关于本接口 · about",
}
_STATUS_HEADER: Final = {
    "Chedang-Api-Status": {
        "description": "本版本所处阶段 · status of this version",
        "schema": {"type": "string", "enum": ["alpha", "beta", "stable", "deprecated", "retired"]},
    }
}
_EXPIRES_HEADER: Final = {
    "Chedang-Secret-Expires": {
        "description": "所用密钥的最后一天，30 天内到期时 · last day of the secret used, when it ends within 30 days",
        "schema": {"type": "string", "format": "date"},
    }
}
_FAULT_PARAMETER: Final = {
    "name": FAULT_HEADER,
    "in": "header",
    "required": False,
    "description": "要求一次故障，用来试重试 · ask for a fault: delay=秒 | status=500…599 | cut=before | cut=after",
    "schema": {"type": "string", "examples": ["status=503", "cut=after", "delay=5"]},
}
_SECURITY_SCHEMES: Final = {
    "secret": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "cd_…",
        "description": "接口密钥：在网站的企业页面生成，或用 POST /api/v1/secrets · a secret of the shop",
    },
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "企业编码与密码，只用于管理密钥 · company code and password, for secrets only",
    },
}
_INTERFACE: Final = Interface(
    title=_TITLE,
    version=f"{V1.version}-{V1.status}",
    about=_ABOUT,
    operations=OPERATIONS,
    parameters=PARAMETERS,
    tags=_TAGS,
    dependencies={"desk": Provide(lambda: None, sync_to_thread=False), "shop": Provide(who)},
    everywhere=EVERYWHERE,
    with_secret=WITH_SECRET,
    headers=_STATUS_HEADER,
    secret_headers=_EXPIRES_HEADER,
    security_schemes=_SECURITY_SCHEMES,
)


@get("/openapi.json", name="openapi", sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """本接口的 OpenAPI 3.1 描述。"""
    return Response(request.app.state.describe())


def describe(base: str, handlers: Sequence[Any], *, root_path: str) -> Document:
    """The whole description. ``base``: the path before the handlers'; ``root_path``: what stands before that."""
    faults = [_FAULT_PARAMETER] if root_path else []
    return describe_interface(_INTERFACE, base, handlers, root_path=root_path, more_parameters=faults)
