"""ONVIF's services, their namespaces, and the prefixes that our requests use."""

from __future__ import annotations

from enum import Enum


class Service(Enum):
    """A service: prefix, namespace, and the path it usually has (the device's own answer comes first)."""

    DEVICE = ("tds", "http://www.onvif.org/ver10/device/wsdl", "/onvif/device_service")
    MEDIA = ("trt", "http://www.onvif.org/ver10/media/wsdl", "/onvif/media_service")
    MEDIA2 = ("tr2", "http://www.onvif.org/ver20/media/wsdl", "/onvif/media2_service")
    RECEIVER = ("trv", "http://www.onvif.org/ver10/receiver/wsdl", "/onvif/receiver_service")
    RECORDING = ("trc", "http://www.onvif.org/ver10/recording/wsdl", "/onvif/recording_service")
    SEARCH = ("tse", "http://www.onvif.org/ver10/search/wsdl", "/onvif/search_service")
    # Only the console speaks these.
    IMAGING = ("timg", "http://www.onvif.org/ver20/imaging/wsdl", "/onvif/imaging_service")
    PTZ = ("tptz", "http://www.onvif.org/ver20/ptz/wsdl", "/onvif/ptz_service")
    EVENTS = ("tev", "http://www.onvif.org/ver10/events/wsdl", "/onvif/event_service")
    DEVICEIO = ("tmd", "http://www.onvif.org/ver10/deviceIO/wsdl", "/onvif/deviceio_service")
    ANALYTICS = ("tan", "http://www.onvif.org/ver20/analytics/wsdl", "/onvif/analytics_service")
    REPLAY = ("trp", "http://www.onvif.org/ver10/replay/wsdl", "/onvif/replay_service")

    def __init__(self, prefix: str, namespace: str, default_path: str) -> None:
        self.prefix = prefix
        self.namespace = namespace
        self.default_path = default_path


#: Services whose prefixes every request declares: those of the fleet path. The others declare their own.
DECLARED = (Service.DEVICE, Service.MEDIA, Service.MEDIA2)

SOAP = "http://www.w3.org/2003/05/soap-envelope"
SCHEMA = "http://www.onvif.org/ver10/schema"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
TOKEN_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"  # noqa: S105 - a URI
ENCODING = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
