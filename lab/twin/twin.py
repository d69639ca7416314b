"""One simulated camera: a shared profile, the few sections that were changed, and what a reboot forgets."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from lab.twin.clock import device_time
from lab.twin.installation import Installation
from lab.twin.lockout import LockOutCounter
from lab.twin.markup import Xml
from lab.twin.profile import Profile
from lab.twin.rtsp.camera import StreamSpec
from lab.twin.rtsp.traits import RtspTraits
from lab.twin.settings import Clock, Section, Settings, User, adapter
from lab.twin.store import Store
from lab.twin.traits import Misbehaviour, Traits

#: Where a recorder's recordings are watched; the recording's token follows.
REPLAY_PATH = "/replay/"

#: The picture that stands for everything that a recorder holds.
RECORDED = StreamSpec(codec="H264", width=704, height=576, fps=25, bitrate_kbps=1024, gop=50)

#: How many nonces are remembered: enough for every client of a test, little enough for 5,286 twins.
NONCES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Time:
    """Where twins get real time from: ``wall`` is UNIX time, ``monotonic`` counts lock-outs and reboots."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]


class Twin:
    """A camera. ``lab.twin.rtsp.camera.RtspCamera`` is its RTSP face."""

    __slots__ = (
        "_changed",
        "_nonces",
        "_rtsp",
        "_silent_until",
        "_started",
        "_store",
        "_time",
        "_window",
        "counts",
        "faults",
        "installation",
        "lockout",
        "neighbour",
        "pending",
        "powered",
        "profile",
        "recorded_until",
        "searches",
    )

    def __init__(
        self,
        installation: Installation,
        profile: Profile,
        store: Store,
        time: Time,
        started: float,
        *,
        neighbour: Callable[[str], Twin | None] = lambda _address: None,
    ) -> None:
        self.installation = installation
        self.neighbour = (
            neighbour  # the switched-on device at an address: what a recorder takes its streams from
        )
        self.profile = profile
        self.powered = True
        self.faults: tuple[Misbehaviour, ...] = ()  # switched on at run time, beside those of the profile
        self.pending: list[Callable[[], None]] = []  # changes that wait for a restart
        self._rtsp: RtspTraits | None = None
        self.counts: Counter[str] = Counter()
        self.lockout = LockOutCounter(profile.traits.auth.lock_out, time.monotonic)
        self._nonces: OrderedDict[str, int] = OrderedDict()
        self._silent_until = 0.0  # after a reboot or a freeze (O18), monotonic seconds
        self._window: tuple[float, int] = (0.0, 0)  # start and number of requests, for the freeze
        self.recorded_until: dict[str, float] = {}  # when each job was last seen to record
        self.searches: dict[str, list[Xml]] = {}  # what each search has not told yet
        self._store = store
        self._time = time
        self._started = started
        self._changed: Settings | None = None
        if stored := store.load(installation.host):
            self._changed = profile.factory.model_copy(update=stored)

    @property
    def traits(self) -> Traits:
        """How the firmware behaves."""
        return self.profile.traits

    @property
    def settings(self) -> Settings:
        """The configuration as it is now."""
        return self._changed or self.profile.factory

    # -- writes ---------------------------------------------------------------------------------------------------

    def change(self, section: Section, value: Any) -> None:
        """Write one section as the firmware does: a section that the profile ignores stays as it is (D5, O14)."""
        if section not in self.traits.set.ignores:
            self._keep(section, value)

    def patch(self, section: Section, value: Any) -> None:
        """Alter one section behind everybody's back; a mapping changes only the fields that it names.

        Raises:
            KeyError: there is no such section.
            pydantic.ValidationError: the value is no state of that section.
        """
        kind = adapter(section)
        if isinstance(value, Mapping):
            value = {**kind.dump_python(getattr(self.settings, section)), **value}
        self._keep(section, kind.validate_python(value))

    def _keep(self, section: Section, value: Any) -> None:
        self._changed = self.settings.model_copy(update={section: value})
        self._store.save(self.installation.host, section, value)

    # -- time -----------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Return the device's own idea of UNIX time."""
        state = self.settings
        return device_time(state.clock, state.ntp, self.traits.clock, self._time.wall(), self._started)

    def monotonic(self) -> float:
        """Return seconds of the clock that counts nonces, lock-outs and reboots."""
        return self._time.monotonic()

    def set_clock(self, clock: Clock, shown: float | None) -> None:
        """Write the clock; ``shown`` is the UNIX time to show from now on, None keeps what it shows."""
        wall = self._time.wall()
        offset = (self.now() if shown is None else shown) - wall
        self.change("clock", clock.model_copy(update={"offset_s": offset, "anchored_at": wall}))

    # -- accounts -------------------------------------------------------------------------------------------------

    @property
    def accounts(self) -> Mapping[str, str]:
        """Passwords by name, for RTSP: ONVIF's accounts and those of the web page."""
        return {**self.profile.web_users, **{user.name: user.password for user in self.settings.users}}

    def user(self, name: str) -> User | None:
        """Return the ONVIF account of that name."""
        return next((user for user in self.settings.users if user.name == name), None)

    def login(self, user: str, ok: bool) -> bool:
        """Note one attempt to sign in, and return whether it may enter."""
        entered = self.lockout.login(user, ok)
        self.count("login accepted" if entered else "login refused")
        return entered

    def fresh_nonce(self, nonce: str, count: int = 1) -> bool:
        """Return whether a client's nonce (and count) was not seen before, and remember it."""
        if count <= self._nonces.get(nonce, 0):
            return False
        self._nonces[nonce] = count
        if len(self._nonces) > NONCES_KEPT:
            self._nonces.popitem(last=False)
        return True

    # -- life -----------------------------------------------------------------------------------------------------

    def count(self, operation: str) -> None:
        """Count one request."""
        self.counts[operation] += 1

    @property
    def silent_s(self) -> float:
        """For how many more seconds it is booting or frozen and answers nothing."""
        return max(0.0, self._silent_until - self._time.monotonic())

    def stay_silent(self, seconds: float) -> None:
        """Answer nothing for a while."""
        self._silent_until = self._time.monotonic() + seconds

    def feel_load(self) -> None:
        """Note one more request; too many freeze the device (O18)."""
        freeze = self.traits.freeze
        if freeze is None:
            return
        now = self._time.monotonic()
        began, number = self._window
        began, number = (now, 1) if now - began > freeze.within_s else (began, number + 1)
        self._window = (began, number)
        if number > freeze.requests:
            self.stay_silent(freeze.for_s)

    def reboot(self) -> None:
        """Restart: volatile state is lost, and without a battery so is the time (O1)."""
        self.lockout.clear()
        self._nonces.clear()
        for change in self.pending:
            change()
        self.pending.clear()
        self.searches.clear()
        if self.traits.clock.resets_on_reboot:
            wall = self._time.wall()
            offset = self.profile.factory.clock.offset_s
            self._keep(
                "clock", self.settings.clock.model_copy(update={"offset_s": offset, "anchored_at": wall})
            )
        self.stay_silent(self.traits.boot_s)

    def factory_reset(self, *, hard: bool) -> None:
        """Return to the factory's settings; a soft one keeps the network's (ONVIF Core 8.3.4)."""
        network = self.settings.network
        self._store.forget(self.installation.host)
        self._changed = None
        self.pending.clear()
        if not hard:
            self._keep("network", network)
        self.reboot()

    # -- streams --------------------------------------------------------------------------------------------------

    @property
    def rtsp(self) -> RtspTraits:
        """How its RTSP server behaves."""
        return self._rtsp or self.profile.rtsp

    def override_rtsp(self, traits: Mapping[str, Any] | None) -> None:
        """Lay traits over those of the profile at run time; None returns to the profile's.

        Raises:
            pydantic.ValidationError: these are no RTSP traits.
        """
        base = self.profile.rtsp.model_dump()
        self._rtsp = None if traits is None else RtspTraits.model_validate({**base, **traits})

    def stream(self, path: str) -> StreamSpec | None:
        """Return what the encoder behind an RTSP path delivers now, None for an unknown path."""
        if path.startswith(REPLAY_PATH):
            held = {item.token for item in self.settings.recordings if item.spans}
            held |= {job.recording for job in self.settings.jobs if job.since is not None}
            return RECORDED if path.removeprefix(REPLAY_PATH) in held else None
        exact = [profile for profile in self.profile.hardware.profiles if profile.stream == path]
        alike = [
            profile
            for profile in self.profile.hardware.profiles
            if any(_answers(known, path) for known in (profile.stream, *profile.also))
        ]
        for profile in exact or alike:
            for encoder in self.settings.encoders:
                if encoder.token == profile.encoder and encoder.codec != "JPEG":
                    return StreamSpec(
                        codec=encoder.codec,
                        width=encoder.width,
                        height=encoder.height,
                        fps=encoder.fps,
                        bitrate_kbps=encoder.bitrate_kbps,
                        gop=encoder.gop or round(encoder.fps),
                    )
        return None


def _answers(known: str, asked: str) -> bool:
    """Return whether what is at ``known`` answers to ``asked``.

    Firmware wants the parameters that tell streams apart; those that it tells over ONVIF beside them may be left out, as
    makers' manuals leave them out.
    """
    path, _, parameters = known.partition("?")
    asked_path, _, wanted = asked.partition("?")
    return path == asked_path and (not parameters or set(parse_qsl(wanted)) <= set(parse_qsl(parameters)))
