# Apache-2.0
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: device
short_description: Make one camera, encoder or recorder as plan and register declare it
description:
  - Reads the device, plans the difference, applies it and reads back. A device that says OK and changes nothing fails
    as C(not_applied), with the field's name.
  - What is declared comes from plan and register alone; the task has no option for it.
  - The new password of a device is in the vault before anything is sent, or nothing is sent.
author: The Nanxi team (@nanxi)
options:
  state:
    description:
      - C(declared) makes the device as declared.
      - C(gathered) only reads it and returns what it says in C(gathered).
      - C(rendered) contacts nothing and returns in C(rendered) what would be declared.
    type: str
    choices: [declared, gathered, rendered]
    default: declared
  aspects:
    description: What to read, compare and change; a kind of device has some of them. Run tags that are names of aspects (C(--tags clock)) narrow it.
    type: list
    elements: str
    choices: &aspects
      [identity, clock, hostname, dns, network, users, encoders, osd, services, channels, recording, disks, platform]
    default: *aspects
  change_network:
    description: Also change address, prefix length and gateway. A mistake here needs a visit to the pole.
    type: bool
    default: false
  remove_extra:
    description: Also remove inputs of a recorder that the register does not have. What they recorded may be lost.
    type: bool
    default: false
  known:
    description: Verdict and reason of what could not be read or done a moment ago. The device is not tried again.
    type: dict
    default: {}
  postpone:
    description: Do not fail, but return verdict and reason as the fact C(failure), for a task that fails later with O(known).
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode and return what would change, without any write to the device.
    support: full
  diff_mode:
    description: Returns the fields that differ.
    support: full
"""

EXAMPLES = r"""
- name: Make the device as declared
  nanxi.cctv.device:

- name: Set clock and overlay only
  nanxi.cctv.device:
    aspects: [clock, osd]
"""

RETURN = r"""
verdict:
  description: How the device fared, in one word.
  returned: always
  type: str
  sample: changed
reason:
  description: Why, in words that a person can act on; empty when all is well.
  returned: always
  type: str
fields:
  description: Fields that differed.
  returned: always
  type: list
  elements: str
  sample: [clock.ntp_servers]
findings:
  description: Differences that are not changed, each with the reason.
  returned: always
  type: list
  elements: str
gathered:
  description: What the device says of itself.
  returned: when O(state=gathered)
  type: dict
rendered:
  description: What plan and register declare.
  returned: when O(state=rendered)
  type: dict
"""
