"""``python -m lab.snmp`` answers on the register's addresses, to net-snmp's tools, too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lab import need

ROOT = Path(__file__).parents[2]


@pytest.mark.lab
def test_net_snmp_reads_a_switch_of_the_lab(estate) -> None:
    need("snmpget")
    command = [sys.executable, "-m", "lab.snmp", "--inventory", str(ROOT / "inventory/lab"), "--port", "1161"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "ready" in process.stdout.readline()
        where = f"{estate.devices['shangtang-sw01'].ipv4}:1161"
        v3 = [
            "-v3",
            "-u",
            "nanxi",
            "-l",
            "authPriv",
            "-a",
            "SHA",
            "-A",
            "lab-auth-password",
            "-x",
            "AES",
            "-X",
            "lab-priv-password",
        ]
        for access in (["-v2c", "-c", "nanxi-lab"], v3):
            done = subprocess.run(
                ["snmpget", "-Oqv", *access, where, "1.3.6.1.2.1.1.5.0"],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout.strip().strip('"') == "shangtang-sw01", done.stderr
    finally:
        process.terminate()
        process.wait(10)
