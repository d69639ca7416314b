# Apache-2.0
"""Ansible's view of the plan and the register."""

from __future__ import annotations

import gc
from pathlib import Path

from ansible.errors import AnsibleParserError
from ansible.inventory.helpers import get_group_vars
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.display import Display
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import remember
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import preload

from nanxi.controlnode import left_to_others
from nanxi.estate import load_estate
from nanxi.findings import InputError
from nanxi.inventory import group_vars, groups_of, host_vars

DOCUMENTATION = r"""
name: register
short_description: Every device of a county's register as an Ansible host
description:
  - Reads the plan (C(plan/*.yml)) and the register (C(register/<unit>/<kind>.csv)) that lie beside the source file.
  - Hosts fall into groups by unit (C(shangtang)), tier (C(tier_3)), class (C(class_1)), kind (C(cameras)), network
    (C(network_police)), vendor (C(vendor_hikvision)) and state (C(state_installed)).
  - C(managed) holds what a playbook may write to, C(observed) what it may only read. Devices in states that may not be
    touched (planned, repair, retired) are in neither. On a control node of the register (role C(controller)) both hold
    devices of its network alone; those that other control nodes provision are in C(elsewhere).
  - Any mistake in the plan or the register is fatal, and all of them are listed with file, row and column.
extends_documentation_fragment:
  - ansible.builtin.constructed
options:
  plugin:
    description: Marks the file as a source of this plugin.
    type: str
    required: true
    choices: [nanxi.cctv.register]
  register:
    description: Folder of the register, relative to the source file (in the environment, to the current folder).
    type: str
    default: register
    env:
      - name: NANXI_REGISTER
"""

EXAMPLES = r"""
# inventory/yongjia/nanxi.yml
plugin: nanxi.cctv.register

# Groups of one's own, from any variable of a host
plugin: nanxi.cctv.register
groups:
  key_points: point_class == "1" and state == "accepted"
keyed_groups:
  - key: model | default("unknown")
    prefix: model
"""


class InventoryModule(BaseInventoryPlugin, Constructable):
    NAME = "nanxi.cctv.register"

    def verify_file(self, path):
        return super().verify_file(path) and Path(path).name in ("nanxi.yml", "nanxi.yaml")

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        root = Path(path).resolve().parent
        register, origin = self.get_option_and_origin("register")
        register = (Path.cwd() if origin.startswith("env") else root) / register
        try:
            estate = load_estate(root, register)
        except InputError as error:
            # Ansible would wrap the list into one paragraph.
            Display().error(str(error), wrap_text=False)
            raise AnsibleParserError(
                f"{len(error.findings)} mistakes in the plan or the register, listed above; no device was touched"
            ) from None
        remember(root, register)
        others = left_to_others(estate)
        for group, variables in group_vars(estate, others).items():
            inventory.add_group(group)
            for name, value in variables.items():
                inventory.set_variable(group, name, value)
        for device in estate.devices.values():
            self.add(device, estate, others)
        preload(root)
        # What is loaded stays: a collection in a forked worker would only copy its pages (half the cost of a fork).
        gc.freeze()

    def add(self, device, estate, others):
        name, inventory = device.host, self.inventory
        inventory.add_host(name)
        host = inventory.hosts[name]
        # Straight into the host: set_variable would mark every text of the register as a template, which none is,
        # and add_child would look host and group up again, 42,000 times.
        host.vars.update(host_vars(device, estate))
        for group in groups_of(device, estate, others):
            if group not in inventory.groups:
                inventory.add_group(group)
            inventory.groups[group].add_host(host)
        self.construct(host, name)

    def construct(self, host, name):
        compose, groups, keyed = map(self.get_option, ("compose", "groups", "keyed_groups"))
        if compose or groups or keyed:
            strict = self.get_option("strict")
            variables = get_group_vars(host.get_groups()) | host.get_vars()
            self._set_composite_vars(compose, variables, name, strict=strict)
            self._add_host_to_composed_groups(groups, variables, name, strict=strict)
            self._add_host_to_keyed_groups(keyed, variables, name, strict=strict)
