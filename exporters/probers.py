"""Every prober by its name. A new one is a folder with a function and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from exporters.onvif.probe import probe_drift, probe_onvif
from exporters.probe import Prober
from exporters.reach.probe import probe_reach
from exporters.rtsp.probe import probe_rtsp
from exporters.snmp.probe import probe_snmp
from exporters.vqd.probe import probe_vqd

PROBERS: Mapping[str, Prober] = {
    "reach": probe_reach,
    "onvif": probe_onvif,
    "drift": probe_drift,
    "rtsp": probe_rtsp,
    "snmp": probe_snmp,
    "vqd": probe_vqd,
}
