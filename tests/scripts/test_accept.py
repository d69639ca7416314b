"""`scripts/accept` as a tester types it: against a router in namespaces, from one place, with two laptops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from nanxi.acceptance.catalogue import catalogue
from nanxi.county.isolation import Isolation
from tests.acceptance.zones.network import Network, frozen_plan
from tests.support.lab import need

ROOT = Path(__file__).parents[2]
LEGS = {
    "cam": "shangtang/cameras-police",
    "rec": "shangtang/recording",
    "view": "shangtang/viewing",
}
RULES = ROOT / "tests/cases/acceptance/zones/router.nft"


def accept(*arguments, within=(), inventory=ROOT / "inventory/lab", **more):
    return subprocess.run(
        [*within, ROOT / "scripts/accept", "--inventory", inventory, *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        **more,
    )


@pytest.fixture
def network(tmp_path) -> Iterator[Network]:
    need("unshare", "nsenter", "nft", "ip")
    with ExitStack() as stack:
        network = Network(stack, Isolation(frozen_plan(tmp_path)), LEGS)
        rules = "".join(line for line in RULES.read_text().splitlines(True) if "name core" not in line)
        network.load(rules)
        yield network


def spots(network: Network) -> list[dict[str, object]]:
    return [
        {"place": spot.place.name, "address": str(spot.address), "process": end.pid}
        for end, spot in network.ends.values()
    ]


def test_the_catalogue_names_scripts_that_exist():
    shown = accept("list")
    assert shown.returncode == 0
    assert "两网隔离" in shown.stdout
    for check in catalogue().values():
        script, subcommand = check.command.split()
        assert (ROOT / script).exists()
        assert (
            subcommand
            in subprocess.run([ROOT / script, "--help"], capture_output=True, text=True, check=False).stdout
        )


@pytest.mark.lab
def test_a_whole_run_with_its_report(network, tmp_path):
    file = tmp_path / "spots.yml"
    file.write_text(yaml.safe_dump({"spots": spots(network)}))
    out = tmp_path / "out"
    done = accept("zones", "--spots", file, "--report", out, inventory=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "不符 0，待测 0" in done.stdout
    told = json.loads((out / "zones.json").read_text())
    assert (told["verdict"], told["counts"]["fail"], told["differences"]) == ("pass", 0, [])
    assert told["counts"]["pass"] == len(told["results"]) > 150
    page = (out / "zones.html").read_text()
    assert "两网隔离" in page
    assert told["plan_sha256"] in page

    # One more rule, one spot whose machine is gone: the leak is named, what nobody measured is not passed.
    network.router.run(
        "nft", "add", "rule", "inet", "fixture", "forward", "ip", "daddr", "10.98.0.130", "accept"
    )
    listed = spots(network)
    listed[1]["process"] = 4194304
    file.write_text(yaml.safe_dump({"spots": listed}))
    done = accept("--json", "zones", "--spots", file, "--how", "plain", "--report", out, inventory=tmp_path)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["verdict"] == "fail"
    assert (
        "shangtang/viewing -> shangtang/cameras-police tcp/22: expected closed, measured open"
        in told["differences"]
    )
    assert list(told["probes_not_started"]) == ["shangtang/recording"]
    about = [r for r in told["results"] if "shangtang/recording" in (r["from"], r["to"])]
    assert {r["verdict"] for r in about if r["expected"] == "closed"} == {"collecting"}
    assert "shangtang/viewing -&gt; shangtang/cameras-police tcp/22" in (out / "zones.html").read_text()


@pytest.mark.lab
def test_two_laptops(network, tmp_path):
    (rec, rec_spot), (view, view_spot) = network.ends["rec"], network.ends["view"]
    sent, heard = tmp_path / "sent.json", tmp_path / "heard.json"
    command = [
        ROOT / "scripts/accept",
        "--inventory",
        ROOT / "inventory/lab",
        "zones",
        "--here",
        rec_spot.name,
    ]
    with subprocess.Popen(
        [*rec.enter, *command, "--answer", "--out", heard],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as second:
        assert "answering" in second.stderr.readline()
        time.sleep(0.5)  # it says so when the agent starts, which takes a moment
        first = accept(
            "zones",
            "--here",
            view_spot.name,
            "--laptop",
            str(rec_spot.address),
            "--out",
            sent,
            within=view.enter,
        )
        second.send_signal(signal.SIGINT)
        assert "probes heard" in second.communicate(timeout=20)[0]
    # Alone the first laptop knows that the flow is open, and of the rest only that nobody answered.
    assert first.returncode == 1, first.stdout + first.stderr
    assert "不符 0" in first.stdout
    assert "待测 0" not in first.stdout
    joined = accept("zones", "--join", sent, heard, inventory=tmp_path)
    assert joined.returncode == 0, joined.stdout
    assert "不符 0，待测 0" in joined.stdout


#: An ssh that does what a far shell does with its words, in the namespace of the process that the host is named after.
SSH = """#!/bin/sh
while [ "$1" != -- ]; do shift; done
case "$2" in banner@*) echo Welcome; exit;; esac
exec nsenter --net=/proc/"${2#tester@process-}"/ns/net -- sh -c "$3"
"""


@pytest.mark.lab
def test_agents_over_ssh_are_one_text_that_survives_the_far_shell(network, tmp_path):
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name, text in (("ssh", SSH), ("sudo", '#!/bin/sh\nshift; exec "$@"\n')):
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    listed = [
        {"place": spot["place"], "address": spot["address"], "ssh": f"tester@process-{spot['process']}"}
        for spot in spots(network)
    ]
    file = tmp_path / "spots.yml"
    file.write_text(yaml.safe_dump({"spots": listed}))
    environment = {**os.environ, "PATH": f"{bin_}:{os.environ['PATH']}"}
    done = accept("zones", "--spots", file, "--how", "plain", inventory=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr

    listed[2]["ssh"] = "banner@probe"
    file.write_text(yaml.safe_dump({"spots": listed}))
    done = accept("--json", "zones", "--spots", file, "--how", "plain", inventory=tmp_path, env=environment)
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], told["differences"]) == (1, "collecting", [])
    assert "Welcome" in told["probes_not_started"][listed[2]["place"]]
    assert {result["verdict"] for result in told["results"] if result["flow"] == "record_police"} == {"pass"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["zones"], "say one of --spots FILE, --here PLACE and --join FILES"),
        (
            ["zones", "--here", "shangtang/kitchen"],
            "no place shangtang/kitchen; it has shangtang/cameras-police",
        ),
        (["zones", "--join", "missing.json"], "missing.json: no such file"),
        (["zones", "--how", "magic", "--here", "x"], "choose from plain, spoofed"),
    ],
)
def test_wrong_usage(arguments, said):
    done = accept(*arguments)
    assert done.returncode == 2
    assert said in done.stderr.replace("'", "")


def test_every_mistake_of_a_spots_file(tmp_path):
    file = tmp_path / "spots.yml"
    file.write_text(
        "spots:\n"
        "- {place: shangtang/kitchen, address: 10.98.1.2, process: 1}\n"
        "- {place: shangtang/viewing, address: 10.98.1.2, process: 1}\n"
        "- {place: shangtang/viewing, address: 10.98.0.162, process: 1}\n"
    )
    done = accept("zones", "--spots", file)
    assert done.returncode == 2
    assert "spots.yml:2:spots.0.place: no such place" in done.stderr
    assert "spots.yml:3:spots.1.address: not in shangtang/viewing" in done.stderr
    assert "spots.yml:4:spots.2: two spots have this name" in done.stderr
    file.write_text("spots:\n- {place: a/b, address: x, netns: a, ssh: '-oProxyCommand=x'}\n")
    done = accept("zones", "--spots", file)
    assert done.returncode == 2
    assert "spots.0.address" in done.stderr
    assert "spots.0.ssh" in done.stderr
