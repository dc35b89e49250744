"""The HTTP service: decisions, cases and publishing for other systems, and the pages beside them.

`create_app` gives the application, `serve` runs it, `replay_log` derives logged decisions again.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Loaded when first asked for: the server and its libraries take their time.
_HOMES = {
    "Limits": "settings",
    "Settings": "settings",
    "create_app": "app",
    "add_token": "tokens",
    "replay_log": "replay",
    "revoke_token": "tokens",
    "serve": "serving",
}

__all__ = [
    "Limits",
    "Settings",
    "add_token",
    "create_app",
    "replay_log",
    "revoke_token",
    "serve",
]


def __getattr__(name: str) -> Any:
    """Return a name that is offered, with the parts that it needs."""
    if name in _HOMES:
        return getattr(import_module(f"zhunru.web.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
