# Apache-2.0
"""Read the whole fleet in one process: what differs, and what could not be read (documented in plugins/modules)."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import SURVEY, consent, is_whole, selected
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import estate_of
from ansible_collections.nanxi.cctv.plugins.plugin_utils.progress import progress
from ansible_collections.nanxi.cctv.plugins.plugin_utils.vault import store_of

from nanxi.credentials import ClosedError
from nanxi.devices.run import run_survey
from nanxi.devices.switch.terms import Terms
from nanxi.fleet.jobs import jobs, shared_guard, state_folder
from nanxi.fleet.results import all_due, survey_result
from nanxi.register.model import Kind


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=SURVEY)
        inventory = task_vars.get("inventory_dir")
        if inventory is None:
            raise AnsibleActionFail("survey works on hosts of a register; see nanxi.cctv.register")
        aspects = selected(
            arguments["aspects"],
            self._task.tags,
            task_vars["ansible_run_tags"],
            task_vars["ansible_skip_tags"],
        )
        if not aspects:
            return result | {"skipped": True, "skip_reason": "no aspect was selected"}
        estate = estate_of(inventory)
        hosts = task_vars["ansible_play_hosts_all"]
        if not is_whole(self._task.tags, task_vars["ansible_run_tags"]):  # a switch has no aspects
            hosts = [host for host in hosts if estate.devices[host].kind is not Kind.SWITCH]
        before = task_vars["hostvars"]["localhost"].get("ansible_facts", {})
        if arguments["state"] != "declared":
            return result | all_due(hosts, before)
        try:
            switches = [host for host in hosts if estate.devices[host].kind is Kind.SWITCH]
            ready, outcomes = jobs(
                estate, store_of(inventory), [host for host in hosts if host not in switches]
            )
        except ClosedError as error:
            return result | {"failed": True, "msg": str(error)}
        with progress(len(hosts), arguments["language"]) as report:
            for outcome in outcomes:
                report(outcome)
            outcomes += run_survey(
                ready,
                guard=shared_guard(),
                aspects=aspects,
                consent=consent(arguments),
                concurrency=arguments["concurrency"],
                device_deadline_s=arguments["device_deadline"],
                total_deadline_s=arguments["total_deadline"],
                progress=report,
            )
            if switches:
                outcomes += self.switches(estate, inventory, switches, arguments, report)
        return result | survey_result(outcomes, estate, before)

    def switches(self, estate, inventory, hosts, arguments, report):
        from nanxi.fleet.switches import survey_switches  # noqa: PLC0415 - 0.3 s that cameras need not wait for

        return survey_switches(
            estate,
            store_of(inventory),
            hosts,
            guard=shared_guard(),
            state=state_folder(),
            terms=Terms(own=frozenset(arguments["own"])),
            concurrency=arguments["concurrency"],
            progress=report,
        )
