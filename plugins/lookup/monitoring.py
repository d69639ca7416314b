# Apache-2.0
"""What plan, register and vault mean for one host that measures."""

from __future__ import annotations

from pathlib import Path

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of, register_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.findings import NanxiError
from nanxi.monitoring import exporter, pack, ways
from nanxi.monitoring.scope import scope_of

DOCUMENTATION = r"""
name: monitoring
author: The Nanxi team
short_description: What plan, register and vault mean for one host that measures
description:
  - For monitors and recorder hosts of the register, and the sharing gateway between the networks. Nothing is asked of the host.
options:
  _terms:
    description:
      - C(config), the exporter's configuration (variables C(exporter_interval_s), C(exporter_modules), C(exporter_options));
        C(credentials), the accounts that may look, by unit, and C(snmp), both from the vault;
        C(digest), what plan and register of this host are known by; C(register), the register's folder;
        C(stations), the recorder hosts of the same network; C(receiver), the URL to which its samples go on, and C(door),
        where it takes in samples of others (both empty where there is none; of any Linux host).
    required: true
    type: list
    elements: str
    choices: [config, credentials, snmp, digest, register, stations, receiver, door]
"""

EXAMPLES = r"""
- ansible.builtin.copy:
    content: "{{ lookup('nanxi.cctv.monitoring', 'config') | to_nice_yaml }}"
    dest: /etc/nanxi/exporters/fleet.yml
    mode: "0640"
"""

RETURN = r"""
_raw:
  description: A dictionary, a text, or a list for C(stations).
  type: list
  elements: raw
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **_):
        inventory, host = Path(variables["inventory_dir"]), variables["inventory_hostname"]
        estate, register = estate_of(inventory), register_of(inventory)

        def of(name):
            return self._templar.template(variables.get(name))

        try:
            if set(terms) <= {"receiver", "door"}:
                return [getattr(ways, term)(estate, host) for term in terms]
            scope, store = scope_of(estate, host), store_of(inventory)
            modules = exporter.modules(scope, int(of("exporter_interval_s") or 60))
            answers = {
                "config": lambda: exporter.config(
                    scope,
                    exporter.laid_over(modules, of("exporter_modules") or {}),
                    of("exporter_options") or {},
                    int(of("gate_port") or exporter.GATE_PORT),
                ),
                "credentials": lambda: exporter.accounts(estate, scope, store),
                "snmp": lambda: exporter.snmp(estate, scope, store, of("exporter_snmp") or {}),
                "digest": lambda: pack.digest(pack.files(inventory, register, scope)),
                "register": lambda: str(register),
                "stations": lambda: exporter.stations(estate, scope.home),
            }
            return [answers[term]() for term in terms]
        except NanxiError as error:
            raise AnsibleLookupError(str(error)) from None
