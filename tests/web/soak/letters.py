"""Who takes the letters of the service: notes each of them, and at times does not take one."""

from __future__ import annotations

import json
import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

from tests.web.soak.ground import HOST


class Receiver:
    """A server of its own port; `got` are the ids of letters in the order of their coming."""

    def __init__(self, refused: float) -> None:
        self.got: list[str] = []
        self.turned_away: set[str] = set()
        chance, got, away = random.Random(1), self.got, self.turned_away

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["content-length"])))
                named = unquote(event["id"])  # the tables have it with its Chinese
                if named not in away and chance.random() < refused:
                    away.add(named)  # once: the second attempt is taken
                    self.send_response(503)
                else:
                    got.append(named)
                    self.send_response(204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Taking)
        self.port: int = self._server.server_address[1]
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
