"""Plan and register as one archive for a host: what it needs of them, and the hash by which a change is known.

No file of credentials is in it. A recorder host gets its own unit; a monitor of the public network gets the rows of that
network, so that who breaks into it learns no address of a police camera.

Run as ``python -m nanxi.monitoring.pack --inventory DIR --host HOST --out FILE``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import tarfile
from pathlib import Path

from nanxi.county.model import Network
from nanxi.estate import load_estate
from nanxi.monitoring.scope import Scope, scope_of

_NETWORK, _SWITCH, _PORT = "接入网络", "接入交换机", "交换机端口"


def files(inventory: Path, register: Path, scope: Scope) -> dict[str, bytes]:
    """Return the files of a host by their path below its estate."""
    found = {f"plan/{path.name}": path.read_bytes() for path in sorted((inventory / "plan").glob("*.yml"))}
    units = (entry for entry in sorted(register.iterdir()) if entry.is_dir())
    for folder in units:
        if scope.units and folder.name not in scope.units:
            continue
        for path in sorted(folder.glob("*.csv")):
            content = path.read_bytes()
            if scope.home is not Network.POLICE:
                content = of_network(content, scope.home)
            found[f"register/{folder.name}/{path.name}"] = content
    return found


def of_network(sheet: bytes, network: Network) -> bytes:
    """Return the rows of one network, without the switches that they hang on: those stand in the police network."""
    rows = csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline=""))
    kept = [row for row in rows if row.get(_NETWORK) == network.value]
    written = io.StringIO()
    writer = csv.DictWriter(written, fieldnames=rows.fieldnames or (), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**row, **{title: "" for title in (_SWITCH, _PORT) if title in row}} for row in kept)
    return written.getvalue().encode("utf-8-sig")


def digest(content: dict[str, bytes]) -> str:
    """Return 12 hex digits that stand for the content."""
    total = hashlib.sha256()
    for name, data in sorted(content.items()):
        total.update(f"{name}\0{len(data)}\0".encode() + data)
    return total.hexdigest()[:12]


def pack(content: dict[str, bytes], target: Path) -> None:
    """Write the archive."""
    with tarfile.open(target, "w") as archive:
        for name, data in sorted(content.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o640
            archive.addfile(entry, io.BytesIO(data))


def main() -> None:
    """Write what one host needs."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.monitoring.pack", description=__doc__)
    parser.add_argument("--inventory", type=Path, required=True)
    parser.add_argument("--register", type=Path, help="the register, when it lies elsewhere")
    parser.add_argument("--host", required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    register = arguments.register or arguments.inventory / "register"
    scope = scope_of(load_estate(arguments.inventory, register), arguments.host)
    pack(files(arguments.inventory, register, scope), arguments.out)


if __name__ == "__main__":
    main()
