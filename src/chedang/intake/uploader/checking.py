"""Asking a node what it would do with every job of a file, storing nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from chedang.intake.files.model import FileJob
from chedang.intake.files.verdicts import JobResult
from chedang.intake.uploader.client import NodeClient, Unavailable
from chedang.intake.uploader.draining import Backoff


def check_jobs(
    client: NodeClient,
    jobs: Sequence[FileJob],
    give_up_after_seconds: float,
    on_progress: Callable[[int], None],
    on_pause: Callable[[str, float], None],
) -> dict[int, JobResult]:
    """Results by place of the job. Ends early when the node gives no answer for too long.

    Raises SecretRefused and Unknown.
    """
    results: dict[int, JobResult] = {}
    backoff = Backoff()
    last_answer = time.monotonic()
    places = [(place, job.text) for place, job in enumerate(jobs) if job.text is not None]
    while len(results) < len(places):
        place, text = places[len(results)]
        try:
            results[place] = client.check(msgspec.json.encode(text))
        except Unavailable as fault:
            seconds = backoff.next_seconds(fault.retry_after_seconds)
            if time.monotonic() - last_answer + seconds > give_up_after_seconds:
                break
            on_pause(str(fault), seconds)
            time.sleep(seconds)
        else:
            backoff.reset()
            last_answer = time.monotonic()
            on_progress(1)
    return results
