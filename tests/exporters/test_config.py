"""The configuration: the example is right, and every way to be wrong is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from exporters import __version__, config
from exporters.credentials import Passwords
from nanxi.credentials import ClosedError, CredentialError
from nanxi.findings import InputError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "exporters/example.yml"


def test_the_example_is_right_and_its_comments_are_the_defaults(tmp_path) -> None:
    plain = config.load(EXAMPLE)
    uncommented = tmp_path / "all.yml"
    skip = (
        "# register:",
        "# networks:",
        "# units:",
        "# recorder: 300",
        "# recording:",
        "# references:",
        "# gate:",
        "# traps:",
        "#   address",
        "#   control",
        "#   port",
        "# aspects: [...]",
    )
    lines = []
    for line in EXAMPLE.read_text().splitlines():
        bare = line.strip()
        if (
            bare.startswith("# ")
            and ":" in bare
            and not bare.startswith(skip)
            and not line.startswith("# An")
            and not line.startswith("# Mistakes")
        ):
            lines.append(line.replace("# ", "", 1))
        else:
            lines.append(line)
    uncommented.write_text("\n".join(lines))
    full = config.load(uncommented)
    assert full.model_copy(update={"modules": {}}) == plain.model_copy(update={"modules": {}})
    assert {name: one.model_copy(update={"aspects": one.wanted}) for name, one in full.modules.items()} == {
        name: one.model_copy(update={"aspects": one.wanted}) for name, one in plain.modules.items()
    }


GOOD = "inventory: x\ncredentials: y\nmodules: {onvif: {prober: onvif, kinds: [cameras]%s}}\n%s"


@pytest.mark.parametrize(
    ("module", "rest", "field", "problem"),
    [
        (", probe: x", "", "modules.onvif.probe", "not permitted"),
        (", interval_s: 5", "", "modules.onvif", "deadline_s (15) is longer than interval_s (5)"),
        (", prober: ping", "", "modules.onvif.prober", "Input should be 'reach'"),
        (", concurrency: 0", "", "modules.onvif.concurrency", "greater than or equal to 1"),
        (", aspects: [picture]", "", "modules.onvif.aspects.0", "Input should be"),
        (
            ", prober: snmp, timeout_s: 8, retries: 1",
            "",
            "modules.onvif",
            "timeout_s * (retries + 1) must be less",
        ),
        (", which: unrecorded", "", "modules.onvif", "which: unrecorded is for rtsp and vqd"),
        (", prober: rtsp, which: recorded_here", "", "", "needs gate and recording"),
        (", prober: rtsp, which: elsewhere", "", "modules.onvif.which", "Input should be 'all'"),
        ("", "collectors: {gate: 5}", "", "collectors.gate needs gate"),
        ("", "collectors: {disk: 5}", "collectors.disk.[key]", "Input should be 'register'"),
        ("", "account: root", "account", "Input should be 'recorder'"),
        ("", "listen: x", "listen", "not permitted"),
    ],
)
def test_a_mistake_is_named(module, rest, field, problem, tmp_path) -> None:
    file = tmp_path / "exporter.yml"
    text = GOOD % (module, rest)
    if "prober: " in module:
        text = text.replace("prober: onvif, ", "", 1)
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        config.load(file)
    assert [(one.column, problem in one.problem) for one in caught.value.findings] == [(field, True)]


def test_all_mistakes_at_once(tmp_path) -> None:
    file = tmp_path / "exporter.yml"
    file.write_text("account: root\nmodules: {m: {}}\n")
    with pytest.raises(InputError) as caught:
        config.load(file)
    assert {one.column for one in caught.value.findings} == {
        "account",
        "inventory",
        "credentials",
        "modules.m.prober",
        "modules.m.kinds",
    }


@pytest.mark.parametrize(
    ("content", "mode", "error", "problem"),
    [
        ('{"cam": {"recorder": "sesame"}}', 0o644, ClosedError, "can be read by others"),
        ("sesame", 0o600, ClosedError, "is not"),
        ('{"cam": "sesame"}', 0o600, ClosedError, "is not"),
        ('{"cam": {"recorder": ""}}', 0o600, ClosedError, "is not"),
        ('{"other": {"recorder": "sesame"}}', 0o600, CredentialError, "no password of cam"),
        (None, 0o600, CredentialError, "is missing"),
    ],
)
def test_credentials_that_cannot_be_used_are_named_and_not_shown(
    content, mode, error, problem, tmp_path
) -> None:
    if content is not None:
        (tmp_path / "unit.json").write_text(content)
        (tmp_path / "unit.json").chmod(mode)
    with pytest.raises(error, match=problem) as caught:
        Passwords(tmp_path).passwords("unit", "cam")
    assert "sesame" not in str(caught.value)


def test_the_version_is_the_projects() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "exporters", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_help_and_check() -> None:
    assert "--web.listen-address" in run("--help").stdout
    checked = run("--config.file", str(EXAMPLE), "--check")
    assert checked.returncode == 0
    assert "modules reach, onvif, drift, rtsp, snmp, vqd" in checked.stdout
    wrong = run("--config.file", "nowhere.yml")
    assert (wrong.returncode, "nowhere.yml" in wrong.stderr) == (2, True)
    assert run("--config.file", str(EXAMPLE), "--web.listen-address", "9741").returncode == 2
