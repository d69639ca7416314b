"""What is really on this host's disks, from the recording index."""
