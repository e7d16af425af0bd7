"""The page of the exchange and the lists behind its figures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.exchange import dead_letters, events
from chedang.exchange.comparisons import newest_comparisons, read_differences
from chedang.exchange.dead_letters import DeadLetter
from chedang.exchange.listing import Refused, list_refusals, list_waiting
from chedang.exchange.model import MINISTRY
from chedang.exchange.status import PeerStatus, read_status
from chedang.site.archive.connections import archive
from chedang.site.guards import for_roles
from chedang.site.network import presentation
from chedang.site.settings import NODE

_MOST_ROWS = 200
_MOST_EVENTS = 30
_MOST_COMPARISONS = 1_000


@require_safe
@for_roles(Role.REGULATOR, Role.ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """This node and its peers, alarms, comparisons, what happened last."""
    now = timezone.now()
    with archive() as connection:
        status = read_status(connection, node_code=NODE.node.code, now=now)
        newest = events.newest_events(connection, _MOST_EVENTS)
        comparisons = newest_comparisons(connection)
    is_ministry = NODE.node.code == MINISTRY
    context = {
        "title": presentation.title(status),
        "status": status,
        "is_ministry": is_ministry,
        "peers": [presentation.peer_row(peer, is_ministry=is_ministry, now=now) for peer in status.peers],
        "sums": _sums(status.peers),
        "alarms": presentation.event_rows(status.alarms),
        "events": presentation.event_rows(newest),
        "comparisons": [presentation.comparison_row(each) for each in comparisons],
    }
    return render(request, "network/home.html", context)


def _sums(peers: list[PeerStatus]) -> dict[str, int]:
    return {
        "up": sum(peer.up.records for peer in peers),
        "down": sum(peer.down.records for peer in peers),
        "dead_letters": sum(peer.dead_letters for peer in peers),
        "refusals": sum(peer.refusals for peer in peers),
        "differences": sum(peer.differences for peer in peers),
    }


@require_safe
@for_roles(Role.REGULATOR, Role.ADMIN)
def list_dead_letters(request: HttpRequest) -> HttpResponse:
    """What came from a peer, or all of them, and could not be applied here."""
    peer = request.GET.get("peer", "")
    with archive() as connection:
        found = dead_letters.list_open(connection, peer or None, _MOST_ROWS)
    rows = [_in_words(each) for each in found]
    return render(request, "network/dead_letters.html", {"rows": rows, "most": _MOST_ROWS})


@require_safe
@for_roles(Role.REGULATOR, Role.ADMIN)
def refusals(request: HttpRequest) -> HttpResponse:
    """What of ours a peer, or all of them, could not apply."""
    with archive() as connection:
        found = list_refusals(connection, peer=request.GET.get("peer", ""), now=timezone.now(), limit=_MOST_ROWS)
    rows = [_in_words(each) for each in found]
    return render(request, "network/refusals.html", {"rows": rows, "most": _MOST_ROWS})


def _in_words(each: DeadLetter | Refused) -> tuple[DeadLetter | Refused, str, str, str]:
    """It, and its peer, kind and reason as people say them."""
    return (
        each,
        presentation.node_name(each.peer),
        presentation.kind_words(each.kind),
        presentation.reason_words(each.reason),
    )


@require_safe
@for_roles(Role.REGULATOR, Role.ADMIN)
def waiting(request: HttpRequest, peer: str) -> HttpResponse:
    """Records that this node has for a peer and no acknowledgement of."""
    with archive() as connection:
        rows = list_waiting(connection, peer, _MOST_ROWS)
    context = {"rows": rows, "peer": presentation.node_name(peer), "is_up": peer == MINISTRY, "most": _MOST_ROWS}
    return render(request, "network/waiting.html", context)


@require_safe
@for_roles(Role.REGULATOR, Role.ADMIN)
def comparison(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """What one comparison found."""
    with archive() as connection:
        found = next(
            (each for each in newest_comparisons(connection, 1_000) if each.comparison_id == comparison_id), None
        )
        if found is None:
            raise Http404
        differences = read_differences(connection, comparison_id, _MOST_ROWS)
    context = {
        "row": presentation.comparison_row(found),
        "differences": [(each, presentation.difference_words(each.difference.kind)) for each in differences],
        "most": _MOST_ROWS,
    }
    return render(request, "network/comparison.html", context)
