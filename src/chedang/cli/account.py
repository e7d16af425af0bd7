"""``chedang account add``: the first 系统管理员, 安全管理员 and 安全审计员 of a node, whom no page can make."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from chedang.access.model import Role

app = typer.Typer(help="管理人员账户。", no_args_is_help=True)


class Administrator(StrEnum):
    """The three, kept apart."""

    SYSTEM = str(Role.ADMIN)
    SECURITY = str(Role.SECURITY)
    AUDITOR = str(Role.AUDITOR)


@app.callback()
def _group() -> None:
    """Keeps ``add`` a command of its own name."""


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="账户名：字母、数字和 @.+-_。")],
    role: Annotated[
        Administrator,
        typer.Option(help="admin 系统管理员，security 安全管理员，auditor 安全审计员。"),
    ],
    name: Annotated[str, typer.Option(help="姓名或称呼。")],
) -> None:
    """建一个管理员账户并显示一次性密码和启用码；首次登录要改密码、启用动态口令。其他账户在网页上建立和确认。"""
    from django.core.exceptions import ValidationError

    from chedang.cli.audit import desk
    from chedang.platform.chance import new_password

    password = new_password()
    with desk():
        from chedang.access.models import User
        from chedang.access.second_factor import enrolment_code

        try:
            account = User.objects.create_user(
                username, password, display_name=name, role=str(role), must_change_password=True
            )
        except ValidationError as fault:
            typer.echo(f"{'；'.join(fault.messages)} (the account was not made)。", err=True)
            raise typer.Exit(2) from None
        code = enrolment_code(account)
    typer.echo(
        f"账户 {username}，一次性密码 {password}，首次登录时修改；启用码 {code}，启用动态口令时填"
        " (one-time password, enrolment code)。"
    )
