"""A switch in memory, written from the four systems' manuals and not from our rules: a tree of lines and a clock.

It keeps one line of what there can be one of, edits lists of VLANs, takes lines back by the short forms, refuses what
the system refuses, and knows each system's timed rollback. It prints what it holds in the system's own spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nanxi.devices.errors import HostileError, RefusedError, UnreachableError
from nanxi.devices.switch.shell import DroppedError

Config = dict[str, "Config"]

#: Words with which a line begins that a section holds one of (the value follows them).
ONLY_ONE = {
    "vrp": [
        "description", "name", "port link-type", "port default vlan", "port-isolate enable", "sysname",
        "storm-control broadcast", "storm-control multicast", "storm-control unicast", "storm-control action",
        "traffic-filter inbound acl", "protocol inbound", "authentication-mode", "port-security max-mac-num",
        "port-security protect-action", "snmp-agent group v3 nanxi", "snmp-agent usm-user v3 nanxi group",
        "snmp-agent usm-user v3 nanxi authentication-mode", "snmp-agent usm-user v3 nanxi privacy-mode",
    ],
    "comware": [
        "description", "name", "port link-type", "port access vlan", "port-isolate enable", "sysname",
        "broadcast-suppression", "multicast-suppression", "protocol inbound", "authentication-mode", "ssh server acl",
        "port-security max-mac-count", "port-security port-mode", "port-security intrusion-mode",
        "snmp-agent group v3 nanxi", "snmp-agent usm-user v3 nanxi",
    ],
    "ios": [
        "description", "name", "switchport mode", "switchport access vlan", "storm-control broadcast level",
        "storm-control multicast level", "storm-control action", "transport input", "switchport port-security maximum",
        "switchport port-security violation", "hostname", "snmp-server group nanxi v3", "snmp-server user nanxi",
    ],
}  # fmt: skip
OPENS = re.compile(
    r"^(vlan \d+|interface \S.*|acl .*\d+|ip access-list (?:extended|standard) \S+|line \S+ .*|user-interface .*|aaa|archive)$"
)
TRUNK = {
    "vrp": "port trunk allow-pass vlan",
    "comware": "port trunk permit vlan",
    "ios": "switchport trunk allowed vlan",
}


@dataclass
class Device:
    """One switch: its two configurations, its timer, its faults."""

    dialect: str
    running: Config
    startup: Config
    now: datetime = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    timed: bool = True  # has its timed rollback
    refuse: str = ""  # pattern of lines that it refuses
    save_fails: bool = False
    cut_by: str = ""  # pattern of a line: while it is in the configuration, management does not answer
    drops_after: int | None = None  # commands until the session dies
    one_terminal: bool = False  # a second session is let in and turned away
    sessions: list[Session] = field(default_factory=list)
    loses_sessions: int = 0  # so many new sessions do not come about
    log: list[str] = field(default_factory=list)
    deadline: datetime | None = None
    saved_copy: Config | None = None
    secret_seen: list[str] = field(default_factory=list)

    @property
    def family(self) -> str:
        return {"huawei_vrp": "vrp", "hp_comware": "comware"}.get(self.dialect, "ios")

    @property
    def no(self) -> str:
        return "no " if self.family == "ios" else "undo "

    def sleep(self, seconds: float) -> None:
        """Let time pass; a timer that ends takes the change back."""
        self.now += timedelta(seconds=seconds)
        if self.deadline is not None and self.now >= self.deadline:
            assert self.saved_copy is not None
            self.running, self.deadline, self.saved_copy = self.saved_copy, None, None

    def arm(self, seconds: float) -> None:
        if self.deadline is None:
            self.saved_copy = clone(self.running)
        self.deadline = self.now + timedelta(seconds=seconds)

    def disarm(self) -> None:
        self.deadline = self.saved_copy = None

    def reboot(self) -> None:
        self.disarm()
        self.running = clone(self.startup)

    @property
    def cut_off(self) -> bool:
        return bool(self.cut_by) and any(re.search(self.cut_by, line) for line in lines(self.running))


def clone(config: Config) -> Config:
    return {line: clone(below) for line, below in config.items()}


def lines(config: Config) -> list[str]:
    return [one for line, below in config.items() for one in (line, *lines(below))]


class Session:
    """A conversation with the device, as :class:`nanxi.devices.switch.shell.Shell`."""

    def __init__(self, device: Device, die: object = None) -> None:
        if device.cut_off:
            raise UnreachableError("connection timed out")
        if device.loses_sessions:
            device.loses_sessions -= 1
            raise UnreachableError("connection refused")
        if device.one_terminal and any(session.open for session in device.sessions):
            raise HostileError("signed in, but no prompt came")
        device.sessions.append(self)
        self.device = device
        self.view: list[str] | None = None
        self.staged: Config | None = None
        self.open = True
        self._die = die

    @property
    def prompt(self) -> str:
        if self.device.family == "ios":
            return "sw#" if self.view is None else "sw(config)#" if not self.view else "sw(config-if)#"
        if self.view is None:
            return "<sw>"
        star = "~" if self.device.dialect == "huawei_vrp" and self.device.timed else ""
        return f"[{star}sw{'-x' if self.view else ''}]"

    def close(self) -> None:
        self.open = False

    def send(self, command: str, timeout_s: float = 30.0) -> str:
        device = self.device
        if callable(self._die):
            self._die(command)
        if device.drops_after is not None:
            device.drops_after -= 1
            if device.drops_after < 0:
                device.drops_after = None
                self.open = False
        if not self.open or device.cut_off:
            raise DroppedError(f"the session ended at {command!r}")
        device.log.append(command)
        if not command:
            return ""
        return self._exec(command) if self.view is None else self._configure(command)

    def _exec(self, command: str) -> str:
        device = self.device
        if command in ("display current-configuration", "show running-config"):
            return printed(device, device.running)
        if command in ("display saved-configuration", "show startup-config"):
            return printed(device, device.startup) if device.startup else "% no startup"
        if command in ("system-view", "configure terminal"):
            self.view = []
            if device.dialect == "huawei_vrp" and device.timed:
                self.staged = clone(device.running)
            return ""
        if command in ("save", "save force", "write", "write memory"):
            if device.save_fails:
                return "Error: not enough space" if device.family != "ios" else "%Error opening nvram:"
            device.startup = clone(device.running)
            return "[OK]" if device.family == "ios" else "saved successfully"
        if command == "show snmp user":
            users = [line for line in device.running if line.startswith("snmp-server user")]
            return "\n".join(f"User name: {one.split()[2]}\nGroup-name: {one.split()[3]}\n" for one in users)
        if match := re.match(r"configure terminal revert timer (\d+)", command):
            if device.dialect != "cisco_ios" or not device.timed:
                return "% Invalid input detected at '^' marker."
            device.arm(60 * int(match[1]))
            self.view = []
            return "Rollback Confirmed Change: Backing up current running config to flash:r-1"
        if match := re.match(r"(?:reload in|schedule reboot delay) (\d+)", command):
            device.deadline = device.now + timedelta(minutes=int(match[1]))
            device.saved_copy = clone(device.startup)
            return f"Reload scheduled in {match[1]} minutes"
        if command in ("configure confirm", "reload cancel", "undo schedule reboot"):
            if device.deadline is None:
                return "% No rollback or reload is pending"
            device.disarm()
            return ""
        if command == "configure revert now":
            if device.saved_copy is None:
                return "% No Rollback Confirmed Change pending"
            device.running = device.saved_copy
            device.disarm()
            return ""
        return "% Unrecognized command"

    def _configure(self, command: str) -> str:
        device, config = self.device, self.staged if self.staged is not None else self.device.running
        assert self.view is not None
        if command in ("return", "end"):
            self.view = self.staged = None
            return ""
        if command in ("quit", "exit"):
            if not self.view:
                self.view = self.staged = None
            else:
                self.view.pop()
            return ""
        if match := re.match(r"configuration commit delay (\d+)", command):
            if device.dialect != "hp_comware" or not device.timed:
                return " % Unrecognized command found at '^' position."
            device.arm(60 * int(match[1]))
            return ""
        if command == "configuration commit" and device.dialect == "hp_comware":
            device.disarm()
            return ""
        if match := re.match(r"commit trial (\d+) persist nanxi", command):
            device.arm(float(match[1]))
            device.running = config
            self.staged = clone(config)
            return "Info: The system will revert to previous configuration if it is not confirmed"
        if command == "commit persist nanxi" and self.staged is not None:
            device.disarm()
            return ""
        if command == "abort trial persist nanxi":
            if device.saved_copy is None:
                return "Error: there is no trial"
            device.running = device.saved_copy
            device.disarm()
            return ""
        if command == "clear configuration candidate":
            self.staged = clone(device.running)
            return ""
        if device.refuse and re.search(device.refuse, command):
            return (
                "  ^\nError: Unrecognized command found at '^' position."
                if device.family != "ios"
                else "% Invalid input"
            )
        return enter(device, config, self.view, command)


def enter(device: Device, config: Config, view: list[str], command: str) -> str:
    """Do one configuration command; return what the switch says."""
    if OPENS.match(command):
        # A view can be entered from any other one.
        name = canonical(command)
        config.setdefault(name, {})
        view[:] = [name]
        return ""
    here = config[view[0]] if view else config
    family = device.family
    if command.startswith(device.no):
        return take_back(device, here, command.removeprefix(device.no), bool(view))
    trunk = TRUNK[family]
    if command.startswith(f"{trunk} "):
        words = command.removeprefix(f"{trunk} ").split()
        vlans = listed(here, trunk)
        if words[0] == "remove":
            vlans -= set(map(int, words[1].split(",")))
        else:
            vlans |= {int(word) for word in " ".join(words).replace("add ", "").replace(",", " ").split()}
        put_list(here, trunk, vlans)
        return ""
    if view and view[0].startswith("ip access-list"):
        if match := re.match(r"^(\d+) (.*)", command):
            command = match[2]
        if command.split()[0] not in ("permit", "deny", "remark"):
            return "% Invalid input detected at '^' marker."
        here[command] = {}
        if any(one.startswith("deny ip any any") for one in here):
            here["deny ip any any"] = here.pop("deny ip any any")
        return ""
    if match := re.match(r"^rule (\d+) ", command):
        for other in [one for one in here if one.startswith(match[0])]:
            del here[other]
    for words_ in ONLY_ONE[family]:
        if command == words_ or command.startswith(f"{words_} "):
            for other in [one for one in here if one == words_ or one.startswith(f"{words_} ")]:
                del here[other]
    here.pop(device.no + command, None)
    here[command] = {}
    return ""


def take_back(device: Device, here: Config, command: str, inside: bool) -> str:
    """Do ``undo …`` or ``no …``."""
    trunk = TRUNK[device.family]
    if command == trunk:
        put_list(here, trunk, set())
        return ""
    if command.startswith(f"{trunk} "):
        vlans = listed(here, trunk) - {int(one) for one in command.removeprefix(f"{trunk} ").split()}
        put_list(here, trunk, vlans)
        return ""
    if device.family != "ios" and re.match(
        r"^(description|name|rule \d+|port default vlan|port access vlan) ", command
    ):
        return "Error: Too many parameters found at '^' position."
    if re.match(r"^interface ", command):
        return "Error: an interface cannot be removed" if device.family != "ios" else "% Invalid input"
    name = canonical(command)
    if re.match(r"^(?:vlan) (\d+)$", name) and any(
        one.endswith(f"vlan {name.split()[1]}") for one in lines(here) if "default" in one
    ):
        return "Error: the VLAN is in use"
    found = [one for one in here if one == name or one.startswith(f"{name} ")]
    if found:
        for one in found:
            del here[one]
        if device.family == "ios" and "http" in name:
            here[f"no {name}"] = {}
        return ""
    if command.split(maxsplit=1)[0] in ("telnet", "http", "ftp") or "http" in command:
        if device.family != "comware" and "http" in command:
            here[f"{device.no}{command}"] = {}
        return ""  # what is off stays off
    return "Error: it does not exist" if device.family != "ios" else "% it does not exist"


def canonical(command: str) -> str:
    command = re.sub(r"^(interface) (GigabitEthernet) ?", r"\1 \2", command)
    return (
        re.sub(r"^acl (?:number |advanced |basic )", "acl ", command)
        if command.startswith("acl")
        else command
    )


def listed(here: Config, trunk: str) -> set[int]:
    return {
        int(word)
        for one in here
        if one.startswith(f"{trunk} ")
        for word in one.removeprefix(f"{trunk} ").replace(",", " ").split()
    }


def put_list(here: Config, trunk: str, vlans: set[int]) -> None:
    for one in [one for one in here if one.startswith(f"{trunk} ")]:
        del here[one]
    if vlans:
        sign = "," if trunk.startswith("switchport") else " "
        here[f"{trunk} {sign.join(map(str, sorted(vlans)))}"] = {}


def printed(device: Device, config: Config) -> str:
    """Return a configuration as the system prints it: with its header, separators and spellings."""
    sign = "!" if device.family == "ios" else "#"
    out = [
        f"! time {device.now:%H:%M:%S}" if device.family != "comware" else " version 7.1.070, Release 6555",
        sign,
    ]
    if device.family == "vrp":
        plain = [line.split()[1] for line in config if re.match(r"^vlan \d+$", line)]
        if plain:
            out += [f"vlan batch {' '.join(plain)}", sign]
    for line, below in config.items():
        if device.family == "vrp" and re.match(r"^vlan \d+$", line) and not below:
            continue
        if line.startswith("snmp-server user") and device.dialect == "cisco_ios":
            continue
        shown = line
        if line.startswith("acl "):
            number = line.split()[1]
            shown = f"acl number {number}" if device.family == "vrp" else f"acl advanced {number}"
        if device.dialect == "ruijie_os" and line.startswith("interface "):
            shown = line.replace("GigabitEthernet", "GigabitEthernet ")
        out.append(cipher(shown))
        out += [f" {cipher(one)}" for one in below]
        out.append(sign)
    return "\n".join([*out, "end" if device.family == "ios" else "return"])


def cipher(line: str) -> str:
    """Print what was typed as a secret as systems do."""
    return re.sub(r"(?:<secret:\w+>|\bS3cret\S*)", "%^%#abc%^%#", line)


def authorised(device: Device, user: str) -> None:
    if user != "admin":
        raise RefusedError("wrong password")
