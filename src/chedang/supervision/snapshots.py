"""Measures are frozen, and read back as they were.

Their JSON has one canonical form, so that equal measures have one digest, and whoever holds a snapshot can prove which
figures a report was made of.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Max

from chedang.access.models import User
from chedang.supervision.measure_model import Measures, canonical, digest_of
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind


class NotThere(Exception):
    """No snapshot like this, or one whose content does not agree with its digest."""


def keep(
    kind: SnapshotKind,
    measures: Measures,
    *,
    by: User | None,
    now: datetime,
    once: bool = True,
    origin: str = "",
) -> Snapshot:
    """Freeze these measures of their own scope and period.

    ``once``: what stands already is given back instead, whatever it says; otherwise a further edition is added, unless
    the newest says the same. Two at once make one.
    """
    content = canonical(measures)
    key = {
        "origin": origin,
        "kind": str(kind),
        "division_code": measures.scope,
        "first_on": measures.first_on,
        "last_on": measures.last_on,
    }
    newest = Snapshot.objects.filter(**key).order_by("-edition").first()
    if newest is not None and (once or newest.digest == digest_of(content)):
        return newest
    edition = (Snapshot.objects.filter(**key).aggregate(last=Max("edition"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            return Snapshot.objects.create(
                **key, edition=edition, content=content, digest=digest_of(content), made_at=now, made_by=by
            )
    except IntegrityError:
        return Snapshot.objects.get(**key, edition=edition)


def read(snapshot: Snapshot) -> Measures:
    """What was frozen. Raises NotThere when the content does not agree with its digest: somebody changed a row."""
    if digest_of(snapshot.content) != snapshot.digest:
        raise NotThere
    return msgspec.json.decode(snapshot.content, type=Measures)
