"""The dead man's switch: on another host, and heard only when the monitoring itself falls silent (H6)."""
