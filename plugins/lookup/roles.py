# Apache-2.0
"""The roles of this collection and the variables that they know."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: roles
author: The Nanxi team
short_description: The roles of this collection and the variables that they know
description:
  - Reads the defaults of every role, so that a playbook can tell a variable that is misspelled from one that exists.
options:
  _terms:
    description: C(names), the names of all roles; C(variables), the names of all variables that they know.
    required: true
    type: list
    elements: str
    choices: [names, variables]
"""

EXAMPLES = r"""
- ansible.builtin.debug:
    msg: "{{ query('nanxi.cctv.roles', 'variables') }}"
"""

RETURN = r"""
_raw:
  description: Names.
  type: list
  elements: str
"""

ROLES = Path(__file__).resolve().parents[2] / "roles"


class LookupModule(LookupBase):
    def run(self, terms, **_):
        defaults = {path.parents[1].name: path for path in sorted(ROLES.glob("*/defaults/main.yml"))}
        known = {"names": lambda: list(defaults), "variables": lambda: self.variables(defaults.values())}
        return [name for term in terms for name in known[term]()]

    @staticmethod
    def variables(files):
        return [name for file in files for name in yaml.safe_load(file.read_text("utf-8")) or ()]
