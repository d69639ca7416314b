"""HTTP to one device, for every protocol that speaks it: connection, limits, Digest."""
