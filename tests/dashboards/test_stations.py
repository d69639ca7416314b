"""What recorder hosts measure at their gates: a fault there is one alert, and each camera counts once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.dashboards.promtool import Question, alerts_at, run, unit_test
from tests.dashboards.test_alerts import written_out

CASES = yaml.safe_load(Path("tests/cases/alerts/stations.yml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_fault_of_a_station_is_one_alert_and_a_camera_counts_once(case, tmp_path: Path) -> None:
    asks = [
        Question(one["ask"], one["at"], [(found["labels"], found["value"]) for found in one["gives"]])
        for one in case["asks"]
    ]
    assert run(tmp_path, [unit_test(written_out(case["series"]), asks, interval="30s")], interval="30s") == ""


def test_a_dead_host_says_how_many_cameras_it_takes_along(tmp_path: Path) -> None:
    (case,) = (one for one in CASES if one["why"].startswith("a recorder host dies"))
    (alert,) = alerts_at(tmp_path, "HostDown", written_out(case["series"]), 40)
    assert alert.annotations["summary"] == (
        "主机失联：shangtang-host01（shangtang），由其录像的 1 路摄像机停录且无法调阅"
    )
    gateway = {
        'nanxi_probe_verdict{HOST2,module="snmp",verdict="unreachable"}': "1x100",
        "nanxi_device_due{HOST2}": "1x100",
    }
    (alert,) = alerts_at(tmp_path, "HostDown", written_out(gateway), 40)
    assert alert.annotations["summary"] == "主机失联：shangtang-host02（shangtang）"
