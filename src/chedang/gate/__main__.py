"""``python -m chedang.gate``: the gate process of one node, until SIGTERM."""

from __future__ import annotations

import gc
import sys

import uvicorn

from chedang.gate.app import create_app
from chedang.gate.protocol import protocol_with
from chedang.intake.extras import ExtraBasisError
from chedang.intake.families import FamiliesError
from chedang.platform import logging
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import settings_of_process
from chedang.records.limits import LimitsError


def main() -> None:
    die_with_parent()
    settings, database_url = settings_of_process()
    logging.configure("gate", settings.log_level)
    try:
        application = create_app(settings, database_url)
    except (FamiliesError, LimitsError, ExtraBasisError) as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(2)
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
        http=protocol_with(application.short_way),
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
