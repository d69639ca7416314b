"""Switches, recorders, cameras, UPSs and Linux hosts by SNMP."""
