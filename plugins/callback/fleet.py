# Apache-2.0
"""What an operator reads of a run over thousands of devices."""

from __future__ import annotations

import json
from copy import copy
from pathlib import Path

from ansible import constants as C
from ansible_collections.nanxi.cctv.plugins.plugin_utils.estate import unit_names
from ansible_collections.nanxi.cctv.plugins.plugin_utils.quiet import Quiet

from nanxi.devices.outcome import Verdict
from nanxi.files import write_atomically
from nanxi.fleet.lines import described, listed
from nanxi.fleet.results import WELL
from nanxi.fleet.summary import Summary

DOCUMENTATION = r"""
name: fleet
type: stdout
short_description: Readable output for runs over thousands of devices
description:
  - Shows what the C(survey), C(device), C(switch) and C(swap) actions found - one line for a device that was changed or has a reason - and
    closes with a summary by unit, in which Linux hosts count beside devices, and a recap of the Linux hosts.
  - What changed or failed looks as with C(ansible.builtin.default). What is as it should be, what is skipped and plays
    without a host are shown with C(-v) only.
author: The Nanxi team (@nanxi)
extends_documentation_fragment:
  - ansible.builtin.default_callback
  - ansible.builtin.result_format_callback
options:
  language:
    description: Language of what operators read.
    type: str
    choices: [zh, en]
    default: zh
    env:
      - name: NANXI_LANG
    ini:
      - section: callback_fleet
        key: language
  listed:
    description: How many devices a survey lists one by one; C(-v) lists all.
    type: int
    default: 20
    env:
      - name: NANXI_LISTED
    ini:
      - section: callback_fleet
        key: listed
  summary_file:
    description: Also write the summary to this file as JSON, for programs that run playbooks.
    type: path
    env:
      - name: NANXI_SUMMARY_FILE
    ini:
      - section: callback_fleet
        key: summary_file
"""


DEVICE = ("nanxi.cctv.device", "nanxi.cctv.swap", "nanxi.cctv.switch")
SURVEY = "nanxi.cctv.survey"
#: Who only went through these was not looked at: what every run begins with.
ASKED = {f"ansible.builtin.{name}" for name in ("assert", "debug", "group_by", "ping")}


class CallbackModule(Quiet):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "nanxi.cctv.fleet"

    def __init__(self):
        super().__init__()
        self.summary = Summary()
        self.hosts = {}

    def note(self, result):
        linux = "hosts" in {group.name for group in result.host.groups}
        if linux and result.task.resolved_action not in ASKED:
            self.hosts[result.host.get_name()] = result.host.vars.get("unit", "")

    def v2_runner_on_ok(self, result):
        action, outcome = result.task.resolved_action, result.result
        self.note(result)
        if action == SURVEY:
            self.survey(outcome)
        elif self._run_is_verbose(result) or not self.device(result):
            super().v2_runner_on_ok(result)
        for asked in ("gathered", "rendered"):
            if action in DEVICE and asked in outcome and not self._run_is_verbose(result):
                shown = self._dump_results(outcome[asked], indent=2)
                self._display.display(f"[{result.host.get_name()}] {shown}")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        if not self.device(result):
            self.note(result)
            super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_on_unreachable(self, result):
        if not self.device(result):
            self.note(result)
            super().v2_runner_on_unreachable(result)

    def survey(self, outcome):
        if "declared" not in outcome:  # nothing was read: every device gets a task of its own
            return
        self.summary.add_survey(outcome["declared"], outcome["devices"])
        limit = None if self._display.verbosity else self.get_option("listed")
        for line in listed(outcome["devices"], self.get_option("language"), limit):
            self._display.display(line)

    def device(self, result):
        host, outcome = result.host.get_name(), result.result
        if result.task.resolved_action not in DEVICE or "verdict" not in outcome:
            return False
        self.summary.add(outcome["unit"], host, outcome["verdict"])
        well = C.COLOR_CHANGED if outcome.get("changed") else C.COLOR_OK
        bad = C.COLOR_UNREACHABLE if outcome["verdict"] == Verdict.UNREACHABLE else C.COLOR_ERROR
        color = well if outcome["verdict"] in WELL else bad
        for line in described(host, outcome, self.get_option("language")):
            self._display.display(line, color=color)
        return True

    def v2_playbook_on_stats(self, stats):
        for host, unit in self.hosts.items():
            self.summary.add_host(unit, host, stats.summarize(host), check=self._play.check_mode)
        shown = copy(stats)
        if self.summary and not self.loud:
            shown.processed = {host: 1 for host in stats.processed if host in self.hosts}
        if shown.processed:
            super().v2_playbook_on_stats(shown)
        if self.summary:
            language = self.get_option("language")
            self._display.display(self.summary.text(language, unit_names() if language == "zh" else {}))
        if path := self.get_option("summary_file"):
            write_atomically(Path(path), json.dumps(self.summary.as_dict(), indent=2) + "\n")
