"""Find what the tests need besides Python; on Debian as root, install what is missing.

``python dev/ensure_tools.py`` prints the paths. Nothing but the distribution's own packages is ever fetched. Without a
browser the page tests cannot run, so that is an error; without Java, C# or curl those examples are not tried.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple


class Tool(NamedTuple):
    """A program of which any of several names will do."""

    names: tuple[str, ...]
    packages: tuple[str, ...]
    """Debian's."""
    missing: str
    is_required: bool = False

    def find(self) -> str | None:
        """Its path."""
        return next(filter(None, map(shutil.which, self.names)), None)


_NO_WINDOWS = "chromium-headless-shell"
BROWSER = Tool(
    (
        os.environ.get("CHEDANG_CHROMIUM", ""),
        _NO_WINDOWS,
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ),
    ("chromium", "fonts-noto-cjk"),  # without the fonts Chinese text is rows of boxes
    "没有找到 Chromium 浏览器：请安装（Debian：apt-get install chromium），或用 CHEDANG_CHROMIUM 指明它的路径。"
    "(No Chromium browser was found: install it, on Debian with apt-get install chromium,"
    " or name its path in CHEDANG_CHROMIUM.)",
    is_required=True,
)
QUICK_BROWSER = Tool(
    (os.environ.get("CHEDANG_CHROMIUM", ""), _NO_WINDOWS),
    (_NO_WINDOWS, "fonts-noto-cjk"),
    "没有 chromium-headless-shell，页面测试用整个 Chromium，会慢 (page tests run in the whole of Chromium, slower)",
)
"""The same engine without its windows, which nobody sees in tests: a third of the time for each new visitor."""
JAVA_COMPILER = Tool(
    ("javac",),
    ("default-jdk-headless",),
    "没有找到 JDK，跳过 Java 示例 (no JDK was found: the Java example is not tried)",
)
CSHARP_COMPILER = Tool(
    ("mcs",),
    ("mono-mcs",),
    "没有找到 C# 编译器 mcs，跳过 C# 示例 (no mcs was found: the C# example is not tried)",
)
CSHARP_RUNTIME = Tool(
    ("mono",),
    ("mono-runtime", "libmono-system-net-http4.0-cil", "libmono-system-web-extensions4.0-cil"),
    "没有找到 mono，跳过 C# 示例 (no mono was found: the C# example is not tried)",
)
CURL = Tool(("curl",), ("curl",), "没有找到 curl，跳过 curl 示例 (no curl was found: the curl examples are not tried)")
TOOLS = (QUICK_BROWSER, BROWSER, JAVA_COMPILER, CSHARP_COMPILER, CSHARP_RUNTIME, CURL)


_PATIENCE = ("-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1")
"""On a machine without a network the tests must not wait for minutes."""


def install(packages: Sequence[str]) -> None:
    """Install Debian's packages. Raises subprocess.CalledProcessError when apt-get fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        argv = ["apt-get", "--quiet", *_PATIENCE, *command]
        subprocess.run(argv, env=environment, check=True, stdout=sys.stderr)  # noqa: S603 - names of packages are ours


def main() -> int:
    """Find or install; the exit status is 1 when something is missing without which tests fail."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for tool in TOOLS:  # one after the other: a package that is not to be had keeps no other away
            if tool.find() is None:
                try:
                    install(tool.packages)
                except subprocess.CalledProcessError:
                    sys.stderr.write(f"apt-get 没有装成 {tool.packages[0]} (apt-get could not install it)。\n")
    for tool in TOOLS:
        sys.stdout.write(f"{tool.find() or tool.missing}\n")
    return 1 if any(tool.is_required and tool.find() is None for tool in TOOLS) else 0


if __name__ == "__main__":
    sys.exit(main())
