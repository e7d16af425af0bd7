"""Find the browser that drives the page tests; on Debian as root, install it when it is missing.

``python dev/ensure_browser.py`` prints its path. Nothing but the distribution's own package is ever fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")  # without the fonts Chinese text is rows of boxes
MISSING = (
    "没有找到 Chromium 浏览器：请安装（Debian：apt-get install chromium），或用 CHEDANG_CHROMIUM 指明它的路径。"
    "(No Chromium browser was found: install it, on Debian with apt-get install chromium,"
    " or name its path in CHEDANG_CHROMIUM.)"
)


def find_browser() -> str | None:
    """Path of a Chromium: the one CHEDANG_CHROMIUM names, else the first of the usual names."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHEDANG_CHROMIUM", ""), *NAMES))), None)


def install() -> None:
    """Install Debian's packages. Raises subprocess.CalledProcessError when apt-get fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", "--quiet", *command], env=environment, check=True, stdout=sys.stderr)  # noqa: S603, S607


def main() -> int:
    """Find or install; returns the exit status."""
    if find_browser() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            install()
        except subprocess.CalledProcessError:
            sys.stderr.write("apt-get 没有装成浏览器 (apt-get could not install the browser)。\n")
    browser = find_browser()
    if browser is None:
        sys.stderr.write(MISSING + "\n")
        return 1
    sys.stdout.write(browser + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
