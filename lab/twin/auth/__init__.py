"""Who may call an operation: UsernameToken, HTTP Digest, access classes, lock-out."""
