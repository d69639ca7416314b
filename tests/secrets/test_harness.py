"""The proof can fail: a program that leaks is caught, whichever way it leaks."""

import sys
from base64 import b64encode
from pathlib import Path

import pytest

from tests.secrets.canaries import canaries
from tests.secrets.house import House

_SECRET = canaries(["admin"])["admin"].value


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "left").mkdir()
    (tmp_path / "vault-password").write_text("unused")
    return House(tmp_path, tmp_path / "left", canaries(["admin"]))


def test_secret_on_the_command_line_is_found(house: House) -> None:
    house.run("leaky", sys.executable, "-c", "import time; time.sleep(0.2)", _SECRET)
    assert {leak.partition(": ")[0] for leak in house.leaks(house.left)} == {"leaky.proc"}


_LEAKS = {
    "raw or escaped": "print(s)",
    "quoted for a URL": "from urllib.parse import quote; print(quote(s, safe=''))",
    "escaped for XML": "from xml.sax.saxutils import escape; print(escape(s))",
    "escaped for JSON": "import json; print(json.dumps(s))",
    "base64": "from base64 import b64encode; print(b64encode(f'admin:{s}'.encode()).decode())",
    "base64 in the middle": "from base64 import b64encode; print(b64encode(f'xx{s}yyy'.encode()).decode())",
    "on standard error": "import sys; print(s, file=sys.stderr)",
    "HA1": "import hashlib; print(hashlib.md5(f'admin:IP Camera:{s}'.encode()).hexdigest())",
    "in a temporary file": "import os; open(os.environ['TMPDIR'] + '/x', 'w').write(s)",
    "in a fact cache": "import os; open(os.environ['ANSIBLE_CACHE_PLUGIN_CONNECTION'] + '/x', 'w').write(s)",
    "in the guard's folder": "import os; open(os.environ['NANXI_STATE'] + '/x', 'w').write(s)",
    "in a child's environment": "import os, subprocess; subprocess.run(['sleep', '0.3'], env={'P': s})",
    "on a grandchild's command line": "import os, subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(0.3)', s], start_new_session=True)",
}


@pytest.mark.parametrize("program", _LEAKS.values(), ids=_LEAKS)
def test_leak_is_found(house: House, program: str) -> None:
    hidden = b64encode(_SECRET[::-1].encode()).decode()
    start = f"from base64 import b64decode; s = b64decode('{hidden}').decode()[::-1]; "
    house.run("leaky", sys.executable, "-c", start + program)
    assert house.leaks(house.left, ("IP Camera",))


def test_program_that_keeps_it_to_itself_is_not_blamed(house: House) -> None:
    hidden = b64encode(_SECRET[::-1].encode()).decode()
    start = f"from base64 import b64decode; s = b64decode('{hidden}').decode()[::-1]; "
    house.run("discreet", sys.executable, "-c", start + "import time; time.sleep(0.1)")
    assert house.leaks(house.left, ("IP Camera",)) == []
