"""Networks in namespaces without names, in which the proof of isolation is itself proved."""
