# Apache-2.0
"""What the flow table means for one Linux host of the register."""

from __future__ import annotations

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of

from nanxi.county.isolation import Isolation
from nanxi.findings import NanxiError
from nanxi.gateway.proofs import proofs
from nanxi.gateway.ruleset import ruleset
from nanxi.gateway.station import station
from nanxi.register.model import Host

DOCUMENTATION = r"""
name: firewall
author: The Nanxi team
short_description: Ruleset of a Linux host, and what must still answer after it was loaded
description:
  - Reads the plan and the register of the inventory that the host comes from; nothing is asked of the host.
options:
  _terms:
    description: C(ruleset), the text for C(nft -f), or C(proofs), addresses and ports that the control node asks.
    required: true
    type: list
    elements: str
    choices: [ruleset, proofs]
"""

EXAMPLES = r"""
- ansible.builtin.copy:
    content: "{{ lookup('nanxi.cctv.firewall', 'ruleset') }}"
    dest: /etc/nanxi/ruleset.nft
    mode: "0644"
"""

RETURN = r"""
_raw:
  description: A text for C(ruleset); a list of dictionaries with C(host) and C(port) for C(proofs).
  type: list
  elements: raw
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **_):
        estate = estate_of(variables["inventory_dir"])
        host = estate.devices.get(variables["inventory_hostname"])
        if not isinstance(host, Host):
            raise AnsibleLookupError(f"{variables['inventory_hostname']} is no Linux host of the register")
        try:
            return [self.answer(term, host, estate) for term in terms]
        except NanxiError as error:
            raise AnsibleLookupError(str(error)) from None

    def answer(self, term, host, estate):
        if term == "ruleset":
            return ruleset(station(host, estate.plan), Isolation(estate.plan))
        if term == "proofs":
            return [{"host": address, "port": port} for address, port in proofs(host, estate)]
        raise AnsibleLookupError(f"{term}: ask for ruleset or proofs")
