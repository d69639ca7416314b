"""Read devices by SNMP: which tables a family of devices has is data in ``families/``; polling is gufo-snmp's (D6)."""
