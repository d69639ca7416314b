# Apache-2.0
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: switch
short_description: Make one access switch as plan and register declare it, without ever cutting it off
description:
  - Renders VLANs, ports, isolation, MAC binding, storm control, ACLs, SNMPv3, NTP and SSH-only management for the
    switch's system, and sends only the lines that are missing. Lines that Nanxi does not render stay.
  - Arms the system's own timed rollback before the first line, proves the change from a new session (the switch
    answers, runs what was planned, and its cameras answer as before), confirms, saves, and proves that startup equals
    running. Otherwise the change is taken back, and the reason says what the switch holds.
  - A switch without a timed rollback is refused unless O(allow_unarmed=true).
author: The Nanxi team (@nanxi)
options:
  state:
    description: Make the switch as declared, or only show the configuration that is declared.
    type: str
    choices: [declared, rendered]
    default: declared
  own:
    description: Sections from which what is not declared is removed.
    type: list
    elements: str
    choices: [acl, vlan]
    default: []
  allow_unarmed:
    description:
      - Change also a switch that cannot take a change back by itself. Where it can be told to reboot later, a reboot is
        scheduled instead, which brings the saved configuration back.
    type: bool
    default: false
  timer:
    description: Seconds after which the switch takes an unconfirmed change back; more when proving takes longer.
    type: float
    default: 180.0
  postpone:
    description:
      - Do not fail where nothing was sent that changes the switch, but return verdict and reason as the fact C(failure),
        for a task that fails later.
    type: bool
    default: false
attributes:
  check_mode:
    description: Reads and compares; writes nothing.
    support: full
  diff_mode:
    description: Returns the sections that differ, as they are and as they will be; no secret is in them.
    support: full
"""

EXAMPLES = r"""
- name: Make the switch as declared
  nanxi.cctv.switch:

- name: The same, and remove VLANs and ACLs that nobody declared
  nanxi.cctv.switch:
    own: [vlan, acl]
"""

RETURN = r"""
verdict:
  description: How the switch fared, in one word.
  returned: with O(state=declared)
  type: str
  sample: changed
reason:
  description: Why, in words that a person can act on, and what the switch holds; empty when all is well.
  returned: with O(state=declared)
  type: str
fields:
  description: The sections that differ.
  returned: with O(state=declared)
  type: list
  elements: str
  sample: [interface.GigabitEthernet0/0/7]
rendered:
  description: The configuration that is declared; secrets are placeholders.
  returned: with O(state=rendered)
  type: str
"""
