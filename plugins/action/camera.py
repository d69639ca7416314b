# Apache-2.0
"""Make one camera as declared (documented in plugins/modules)."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import CAMERA, selected
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.devices.consent import Consent
from nanxi.devices.declare import declare
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.run import run_converge, run_survey
from nanxi.findings import NanxiError
from nanxi.fleet.jobs import job, shared_guard
from nanxi.fleet.results import plain, result_of


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=CAMERA)
        inventory, host = task_vars.get("inventory_dir"), task_vars["inventory_hostname"]
        if inventory is None:
            raise AnsibleActionFail("camera works on hosts of a register; see nanxi.cctv.register")
        estate = estate_of(inventory)
        state = arguments["state"]
        aspects = selected(
            arguments["aspects"], task_vars["ansible_run_tags"], task_vars["ansible_skip_tags"]
        )
        if not aspects:
            return result | {"skipped": True, "skip_reason": "no aspect was selected"}
        result["unit"] = estate.devices[host].unit
        try:
            if state == "rendered":
                return result | {"changed": False, "rendered": plain(declare(estate, host))}
            if surveyed := arguments["surveyed"]:
                # The survey just tried: a second try would wait again, or spend a login of the lock-out budget.
                return result | result_of(Outcome(host, Verdict(surveyed["verdict"]), surveyed["reason"]))
            work = job(estate, store_of(inventory), host)
        except NanxiError as error:
            return result | result_of(Outcome(host, Verdict.FAILED, str(error)))
        if state == "gathered":
            (outcome,) = run_survey([work], guard=shared_guard(), aspects=aspects)
            return result | result_of(outcome) | {"changed": False, "gathered": plain(outcome.state)}
        outcome = run_converge(
            work,
            guard=shared_guard(),
            aspects=aspects,
            check=self._task.check_mode or not work.target.may_write,
            consent=Consent(change_network=arguments["change_network"]),
        )
        return result | result_of(outcome, may_write=work.target.may_write)
