"""``python -m chedang.cli.batches``: works on accepted batches until SIGTERM, beside the worker, which does so too.

Judging a batch keeps a core busy; the worker must also follow the feed. Any number of these may run.
"""

from __future__ import annotations

import gc
import signal
import threading

from chedang.intake import batch_work
from chedang.intake.batch_work import BatchWorker
from chedang.intake.dialects import DIALECTS
from chedang.intake.families import load_families, modes_of
from chedang.platform.clock import system_clock
from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import Settings, settings_of_process
from chedang.records.current import CurrentLimits


def main() -> None:
    """Work until told to stop. A fault that is not the database's ends the process; the node starts it again."""
    settings, database_url = settings_of_process()
    die_with_parent()
    configure("batches", settings.log_level)
    collect_rarely()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    limits = CurrentLimits(settings.rules_file)
    with limits.kept_current(database_url):
        batch_work.work(database_url, stop, batch_worker(settings, limits))


def collect_rarely() -> None:
    """As in the gate: a batch makes many objects, which counting frees; looking for cycles among them takes a tenth of
    the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def batch_worker(settings: Settings, limits: CurrentLimits) -> BatchWorker:
    """What judges and stores batches, with the limits of the day and this node's modes."""
    families = load_families(DIALECTS, settings.dialects_file, settings.mode)
    return BatchWorker(
        judge=limits.judge,
        mode_of=modes_of(families, settings.mode),
        clock=system_clock,
    )


if __name__ == "__main__":
    main()
