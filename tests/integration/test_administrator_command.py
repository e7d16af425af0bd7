"""``chedang account add`` makes the first administrators; ``chedang audit verify`` reads the trail's seals."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from chedang.access.models import User
from chedang.access.second_factor import enrolment_code
from chedang.cli.main import app
from chedang.site.databases import named_database


def test_the_first_administrators_are_made_on_the_machine_with_a_password_for_one_use(
    database_url, tmp_path, monkeypatch
):
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))

    def chedang(*arguments):
        return CliRunner().invoke(app, list(arguments))

    done = chedang("account", "add", "first-security", "--role", "security", "--name", "安全管理员甲")
    assert done.exit_code == 0, done.output
    password = re.search(r"一次性密码 ([0-9a-z-]+)", done.output).group(1)
    again = chedang("account", "add", "first-security", "--role", "auditor", "--name", "乙")
    assert again.exit_code == 2
    assert chedang("account", "add", "x", "--role", "regulator", "--name", "乙").exit_code == 2
    with named_database(database_url, "default"):
        made = User.objects.get()
        assert (made.username, made.role, made.must_change_password) == ("first-security", "security", True)
        assert not made.awaits_confirmation
        assert made.check_password(password)
        assert f"启用码 {enrolment_code(made)}" in done.output
    verified = chedang("audit", "verify")
    assert verified.exit_code == 0, verified.output
    assert "0 段、0 条" in verified.output
    without = chedang("audit", "verify", "--kept", "0" * 64)
    assert without.exit_code == 1
    assert "没有留存的摘要" in without.output
