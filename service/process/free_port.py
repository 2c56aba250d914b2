"""Is a port free? Asked before a server is started on it."""

from __future__ import annotations

import socket

from annotations.errors import BadInput


def refuse_busy_port(host: str, port: int) -> None:
    """Raise BadInput if something listens on the port already, or if the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                f"{host}:{port} cannot be used ({error.strerror or error}). Stop what runs there, or give another --port."
            ) from error
