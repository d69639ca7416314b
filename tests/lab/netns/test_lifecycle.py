"""``python -m lab``: up, down, status, exec, sandbox, as a person types them."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab import sandbox
from lab.lifecycle import Lab
from lab.network import ROOT, plan_networks
from nanxi.estate import load_estate
from tests.support.lab import need

INVENTORY = ROOT / "inventory/lab"


def lab_command(*arguments):
    command = (sys.executable, "-m", "lab", *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A lab of its own name, brought up once."""
    need("ip", "nsenter", "curl", "ping")
    name = f"nanxi-test-{os.getpid()}"
    probe = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"cannot make a named network namespace: {probe.stderr.strip()}")
    lab = Lab(name, tmp_path_factory.mktemp("lab"), INVENTORY)
    lab.up()
    yield lab
    lab.down()


def run(lab, *arguments):
    return lab_command("--flat", "--name", lab.name, "--folder", str(lab.folder), *arguments)


@pytest.mark.lab
class TestLifecycle:
    def test_everything_is_up_and_up_again_changes_nothing(self, lab):
        before = lab.status()
        assert before.is_up
        again = run(lab, "up")
        assert again.returncode == 0
        assert lab.status() == before
        assert run(lab, "status").stdout.strip() == str(before)

    def test_all_plan_networks_are_local_inside(self, lab):
        assert lab.status().networks == tuple(str(network) for network in plan_networks())

    def test_twins_answer_on_the_registers_addresses(self, lab):
        device = load_estate(INVENTORY).devices["shangtang-cam0001"]
        url = f"http://{device.ipv4}:{device.http_port}/onvif/device_service"
        asked = run(lab, "exec", "--", "curl", "-s", "-m", "5", "-o", "/dev/null", "-d", "<x/>", url)
        assert asked.returncode == 0

    def test_there_is_no_way_out(self, lab):
        tried = run(lab, "exec", "--", "ping", "-c", "1", "-W", "1", "192.0.2.1")
        assert "Network is unreachable" in tried.stderr

    def test_exec_passes_the_exit_code_on(self, lab):
        assert run(lab, "exec", "--", "sh", "-c", "exit 7").returncode == 7

    def test_up_mends_a_twin_that_was_killed(self, lab):
        killed = lab.status().processes["twin"]
        os.kill(killed, signal.SIGKILL)
        assert run(lab, "status").returncode == 1
        assert run(lab, "up").returncode == 0
        assert lab.status().processes["twin"] not in (None, killed)

    def test_up_mends_routes_that_were_taken_away(self, lab):
        network = str(plan_networks()[0])
        assert run(lab, "exec", "--", "ip", "route", "del", "local", network, "dev", "lo").returncode == 0
        assert network not in lab.status().networks
        run(lab, "up")
        assert network in lab.status().networks

    def test_down_ends_a_process_whose_id_was_lost_and_up_begins_anew(self, lab):
        lost = lab.status().processes["twin"]
        (lab.folder / "run" / "twin.pid").unlink()
        assert run(lab, "down").returncode == 0
        assert not Path(f"/proc/{lost}/cmdline").exists() or not Path(f"/proc/{lost}/cmdline").read_bytes()
        assert not Path(f"/run/netns/{lab.name}").exists()
        assert run(lab, "down").returncode == 0
        assert (
            run(lab, "exec", "--", "true").stderr == "lab: the lab is down; bring it up with: make lab-up\n"
        )
        assert run(lab, "up").returncode == 0

    def test_up_mends_a_namespace_that_is_half_made(self, lab):
        run(lab, "down")
        Path(f"/run/netns/{lab.name}").touch()
        assert run(lab, "up").returncode == 0

    def test_a_twin_that_cannot_start_is_named_with_its_log(self, lab, tmp_path):
        inventory = tmp_path / "inventory"
        shutil.copytree(lab.inventory, inventory, ignore=shutil.ignore_patterns("credentials"))
        (inventory / "twins.yml").write_text("hosts: {nowhere-cam0001: {quirks: [O99]}}")
        options = (
            "--flat",
            "--name",
            f"{lab.name}-b",
            "--folder",
            str(tmp_path),
            "--inventory",
            str(inventory),
        )
        broken = lab_command(*options, "up")
        try:
            assert broken.returncode == 1
            assert "twin did not get ready" in broken.stderr
            assert "nowhere-cam0001" in broken.stderr
        finally:
            lab_command(*options, "down")

    def test_a_wrong_inventory_is_named_before_anything_is_made(self, lab, tmp_path):
        broken = lab_command(
            "--flat", "--name", f"{lab.name}-c", "--folder", str(tmp_path), "--inventory", str(tmp_path), "up"
        )
        assert broken.returncode == 1
        assert "plan/county.yml: the file is missing" in broken.stderr
        assert not Path(f"/run/netns/{lab.name}-c").exists()


@pytest.mark.lab
def test_sandbox_in_a_sandbox_has_the_routes_and_passes_the_exit_code_on():
    inside = lab_command(
        "sandbox", "--", sys.executable, "-c", "import lab.network as n; exit(40 + n.is_sealed())"
    )
    assert inside.returncode == 41


def test_sandbox_without_the_means_runs_plainly_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "_AS_ROOT", ("false",))
    monkeypatch.setattr(sandbox, "_AS_USER", ("unshare-that-is-not-installed",))
    ran = []
    monkeypatch.setattr(sandbox.os, "execvp", lambda file, argv: ran.append((file, argv)))
    sandbox.run(["true", "x"])
    assert ran[0] == ("true", ["true", "x"])
    assert "tests that need the lab are skipped" in capsys.readouterr().err


def test_sandbox_without_root_makes_a_user_namespace():
    allowed = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "true"], capture_output=True, check=False
    )
    if allowed.returncode:
        pytest.skip(f"no user namespaces here: {allowed.stderr.decode().strip()}")
    code = "from lab import sandbox; sandbox._AS_ROOT = ('false',); sandbox.run(['ip', 'route', 'show', 'table', 'local'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    for network in plan_networks():
        assert f"local {network} dev lo" in done.stdout
