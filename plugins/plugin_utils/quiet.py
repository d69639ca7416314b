# Apache-2.0
"""Ansible's own output without what is as it should be: over a whole estate that is thousands of lines."""

from __future__ import annotations

from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback.default import CallbackModule as Default

HUSHED = ("display_ok_hosts", "display_skipped_hosts")


class Quiet(Default):
    """Plays without a host, tasks that are skipped and those that change nothing are shown with ``-v`` only."""

    def __init__(self):
        super().__init__()
        self.loud = self._display.verbosity > 0
        self.announced = None

    def get_option(self, option, hostvars=None):
        return False if option in HUSHED and not self.loud else super().get_option(option, hostvars)

    def v2_playbook_on_play_start(self, play):
        self._play = play  # announced by its first task, and once for all of its batches
        if self.loud:
            super().v2_playbook_on_play_start(play)

    def _task_start(self, task, prefix=None):
        if not self.loud and self.announced != self._play.get_name():
            self.announced = self._play.get_name()
            super().v2_playbook_on_play_start(self._play)
        super()._task_start(task, prefix)

    def v2_playbook_on_no_hosts_matched(self):
        if self.loud:
            super().v2_playbook_on_no_hosts_matched()

    def v2_playbook_on_include(self, included_file):
        if self.loud:
            super().v2_playbook_on_include(included_file)

    def v2_runner_on_ok(self, result):
        if isinstance(result.task, TaskInclude) and not self.loud:
            return
        loud, self.loud = self.loud, self.loud or self._run_is_verbose(result)  # debug says something
        super().v2_runner_on_ok(result)
        self.loud = loud

    def v2_runner_on_unreachable(self, result):
        if self.loud or not result.task.ignore_unreachable:
            super().v2_runner_on_unreachable(result)
