"""Whether a device still takes a connection, often and cheaply."""
