"""Who is due when: spread evenly, at the same place after a restart, and nobody twice."""

from exporters.fleet.schedule import Agenda, first_due, place

HOSTS = [f"unit-cam{number:04d}" for number in range(1, 2001)]


def test_the_load_is_spread_over_the_interval() -> None:
    seconds = [int(place(host, "onvif") * 60) for host in HOSTS]
    counts = [seconds.count(second) for second in range(60)]
    assert min(counts) > 10
    assert max(counts) < 70  # 33 on average


def test_modules_do_not_come_at_the_same_moment() -> None:
    assert place("unit-cam0001", "onvif") != place("unit-cam0001", "rtsp")


def test_a_place_never_moves() -> None:
    assert place("shangtang-cam0001", "onvif") == 0.8223575632832265
    assert round(first_due("a", "m", 60, 1_000_003) % 60, 3) == round(first_due("a", "m", 60, 77) % 60, 3)


def test_every_device_comes_once_an_interval() -> None:
    agenda = Agenda("onvif", 60)
    agenda.set_hosts(HOSTS, 1000.0)
    turns = [host for second in range(1000, 1121) for _, host in agenda.pop(float(second))]
    assert {turns.count(host) for host in HOSTS[:50]} == {2}


def test_turns_missed_while_the_machine_slept_are_not_made_up_for() -> None:
    agenda = Agenda("onvif", 60)
    agenda.set_hosts(["a"], 0.0)
    assert len(agenda.pop(36_000.0)) == 1
    assert agenda.pop(36_000.0) == []
    following = agenda.next_due()
    assert following is not None
    assert 36_000 < following <= 36_060


def test_the_first_look_need_not_wait_for_its_turn() -> None:
    """After a start nothing is known; later everybody keeps to its own moment."""
    agenda = Agenda("vqd", 3600, first_within_s=600)
    agenda.set_hosts(HOSTS, 0.0)
    first = [host for _, host in agenda.pop(600.0)]
    assert set(first) == set(HOSTS)
    soon = [host for host in HOSTS if place(host, "vqd") * 3600 <= 600]
    assert len(first) <= len(HOSTS) + len(soon)
    rest = [host for _, host in agenda.pop(3600.0)]
    assert sorted(rest) == sorted(set(HOSTS) - set(soon))
    agenda.set_hosts([*HOSTS, "new"], 4000.0)
    assert "new" in [host for _, host in agenda.pop(4600.0)]


def test_a_recheck_is_one_turn_more_and_moves_nothing() -> None:
    agenda = Agenda("onvif", 60)
    agenda.set_hosts(["a"], 0.0)
    ((due, _),) = agenda.pop(60.0)
    agenda.recheck("a", due + 10)
    assert [turn for turn, _ in agenda.pop(due + 10)] == [due + 10]
    assert agenda.next_due() == due + 60
    agenda.recheck("a", due + 70)  # its own turn comes first
    assert agenda.next_due() == due + 60


def test_of_many_rechecks_the_soonest_counts() -> None:
    """An uplink that dies is doubted by every camera behind it: one look is enough."""
    agenda = Agenda("onvif", 60)
    agenda.set_hosts(["a"], 0.0)
    ((due, _),) = agenda.pop(60.0)
    for after in (10, 3, 5, 3):
        agenda.recheck("a", due + after)
    assert [turn for turn, _ in agenda.pop(due + 20)] == [due + 3]
    agenda.recheck("a", due + 25)
    assert [turn for turn, _ in agenda.pop(due + 30)] == [due + 25]


def test_devices_come_and_go() -> None:
    agenda = Agenda("onvif", 60)
    agenda.set_hosts(["a", "b"], 0.0)
    assert agenda.set_hosts(["b", "c"], 1.0) == {"a"}
    assert {host for _, host in agenda.pop(200.0)} == {"b", "c"}
