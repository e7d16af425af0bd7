from __future__ import annotations

from random import Random

import pytest


@pytest.fixture
def random() -> Random:
    return Random(20261122)
