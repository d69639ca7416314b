"""Another configuration while it runs, and configurations that are wrong."""

from pathlib import Path

import pytest
import yaml

from nanxi.findings import InputError
from nanxi.gate.config import load
from tests.gate.conftest import camera_rule, write_config
from tests.gate.test_faults import CAMERA, MAIN, play, playing
from tests.support.rtsp import PASSWORD, USER


def test_unchanged_cameras_go_on_without_a_break(site, gate):
    camera, other = site.add(), site.add()
    login = {"user": USER, "password": PASSWORD}
    running = gate(camera_rule(camera, CAMERA), passwords={"shangtang-cam0002": login})
    client = running.client()
    play(client)
    config = yaml.safe_load((running.folder / "gate.yml").read_text())
    config["cameras"].append(camera_rule(other, "shangtang-cam0002"))
    running.reload(config)
    running.until("shangtang-cam0002/main", playing)
    assert len(client.packets(60)) == 60
    assert running.status(MAIN)["sessions_total"] == 1
    config["cameras"] = [camera_rule(camera, CAMERA, stall_s=5)]
    running.reload(config)
    assert len(client.packets(100_000)) < 100_000  # its reader is ended, because the stream begins anew
    running.until(MAIN, playing)
    assert site.sessions(other) == 0


def _config(tmp_path, alter):
    config = write_config(
        tmp_path, [{"host": CAMERA, "address": "127.0.0.1", "streams": {"main": "/s"}}], 8554
    )
    alter(config)
    (tmp_path / "gate.yml").write_text(yaml.safe_dump(config))
    return tmp_path / "gate.yml"


@pytest.mark.parametrize(
    ("alter", "says"),
    [
        (lambda c: c["cameras"].append(c["cameras"][0]), "stands there twice"),
        (lambda c: c["cameras"][0].update(address="camera.example"), "cameras.0.address"),
        (lambda c: c["cameras"][0].update(streams={"main": "rtsp://10.0.0.1/s"}), "cameras.0.streams.main"),
        (lambda c: c["cameras"][0].update(colour="red"), "cameras.0.colour"),
        (lambda c: c.update(readers={"x": {"user": "no-such-user"}}), "there is no such user"),
        (lambda c: c.update(readers={"x": {}}), "known by nothing"),
        (lambda c: c.update(credentials="/nonexistent"), "No such file"),
        (lambda c: Path(c["credentials"]).chmod(0o644), "may be read by others"),
    ],
)
def test_every_mistake_is_named(tmp_path, alter, says):
    with pytest.raises(InputError, match=says):
        load(_config(tmp_path, alter))


def test_a_wrong_credentials_file_shows_no_secret(tmp_path):
    path = _config(tmp_path, lambda c: None)
    (tmp_path / "credentials.json").write_text('{"a": {"user": "x", "passwort": "Secret-1"}}')
    with pytest.raises(InputError) as caught:
        load(path)
    assert "Secret-1" not in str(caught.value)
