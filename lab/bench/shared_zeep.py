"""The usual way: zeep with the WSDLs parsed once, one proxy a camera, 32 threads, the same six reads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import onvif
import zeep
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from lab.bench.floor import endpoint
from nanxi.devices.survey import Job

_WSDL = next(
    folder
    for folder in (Path(onvif.__file__).parent / "wsdl", Path(onvif.__file__).parents[1] / "wsdl")
    if folder.exists()
)
_DEVICE = (
    "{http://www.onvif.org/ver10/device/wsdl}DeviceBinding",
    "tds",
    ("GetSystemDateAndTime", "GetDeviceInformation", "GetNTP", "GetNetworkInterfaces"),
)
_MEDIA = ("{http://www.onvif.org/ver10/media/wsdl}MediaBinding", "trt", ("GetProfiles", "GetOSDs"))


def read_all(todo: Sequence[Job]) -> int:
    """Read every camera; zeep raises on the first reply that is wrong."""
    device = zeep.Client(str(_WSDL / "devicemgmt.wsdl"), transport=Transport(operation_timeout=15))
    media = zeep.Client(str(_WSDL / "media.wsdl"), transport=Transport(operation_timeout=15))

    def read(job: Job) -> None:
        credential = job.target.credentials[0]
        token = UsernameToken(credential.user, credential.password.value, use_digest=True)
        for client, binding, key, operations in ((device, *_DEVICE), (media, *_MEDIA)):
            own = copy(client)  # one parsed WSDL for all, one token a camera
            own.wsse = token
            service = own.create_service(binding, endpoint(job, key))
            for operation in operations:
                service[operation]()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(read, todo))
    return 0
