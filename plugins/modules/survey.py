# Apache-2.0
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: survey
short_description: Read the whole fleet at once and say what differs
description:
  - Reads every host of the play concurrently in one process (about 1 ms of CPU per device), compares it with plan and
    register, and writes nothing to any device.
  - Runs once for the whole play. Delegate its facts to C(localhost), so that a second play can run on C(due) alone; a survey of another kind adds to them.
  - A credential that a device refused is not tried again by any component of this host until it changes or a person
    clears it with C(scripts/guard clear).
author: The Nanxi team (@nanxi)
options:
  aspects:
    description: What to read and compare. Run tags that are names of aspects (C(--tags clock,osd)) narrow it.
    type: list
    elements: str
    choices: &aspects
      [identity, clock, hostname, dns, network, users, encoders, osd, services, channels, recording, disks, platform]
    default: *aspects
  state:
    description:
      - With C(gathered) or C(rendered) nothing is read, because every device gets a task of its own anyway; all are C(due).
    type: str
    choices: [declared, gathered, rendered]
    default: declared
  change_network:
    description: Count a difference in network settings as something that a converge would change.
    type: bool
    default: false
  remove_extra:
    description: Count inputs of a recorder that the register does not have as something that a converge would remove.
    type: bool
    default: false
  own:
    description: Sections of a switch in which what is not declared counts as something that a converge would remove.
    type: list
    elements: str
    choices: [acl, vlan]
    default: []
  concurrency:
    description: How many devices are read at once.
    type: int
    default: 100
  device_deadline:
    description: Seconds for one device.
    type: float
    default: 15.0
  total_deadline:
    description: Seconds for the whole fleet; devices not read by then count as unreachable.
    type: float
  language:
    description: Language of the progress that operators read.
    type: str
    choices: [zh, en]
    default: zh
attributes:
  check_mode:
    description: Can run in check mode and return the same.
    support: full
  diff_mode:
    description: Returns the differences of every device in C(devices).
    support: full
"""

EXAMPLES = r"""
- name: Read the fleet and compare it with the declaration
  nanxi.cctv.survey:
    aspects: [clock, osd]
  run_once: true
  delegate_to: localhost
  delegate_facts: true
"""

RETURN = r"""
declared:
  description: Number of devices that are as declared and have no finding, by unit.
  returned: with O(state=declared)
  type: dict
  sample: {shangtang: 769}
devices:
  description: Every other device by host name, with unit, verdict, reason, differing fields, findings and diff.
  returned: with O(state=declared)
  type: dict
ansible_facts:
  description: What the next play needs.
  returned: always
  type: dict
  contains:
    due:
      description: Hosts that differ.
      returned: always
      type: list
      elements: str
    unread:
      description: Verdict and reason of every host that could not be read.
      returned: with O(state=declared)
      type: dict
"""
