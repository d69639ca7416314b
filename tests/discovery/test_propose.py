"""Rows for what the register does not have (tests/cases/discovery/proposals)."""

from datetime import date

import pytest

from nanxi.discovery.propose import propose
from nanxi.findings import InputError
from nanxi.register.adopt import adopt
from nanxi.register.load import load_register
from nanxi.register.write import append, write_register
from tests.discovery.conftest import cases, found, row

TODAY = date(2026, 11, 22)
THERE = {"oubei-cam0001": row(1, ipv4="10.98.0.194")}


def proposed(plan, area, *devices, cells=None):
    return propose(plan, THERE, devices, area=area, cells=cells or {}, today=TODAY)


@cases("proposals")
def test_proposal(case, plan, area):
    proposal = proposed(plan, area, found(**case["found"]), cells=case.get("cells"))
    if "refused" in case:
        (why,) = proposal.refused.values()
        assert case["refused"] in why
        assert proposal.rows == []
        return
    assert proposal.refused == {}
    if "row" not in case:
        assert proposal.rows == []
        return
    (made,) = proposal.rows
    shown = {"host": made.host, **made.model_dump(mode="json")}
    assert {key: shown[key] for key in case["row"]} == case["row"]


def test_a_row_that_is_refused_does_not_stop_the_others(plan, area):
    devices = [found("10.98.0.199", model="=1"), found("10.98.0.200"), found("10.98.1.20")]
    proposal = proposed(plan, area, *devices)
    assert [str(one.ipv4) for one in proposal.rows] == ["10.98.0.200"]
    assert sorted(map(str, proposal.refused)) == ["10.98.0.199", "10.98.1.20"]


def test_a_column_that_no_row_has_is_the_persons_mistake(plan, area):
    with pytest.raises(InputError, match="no such column"):
        proposed(plan, area, found("10.98.0.200"), cells={"颜色": "red"})


def test_what_is_proposed_can_be_adopted_once(tmp_path, plan, area):
    register, proposal = tmp_path / "register", tmp_path / "proposal"
    write_register(register, THERE.values())
    write_register(proposal, proposed(plan, area, found("10.98.0.200"), found("10.99.0.41")).rows)
    append(register, adopt(plan, load_register(register, plan), proposal))
    assert list(load_register(register, plan)) == ["oubei-cam0001", "oubei-cam0002", "oubei-cam0003"]
    with pytest.raises(InputError, match="mistakes found"):
        adopt(plan, load_register(register, plan), proposal)
