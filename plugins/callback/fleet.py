# Apache-2.0
"""What an operator reads of a run over thousands of devices."""

from __future__ import annotations

import json
from pathlib import Path

from ansible import constants as C
from ansible.plugins.callback.default import CallbackModule as Default

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
    closes with a summary by unit. Everything else looks as with C(ansible.builtin.default).
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


class CallbackModule(Default):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "nanxi.cctv.fleet"

    def __init__(self):
        super().__init__()
        self.summary = Summary()
        self.names = {}

    def v2_runner_on_ok(self, result):
        action, outcome = result.task.resolved_action, result.result
        if action == SURVEY:
            self.survey(outcome)
        elif action in DEVICE and "verdict" in outcome and not self._run_is_verbose(result):
            self.device(result)
        else:
            super().v2_runner_on_ok(result)
        for asked in ("gathered", "rendered"):
            if action in DEVICE and asked in outcome and not self._run_is_verbose(result):
                self._display.display(self._dump_results(outcome[asked], indent=2))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        if result.task.resolved_action in DEVICE and "verdict" in result.result:
            self.device(result)
        else:
            super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_on_unreachable(self, result):
        if result.task.resolved_action in DEVICE and "verdict" in result.result:
            self.device(result)
        else:
            super().v2_runner_on_unreachable(result)

    def survey(self, outcome):
        if "declared" not in outcome:  # nothing was read: every device gets a task of its own
            return
        self.summary.add_declared(outcome["declared"])
        self.names = outcome["unit_names"]
        for host, device in outcome["devices"].items():
            self.summary.add(device["unit"], host, device["verdict"])
        limit = None if self._display.verbosity else self.get_option("listed")
        for line in listed(outcome["devices"], self.get_option("language"), limit):
            self._display.display(line)

    def device(self, result):
        host, outcome = result.host.get_name(), result.result
        self.summary.add(outcome["unit"], host, outcome["verdict"])
        color = C.COLOR_CHANGED if outcome.get("changed") else C.COLOR_OK
        color = color if outcome["verdict"] in WELL else C.COLOR_ERROR
        color = C.COLOR_UNREACHABLE if outcome["verdict"] == Verdict.UNREACHABLE else color
        for line in described(host, outcome, self.get_option("language")):
            self._display.display(line, color=color)

    def v2_playbook_on_stats(self, stats):
        if not self.summary or self._display.verbosity:
            super().v2_playbook_on_stats(stats)
        if self.summary:
            language = self.get_option("language")
            self._display.display(self.summary.text(language, self.names if language == "zh" else {}))
        if path := self.get_option("summary_file"):
            write_atomically(Path(path), json.dumps(self.summary.as_dict(), indent=2) + "\n")
