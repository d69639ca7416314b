# Apache-2.0
"""What plan, register and vault mean for one Linux host."""

from __future__ import annotations

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.county.isolation import Isolation
from nanxi.credentials.snmp import access as snmp_access
from nanxi.findings import NanxiError
from nanxi.gateway.confined import confined
from nanxi.gateway.proofs import proofs
from nanxi.gateway.ruleset import ruleset
from nanxi.gateway.station import station
from nanxi.register.model import Host

DOCUMENTATION = r"""
name: host
author: The Nanxi team
short_description: What plan, register and vault mean for one Linux host
description:
  - Reads the inventory that the host comes from; nothing is asked of the host.
options:
  _terms:
    description:
      - C(ruleset), the text for C(nft -f); C(users), whom it names and who must be there before it is loaded; C(proofs), addresses and TCP ports that must still answer after it was loaded;
        C(clocks), the time servers of the host's network; C(snmp), its SNMPv3 user and keys, as the exporters have them.
    required: true
    type: list
    elements: str
    choices: [ruleset, users, proofs, clocks, snmp]
"""

EXAMPLES = r"""
- ansible.builtin.copy:
    content: "{{ lookup('nanxi.cctv.host', 'ruleset') }}"
    dest: /etc/nanxi/ruleset.nft
    mode: "0644"
"""

RETURN = r"""
_raw:
  description: A text, a list of dictionaries with C(host) and C(port), a list of addresses, a dictionary.
  type: list
  elements: raw
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **_):
        inventory, name = variables["inventory_dir"], variables["inventory_hostname"]
        estate = estate_of(inventory)
        host = estate.devices.get(name)
        if not isinstance(host, Host):
            raise AnsibleLookupError(f"{name} is no Linux host of the register")
        services = confined(host, estate)
        answers = {
            "ruleset": lambda: ruleset(station(host, estate.plan), Isolation(estate.plan), services),
            "users": lambda: [*services.users, *services.at_home] if services else [],
            "proofs": lambda: [{"host": one, "port": port} for one, port in proofs(host, estate)],
            "clocks": lambda: [str(one) for one in estate.plan.policies.services[host.network].ntp],
            "snmp": lambda: snmp_access(host, store_of(inventory).passwords(host.unit, name)),
        }
        try:
            return [answers[term]() for term in terms]
        except NanxiError as error:
            raise AnsibleLookupError(str(error)) from None
