"""A copy of the lab's inventory in which every secret is a canary, and one place for all that a run leaves behind."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from lab.network import ROOT
from lab.twin.fleetfile import FleetConfig, HostEntry
from nanxi.estate import load_estate
from nanxi.register.model import Camera
from tests.secrets.canaries import Canary, canaries

BIN = Path(sys.executable).parent
USERS = ("admin", "recorder", "root", "service")

#: Cameras that are tried, and what is wrong with them; all others do not exist in this network.
HOSTS = {
    "shangtang-cam0001": HostEntry(why="as the factory left it"),
    "shangtang-cam0002": HostEntry(quirks=("O4",), why="takes HTTP Digest only"),
    "shangtang-cam0003": HostEntry(why="somebody changed its password"),
    "shangtang-cam0006": HostEntry(why="repeats a refused account in the fault"),
    "shangtang-cam0007": HostEntry(why="repeats a refused account in a web page"),
    "oubei-cam0001": HostEntry(why="offers Basic only"),
    "oubei-cam0003": HostEntry(power=False, why="dead"),
    "oubei-cam0007": HostEntry(why="signed in to already, with a wrong clock"),
}


@dataclass(frozen=True)
class House:
    """Where everything is. ``left`` is what a run writes besides the inventory."""

    inventory: Path
    left: Path
    secrets: dict[str, Canary]

    def environment(self) -> dict[str, str]:
        """Return a run's environment: whatever can be kept, logged or cached is, below ``left``."""
        left = {name: str(self.left / name) for name in ("home", "tmp", "state", "facts", "retry", "ansible")}
        for folder in left.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        return {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": left["home"],
            "TMPDIR": left["tmp"],
            "NANXI_STATE": left["state"],
            "ANSIBLE_HOME": left["ansible"],
            "ANSIBLE_LOG_PATH": str(self.left / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": left["facts"],
            "ANSIBLE_RETRY_FILES_ENABLED": "1",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": left["retry"],
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.inventory.parent / "vault-password"),
        }

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command under watch and keep its output beside what it leaves."""
        watched = [sys.executable, "-m", "tests.secrets.watch", str(self.left / f"{name}.proc"), *command]
        done = subprocess.run(
            watched, cwd=ROOT, env=self.environment(), capture_output=True, timeout=200, check=False
        )
        (self.left / f"{name}.out").write_bytes(done.stdout)
        (self.left / f"{name}.err").write_bytes(done.stderr)
        return done

    def leaks(self, folder: Path, realms: tuple[str, ...] = ()) -> list[str]:
        """Return where which secret is found, in which form, in every file below ``folder``."""
        return self.leaks_in([file for file in sorted(folder.rglob("*")) if file.is_file()], realms)

    def leaks_in(self, files: Iterable[Path], realms: tuple[str, ...] = ()) -> list[str]:
        """Return the same for single files."""
        wanted = [
            (secret.name, form, text)
            for secret in self.secrets.values()
            for form, text in secret.forms(USERS, realms)
        ]
        found = []
        for file in files:
            content = file.read_bytes()
            found += [f"{file.name}: {name}, {form}" for name, form, text in wanted if text in content]
        return found


def build(folder: Path) -> House:
    """Copy the lab's inventory to ``folder`` and put canaries wherever a secret belongs."""
    inventory = folder / "inventory"
    for part in ("plan", "register"):
        shutil.copytree(ROOT / "inventory" / "lab" / part, inventory / part)
    shutil.copy(ROOT / "inventory" / "lab" / "nanxi.yml", inventory)
    cameras = _cameras(inventory)
    accounts = [f"{host} {user}" for host in cameras for user in ("admin", "recorder")]
    vendors = sorted({camera.vendor for camera in cameras.values()})
    secrets = canaries(["vault", "somebody's", *accounts, *(f"factory {vendor}" for vendor in vendors)])
    (folder / "vault-password").write_text(secrets["vault"].value)
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(secrets["vault"].value.encode()))])
    files = {"factory": {v: [_factory(v, secrets[f"factory {v}"])] for v in vendors}}
    for host, camera in cameras.items():
        passwords = {user: secrets[f"{host} {user}"].value for user in ("admin", "recorder")}
        files.setdefault(camera.unit, {})[host] = passwords
    (inventory / "credentials").mkdir(mode=0o700)
    for name, content in files.items():
        file = inventory / "credentials" / f"{name}.json"
        file.write_bytes(vault.encrypt(json.dumps(content).encode()))
        file.chmod(0o600)
    (folder / "left").mkdir()
    return House(inventory, folder / "left", secrets)


def fleet(house: House) -> tuple[list[Camera], FleetConfig]:
    """Return the cameras that exist, and what kind of twin each is."""
    cameras = _cameras(house.inventory)
    accounts = {"operations": ["tds:CreateUsers", "tds:SetUser"]}
    echo = {"behaviour": "echo", **accounts, "options": {"since": "<tds:User>"}}
    page = {"behaviour": "echo", **accounts, "options": {"since": "<tds:User>", "page": 1}}
    basic = {"behaviour": "challenge", "options": {"offers": 'Basic realm="camera"'}}
    misbehaves = {"shangtang-cam0006": echo, "shangtang-cam0007": page, "oubei-cam0001": basic}
    passwords = {
        "shangtang-cam0003": house.secrets["somebody's"],
        "oubei-cam0007": house.secrets["oubei-cam0007 admin"],
    }
    hosts = {}
    for host, entry in HOSTS.items():
        vendor = cameras[host].vendor
        account = _factory(vendor, passwords.get(host, house.secrets[f"factory {vendor}"]))
        overrides = {"factory": {"users": [{"name": account["user"], **account, "level": "Administrator"}]}}
        del overrides["factory"]["users"][0]["user"]
        if host in misbehaves:
            overrides["traits"] = {"misbehaves": [misbehaves[host]]}
        hosts[host] = entry.model_copy(update={"overrides": overrides})
    return [cameras[host] for host in HOSTS], FleetConfig(hosts=hosts)


def _factory(vendor: str, secret: Canary) -> dict[str, str]:
    return {"user": {"axis": "root", "bosch": "service"}.get(vendor, "admin"), "password": secret.value}


def _cameras(inventory: Path) -> dict[str, Camera]:
    devices = load_estate(inventory).devices
    return {host: device for host, device in devices.items() if isinstance(device, Camera)}
