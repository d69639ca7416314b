# Apache-2.0
"""Make one device as declared (documented in plugins/modules)."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import DEVICE, consent, selected
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.devices.declare import declare
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.run import run_converge, run_survey
from nanxi.findings import NanxiError
from nanxi.fleet.jobs import job, shared_guard
from nanxi.fleet.results import plain, postponed, result_of


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=DEVICE)
        inventory, host = task_vars.get("inventory_dir"), task_vars["inventory_hostname"]
        if inventory is None:
            raise AnsibleActionFail("device works on hosts of a register; see nanxi.cctv.register")
        tags = self._task.tags, task_vars["ansible_run_tags"], task_vars["ansible_skip_tags"]
        aspects = selected(arguments["aspects"], *tags)
        if not aspects and not arguments["known"]:
            return result | {"skipped": True, "skip_reason": "no aspect was selected"}
        estate = estate_of(inventory)
        result["unit"] = estate.devices[host].unit
        try:
            told = self.told(estate, inventory, host, aspects, arguments)
        except NanxiError as error:
            told = result_of(Outcome(host, Verdict.FAILED, str(error)))
        return result | (postponed(told) if arguments["postpone"] else told)

    def told(self, estate, inventory, host, aspects, arguments):
        if arguments["state"] == "rendered":
            return {"changed": False, "rendered": plain(declare(estate, host))}
        if known := arguments["known"]:
            # Somebody just tried: a second try would wait again, or spend a login of the lock-out budget.
            return result_of(Outcome(host, Verdict(known["verdict"]), known["reason"]))
        work = job(estate, store_of(inventory), host)
        settings = {"guard": shared_guard(), "aspects": aspects, "consent": consent(arguments)}
        if arguments["state"] == "gathered":
            (outcome,) = run_survey([work], **settings)
            return result_of(outcome) | {"changed": False, "gathered": plain(outcome.state)}
        check = self._task.check_mode or not work.target.may_write
        return result_of(run_converge(work, check=check, **settings), may_write=work.target.may_write)
