"""The usual web configuration file of Prometheus's exporters (exporter-toolkit), the part of it that we need.

Understood: ``tls_server_config`` with cert_file, key_file, client_ca_file, client_auth_type (NoClientCert,
RequireAndVerifyClientCert) and min_version (TLS12, TLS13), and ``basic_auth_users`` with bcrypt hashes. Anything else is
refused by name: an option that is silently ignored is a door that somebody believes to be shut.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated, Literal

import bcrypt
import yaml
from pydantic import AfterValidator, Field

from exporters.config import Strict, validated
from nanxi.findings import Finding, InputError

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}


def _hash(text: str) -> str:
    try:
        bcrypt.checkpw(b"", text.encode())
    except ValueError:
        raise ValueError("not a bcrypt hash; make one with: htpasswd -nBC 10 ''") from None
    return text


class TlsServer(Strict):
    """``tls_server_config``; paths are relative to the file's folder."""

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None
    client_auth_type: Literal["NoClientCert", "RequireAndVerifyClientCert"] = "NoClientCert"
    min_version: Literal["TLS12", "TLS13"] = "TLS12"


class WebConfig(Strict):
    """The whole file; empty means plain HTTP without passwords."""

    tls_server_config: TlsServer | None = None
    basic_auth_users: dict[str, Annotated[str, AfterValidator(_hash)]] = Field(default={})


def load(path: Path) -> WebConfig:
    """Read the file.

    Raises:
        InputError: with every mistake; hashes are not repeated.
    """
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "problem", None) or "not YAML"
        raise InputError(
            [Finding(str(path), 0, "", "", str(reason), "see exporters/web.example.yml")]
        ) from None
    return validated(WebConfig, raw, path)


def tls(config: WebConfig, folder: Path) -> ssl.SSLContext | None:
    """Return the TLS context, None for plain HTTP.

    Raises:
        InputError: certificate, key or CA cannot be used.
    """
    server = config.tls_server_config
    if server is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[server.min_version]
    try:
        context.load_cert_chain(folder / server.cert_file, folder / server.key_file)
        if server.client_ca_file:
            context.load_verify_locations(folder / server.client_ca_file)
    except (OSError, ssl.SSLError) as error:
        found = f"{server.cert_file}, {server.key_file}"
        raise InputError(
            [
                Finding(
                    str(folder), 0, "tls_server_config", found, str(error), "PEM files that belong together"
                )
            ]
        ) from None
    if server.client_auth_type == "RequireAndVerifyClientCert":
        if server.client_ca_file is None:
            raise InputError(
                [
                    Finding(
                        str(folder),
                        0,
                        "tls_server_config.client_ca_file",
                        "",
                        "is missing",
                        "name the CA's file",
                    )
                ]
            )
        context.verify_mode = ssl.CERT_REQUIRED
    return context
