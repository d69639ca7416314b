"""Patrol (巡检) of Linux hosts: read all at once, say what is wrong, worst first, and do what is safe in rings (D11)."""
