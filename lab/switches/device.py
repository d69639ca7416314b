"""One switch: what it is, what it remembers, what runs in it."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict, dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.switches.clock import Clock, Timer
from lab.switches.config import Config, RefusedError
from lab.switches.dataplane import DataPlane, Learned, Neighbour, PortState
from lab.switches.dialect import Context, Dialect
from lab.switches.management import Answer, Management, answer
from lab.switches.ovs import OvsError
from lab.switches.profile import Profile, Traits
from lab.switches.session import Session
from nanxi.files import write_atomically

_LISTEN_S = 1.0
PRIVATE = "!private "  # before lines of the flash memory that no command shows


@dataclass(frozen=True)
class Installation:
    """Where a switch hangs. ``controller`` is what clients on loopback count as, unless they are listed in ``seen``."""

    host: str
    address: IPv4Address
    uplink: str
    startup: str  # the configuration that it was delivered with
    controller: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that somebody typed. ``at`` is the switch's own clock, Unix time."""

    at: float
    session: int
    user: str
    source: str
    line: str
    answers: str = ""  # the question, when the line is an answer


@dataclass
class Faults:
    """What goes wrong at the moment; the profile's traits at first."""

    drops_after: int | None = None
    refuses: tuple[tuple[str, str], ...] = ()  # pattern and what is said; "" is the dialect's own refusal
    save_fails: bool = False
    slow_s: float = 0.0

    def refusal(self, line: str) -> str | None:
        """Return what is said to a line that is refused; None lets it pass, NUL is the dialect's own."""
        for pattern, words in self.refuses:
            if re.search(pattern, line):
                return words or "\0"
        return None


@dataclass
class Rollback:
    """An armed return to a configuration."""

    config: Config
    timer: Timer
    due: float


@dataclass
class Switch:
    """A twin. Runs in one event loop.

    Args:
        installation: where it is.
        profile: what it is.
        dialect: what it speaks.
        folder: its flash memory; None forgets with the process.
        plane: what carries its packets; None carries nothing.
    """

    installation: Installation
    profile: Profile
    dialect: Dialect
    folder: Path | None = None
    plane: DataPlane | None = None
    heard: list[Learned] = field(default_factory=list)
    neighbours: tuple[Neighbour, ...] = ()
    clock: Clock = field(default_factory=Clock)
    sessions: dict[int, Session] = field(default_factory=dict)
    transcript: list[Spoken] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.running = self.dialect.blank()
        self.startup = ""
        self.rollback: Rollback | None = None
        self.booting = True
        self.faults = faults_of(self.profile.traits)
        self.plane_problem = ""  # why packets are not carried as configured
        self._applied: list[PortState] | None = None
        self._seen: tuple[Config, list[PortState], Management] | None = None
        self._lock = asyncio.Lock()
        self._numbers = 0
        self._waiting = asyncio.Event()
        self.trial_owner: tuple[Session, str | None] | None = None  # who may confirm a VRP8 trial
        self.armed_at: tuple[float, int] | None = None  # IOS tells when and for how many minutes
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening = False
        self.dark: frozenset[str] = frozenset()  # ports without a link, as far as anybody looks at the wires
        self._watched = False
        self.up_since = self.clock.now()
        self.turned: dict[str, float] = {}  # when a port's link last came or went, on the switch's clock
        self.log: deque[str] = deque(maxlen=1000)
        self.observers: list[Callable[[str, bool], None]] = []  # told of each link that comes or goes

    @property
    def traits(self) -> Traits:
        """What its software does differently."""
        return self.profile.traits

    async def boot(self) -> None:
        """Start with the saved configuration, the one it was delivered with when nothing was ever saved."""
        self.up_since, self.turned = self.clock.now(), {}
        file = self._startup_file
        if file and file.exists():
            self.startup = file.read_text("utf-8")
        self.startup = self.startup or self.installation.startup
        self.running = await self.load(self.startup)
        self.rollback = None
        self.booting = False
        await self.settle()
        if self.plane is not None and not self._listening:
            self._listening = True
            self._spawn(self._listen())

    async def load(self, text: str, *, strict: bool = True) -> Config:
        """Return the configuration that a file means.

        Raises:
            ValueError: a line is not understood; what was delivered with a twin must be right.
        """
        context = Context(self, self.dialect.blank())
        for number, line in enumerate(text.splitlines(), 1):
            said = await self.dialect.execute(context, self.dialect.from_file(context, line))
            if said and strict and not self.dialect.is_remark(said):
                raise ValueError(f"{self.installation.host}: line {number}: {line.strip()}: {' '.join(said)}")
        return context.config

    async def reboot(self) -> None:
        """Lose what was not saved."""
        self.booting = True
        self.drop_all()
        self.disarm()
        if self.traits.boot_s:
            await asyncio.sleep(self.traits.boot_s)
        await self.boot()

    def unsaved(self) -> bool:
        """Return whether a restart would lose anything."""
        return self.startup != self._whole()

    def saved(self) -> list[str]:
        """Return the saved configuration as it is shown."""
        return [line for line in self.startup.splitlines() if not line.startswith(PRIVATE)]

    def _whole(self) -> str:
        hidden = (f"{PRIVATE}{line}" for line in self.dialect.private(self.running))
        return "\n".join([*self.dialect.render(self.running), *hidden]) + "\n"

    def reboot_soon(self) -> None:
        """Restart once the session has been told."""
        self._spawn(self.reboot())

    def owns_trial(self, session: Session, persist: str | None) -> bool:
        """Return whether a session, or whoever knows the identifier, may confirm a trial."""
        if self.trial_owner is None:
            return True
        owner, identifier = self.trial_owner
        return persist == identifier if identifier else owner is session

    def save(self) -> None:
        """Make the running configuration the one to start with.

        Raises:
            RefusedError: the flash memory is full.
        """
        if self.faults.save_fails:
            raise RefusedError("flash full")
        self.startup = self._whole()
        if file := self._startup_file:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(file, self.startup.encode(), mode=0o600)

    def arm(
        self, seconds: float, *, config: Config | None = None, then: Callable[[], None] | None = None
    ) -> None:
        """Return to a configuration (the present one) unless disarmed in time; armed again only the time is new."""
        kept = self.rollback.config if self.rollback else (config or self.running).copy()
        self.disarm()

        def roll_back() -> None:
            self.revert()
            if then is not None:
                then()

        self.rollback = Rollback(kept, self.clock.after(seconds, roll_back), self.clock.now() + seconds)

    def disarm(self) -> bool:
        """Keep the running configuration; False when nothing was armed."""
        self.trial_owner = None
        rollback, self.rollback = self.rollback, None
        if rollback is not None:
            self.clock.cancel(rollback.timer)
        return rollback is not None

    def revert(self) -> None:
        """Return to the configuration that was kept when the timer was armed."""
        if self.rollback is not None:
            kept = self.rollback.config
            self.disarm()
            self.replace(kept)

    def replace(self, config: Config) -> None:
        """Run another configuration from now on."""
        self.running = config
        for session in self.sessions.values():
            if session.candidate is None:
                session.context.config = config
        self._settle_later()

    def ports(self) -> list[PortState]:
        """Return what the running configuration means to the ports."""
        return self._meaning()[1]

    def has_link(self, port: PortState) -> bool:
        """Return whether somebody is at the other end of a port that is not shut down."""
        return port.up and port.name not in self.dark

    def links(self, dark: Iterable[str]) -> None:
        """Hear which ports have no link. What changed since the last time is logged and told to the observers."""
        before, self.dark = self.dark, frozenset(dark)
        if not self._watched:
            self._watched = True
            return
        self._waiting.set()
        for port in sorted(before ^ self.dark):
            up, now = port not in self.dark, self.clock.now()
            self.turned[port] = now
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.clock.wall()))
            self.log.append(f"{when} {port}: link {'up' if up else 'down'}")
            for tell in self.observers:
                tell(port, up)

    def answer(self, source: IPv4Address) -> Answer:
        """Return what becomes of a connection from an address."""
        if self.booting:
            return "refuses"
        _, ports, management = self._meaning()
        installation = self.installation
        ports = [replace(port, up=self.has_link(port)) for port in ports if port.name == installation.uplink]
        if source.is_loopback and installation.controller is not None:
            source = installation.controller
        return answer(management, ports, installation.address, source, installation.uplink)

    async def reachable(self, source: IPv4Address) -> None:
        """Wait until packets from and to an address get through."""
        while self.answer(source) == "silent":
            self._waiting.clear()
            await self._waiting.wait()

    def learned(self) -> list[Learned]:
        """Return the stations that were heard, as far as the ports carry them."""
        if self.plane is not None:
            return [item for item in self.plane.learned() if item.port not in self.dark]
        carried = {port.name: port.untagged | port.tagged for port in self.ports() if port.up}
        return [item for item in self.heard if item.vlan in carried.get(item.port, ())]

    def neighbours_at(self, port: str) -> list[Neighbour]:
        """Return who says by LLDP that it is at the other end of a port."""
        up = {item.name for item in self.ports() if item.up}
        return [item for item in self.neighbours if item.port == port and port in up]

    def open(self, user: str, source: IPv4Address) -> Session:
        """Return a new session.

        Raises:
            RefusedError: all lines are taken.
        """
        if len(self.sessions) >= self.traits.sessions:
            raise RefusedError("all lines are busy")
        number = next(n for n in range(self.traits.sessions) if n not in self.sessions)
        self._numbers += 1
        session = Session(self, number, user, source)
        self.sessions[number] = session
        return session

    def close(self, session: Session) -> None:
        """Forget a session."""
        if self.sessions.get(session.number) is session:
            del self.sessions[session.number]
        if self.rollback is not None and self.trial_owner == (session, None):
            self.revert()  # a trial without an identifier ends with its session

    def drop(self, session: Session) -> None:
        """Cut the connection of a session."""
        session.ended = True
        for connection in list(self.connections):
            if connection.session is session:
                connection.cut()

    def drop_all(self) -> None:
        """Cut every connection."""
        for connection in list(self.connections):
            connection.cut()

    def record(self, session: Session, line: str, answers: str = "") -> None:
        """Write a line into the transcript."""
        self.transcript.append(
            Spoken(
                self.clock.wall(), session.number, session.user, str(session.source), line, answers.strip()
            )
        )

    def spoken(self) -> list[dict[str, Any]]:
        """Return the transcript as plain data."""
        return [asdict(item) for item in self.transcript]

    async def settle(self) -> None:
        """Make the data plane follow the running configuration; wake who waits for the switch to answer."""
        self._waiting.set()
        if self.plane is None:
            self._admit(self.learned())
            return
        async with self._lock:
            ports = self.ports()
            if ports != self._applied:
                try:
                    await asyncio.to_thread(self.plane.apply, ports)
                except OvsError as error:
                    self.plane_problem = str(error)  # a person at the command line has nothing to do with it
                else:
                    self._applied, self.plane_problem = ports, ""

    def _settle_later(self) -> None:
        self._spawn(self.settle())

    def _admit(self, heard: list[Learned]) -> bool:
        """Write stations that a secured port takes in into the running configuration, as the device does by itself."""
        room = self.dialect.admits(self.running)
        changed = False
        for station in heard:
            if room.get(station.port, 0) > 0:
                name, values = self.dialect.admitted(station)
                line = next(line for line in self.dialect.lines if line.name == name)
                entries = self.running.section(("port", station.port))
                if line.identity(values) not in entries:
                    line.store(entries, values)
                    room[station.port] -= 1
                    changed = True
        return changed

    async def _listen(self) -> None:
        """Look again and again for stations that secured ports heard."""
        while True:
            await asyncio.sleep(_LISTEN_S)
            if self.plane is None or not any(room > 0 for room in self.dialect.admits(self.running).values()):
                continue
            if self._admit(await asyncio.to_thread(self.plane.learned)):
                await self.settle()

    def stop(self) -> None:
        """Pull the plug: no timer fires any more."""
        self.clock.stop()
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _meaning(self) -> tuple[Config, list[PortState], Management]:
        if self._seen is None or self._seen[0].sections != self.running.sections:
            running = self.running
            self._seen = (running.copy(), self.dialect.ports(running), self.dialect.management(running))
        return self._seen

    @property
    def _startup_file(self) -> Path | None:
        return None if self.folder is None else self.folder / self.installation.host / "startup.cfg"


def faults_of(traits: Traits) -> Faults:
    """Return the faults that a profile has from the start."""
    return Faults(
        traits.drops_after_lines,
        tuple((item.pattern, item.says) for item in traits.refuses),
        traits.save_fails,
        traits.slow_s,
    )
