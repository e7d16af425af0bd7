"""The shop's secret: from the environment or from a file that only its owner can read. Never from the command line."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

VARIABLE: Final = "CHEDANG_UPLOAD_SECRET"

_FORM: Final = re.compile(r"(cd_[0-9a-f]{8})_[A-Za-z0-9_-]{43}")


class SecretUnusable(Exception):
    """There is no secret, or it is not one; ``str()`` is for the user and never repeats it."""


class Secret(NamedTuple):
    """``text`` goes to the node only; ``public_id`` may be shown and stored."""

    text: str
    public_id: str

    def __repr__(self) -> str:
        return f"Secret({self.public_id})"


def read_secret(file: Path | None, environ: Mapping[str, str] = os.environ) -> Secret:
    """The secret from ``file``, else from CHEDANG_UPLOAD_SECRET. Raises SecretUnusable."""
    text = (_read_file(file) if file is not None else environ.get(VARIABLE, "")).strip()
    if not text:
        raise SecretUnusable(
            f"没有上传密钥：请设置环境变量 {VARIABLE}，或用 --secret-file 指定只有本人可读的文件"
            f" (no secret: set {VARIABLE}, or name a file with --secret-file)"
        )
    found = _FORM.fullmatch(text)
    if found is None:
        raise SecretUnusable("上传密钥的格式不对，应以 cd_ 开头，请重新复制 (this is not an upload secret)")
    return Secret(text, found[1])


def _read_file(file: Path) -> str:
    try:
        if stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretUnusable(
                f"密钥文件 {file} 别人也能读，请先执行 chmod 600 (others can read the secret file: chmod 600 it first)"
            )
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SecretUnusable(f"密钥文件 {file} 读不了 (the secret file cannot be read)") from fault
