# Apache-2.0
"""Take a new device in, in the place of a broken one (documented in plugins/modules)."""

from __future__ import annotations

import dataclasses
import getpass
from datetime import datetime

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import SWAP
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of, register_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.findings import NanxiError
from nanxi.fleet.jobs import job, shared_guard
from nanxi.fleet.results import result_of, rows_diff
from nanxi.maintenance.swap import Label, prepare, record
from nanxi.maintenance.take_in import run_take_in


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=SWAP)
        inventory, host = task_vars.get("inventory_dir"), task_vars["inventory_hostname"]
        if inventory is None:
            raise AnsibleActionFail("swap works on hosts of a register; see nanxi.cctv.register")
        if len(task_vars["ansible_play_hosts_all"]) != 1:
            raise AnsibleActionFail("one device is replaced at a time: name it with --limit")
        try:
            return result | self.swap(inventory, host, arguments)
        except NanxiError as error:
            return result | {"failed": True, "msg": str(error)}

    def swap(self, inventory, host, arguments):
        estate = estate_of(inventory)
        label = Label(*(arguments[name] for name in ("serial_number", "mac", "vendor", "model")))
        swap = prepare(estate, host, label)
        diff = rows_diff(swap.old, swap.new)
        if self._task.check_mode:
            return {"changed": not swap.resumed, "diff": [diff]}
        estate = dataclasses.replace(estate, devices=estate.devices | {host: swap.new})
        work = job(
            estate, store_of(inventory), host
        )  # without a password in the vault nothing is written at all
        today = datetime.now().astimezone().date()
        by = arguments["by"] or getpass.getuser()
        record(register_of(inventory), swap, why=arguments["reason"], by=by, today=today)
        outcome = run_take_in(estate, work, guard=shared_guard(), resumed=swap.resumed)
        told = result_of(outcome) | {"unit": swap.new.unit}
        told["changed"] = told["changed"] or not swap.resumed
        told["diff"] = [diff, *([told["diff"]] if "diff" in told else [])]
        return told
