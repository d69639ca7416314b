# Apache-2.0
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: swap
short_description: Take a factory-new device in, in the place of a broken one
description:
  - Writes the new serial number and MAC address into the register and the old ones into C(register/<unit>/history.csv),
    both before the first packet; forgets what the lock-out guard held against the old device; proves that the device at
    the address is the new one and as it left the works; makes it as declared and reads back.
  - Code, host name, address, place, channels and passwords stay.
  - A run that died is run again with the same options and goes on where it ended.
author: The Nanxi team (@nanxi)
options:
  serial_number:
    description: The maker's serial number on the new device's label.
    type: str
    required: true
  mac:
    description: The MAC address on the new device's label.
    type: str
    required: true
  vendor:
    description: The new device's vendor, when it is another one.
    type: str
    default: ""
  model:
    description: The new device's model, when it is another one.
    type: str
    default: ""
  reason:
    description: Why the old one was replaced; for the history.
    type: str
    required: true
  by:
    description: Who replaced it; for the history. Without it, who runs this.
    type: str
    default: ""
attributes:
  check_mode:
    description: Checks the label against the register and shows the row; writes nothing and contacts nothing.
    support: full
  diff_mode:
    description: Returns the columns of the row and the fields of the device that changed.
    support: full
"""

EXAMPLES = r"""
- name: Replace a camera that lightning struck
  nanxi.cctv.swap:
    serial_number: DS-2CD2T46-4711
    mac: 44-19-B6-00-47-11
    reason: 雷击
"""

RETURN = r"""
verdict:
  description: How the new device fared, in one word.
  returned: when the device was asked
  type: str
  sample: changed
reason:
  description: Why, in words that a person can act on; empty when all is well.
  returned: when the device was asked
  type: str
"""
