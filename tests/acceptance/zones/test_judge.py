"""Verdicts without a network: a pass that nothing was measured for does not exist."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.judge import judge
from nanxi.acceptance.zones.model import Arrival, Attempt, Measured, Probe, Record, Spot, Trick, Witness
from nanxi.acceptance.zones.probes import Doors, doors, probes
from nanxi.county.isolation import Isolation
from nanxi.county.load import load_plan

ROOT = Path(__file__).parents[3]
MODEL = Isolation(load_plan(ROOT / "inventory/lab/plan"))


def spot(name: str, **more: object) -> Spot:
    place = MODEL.place(name)
    return replace(Spot(name, place, place.block[2]), **more)


REC, CAM, VIEW = spot("shangtang/recording"), spot("shangtang/cameras-police"), spot("shangtang/viewing")
OPEN = Probe(0, "a" * 16, REC, CAM, Trick.PLAIN, "tcp", 554, REC.address, "record_police")
SHUT = Probe(1, "b" * 16, REC, CAM, Trick.PLAIN, "tcp", 22, REC.address, "")
ANSWERED, SILENT = Attempt(0, True, True, "connected", 4001), Attempt(1, True, False, "timeout", 4002)
HEARS = Witness(CAM.name, True, 100, ())


def arrival(**more: object) -> Arrival:
    return replace(Arrival(CAM.name, "", "tcp", str(REC.address), 4002, str(CAM.address), 22), **more)


def results(asked, attempts, witnesses):
    by_name = {spot.name: str(spot.address) for probe in asked for spot in (probe.origin, probe.goal)}
    return judge([Record(tuple(asked), tuple(attempts), {by_name[w.spot]: w for w in witnesses})])


def verdicts(attempts, witnesses, asked=(OPEN, SHUT)):
    return [(result.verdict, result.measured) for result in results(asked, attempts, witnesses)]


def test_open_and_closed_as_declared():
    assert verdicts([ANSWERED, SILENT], [HEARS]) == [
        (Verdict.PASS, Measured.OPEN),
        (Verdict.PASS, Measured.CLOSED),
    ]


@pytest.mark.parametrize(
    ("attempts", "witnesses"),
    [
        ([ANSWERED], [HEARS]),  # the agent died before it told
        ([ANSWERED, replace(SILENT, sent=False, detail="no route")], [HEARS]),
        ([ANSWERED, SILENT], []),  # nobody at the far end
        ([ANSWERED, SILENT], [replace(HEARS, records=False)]),  # an agent without root
        ([ANSWERED, SILENT], [replace(HEARS, heard=0)]),  # a deaf one
    ],
)
def test_silence_that_proves_nothing_is_collecting(attempts, witnesses):
    assert verdicts(attempts, witnesses)[1] == (Verdict.COLLECTING, Measured.UNKNOWN)


def test_silence_between_probes_that_never_worked_is_collecting():
    """A laptop whose cable is out is silent too: one of its own probes must have opened somewhere."""
    (dead, shut) = results(
        [OPEN, SHUT], [replace(ANSWERED, answered=False, detail="timeout"), SILENT], [HEARS]
    )
    assert (dead.verdict, dead.measured) == (Verdict.FAIL, Measured.CLOSED)
    assert shut.verdict is Verdict.COLLECTING
    assert "connected" in shut.reason


@pytest.mark.parametrize(
    "came",
    [
        arrival(),  # the SYN by its two ends
        arrival(
            nonce="b" * 16, source="10.0.0.1", source_port=1, protocol=""
        ),  # by its nonce, whoever it claims to be
        arrival(spot=VIEW.name, nonce="b" * 16),  # in a zone where nobody sent it
    ],
)
def test_what_arrives_is_a_leak_though_nobody_answers(came):
    witnesses = [HEARS, Witness(VIEW.name, True, 9, ())]
    witnesses = [replace(w, arrivals=(came,)) if w.spot == came.spot else w for w in witnesses]
    asked = [OPEN, SHUT, replace(OPEN, id=2, nonce="c" * 16, origin=VIEW)]
    result = results(asked, [ANSWERED, SILENT], witnesses)[1]
    assert (result.verdict, result.measured) == (Verdict.FAIL, Measured.ONE_WAY)
    assert result.arrived == (came.spot,)


@pytest.mark.parametrize(
    "came",
    [
        arrival(source_port=4003),  # another session's
        arrival(nonce="f" * 16, source_port=1),  # another run's
        arrival(spot=REC.name, nonce="b" * 16),  # heard by the sender itself
    ],
)
def test_what_is_not_ours_is_no_leak(came):
    witnesses = [HEARS, Witness(REC.name, True, 9, ())]
    witnesses = [replace(w, arrivals=(came,)) if w.spot == came.spot else w for w in witnesses]
    assert verdicts([ANSWERED, SILENT], witnesses)[1] == (Verdict.PASS, Measured.CLOSED)


def test_another_program_at_the_far_end_answers_for_ours():
    connected = replace(ANSWERED, answered=False)
    taken = replace(
        HEARS, occupied=frozenset({("tcp", 554)}), arrivals=(arrival(source_port=4001, port=554),)
    )
    assert verdicts([connected, SILENT], [taken])[0] == (Verdict.PASS, Measured.OPEN)
    # Nobody else has the port, and still our nonce did not come back: whoever answers is not our far end.
    assert verdicts([connected, SILENT], [replace(taken, occupied=frozenset())])[0][0] is Verdict.FAIL
    silent = replace(connected, detail="timeout")
    assert verdicts([silent, SILENT], [replace(taken, arrivals=())])[0][0] is Verdict.COLLECTING


def test_a_real_device_that_takes_the_session_is_open():
    device = replace(CAM, witness=False)
    asked = [replace(OPEN, goal=device), replace(SHUT, goal=device)]
    assert verdicts([replace(ANSWERED, answered=False), SILENT], [], asked) == [
        (Verdict.PASS, Measured.OPEN),
        (Verdict.COLLECTING, Measured.UNKNOWN),
    ]


def test_the_answer_to_a_spoofed_packet_is_no_leak_of_its_own():
    probe = replace(SHUT, trick=Trick.SPOOFED, protocol="udp", origin=CAM, goal=REC, claims=VIEW.address)
    back = arrival(
        spot=VIEW.name, nonce=probe.nonce, protocol="udp", source=str(REC.address), target=str(VIEW.address)
    )
    witnesses = [Witness(REC.name, True, 9, ()), Witness(VIEW.name, True, 9, (back,))]
    asked = [OPEN, probe, replace(OPEN, id=2, nonce="c" * 16, origin=VIEW, goal=REC)]
    assert results(asked, [ANSWERED, SILENT], witnesses)[1].arrived == ()


def test_every_pair_is_asked_at_every_door():
    spots = [spot(place.name) for place in MODEL.places if not place.zone.transit]
    asked = [p for p in probes(MODEL, spots, "t") if p.trick is Trick.PLAIN]
    pairs = {(p.origin.name, p.goal.name) for p in asked}
    assert len(pairs) == len(spots) * (len(spots) - 1)
    knocked = list(doors(MODEL))
    assert len(asked) == len(pairs) * len(knocked)
    assert {("tcp", 554), ("udp", 123), ("icmp", 0), ("tcp", 8000), ("udp", 3702)} <= set(knocked)
    between = {flow.key for flow in MODEL.plan.flows.flows if flow.source != flow.target}
    assert {p.flow for p in asked} - {""} == between
    assert len({p.nonce for p in asked}) == len(asked)


def test_stations_of_an_open_zone_are_left_alone_and_cameras_are_not():
    other = {
        name: replace(spot(name), name="second", address=MODEL.place(name).block[3])
        for name in (CAM.name, VIEW.name)
    }
    knocked = Doors((554,), ())
    assert not probes(MODEL, [VIEW, other[VIEW.name]], "t", knocked, [Trick.PLAIN])
    between = probes(MODEL, [CAM, other[CAM.name]], "t", knocked, [Trick.PLAIN])
    assert {(p.origin.name, p.flow) for p in between} == {(CAM.name, ""), ("second", "")}


def test_tricks_never_expect_to_get_through():
    spots = [replace(spot(place.name), stranger_mac="02:00:00:00:00:01") for place in MODEL.places]
    tricked = [p for p in probes(MODEL, spots, "t") if p.trick is not Trick.PLAIN]
    assert {p.trick for p in tricked} == set(Trick) - {Trick.PLAIN}
    assert not any(p.flow for p in tricked)
    for probe in tricked:
        if probe.trick is Trick.SPOOFED:
            assert probe.claims not in probe.origin.place.block
            assert probe.claims != probe.goal.address
        assert probe.claims != IPv4Address("0.0.0.0")


def test_two_laptops_meet_again():
    """One asked, the other heard, under names of their own; a third run proves that both were connected."""
    asked = Record((SHUT,), (SILENT,), {})
    heard = Record((), (), {str(CAM.address): replace(HEARS, spot="here")})
    opened = Record((replace(OPEN, goal=replace(CAM, name="there")),), (ANSWERED,), {})
    assert [r.verdict for r in judge([asked])] == [Verdict.COLLECTING]
    assert [r.verdict for r in judge([asked, heard])] == [Verdict.COLLECTING]
    assert [r.verdict for r in judge([asked, heard, opened])] == [Verdict.PASS, Verdict.PASS]
    leak = replace(HEARS, spot="here", arrivals=(arrival(spot="here"),))
    assert judge([asked, Record((), (), {str(CAM.address): leak})])[0].verdict is Verdict.FAIL
