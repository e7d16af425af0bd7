"""What the pages of enforcement begin with: who acts, for which shop, and files of this node."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest

from chedang.platform.pdfs import MAX_PDF_BYTES
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.supervision.case_steps import Officer
from chedang.supervision.handovers import HandOverFiles
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.sanction_items import AMOUNTS_FILE, AmountRange, load_amounts
from chedang.supervision.sanctions import Documents


class DocumentHandler(BoundedMemoryHandler):
    """Keeps the one file of a form in memory."""

    most_bytes = MAX_PDF_BYTES


def actor(request: HttpRequest) -> Officer:
    """Who is signed in, and for whom."""
    user = person(request)
    return Officer(user, organisation_of(user))


def status_of(fault: NotAllowed) -> int:
    """409 where somebody else was quicker, else 422."""
    return 409 if isinstance(fault, Overtaken) else 422


@cache
def documents() -> Documents:
    """Decisions that this node keeps."""
    return Documents(NODE.data_dir)


@cache
def hand_over_files() -> HandOverFiles:
    """Files as they were handed over."""
    return HandOverFiles(NODE.data_dir)


def amounts() -> tuple[AmountRange, ...]:
    """Ranges in use: the node's own file before what ships."""
    own = NODE.data_dir / AMOUNTS_FILE
    return load_amounts(own if own.is_file() else None)


amounts()  # a file that cannot be used stops the site at its start, with the reason
