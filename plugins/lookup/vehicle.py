# Apache-2.0
"""What plan and register mean for vehicles and for the depots that they come to."""

from __future__ import annotations

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of

from nanxi.findings import NanxiError
from nanxi.vehicle import render

DOCUMENTATION = r"""
name: vehicle
author: The Nanxi team
short_description: What a vehicle's host and a depot know of one another
description:
  - A depot is a recorder host with the variable C(vehicle_depot); vehicles (role C(mobile_recorder)) come to every depot on
    their network. Host keys and vehicles' public keys are variables of the hosts C(vehicle_depot_host_key) and
    C(mobile_recorder_key), which the roles set and an inventory may keep.
options:
  _terms:
    description:
      - C(board), a vehicle and its depots; C(aboard), the addresses of what it carries; C(depot), a depot's vehicles with their cameras; C(authorized_keys), the lines
        for the keys of those vehicles.
    required: true
    type: list
    elements: str
    choices: [board, aboard, depot, authorized_keys]
  python:
    description: Python in which nanxi is installed on the depot, for C(authorized_keys).
    type: str
    default: /opt/nanxi/current/bin/python
"""

EXAMPLES = r"""
- ansible.builtin.copy:
    content: "{{ lookup('nanxi.cctv.vehicle', 'depot') | to_nice_json }}"
    dest: /etc/nanxi/depot.json
    mode: "0644"
"""

RETURN = r"""
_raw:
  description: A dictionary, or text for C(authorized_keys).
  type: list
  elements: raw
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        host, estate = variables["inventory_hostname"], estate_of(variables["inventory_dir"])
        hosts = variables["hostvars"]

        def of(name):
            return hosts.get(name, {})

        answers = {
            "board": lambda: render.board(estate, host, of),
            "aboard": lambda: render.aboard(estate, host),
            "depot": lambda: render.depot(estate, host),
            "authorized_keys": lambda: render.authorized_keys(estate, host, of, self.get_option("python")),
        }
        try:
            return [answers[term]() for term in terms]
        except NanxiError as error:
            raise AnsibleLookupError(str(error)) from None
        except KeyError as error:
            raise AnsibleLookupError(f"{error} is not known; ask for {', '.join(answers)}") from None
