"""Published versions: the text of a set, signed, kept by number; one of them is the current one."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import orjson

from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused, RequestRejected
from zhunru.packing import keep_ready, pack, unpack
from zhunru.system import read
from zhunru.web.files import write_json, writing_json
from zhunru.web.signing import Signer

_ACTIVE = "active.json"


class Bundles:
    """The published versions of one tenant, in a folder; nothing of them is ever changed."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self._folder = folder
        self._signer = signer

    # --- writing -------------------------------------------------------------------------------

    def publish(self, policy: CompiledPolicy, told: Mapping[str, Any]) -> dict[str, Any]:
        """Sign and keep a version under the next number, and return its manifest."""
        body = pack(policy)
        number = max((each["number"] for each in self.manifests(policy.code)), default=0) + 1
        manifest = {
            **told,
            "code": policy.code,
            "number": number,
            "digest": policy.digest,
            "sha256": sha256(body).hexdigest(),
            "key": self._signer.key_id,
        }
        kept = {
            "manifest": manifest,
            "body": b64encode(body).decode(),
            "signature": b64encode(self._signer.sign(_canonical(manifest))).decode(),
        }
        write_json(self._file(policy.code, number), kept)
        keep_ready(policy)  # a service that is killed a moment later is to be back at once
        return manifest

    def note(self, active: Mapping[str, int], meanwhile: Callable[[], None]) -> None:
        """Note which version of each set is the current one, so that it is after a restart too.

        `meanwhile` is done when the note is written and not yet in place: a disk that is full is
        met before it, and what it raises leaves the note as it was.
        """
        with writing_json(self._folder / _ACTIVE, active):
            meanwhile()

    def drop(self, code: str, number: int) -> None:
        """Take away a version that never was the current one. Raises OSError."""
        self._file(code, number).unlink(missing_ok=True)

    # --- reading -------------------------------------------------------------------------------

    def active(self) -> dict[str, int]:
        """Return the number of the current version of each set that was ever published."""
        try:
            found: dict[str, int] = orjson.loads(read(self._folder / _ACTIVE))
            if not all(type(number) is int for number in found.values()):
                raise ValueError
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError):
            _not_genuine(_ACTIVE, "读不出来", "it cannot be read")
        return found

    def manifests(self, code: str = "") -> list[dict[str, Any]]:
        """Return what is said of each version, oldest first."""
        found = []
        for file in sorted(self._folder.glob("*/*.bundle.json")):
            manifest, _, _ = _read(file)
            if not code or manifest["code"] == code:
                found.append(manifest)
        return sorted(found, key=lambda each: (each["code"], each["number"]))

    def newest(self) -> list[dict[str, Any]]:
        """Return what is said of the newest version of each set, where it can be read."""
        found = []
        for folder in sorted(self._folder.glob("*/")):
            files = sorted(folder.glob("*.bundle.json"))
            with suppress(RequestRejected):
                found += [_read(file)[0] for file in files[-1:]]
        return found

    def open(self, code: str, number: int) -> tuple[CompiledPolicy, dict[str, Any]]:
        """Return a version, ready to decide, if its signature and its content hold."""
        file = self._file(code, number)
        if not file.is_file():
            _not_genuine(f"{code} {number}", "没有这一版", "there is no such version")
        manifest, body, signature = _read(file)
        if not self._signer.verify(signature, _canonical(manifest)):
            key, zh, en = manifest.get("key"), "签名不符", "its signature does not hold"
            if not self._signer.has(key):
                zh += f"：是用钥匙 {key} 签的，--key 的文件里没有这一把；换过的，旧的写在新的下面"
                en += f": key {key} is not in the file of --key; former ones stand below the new"
            _not_genuine(file.name, zh, en)
        if (manifest["code"], manifest["number"]) != (code, number):
            _not_genuine(file.name, "不是这一版", "it is of another version")
        if sha256(body).hexdigest() != manifest["sha256"]:
            _not_genuine(file.name, "内容被改过", "its content was changed")
        try:
            return unpack(body, manifest["digest"]), manifest
        except CaseRefused as error:
            # Signature and content hold by now: what is left is that it cannot be read.
            why = error.diagnostic
            _not_genuine(file.name, why.zh, why.en)

    def _file(self, code: str, number: int) -> Path:
        folder = sha256(code.encode()).hexdigest()[:16]
        return self._folder / folder / f"{number:06d}.bundle.json"


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return orjson.dumps(dict(manifest), option=orjson.OPT_SORT_KEYS)


def _read(file: Path) -> tuple[dict[str, Any], bytes, bytes]:
    """Return manifest, body and signature of a version, as they stand in its file."""
    try:
        found = orjson.loads(read(file))
        manifest: dict[str, Any] = found["manifest"]
        if not (isinstance(manifest["code"], str) and isinstance(manifest["number"], int)):
            raise ValueError
        return manifest, b64decode(found["body"]), b64decode(found["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        _not_genuine(file.name, "读不出来", "it cannot be read")


def _not_genuine(name: str, zh: str, en: str) -> NoReturn:
    finding = diagnose("ZR796", NOWHERE, name=name, problem_zh=zh, problem_en=en)
    raise RequestRejected([finding]) from None
