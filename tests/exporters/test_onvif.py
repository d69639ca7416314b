"""Module onvif against twins: what is told of good, hostile, dead and locked devices."""

import pytest

pytestmark = pytest.mark.lab

CAMERA = "shangtang-cam0001"


async def test_a_camera_tells_itself(cameras, make_config, serve, read, checked) -> None:
    cameras({CAMERA: {}})
    client = await serve(make_config())
    status, text = await client.get(f"/probe?module=onvif&target={CAMERA}")
    found = read(text)
    assert status == 200
    assert found[("probe_success",)] == 1
    assert found[("nanxi_device_reachable",)] == found[("nanxi_device_authenticated",)] == 1
    assert 36 < found[("nanxi_device_clock_offset_seconds",)] < 38  # as it comes from the works
    assert found[("nanxi_device_profiles",)] >= 1
    assert found[("nanxi_probe_verdict", "onvif", "ok")] == 1
    assert 'serial_number="HIK00000001"' in text
    assert checked(text) == (0, "")


@pytest.mark.parametrize(
    ("entry", "verdict", "reachable", "authenticated"),
    [
        ({"power": False}, "unreachable", 0, None),
        (
            {
                "overrides": {
                    "factory": {"users": [{"name": "admin", "password": "x", "level": "Administrator"}]}
                }
            },
            "refused",
            1,
            0,
        ),
        ({"overrides": {"traits": {"misbehaves": [{"behaviour": "gigabyte"}]}}}, "hostile", 1, None),
        ({"overrides": {"traits": {"misbehaves": [{"behaviour": "hang"}]}}}, "unreachable", 0, None),
    ],
    ids=["dead", "refuses", "hostile", "hangs"],
)
async def test_what_cannot_be_read_shows_nothing_good(
    entry, verdict, reachable, authenticated, cameras, make_config, serve, read
) -> None:
    cameras({CAMERA: entry})
    client = await serve(make_config(deadline_s=1.5))
    _, text = await client.get(f"/probe?module=onvif&target={CAMERA}")
    found = read(text)
    assert found[("nanxi_probe_verdict", "onvif", verdict)] == 1
    assert found[("probe_success",)] == 0
    assert found[("nanxi_device_reachable",)] == reachable
    assert found.get(("nanxi_device_authenticated",)) == authenticated
    assert not any("clock" in name or "identity" in name or "profiles" in name for name, *_ in found)


async def test_a_refused_password_is_not_tried_again(cameras, make_config, serve, read, guard) -> None:
    twins = cameras(
        {
            CAMERA: {
                "overrides": {
                    "factory": {"users": [{"name": "admin", "password": "x", "level": "Administrator"}]}
                }
            }
        }
    )
    client = await serve(make_config())
    await client.get(f"/probe?module=onvif&target={CAMERA}")
    _, text = await client.get(f"/probe?module=onvif&target={CAMERA}")
    found = read(text)
    assert found[("nanxi_probe_verdict", "onvif", "locked")] == 1
    assert ("probe_success",) not in found  # nothing was sent, so nothing is known
    assert ("nanxi_device_reachable",) not in found
    assert [state.host for state in guard.states()] == [CAMERA]
    await client.exporter.reload()
    _, text = await client.get("/metrics")
    assert read(text)[("nanxi_guard_refused_credentials",)] == 1
    assert twins


async def test_drift_is_counted_by_aspect(cameras, make_config, serve, read) -> None:
    cameras({CAMERA: {}})
    client = await serve(make_config("drift"))
    _, text = await client.get(f"/probe?module=drift&target={CAMERA}")
    found = read(text)
    assert found[("nanxi_device_as_declared",)] == 0
    assert found[("nanxi_device_drift", "hostname")] == 1  # factory-new
    assert found[("nanxi_device_drift", "clock")] >= 1


async def test_the_exporters_account_is_the_one_that_may_look(cameras, make_config, serve, read) -> None:
    cameras(
        {
            CAMERA: {
                "overrides": {
                    "factory": {
                        "users": [{"name": "recorder", "password": "Exporter-Look-77", "level": "User"}]
                    }
                }
            }
        }
    )
    client = await serve(make_config("drift"))
    _, text = await client.get(f"/probe?module=drift&target={CAMERA}")
    assert read(text)[("probe_success",)] == 1
