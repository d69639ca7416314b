"""Cameras over disks: never too much, nobody forgotten, and few moves."""

from hypothesis import given
from hypothesis import strategies as st

from nanxi.recorder.placement import USABLE, Disk, Need, Site, place, shortage
from nanxi.recorder.units import decide

TB = 10**12
DISKS = tuple(Disk(f"host{host}", f"/disk{disk}", 20 * TB) for host in (1, 2) for disk in (1, 2))


def needs(count, kbps=4096):
    return [Need(f"shangtang-cam{number:04d}", kbps, 30) for number in range(count)]


def site(disks=DISKS, mbit=600):
    return Site(disks, {disk.host: mbit * 1000 for disk in disks})


@given(
    st.lists(st.tuples(st.integers(100, 20_000), st.integers(1, 90)), max_size=40),
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 8)), min_size=1, max_size=5),
    st.integers(5, 400),
)
def test_nothing_is_overfull_and_nobody_is_forgotten(streams, disks, mbit):
    wanted = [Need(f"cam{number}", kbps, days) for number, (kbps, days) in enumerate(streams)]
    there = tuple(
        Disk(f"host{host}", f"/disk{number}", size * TB) for number, (host, size) in enumerate(disks)
    )
    ground = site(there, mbit)
    found = place(wanted, ground)
    assert {*found.disks, *found.left} == {need.camera for need in wanted}
    assert not {*found.disks} & {*found.left}
    sizes = {need.camera: need for need in wanted}
    for disk in there:
        mine = [camera for camera, where in found.disks.items() if where == disk]
        assert sum(sizes[camera].size for camera in mine) <= disk.size * USABLE
    for host in ground.kbps:
        mine = [camera for camera, where in found.disks.items() if where.host == host]
        assert sum(sizes[camera].kbps for camera in mine) <= ground.kbps[host]
    assert found == place(wanted[::-1], ground)


def test_a_camera_more_moves_nobody_while_there_is_room():
    before, after = place(needs(24), site()).disks, place(needs(25), site()).disks
    assert {camera: after[camera] for camera in before} == before


def test_a_full_site_moves_few():
    full = next(count for count in range(200) if place(needs(count), site()).left) - 1
    before, after = place(needs(full - 1), site()).disks, place(needs(full), site()).disks
    assert sum(after.get(camera) != disk for camera, disk in before.items()) <= 4


def test_a_disk_more_takes_only_its_share():
    before = place(needs(40), site()).disks
    more = (*DISKS, Disk("host3", "/disk1", 20 * TB))
    after = place(needs(40), site(more)).disks
    moved = [camera for camera in before if after[camera] != before[camera]]
    assert moved
    assert all(after[camera].host == "host3" for camera in moved)


def test_disks_get_what_they_can_hold():
    unequal = (Disk("host1", "/small", 10 * TB), Disk("host1", "/large", 30 * TB))
    found = place([Need(f"cam{number}", 500, 30) for number in range(200)], Site(unequal, {"host1": 600_000}))
    large = sum(disk.path == "/large" for disk in found.disks.values())
    assert 130 <= large <= 170


def test_what_is_missing_is_said():
    wanted, small = needs(100), site(DISKS[:1], mbit=100)
    found = place(wanted, small)
    assert found.left
    size, kbps = shortage(wanted, small)
    assert size == sum(need.size for need in wanted) - int(20 * TB * USABLE)
    assert kbps == 100 * 4096 - 100_000


def test_only_the_camera_that_changed_starts_anew():
    wanted = {"a-cam0001": "1", "a-cam0002": "2", "a-cam0003": "3"}
    steps = decide(
        wanted, frozenset({"a-cam0001", "a-cam0002", "a-cam0009"}), {"a-cam0001": "1", "a-cam0002": "old"}
    )
    assert steps.disable == ("a-cam0009",)
    assert steps.enable == ("a-cam0003",)
    assert steps.restart == ("a-cam0002",)
    assert not decide(wanted, frozenset(wanted), wanted).any
