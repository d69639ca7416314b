"""The two walls around the tests: nothing leaves the machine."""

import errno
import socket
import subprocess
import sys

import pytest

from lab.network import plan_networks
from tests.support.guard import ForbiddenAddressError

OUTSIDE = ("192.0.2.1", 9)  # TEST-NET-1: nobody's


@pytest.mark.parametrize(
    "reach",
    [
        pytest.param(lambda: socket.create_connection(OUTSIDE, timeout=1), id="connect"),
        pytest.param(lambda: socket.socket().connect_ex(OUTSIDE), id="connect_ex"),
        pytest.param(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", OUTSIDE), id="sendto"),
        pytest.param(
            lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, OUTSIDE), id="sendmsg"
        ),
        pytest.param(lambda: socket.getaddrinfo("camera.example", 80), id="getaddrinfo"),
        pytest.param(lambda: socket.gethostbyname("camera.example"), id="gethostbyname"),
        pytest.param(
            lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 9)), id="connect over IPv6"
        ),
    ],
)
def test_hook_refuses_an_address_outside_and_remembers_it(network_guard, reach):
    with (
        network_guard.expecting() as refused,
        pytest.raises(ForbiddenAddressError, match="a test may talk to"),
    ):
        reach()
    assert len(refused) == 1


def test_hook_lets_loopback_and_unix_sockets_pass(tmp_path):
    with socket.create_server(("127.77.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
    assert socket.getaddrinfo("localhost", 80)


def test_a_test_that_swallows_the_refusal_still_fails(pytester_in_checkout):
    pytester_in_checkout.makepyfile(
        """
        import socket

        def test_swallows():
            try:
                socket.create_connection(("192.0.2.1", 9))
            except Exception:
                pass
        """
    )
    result = pytester_in_checkout.runpytest_subprocess("-p", "tests.support.guard")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*forbidden addresses: socket.getaddrinfo 192.0.2.1*"])


@pytest.mark.lab
def test_no_packet_can_leave_the_sandbox_from_a_child_process():
    attempt = f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', {OUTSIDE!r})"
    done = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, check=False)
    assert f"[Errno {errno.ENETUNREACH}]" in done.stderr


@pytest.mark.lab
def test_every_plan_network_is_local_in_the_sandbox(network_guard):
    assert set(plan_networks()) <= set(network_guard.networks)
    for network in plan_networks():
        with socket.create_server((str(network[1]), 0)) as server:
            socket.create_connection(server.getsockname()).close()


class TestLabMarker:
    """What happens to lab tests where the machine cannot run them."""

    SKIPS = """
        import pytest

        @pytest.mark.lab
        def test_lab():
            pytest.skip("no nspawn")

        def test_other():
            pytest.skip("no matter")
    """

    def test_with_ci_a_skipped_lab_test_fails_with_the_reason(self, pytester_in_checkout, monkeypatch):
        monkeypatch.setenv("CI", "true")
        pytester_in_checkout.makepyfile(self.SKIPS)
        result = pytester_in_checkout.runpytest_subprocess("-p", "tests.support.lab")
        outcomes = result.parseoutcomes()  # an error, not a failure, where it is skipped before it starts
        assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 1
        assert outcomes["skipped"] == 1
        result.stdout.fnmatch_lines(["*with CI=true this test may not be skipped: *"])

    def test_without_ci_it_is_skipped(self, pytester_in_checkout, monkeypatch):
        monkeypatch.delenv("CI", raising=False)
        pytester_in_checkout.makepyfile(self.SKIPS)
        result = pytester_in_checkout.runpytest_subprocess("-p", "tests.support.lab")
        result.assert_outcomes(skipped=2)
