"""``python -m … ORDER USERNAME WHERE``: press 结算 in a process that is killed before or after the upload.

Run by a test with the settings of its node in the environment. ``kill -9`` of oneself at a chosen line is what a power
cut does, without having to hit the moment.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
django.setup()

from django.test import Client  # noqa: E402 - Django is set up first

from chedang.access.models import User  # noqa: E402 - Django is set up first
from chedang.site.shop.book import settling  # noqa: E402 - Django is set up first


def _die(*_args: Any, **_kwargs: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def main(order_id: str, username: str, where: str) -> None:
    """Sign in and settle the first version; never comes back."""
    if where == "before":
        settling.send = _die  # the settlement is committed, nothing is handed over
    else:
        send = settling.send

        def send_and_die(*args: Any, **kwargs: Any) -> NoReturn:
            send(*args, **kwargs)
            _die()

        settling.send = send_and_die  # handed over, and the answer never leaves
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=username))
    client.post(f"/shop/orders/{order_id}/settle", {"revision": "1"})


if __name__ == "__main__":
    main(*sys.argv[1:])
