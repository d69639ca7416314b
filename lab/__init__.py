"""The lab: simulated devices and the networks they stand in."""
