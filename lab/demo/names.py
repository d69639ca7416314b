"""What the lab's register and plan call the things that the demo is about; inventory/lab/ makes them so."""

from __future__ import annotations

from lab.demo.stage import ROOT

FOLDER = ROOT / ".lab"
INVENTORY = ROOT / "inventory/lab"
SITE = "playbooks/site.yml"
CONTROL = FOLDER / "run/twin.sock"

#: What the lab's three bad cameras must be reported as; inventory/lab/twins.yml makes them so.
DEAD, LYING, LOCKING = "oubei-cam0003", "shangtang-cam0007", "shangtang-cam0003"
BAD = {DEAD: "unreachable", LYING: "not_applied", LOCKING: "refused"}
BAD_AGAIN = BAD | {LOCKING: "locked"}
SWITCHES = {"shangtang-sw01", "oubei-sw01"}
#: These switches cannot take a change back by themselves: whoever changes them says so by name.
UNARMED = ("-e", "switch_allow_unarmed=true")
