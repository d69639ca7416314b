"""SNMP traps and informs as metrics."""
