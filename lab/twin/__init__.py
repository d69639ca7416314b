"""The twin: one process that impersonates every camera of a register."""
