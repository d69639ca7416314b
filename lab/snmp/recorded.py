"""Serve recordings (``*.snmprec``) by snmpsim: ``python -m lab.snmp.recorded OPTIONS OF snmpsim-command-responder``.

snmpsim 1.2.2 imports pysmi for its version line only and does not declare it; a module with a version is all it takes.
"""

from __future__ import annotations

import sys
from types import ModuleType

if __name__ == "__main__":
    if "pysmi" not in sys.modules:
        stand_in = ModuleType("pysmi")
        stand_in.__version__ = "none"  # type: ignore[attr-defined]
        sys.modules["pysmi"] = stand_in
    from snmpsim.commands.responder import main

    sys.argv[0] = "snmpsim-command-responder"
    sys.exit(main())
