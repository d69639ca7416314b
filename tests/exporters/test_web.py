"""The HTTP face: only devices of the register, Prometheus's time limit, TLS, passwords, targets, pages."""

from __future__ import annotations

import base64
import ssl
import subprocess
from pathlib import Path

import bcrypt
import pytest
from aiohttp import ClientError

from exporters.web import toolkit
from exporters.web.on_request import SCRAPE_TIMEOUT, limit
from nanxi.findings import InputError
from nanxi.register.model import TOUCHABLE

CAMERA = "shangtang-cam0001"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "target",
    [
        "10.99.0.2",
        "127.0.0.1:22",
        "http://10.99.0.2/",
        "SHANGTANG-CAM0001",
        "shangtang-cam0001 ",
        "../x",
        "",
        "shangtang-sw01",
    ],
)
async def test_only_a_device_of_the_register_is_a_target(target, make_config, serve, network_guard) -> None:
    client = await serve(make_config())
    status, text = await client.get("/probe", params={"module": "onvif", "target": target})
    assert status == 400
    assert "register" in text or "not probed" in text


async def test_an_unknown_module_is_named(make_config, serve) -> None:
    client = await serve(make_config())
    assert await client.get(f"/probe?module=nmap&target={CAMERA}") == (
        400,
        "unknown module; there are onvif\n",
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 15), ("10", 9.5), ("60", 15), ("0.4", 0.2)],
)
def test_the_answer_comes_before_prometheus_gives_up(header, seconds) -> None:
    assert limit(header, 0.5, 15) == seconds


@pytest.mark.parametrize("header", ["soon", "nan", "inf", "-1", "0"])
async def test_a_time_limit_that_is_none_is_refused(header, make_config, serve) -> None:
    client = await serve(make_config())
    status, _ = await client.get(f"/probe?module=onvif&target={CAMERA}", headers={SCRAPE_TIMEOUT: header})
    assert status == 400


@pytest.mark.lab
async def test_a_hanging_device_is_told_within_the_time_limit(cameras, make_config, serve, read) -> None:
    cameras({CAMERA: {"overrides": {"traits": {"misbehaves": [{"behaviour": "hang"}]}}}})
    client = await serve(make_config())
    status, text = await client.get(
        f"/probe?module=onvif&target={CAMERA}&debug=true", headers={SCRAPE_TIMEOUT: "1.5"}
    )
    assert status == 200
    assert "not done within 1 s" in text
    _, page = await client.get("/")
    assert "unreachable" in page
    assert CAMERA in page
    _, log = await client.get("/history?id=1")
    assert "not done within 1 s" in log


async def test_passwords(make_config, serve) -> None:
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    client = await serve(make_config(), toolkit.WebConfig(basic_auth_users={"prometheus": hashed}))
    for auth, status in (
        ("", 401),
        ("Bearer x", 401),
        ("Basic !!!", 401),
        (basic("prometheus:wrong"), 401),
        (basic("nobody:right"), 401),
        (basic("prometheus:right"), 200),
        (basic("prometheus:right"), 200),
        (basic("prometheus:" + "x" * 300), 401),
    ):
        assert (await client.get("/metrics", headers={"Authorization": auth}))[0] == status


def basic(pair: str) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "crt"],
        check=True, capture_output=True,
    )  # fmt: skip


async def test_tls(tmp_path, make_config, serve) -> None:
    certificate(tmp_path)
    config = toolkit.WebConfig.model_validate(
        {"tls_server_config": {"cert_file": "crt", "key_file": "key", "min_version": "TLS13"}}
    )
    client = await serve(make_config(), tls=toolkit.tls(config, tmp_path))
    trust = ssl.create_default_context(cafile=tmp_path / "crt")
    assert (await client.get("/-/healthy", ssl=trust, headers={"Connection": "close"}))[0] == 200
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ClientError):
        await client.get("/-/healthy", ssl=trust, headers={"Connection": "close"})


async def test_a_client_without_a_certificate_is_kept_out(tmp_path, make_config, serve) -> None:
    certificate(tmp_path)
    config = toolkit.WebConfig.model_validate(
        {
            "tls_server_config": {
                "cert_file": "crt",
                "key_file": "key",
                "client_auth_type": "RequireAndVerifyClientCert",
                "client_ca_file": "crt",
            }
        }
    )
    client = await serve(make_config(), tls=toolkit.tls(config, tmp_path))
    trust = ssl.create_default_context(cafile=tmp_path / "crt")
    with pytest.raises(ClientError):
        await client.get("/-/healthy", ssl=trust)
    trust.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    assert (await client.get("/-/healthy", ssl=trust))[0] == 200


def test_the_example_web_configuration_is_right() -> None:
    config = toolkit.load(ROOT / "exporters/web.example.yml")
    assert bcrypt.checkpw(b"example", config.basic_auth_users["prometheus"].encode())


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        ("basic_auth_users: {a: secret}", "basic_auth_users.a", "not a bcrypt hash"),
        ("tls_server_config: {cert_file: a}", "tls_server_config.key_file", "Field required"),
        ("http_server_config: {http2: true}", "http_server_config", "not permitted"),
        ("a: [", "", ""),
    ],
)
def test_a_wrong_web_configuration_is_named(text, field, problem, tmp_path) -> None:
    file = tmp_path / "web.yml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        toolkit.load(file)
    (finding,) = caught.value.findings
    assert finding.column == field
    assert problem in finding.problem


async def test_targets_are_what_is_in_use_and_have_the_same_labels(make_config, serve, estate) -> None:
    client = await serve(make_config())
    async with client.session.get(f"{client.base}/targets?module=onvif") as response:
        assert response.content_type == "application/json"
        groups = await response.json()
    names = [group["targets"][0] for group in groups]
    assert names == sorted(names)
    assert set(names) == {
        host
        for host, one in estate.devices.items()
        if one.kind.value in ("cameras", "encoders", "nvrs") and one.state in TOUCHABLE and one.spoken_to
    }
    first = next(group for group in groups if group["targets"] == [CAMERA])
    assert first["labels"] == {
        "device": CAMERA, "kind": "cameras", "unit": "shangtang", "class": "3", "network": "public", "tier": "3",
        "code": estate.devices[CAMERA].code, "vendor": "hikvision", "state": "installed", "__param_module": "onvif",
    }  # fmt: skip


async def test_metrics_of_the_process_itself(make_config, serve, read, checked) -> None:
    client = await serve(make_config())
    async with client.session.get(f"{client.base}/metrics") as response:
        assert response.headers["Content-Encoding"] == "gzip"
        text = await response.text()
    found = read(text)
    assert found[("process_start_time_seconds",)] > 0
    assert found[("nanxi_exporter_info", "0.1.0")] == 1
    assert checked(text) == (0, "")
