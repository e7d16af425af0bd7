"""``python -m chedang.gate``: the gate process of one node, until SIGTERM."""

from __future__ import annotations

import gc

import uvicorn

from chedang.gate.app import create_app
from chedang.gate.request_line import TolerantProtocol
from chedang.platform import logging
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import settings_of_process


def main() -> None:
    die_with_parent()
    settings, database_url = settings_of_process()
    logging.configure("gate", settings.log_level)
    application = create_app(settings, database_url)
    # What is loaded by now stays; what an upload allocates is freed by counting. Collecting as often as the
    # interpreter does by default would cost a tenth of the gate's time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    # One process: one batcher makes the largest batches, and one registry holds all counts.
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.gate_port,
        loop="uvloop",
        http=TolerantProtocol,
        ws="none",
        backlog=2048,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Uploads under way are answered before the process ends; a client that never finishes is not waited for.
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
