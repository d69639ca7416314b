"""SNMP in the lab: recordings served by snmpsim, and twins with data profiles, which pysnmp answers for."""
