"""Find devices in the zones of the address plan and hold them against the register; the register is never edited."""
