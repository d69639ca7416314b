# Apache-2.0
"""Open the credentials of an inventory with the vault passwords that the user gave to Ansible."""

from __future__ import annotations

from contextlib import suppress

from ansible import constants
from ansible.cli import CLI
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import AnsibleVaultError, VaultLib, VaultSecretsContext

from nanxi.credentials import CredentialError, Store, open_store

CLOSED = "no vault password was given: use --vault-password-file or ANSIBLE_VAULT_PASSWORD_FILE"


def decrypt(content: bytes) -> bytes:
    """Return the content of a vault file; CredentialError when no given vault password opens it."""
    context = VaultSecretsContext.current(optional=True)
    if context is None or not context.secrets:
        raise CredentialError(CLOSED)
    try:
        return VaultLib(context.secrets).decrypt(content)
    except AnsibleVaultError as error:
        raise CredentialError(f"no given vault password opens it ({error.message.splitlines()[0]})") from None


def encrypt(content: bytes) -> bytes:
    """Return ``content`` as a vault file, with the first vault password that was given."""
    context = VaultSecretsContext.current(optional=True)
    if context is None or not context.secrets:
        raise CredentialError(CLOSED)
    return VaultLib(context.secrets).encrypt(content)


def open_vault(password_file: str | None, *, ask: bool) -> None:
    """Take the vault password for a script as ansible-playbook does: options, environment, ansible.cfg, prompt."""
    try:
        CLI.setup_vault_secrets(
            DataLoader(),
            vault_ids=list(constants.DEFAULT_VAULT_IDENTITY_LIST),
            vault_password_files=[password_file] if password_file else [],
            ask_vault_pass=ask,
            auto_prompt=False,
        )
    except AnsibleError as error:
        raise CredentialError(f"vault password: {error}") from None


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
