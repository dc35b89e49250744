"""Drafts of sets: handed in as texts, checked and tested, kept until they are published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from shutil import rmtree
from typing import Any

import orjson

from zhunru.analysis.xml_text import plain
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.cache import keep
from zhunru.diagnostics import Diagnostic
from zhunru.errors import PolicyRejected
from zhunru.opening import check_policies
from zhunru.packing import unpack
from zhunru.system import clear_begun, clear_folder, read, takes_name
from zhunru.testing import run_tests
from zhunru.web.apart import Apart, Unfinished
from zhunru.web.comparing import Place, packed
from zhunru.web.files import write_json
from zhunru.web.folder_lock import FolderLock
from zhunru.web.problems import both
from zhunru.web.reading import not_there, wrong_kind
from zhunru.web.tokens import unusable

_SUFFIXES = (".policy", ".yaml", ".yml", ".csv", ".md")
_MOST_FILES = 200
_STATE = "state.json"
_ID = re.compile(r"[0-9a-f]{16}")
_MOST_FINDINGS = 200


class Drafts:
    """The drafts of one tenant, in a folder."""

    def __init__(self, folder: Path, search: Sequence[Path], apart: Apart) -> None:
        self._folder = folder
        self._search = tuple(search)
        self._apart = apart
        self.lock = FolderLock(folder)

    def check(self) -> None:
        """Refuse a folder that cannot be written, before anybody hands in a draft."""
        try:
            with self.lock:
                return
        except OSError as error:
            reason = error.strerror or type(error).__name__
            unusable(
                self._folder, f"草案写不了（{reason}）", f"drafts cannot be written ({reason})"
            )

    def add(
        self, draft: str, files: Mapping[str, Any], author: str, note: str, at: datetime
    ) -> dict[str, Any]:
        """Keep a draft and say what check and tests find."""
        texts = _checked(files)
        try:
            return self._kept(draft, texts, author, note, at)
        except OSError:
            # Half a draft is none, and would only take room.
            rmtree(self._folder / draft, ignore_errors=True)
            raise

    def _kept(
        self, draft: str, texts: Mapping[str, str], author: str, note: str, at: datetime
    ) -> dict[str, Any]:
        folder = self._folder / draft / "set"
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        state = {
            "draft": draft,
            "author": author,
            "note": note,
            "at": at.isoformat(),
            "approvers": [],
            **self._found(folder),
        }
        self.put(state)
        return state

    def _found(self, folder: Path) -> dict[str, Any]:
        try:
            return self._apart(examined, folder, self._search)
        except Unfinished as unfinished:
            findings = [_placed(each, folder) for each in unfinished.diagnostics]
            return {"findings": findings, "status": "rejected"}

    def clear(self) -> None:
        """Take away what was never finished because we were killed: drafts that were never answered
        for, and files that never came into place."""
        for each in self._folder.glob("*/"):
            if _ID.fullmatch(each.name) and not (each / _STATE).exists():
                with suppress(OSError):
                    clear_folder(each)
        for place in (self._folder, *self._folder.glob("**/")):
            clear_begun(place)

    # --- states --------------------------------------------------------------------------------

    def has(self, draft: str) -> bool:
        """Tell whether there is a draft."""
        return bool(_ID.fullmatch(draft)) and (self._folder / draft / _STATE).is_file()

    def put(self, state: Mapping[str, Any]) -> None:
        """Keep the state of a draft."""
        write_json(self._folder / str(state["draft"]) / _STATE, state)

    def state(self, draft: str) -> dict[str, Any]:
        """Return the state of a draft."""
        if not self.has(draft):
            not_there("草案", "draft", draft[:40])
        found: dict[str, Any] = orjson.loads(read(self._folder / draft / _STATE))
        return found

    def states(self) -> list[dict[str, Any]]:
        """Return the states of all drafts, newest first."""
        names = [path.parent.name for path in self._folder.glob(f"*/{_STATE}")]
        found = [self.state(name) for name in names if _ID.fullmatch(name)]
        return sorted(found, key=lambda each: str(each["at"]), reverse=True)

    def place(self, state: Mapping[str, Any]) -> Place:
        """Return where a draft is, and where the sets above it are looked for."""
        return self._folder / str(state["draft"]) / "set", self._search

    def open(self, state: Mapping[str, Any]) -> CompiledPolicy:
        """Return a draft that was found in order, ready to decide."""
        return unpack(*self._apart(packed, self.place(state)))


def examined(folder: Path, search: Sequence[Path]) -> dict[str, Any]:
    """Return what check and tests find of the draft in a folder."""
    checked, found = check_policies(folder, search=search)
    told: dict[str, Any] = {"findings": [_placed(e, folder) for e in found[:_MOST_FINDINGS]]}
    if checked is None:
        return {**told, "status": "rejected"}
    policy = compile_policies(checked)
    try:
        results = run_tests(policy, folder)
    except PolicyRejected as rejected:
        more = [_placed(each, folder) for each in rejected.diagnostics[:_MOST_FINDINGS]]
        return {**told, "findings": told["findings"] + more, "status": "rejected"}
    failed = [
        {"title": each.title, "case": each.case, "zh": each.zh, "en": each.en}
        for each in results
        if not each.passed
    ]
    tests = {"run": len(results), "failed": failed[:_MOST_FINDINGS]}
    status = "rejected" if failed else "checked"
    if not failed:
        keep(folder, search, checked.source, policy)  # it will be compared, perhaps published
    return {
        **told,
        "status": status,
        "tests": tests,
        "set": policy.code,
        "digest": policy.digest,
    }


def _placed(finding: Diagnostic, folder: Path) -> dict[str, Any]:
    """Return a finding with the file that it is in, named as it was handed in."""
    path, place = PurePosixPath(finding.span.path), folder.as_posix()
    inside = path.is_relative_to(place)
    return {**both(finding), "file": str(path.relative_to(place) if inside else path.name)}


def _checked(files: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a draft by names that stay inside its folder."""
    if not files or len(files) > _MOST_FILES:
        wrong_kind("files", f"1 至 {_MOST_FILES} 个文件", f"1 to {_MOST_FILES} files")
    for name, text in files.items():
        parts = PurePosixPath(name).parts
        named = plain(name) == name and "\\" not in name and len(name.encode()) < 200
        # Whatever system this is: what is kept may be opened on another one.
        inside = named and parts and not name.startswith("/") and all(map(takes_name, parts))
        if not inside or PurePosixPath(name).suffix not in _SUFFIXES or not isinstance(text, str):
            wrong_kind(f"files.{name[:60]}", "规则集里的文本文件", "a text file of a set")
    places = {PurePosixPath(name.casefold()) for name in files}
    if len(places) < len(files):
        zh, en = "名称不只大小写不同的文件", "files whose names differ in more than case"
        wrong_kind("files", zh, en)
    if any(not places.isdisjoint(place.parents) for place in places):
        wrong_kind("files", "不兼作文件夹的文件", "files none of which is also a folder")
    return {str(name): str(text) for name, text in files.items()}
