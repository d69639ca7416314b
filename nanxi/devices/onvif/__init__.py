"""The ONVIF driver: a thin typed client and the mapping to and from the typed state."""
