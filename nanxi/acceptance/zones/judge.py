"""From what was sent and what arrived to a verdict (pure).

Open is a full round trip with the probe's nonce. Closed is that no answer came *and* that the agent at the far end,
which is proved to hear, recorded nothing: an open way out without a way back is a leak too (``one-way``). What cannot
be told apart is ``unknown`` and its verdict ``collecting``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.model import (
    Arrival,
    Attempt,
    Measured,
    Probe,
    Record,
    Result,
    Spot,
    Trick,
    Witness,
)

#: What an agent says of a TCP session that stood up without its nonce coming back.
CONNECTED = "connected"


def judge(records: Sequence[Record]) -> list[Result]:
    """Return a result for every probe of every record, in their order; what any of them heard counts for all."""
    witnesses = {address: witness for record in records for address, witness in record.witnesses.items()}
    measured = [result for record in records for result in _measure_all(record, witnesses)]
    connected = {
        spot.address for one in measured if one.measured is Measured.OPEN for spot in _ends(one.probe)
    }
    return [_doubt(result, connected) for result in measured]


def differences(results: Iterable[Result]) -> list[Result]:
    """Return the results that are not as expected."""
    return [result for result in results if result.verdict is Verdict.FAIL]


def _measure_all(record: Record, witnesses: Mapping[str, Witness]) -> list[Result]:
    """Measure one record; its spots are named its own way, so that witnesses are found by their addresses."""
    names = {str(spot.address): spot.name for probe in record.probes for spot in _ends(probe)}
    heard = {
        names[address]: replace(w, spot=names[address])
        for address, w in witnesses.items()
        if address in names
    }
    tried = {attempt.id: attempt for attempt in record.attempts}
    arrived = _arrivals(record.probes, tried, heard.values())
    return [_measure(probe, tried.get(probe.id), arrived.get(probe.id, ()), heard) for probe in record.probes]


def _measure(
    probe: Probe, attempt: Attempt | None, arrived: Sequence[str], heard: Mapping[str, Witness]
) -> Result:
    witness = heard.get(probe.goal.name)
    detail = attempt.detail if attempt else ""

    def result(measured: Measured, reason: str) -> Result:
        if measured is Measured.UNKNOWN:
            verdict = Verdict.COLLECTING
        else:
            expected = Measured.OPEN if probe.flow else Measured.CLOSED
            verdict = Verdict.PASS if measured is expected else Verdict.FAIL
        return Result(probe, measured, verdict, reason, detail, tuple(arrived))

    taken = witness is not None and (probe.protocol, probe.port) in witness.occupied
    if attempt is not None and attempt.answered:
        return result(Measured.OPEN, "answered")
    if detail == CONNECTED and (taken or not probe.goal.witness or not probe.flow):
        # A handshake with a program that does not know our nonce: there and back all the same.
        return result(Measured.OPEN, "connected")
    if arrived:
        return result(Measured.ONE_WAY, "arrived, no answer came back")
    if attempt is None or not attempt.sent:
        return result(Measured.UNKNOWN, "not sent")
    if probe.flow and taken:
        return result(Measured.UNKNOWN, "the port is taken by another program at the far end")
    if witness is None or not witness.records:
        return result(Measured.UNKNOWN, "no answer, and nobody recorded at the far end")
    if not witness.heard:
        return result(Measured.UNKNOWN, "no answer, and the far end heard nothing at all")
    return result(Measured.CLOSED, "nothing arrived")


def _doubt(result: Result, connected: set[IPv4Address]) -> Result:
    """Take back a proof of silence from a spot of which nothing proves that it is connected at all."""
    origin, goal = _ends(result.probe)
    if result.verdict is not Verdict.PASS or result.measured is Measured.OPEN:
        return result
    for spot in (origin, goal):
        if spot.address not in connected:
            return Result(
                result.probe,
                Measured.UNKNOWN,
                Verdict.COLLECTING,
                "nothing proves that the probe is connected",
                spot.name,
                result.arrived,
            )
    return result


def _ends(probe: Probe) -> tuple[Spot, Spot]:
    return probe.origin, probe.goal


def _arrivals(
    probes: Sequence[Probe], tried: Mapping[int, Attempt], witnesses: Iterable[Witness]
) -> dict[int, tuple[str, ...]]:
    """Return by probe the spots at which it was recorded, whoever it was meant for; its own sender does not count."""
    places = {spot.name: spot.place for probe in probes for spot in _ends(probe)}
    by_nonce = {probe.nonce: probe for probe in probes}
    by_ends = {
        (str(probe.claims), attempt.source_port, str(probe.goal.address), probe.port): probe
        for probe in probes
        if probe.protocol == "tcp" and (attempt := tried.get(probe.id)) is not None and attempt.source_port
    }
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for witness in witnesses:
        for arrival in witness.arrivals:
            probe = by_nonce.get(arrival.nonce) or by_ends.get(_key(arrival))
            if probe is None or witness.spot == probe.origin.name or _is_answer(probe, arrival):
                continue
            # A station of the sender's own zone may see a tagged frame on its own VLAN: that is no hop.
            if witness.spot == probe.goal.name or places.get(witness.spot) != probe.origin.place:
                found[probe.id][witness.spot] = None
    return {number: tuple(spots) for number, spots in found.items()}


def _key(arrival: Arrival) -> tuple[str, int, str, int]:
    return arrival.source, arrival.source_port, arrival.target, arrival.port


def _is_answer(probe: Probe, arrival: Arrival) -> bool:
    """Whether this is the answer to a spoofed packet rather than the packet: it goes to the address that was claimed."""
    return probe.trick is Trick.SPOOFED and arrival.target == str(probe.claims)
