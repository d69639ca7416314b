"""What is done to devices that are in service: replacing one, and what later issues add."""
