"""Access switches by their command line: render what is intended, push only what is missing, never cut anyone off."""
