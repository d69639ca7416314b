"""One module per aspect: pure functions ``(declared, actual) -> changes``."""
