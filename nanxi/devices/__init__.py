"""Drivers: read the typed actual state of a device, plan changes, apply them and read back."""
