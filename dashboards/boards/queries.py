"""Pieces of PromQL that several dashboards share."""

from __future__ import annotations

#: Give a series by unit the unit's Chinese name as well.
NAMED = "* on (unit) group_left (unit_name) nanxi:unit_name"
#: The units that the variable of the dashboard names; it takes several.
HERE = 'unit=~"$unit"'
