"""Where a search may go, and nowhere else."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from nanxi.discovery.area import OutsideError, search_area, segments
from nanxi.discovery.listen import Listener


def test_the_whole_plan_without_gateways_and_reserved_addresses(plan):
    found = segments(plan)
    area = search_area(found)
    assert len(area) == sum(one.block.num_addresses - 3 for one in found)
    assert IPv4Address("10.98.0.129") not in area  # the gateway of 上塘's cameras
    assert area[IPv4Address("10.98.0.130")].unit == "shangtang"
    assert area[IPv4Address("10.98.0.130")].zone == "cameras-police"


def test_one_units_zone(plan):
    area = search_area(segments(plan, ["oubei"], ["recording"]))
    assert {str(one.block) for one in area.values()} == {"10.98.1.16/28"}


def test_a_part_of_a_zone(plan):
    area = search_area(segments(plan), [IPv4Network("10.98.0.200/30")])
    assert [str(address) for address in area] == ["10.98.0.200", "10.98.0.201", "10.98.0.202", "10.98.0.203"]


@pytest.mark.parametrize("network", ["192.168.1.0/24", "10.98.0.0/16", "10.98.2.0/30", "0.0.0.0/0"])
def test_outside_the_zones_is_refused(plan, network):
    with pytest.raises(OutsideError, match="nothing was sent"):
        search_area(segments(plan), [IPv4Network(network)])


def test_a_zone_that_was_not_chosen_is_outside_too(plan):
    with pytest.raises(OutsideError):
        search_area(segments(plan, ["oubei"]), [IPv4Network("10.98.0.128/28")])


@pytest.mark.parametrize("choice", [{"units": ["atlantis"]}, {"zones": ["beach"]}])
def test_no_such_unit_or_zone(plan, choice):
    with pytest.raises(OutsideError, match=r"no (unit|zone)"):
        segments(plan, **choice)


async def test_the_listener_asks_nobody_outside():
    listener = Listener(frozenset({IPv4Address("127.0.0.2")}))
    with pytest.raises(OutsideError, match="nothing was sent"):
        listener.ask(IPv4Address("127.0.0.3"))
