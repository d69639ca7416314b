"""Device service: who the device is, what it offers and where (ONVIF Core 8.1 and 8.3.1)."""

from __future__ import annotations

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.services.capabilities import OLD_EXTENSION, SERVICE_CAPABILITIES, old_extension
from lab.twin.services.device_network import mac_address
from lab.twin.services.table import Call, operation
from lab.twin.settings import Discovery, Scope
from lab.twin.soap import NAMESPACES, Fault, flag, invalid_value, nodes, text
from lab.twin.twin import Twin

#: Version that each service declares: that of the specification it was written from.
_VERSIONS = {
    "tds": (19, 12),
    "trt": (19, 6),
    "tr2": (19, 12),
    "timg": (19, 6),
    "trc": (19, 6),
    "trv": (19, 6),
    "tse": (19, 6),
    "trp": (19, 6),
}


def web_address(call: Call) -> str:
    """Return the root of the device's web server, as the device advertises it."""
    port = call.twin.installation.http_port
    return f"http://{call.advertised_host}" + ("" if port == 80 else f":{port}")


def service_address(call: Call, prefix: str) -> str:
    """Return the XAddr of a service."""
    return f"{web_address(call)}{getattr(call.twin.traits.services.paths, prefix)}"


def offered(call: Call) -> list[str]:
    """Return the prefixes of the services that the device offers, the device service first."""
    return [prefix for prefix in _VERSIONS if prefix in call.twin.traits.services.offers]


@operation("tds:GetDeviceInformation", Access.READ_SYSTEM)
def get_device_information(call: Call) -> Content:
    """Tell manufacturer, model, firmware and serial number."""
    identity, installed = call.twin.profile.identity, call.twin.installation
    return (
        el("tds:Manufacturer", identity.manufacturer),
        el("tds:Model", installed.model or identity.model),
        el("tds:FirmwareVersion", identity.firmware),
        el("tds:SerialNumber", installed.serial_number or installed.digits(12)),
        el("tds:HardwareId", identity.hardware_id),
    )


@operation("tds:GetServices", Access.PRE_AUTH)
def get_services(call: Call) -> Content:
    """Tell every service with its address."""
    detailed = flag(call.request, "tds:IncludeCapability")
    if detailed is None:
        raise invalid_value("ter:InvalidParameter", "IncludeCapability is missing")
    return [
        el(
            "tds:Service",
            el("tds:Namespace", NAMESPACES[prefix]),
            el("tds:XAddr", service_address(call, prefix)),
            el("tds:Capabilities", SERVICE_CAPABILITIES[prefix](call.twin.profile)) if detailed else None,
            el("tds:Version", el("tt:Major", _VERSIONS[prefix][0]), el("tt:Minor", _VERSIONS[prefix][1])),
        )
        for prefix in offered(call)
    ]


@operation("tds:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the device service can do."""
    return SERVICE_CAPABILITIES["tds"](call.twin.profile)


@operation("tds:GetCapabilities", Access.PRE_AUTH)
def get_capabilities(call: Call) -> Content:
    """Tell the services in the old way, without Media2."""
    known = {"Device": "tds", "Imaging": "timg", "Media": "trt", **OLD_EXTENSION}
    wanted = {(node.text or "").strip() for node in nodes(call.request, "tds:Category")} or {"All"}
    if not wanted <= {"All", "Analytics", "Device", "Events", "Imaging", "Media", "PTZ"}:
        raise invalid_value("ter:InvalidParameter", "no such category")
    shown = {name for name, prefix in known.items() if prefix in offered(call)}
    if "All" not in wanted:
        if not wanted <= shown:
            raise Fault(
                "Receiver",
                "ter:ActionNotSupported",
                "ter:NoSuchService",
                reason="The service is not supported",
            )
        shown &= wanted
    plain = [_old_capabilities(call, name, known[name]) for name in sorted(shown - set(OLD_EXTENSION))]
    addresses = {
        name: service_address(call, prefix) for name, prefix in OLD_EXTENSION.items() if name in shown
    }
    extension = el("tt:Extension", old_extension(call.twin.profile, addresses)) if addresses else None
    return el("tds:Capabilities", plain, extension)


def scopes(twin: Twin) -> tuple[Scope, ...]:
    """Return the scopes as GetScopes and WS-Discovery tell them."""
    own = twin.settings.scopes
    if twin.traits.discovery.tells_mac:
        own += (Scope(item=f"onvif://www.onvif.org/MAC/{mac_address(twin)}"),)
    return own


@operation("tds:GetScopes", Access.READ_SYSTEM)
def get_scopes(call: Call) -> Content:
    """Tell the scopes."""
    return [
        el(
            "tds:Scopes",
            el("tt:ScopeDef", "Fixed" if scope.fixed else "Configurable"),
            el("tt:ScopeItem", scope.item),
        )
        for scope in scopes(call.twin)
    ]


@operation("tds:SetScopes", Access.WRITE_SYSTEM)
def set_scopes(call: Call) -> Content:
    """Replace the configurable scopes."""
    items = [(node.text or "").strip() for node in nodes(call.request, "tds:Scopes")]
    fixed = tuple(scope for scope in call.settings.scopes if scope.fixed)
    if {scope.item for scope in scopes(call.twin) if scope.fixed} & set(items):
        raise Fault(
            "Sender", "ter:OperationProhibited", "ter:ScopeOverwrite", reason="A fixed scope cannot be set"
        )
    call.twin.change("scopes", fixed + tuple(Scope(item=item, fixed=False) for item in items))
    return None


@operation("tds:GetDiscoveryMode", Access.READ_SYSTEM)
def get_discovery_mode(call: Call) -> Content:
    """Tell whether WS-Discovery answers."""
    return el("tds:DiscoveryMode", call.settings.discovery.mode)


@operation("tds:SetDiscoveryMode", Access.WRITE_SYSTEM)
def set_discovery_mode(call: Call) -> Content:
    """Switch WS-Discovery."""
    mode = text(call.request, "tds:DiscoveryMode")
    if mode not in ("Discoverable", "NonDiscoverable"):
        raise invalid_value("ter:InvalidParameter", "no such discovery mode")
    call.twin.change("discovery", Discovery(mode=mode))
    return None


def _old_capabilities(call: Call, name: str, prefix: str) -> Xml:
    address = el("tt:XAddr", service_address(call, prefix))
    if name == "Media":
        streaming = el(
            "tt:StreamingCapabilities",
            el("tt:RTPMulticast", False),
            el("tt:RTP_TCP", True),
            el("tt:RTP_RTSP_TCP", True),
        )
        return el("tt:Media", address, streaming)
    return el(f"tt:{name}", address)
