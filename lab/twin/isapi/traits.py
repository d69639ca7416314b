"""How an ISAPI firmware behaves: one field per behaviour."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lab.twin.strict import Strict


class IsapiTraits(Strict):
    """The firmware's ISAPI server."""

    documents: Literal["", "camera", "nvr", "dvr"] = Field(
        default="", description="which device this is; empty: no ISAPI"
    )
    namespace: str = "http://www.hikvision.com/ver20/XMLSchema"
    version: str = "2.0"
    ntp_slots: int = Field(default=1, ge=1, description="how many time servers it can hold")
    recorded_days: float = Field(default=40.0, description="how far back its recordings reach")
    not_recorded: frozenset[int] = Field(default=frozenset(), description="channels without any recording")
    offline: frozenset[int] = Field(
        default=frozenset(), description="channels that a recorder loses though the camera answers"
    )
    stops_when_full: bool = Field(default=False, description="old recordings are not written over")
    missing: frozenset[str] = Field(default=frozenset(), description="resources that answer notSupport")
    not_found: bool = Field(
        default=False, description="what is missing answers 404 instead of 403 notSupport"
    )
    ignores: frozenset[str] = Field(default=frozenset(), description="resources whose writes answer OK only")
    reboot_required: frozenset[str] = Field(
        default=frozenset(), description="resources whose writes wait for a restart"
    )
    busy: int = Field(default=0, ge=0, description="how many writes are answered deviceBusy at first")
    errors_as_200: bool = Field(default=False, description="errors come with HTTP status 200")
    left_out: Literal["refuse", "reset"] = Field(
        default="refuse",
        description="what a write without some of the elements means: nothing, or the factory's",
    )
    asks_login_password: bool = Field(
        default=True, description="a password changes only with the present one"
    )
