"""docs/reference/api-v1.md is what the handlers say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_reference_of_the_native_interface_is_in_step() -> None:
    done = subprocess.run(
        [sys.executable, "dev/make_api_reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
