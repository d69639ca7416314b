"""Searches under way: what they have found and not told yet (ONVIF Recording Search 5.5 to 5.7).

A search is over at once here; it is told page by page all the same, as the specification wants clients to expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from lab.twin.markup import Xml, el
from lab.twin.services.table import Call
from lab.twin.soap import Fault, invalid_value, text

#: Searches at a time; a client that never ends its own soon has none left.
SEARCHES = 8


def begin(call: Call, kind: str, results: Sequence[Xml]) -> Xml:
    """Keep the results of a new search, ``MaxMatches`` of them at most, and return its token.

    Raises:
        Fault: ter:ResourceProblem, a client has left too many behind.
    """
    most = text(call.request, "tse:MaxMatches")
    searches = call.twin.searches
    if len(searches) >= SEARCHES:
        raise Fault("Receiver", "ter:Action", "ter:ResourceProblem", reason="Too many searches are under way")
    number = next(number for number in count(1) if f"{kind}_{number}" not in searches)
    searches[f"{kind}_{number}"] = list(results[: int(most)] if most else results)
    return el("tse:SearchToken", f"{kind}_{number}")


def page(call: Call, kind: str) -> Xml:
    """Return the next results; the search is complete with the last ones.

    Raises:
        Fault: ter:InvalidToken.
    """
    waiting = _asked(call, kind)
    size = call.twin.traits.recorder.search_pages
    wanted = text(call.request, "tse:MaxResults")
    size = min(size, int(wanted)) if wanted else size
    told, waiting[:] = waiting[:size], waiting[size:]
    return el("tse:ResultList", el("tt:SearchState", "Searching" if waiting else "Completed"), told)


def end(call: Call) -> None:
    """Forget a search.

    Raises:
        Fault: ter:InvalidToken.
    """
    _asked(call, "")
    del call.twin.searches[text(call.request, "tse:SearchToken") or ""]


def _asked(call: Call, kind: str) -> list[Xml]:
    token = text(call.request, "tse:SearchToken") or ""
    waiting = call.twin.searches.get(token)
    if waiting is None or not token.startswith(kind):
        raise invalid_value("ter:InvalidToken", "The search does not exist")
    return waiting
