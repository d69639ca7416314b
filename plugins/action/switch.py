# Apache-2.0
"""Make one switch as declared, never cutting it off (documented in plugins/modules)."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import SWITCH, terms
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.intent import intend
from nanxi.devices.switch.render import render
from nanxi.findings import NanxiError
from nanxi.fleet.jobs import shared_guard, state_folder
from nanxi.fleet.results import postponed, result_of
from nanxi.fleet.switches import converge_switch, switch_job


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=SWITCH)
        inventory, host = task_vars.get("inventory_dir"), task_vars["inventory_hostname"]
        if inventory is None:
            raise AnsibleActionFail("switch works on hosts of a register; see nanxi.cctv.register")
        estate = estate_of(inventory)
        result["unit"] = estate.devices[host].unit
        try:
            return result | self.told(estate, inventory, host, arguments)
        except NanxiError as error:
            return result | result_of(Outcome(host, Verdict.FAILED, str(error)))

    def told(self, estate, inventory, host, arguments):
        if arguments["state"] == "rendered":
            dialect = DIALECTS[estate.devices[host].platform]
            return {"changed": False, "rendered": render(intend(estate, host), dialect)}
        work = switch_job(estate, store_of(inventory), host, terms(arguments))
        outcome = converge_switch(work, shared_guard(), state_folder(), check=self._task.check_mode)
        told = result_of(outcome, may_write=work.target.may_write)
        return postponed(told) if arguments["postpone"] and outcome.untouched else told
