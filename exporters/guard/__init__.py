"""What the lock-out guard of this host holds."""
