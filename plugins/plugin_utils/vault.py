# Apache-2.0
"""Open the credentials of an inventory with the vault passwords that the user gave to Ansible."""

from __future__ import annotations

from contextlib import suppress

from ansible.parsing.vault import AnsibleVaultError, VaultLib, VaultSecretsContext

from nanxi.credentials import CredentialError, Store, open_store


def decrypt(content: bytes) -> bytes:
    """Return the content of a vault file; CredentialError when no given vault password opens it."""
    context = VaultSecretsContext.current(optional=True)
    if context is None or not context.secrets:
        raise CredentialError(
            "no vault password was given: use --vault-password-file or ANSIBLE_VAULT_PASSWORD_FILE"
        )
    try:
        return VaultLib(context.secrets).decrypt(content)
    except AnsibleVaultError as error:
        raise CredentialError(f"no given vault password opens it ({error.message.splitlines()[0]})") from None


def store_of(inventory) -> Store:
    """Return the credentials of ``inventory``, the same object for the whole process and its forks."""
    return open_store(inventory, decrypt)


def preload(inventory) -> None:
    """Decrypt every file now, where the user gave a vault password: 10 ms each, once instead of in every fork.

    A playbook that needs no credential must not stop for one, so what is wrong is told when one is needed.
    """
    context = VaultSecretsContext.current(optional=True)
    if context is not None and context.secrets:
        with suppress(CredentialError):
            store_of(inventory).load_all()
