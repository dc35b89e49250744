"""How letters go over the wire: signed, to where they are addressed and nowhere else."""

from __future__ import annotations

import hmac
import http.client
import io
import socket
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from zhunru.web.settings import LOCAL

_TIMEOUT = 10.0


def signature(secret: bytes, event_id: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows that a letter is ours, and fresh.

    What is signed is what the headers say, so that whoever checks needs nothing else; the id is
    ASCII for that.
    """
    plain = f"{event_id}.{at}.".encode() + body
    digest = b64encode(hmac.digest(secret, plain, "sha256")).decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{digest}",
    }


def is_closed(url: str) -> bool:
    """Tell whether what is sent to an address cannot be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in LOCAL


class _Timed(io.RawIOBase):
    """What comes over a connection, up to an instant: who answers byte by byte, each of them in
    time, would otherwise keep us as long as it likes."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket) -> None:
        super().__init__()
        self._raw = raw
        self._connection = connection
        self._until = monotonic() + _TIMEOUT

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, place: Any) -> int | None:
        """Read what has come; TimeoutError where the time is over."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._raw.readinto(place)

    def close(self) -> None:
        """Let go of the connection."""
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that has to be there in time."""

    def __init__(self, sock: socket.socket, *others: Any, **more: Any) -> None:
        super().__init__(sock, *others, **more)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class _Plain(http.client.HTTPConnection):
    response_class = _Answer


class _Closed(http.client.HTTPSConnection):
    response_class = _Answer


class _PlainHandler(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> Any:
        """Open a connection on which answers have to be there in time."""
        return self.do_open(_Plain, request)


class _ClosedHandler(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> Any:
        """Open a connection on which answers have to be there in time."""
        return self.do_open(_Closed, request)


class NoDetour(urllib.request.HTTPRedirectHandler):
    """What is sent goes where it is addressed to: whoever redirects it has not taken it, and nobody
    on the way says where else an answer is to be had."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return


_OPENER = urllib.request.build_opener(NoDetour, _PlainHandler, _ClosedHandler)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post a letter and return the status, 0 where nobody answered."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError, http.client.HTTPException):
        return 0


# --- to an address that a caller named -----------------------------------------------------------


def outside(host: str, port: int) -> str | None:
    """Return an address of a host that is of the public internet; None if any of them is not.

    All of them have to be: a name that also leads inside is no name of somebody outside.
    """
    try:
        found = {
            str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        }
    except (OSError, UnicodeError):
        return None
    public = sorted(each for each in found if _is_public(each))
    return public[0] if public and len(public) == len(found) else None


def _is_public(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    inner = mapped if mapped is not None else address
    return inner.is_global and not inner.is_multicast


class _Vetted(_Closed):
    """A connection to an address that was looked at, whatever its name leads to by now."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=_TIMEOUT)
        self._address = address

    def connect(self) -> None:
        """Connect to the address; the certificate still has to be of the name."""
        plain = socket.create_connection((self._address, self.port), _TIMEOUT)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def post_outside(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post a letter to the public internet and return the status; 0 where nobody answered.

    What leads inside is not connected to: the name is looked up once, judged, and connected to as
    it was judged, so that it cannot lead elsewhere in between.
    """
    parts = urlsplit(url)
    try:
        address = outside(parts.hostname or "", parts.port or 443)
        if address is None or parts.scheme != "https":
            return 0
        connection = _Vetted(parts.hostname or "", parts.port or 443, address)
        try:
            connection.request("POST", _target(parts), body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return 0


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path
