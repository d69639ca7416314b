# Apache-2.0
"""What plan and register mean for one recorder host."""

from __future__ import annotations

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.findings import NanxiError
from nanxi.recorder import render
from nanxi.vehicle.render import recording as of_vehicles

DOCUMENTATION = r"""
name: recorder
author: The Nanxi team
short_description: What a recorder host records, where, and what its gate needs for it
description:
  - Spreads the cameras of the host's unit and network that no NVR records over its recorder hosts by capacity (variables C(recorder_volumes) and
    C(recorder_bandwidth_mbit) of each), and fails when they have no room. Nothing is asked of host or cameras.
options:
  _terms:
    description:
      - C(gate), the gate's list of cameras; C(credentials), the accounts that may look, from the vault;
        C(recorder), how each camera is recorded; C(recording), what is promised of each; C(volumes), the host's disks;
        C(nobody), the cameras that the plan wants recorded and that neither an NVR nor a recorder host of their network
        records.
    required: true
    type: list
    elements: str
    choices: [gate, credentials, recorder, recording, volumes, nobody]
"""

EXAMPLES = r"""
- ansible.builtin.copy:
    content: "{{ lookup('nanxi.cctv.recorder', 'credentials') | to_json }}"
    dest: /etc/nanxi-gate/credentials.json
    owner: nanxi-gate
    mode: "0400"
  no_log: true
"""

RETURN = r"""
_raw:
  description: A dictionary, or a list for C(gate), C(volumes) and C(nobody).
  type: list
  elements: raw
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **_):
        host, inventory = variables["inventory_hostname"], variables["inventory_dir"]
        estate = estate_of(inventory)
        hosts = variables["hostvars"]

        def of(name):
            return hosts.get(name, {})

        try:
            cameras = render.cameras_of(estate, host, of)
            volumes = [dict(one) for one in of(host).get("recorder_volumes") or render.VOLUMES]
            answers = {
                "gate": lambda: render.gate_cameras(estate, cameras, of),
                "credentials": lambda: render.credentials(estate, cameras, store_of(inventory).passwords),
                "recorder": lambda: render.recorder_cameras(cameras, of),
                "recording": lambda: of_vehicles(
                    estate, host, render.recording(estate, cameras, volumes), of
                ),
                "volumes": lambda: volumes,
                "nobody": lambda: [camera.host for camera in render.unrecorded(estate)],
            }
            return [answers[term]() for term in terms]
        except NanxiError as error:
            raise AnsibleLookupError(str(error)) from None
        except KeyError as error:
            raise AnsibleLookupError(f"{error} is not known; ask for {', '.join(answers)}") from None
