"""A site that is killed while somebody presses 结算: one settlement, one record, nothing typed is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.workshop.order_book import Shop

from chedang.platform.settings import Settings
from chedang.workshop.models import Sending, Settlement
from chedang.workshop.orders import version_of

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_site_killed_beside_the_upload_leaves_one_record(shop: Shop, where: str) -> None:
    order = shop.open()
    typed = version_of(order)
    own = {
        "CHEDANG_DATABASE_URL": shop.url,
        "CHEDANG_DATA_DIR": str(Settings.from_environment().data_dir),  # whose keys sealed the order
        "PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "tests.integration.workshop.killed_page", order.public_id, "clerk", where]
    done = subprocess.run(command, env=os.environ | own, cwd=_ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2_000:]
    # the settlement stands, whatever became of its upload, and pressing again gives the same
    settled = Settlement.objects.get()
    assert shop.settle(order, revision=1) == settled
    assert len(shop.records()) == (0 if where == "before" else 1)
    # the worker uploads once, and never again
    assert shop.send_all() + shop.send_all() == (1 if where == "before" else 0)
    assert [record.settlement_list_number for record in shop.records()] == [settled.number]
    assert Sending.objects.get().state == "sent"
    order.refresh_from_db()
    now = version_of(order)
    assert (now.content, now.customer) == (typed.content, typed.customer)
