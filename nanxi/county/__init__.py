"""The county's plan: tiers, units, networks, policies, address plan."""
