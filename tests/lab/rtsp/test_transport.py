"""The Transport header."""

import pytest

from lab.twin.rtsp.transport import Offer, choose

BOTH = frozenset({"tcp", "udp"})


@pytest.mark.parametrize(
    ("header", "allowed", "expected"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=2-3", BOTH, Offer("tcp", (2, 3))),
        ("RTP/AVP/TCP;unicast;interleaved=2", BOTH, Offer("tcp", (2, 3))),
        ("RTP/AVP/TCP", BOTH, Offer("tcp", None)),
        ("RTP/AVP/TCP;interleaved=300-301", BOTH, Offer("tcp", None)),
        ('RTP/AVP;unicast;client_port=5000-5001;mode="PLAY"', BOTH, Offer("udp", (5000, 5001))),
        ("RTP/AVP/UDP;unicast;client_port=5000", BOTH, Offer("udp", (5000, 5001))),
        ("RTP/AVP;unicast;client_port=5000-5001;destination=192.0.2.1", BOTH, Offer("udp", (5000, 5001))),
        ("RTP/AVP;unicast", BOTH, None),
        ("RTP/AVP;unicast;client_port=x-y", BOTH, None),
        ("RTP/AVP;multicast;client_port=5000-5001", BOTH, None),
        ("RTP/AVP;unicast;client_port=5000-5001", frozenset({"tcp"}), None),
        ("RTP/AVP;unicast;client_port=5000-5001, RTP/AVP/TCP", frozenset({"tcp"}), Offer("tcp", None)),
        ("", BOTH, None),
    ],
)
def test_first_offer_that_the_camera_can_take(header, allowed, expected):
    assert choose(header, allowed) == expected
