"""The accounts and passwords of the devices, one Ansible-vault file per unit (D15)."""

from nanxi.credentials.store import ClosedError, CredentialError, Decrypt, Passwords, Store, open_store

__all__ = ["ClosedError", "CredentialError", "Decrypt", "Passwords", "Store", "open_store"]
