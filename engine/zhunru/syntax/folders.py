"""The files of a policy set on disk: which count, how many, and reading their bytes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.decode import MAX_BYTES, MAX_SHEET_BYTES, decode, start_of

MAX_FILES = 2_000
MAX_DEPTH = 16
MAX_NAMES = 100_000

_SUFFIXES = (".policy", ".yaml", ".yml")
# Beside a set, not part of its text: case scripts, and what columns of a sheet mean.
_BESIDE = (".cases.yaml", ".cases.yml", ".栏目.yaml", ".columns.yaml")


def real(path: Path) -> Path:
    """Return where a path leads; unlike `Path.resolve`, a circle of links is no exception."""
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a name that no system can hold names none."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises on such a name


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there; a name that no system can hold names none."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises on such a name


class Stamp(NamedTuple):
    """What differs when a file was written anew: which one it is, its size, when it changed."""

    number: int
    size: int
    written: int
    changed: int


def stamp(path: Path) -> Stamp | None:
    """Return how a file is now; None: it is not there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def shown(path: Path) -> str:
    """Return a path as text, even where its bytes are no text, and alike on every system."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def names_in(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted, without hidden files; nothing if it is closed to us."""
    try:
        found = (path for path in folder.iterdir() if not _is_hidden(path.name))
        return in_order(found)[:MAX_FILES]
    except OSError:
        return []


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Return paths in one order, whatever the system: Windows puts `b` before `C`."""
    return sorted(paths, key=Path.as_posix)


def is_policy_file(name: str) -> bool:
    """Tell whether a file of this name belongs to the text of a set."""
    lower = name.lower()
    return lower.endswith(_SUFFIXES) and not lower.endswith(_BESIDE) and not _is_hidden(name)


def _is_hidden(name: str) -> bool:
    # Office programs leave `~$…` beside a file that is open.
    return name.startswith((".", "~$"))


def list_files(root: Path, *, names: int = MAX_NAMES) -> tuple[list[Path], list[Diagnostic]]:
    """Return the policy files of a set, sorted: a folder with all below it, or one file.

    Hidden files are left out, links out of the folder are refused, and a file that has two names
    by a link counts once. At most `names` names are looked at. That there is none is a finding.
    """
    if not is_folder(root):
        return [root], []
    walk = _Walk(root, names)
    walk.enter(root, 0)
    files = walk.files()
    if not files:
        walk.found.append(diagnose("ZR805", start_of(shown(root)), path=shown(root)))
    return files, walk.found


@dataclass
class _Walk:
    """One bounded walk through a folder."""

    root: Path
    left: int
    found: list[Diagnostic] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)

    def files(self) -> list[Path]:
        """Return the files in order, a link only if it leads to none of the others."""
        seen = {real(path) for path in self.kept}
        for link in in_order(self.links):
            target = real(link)
            if target not in seen:
                seen.add(target)
                self.kept.append(link)
        if len(self.kept) > MAX_FILES:
            self._too_large(f"规则文件超过 {MAX_FILES} 个", f"more than {MAX_FILES} policy files")
        return in_order(self.kept)[:MAX_FILES]

    def enter(self, folder: Path, depth: int) -> None:
        """Take the files of a folder and of those below it."""
        if depth > MAX_DEPTH:
            self._too_large(f"文件夹超过 {MAX_DEPTH} 层", f"folders deeper than {MAX_DEPTH}")
            return
        for entry in self._entries(folder):
            path = Path(entry.path)
            if entry.is_symlink() or _is_junction(path):
                self._link(path)
            elif entry.is_dir():
                self.enter(path, depth + 1)
            elif entry.is_file() and is_policy_file(entry.name):
                self.kept.append(path)

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                seen = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.found.append(unreadable(folder, error))
            return
        for entry in seen:
            # Every name counts, not only those of policy files: somebody may give his whole disk by
            # mistake.
            self.left -= 1
            if self.left < 0 or len(self.kept) > MAX_FILES:
                return
            if not _is_hidden(entry.name):
                yield entry

    def _link(self, path: Path) -> None:
        if not (path.is_dir() or is_policy_file(path.name)):
            return
        if not real(path).is_relative_to(real(self.root)):
            self.found.append(diagnose("ZR807", start_of(shown(path)), path=shown(path)))
        elif not path.is_dir():
            self.links.append(path)

    def _too_large(self, zh: str, en: str) -> None:
        self.found.append(diagnose("ZR806", start_of(shown(self.root)), what_zh=zh, what_en=en))


def _is_junction(path: Path) -> bool:
    """Tell whether a folder stands elsewhere: a link that Windows does not call one."""
    return os.name == "nt" and path.is_dir() and real(path) != real(path.parent) / path.name


def read_sheet(path: Path) -> tuple[Source | None, list[Diagnostic]]:
    """Return the text of a CSV file, which may be larger than policy text."""
    return read_source(path, MAX_SHEET_BYTES)


def read_source(path: Path, limit: int | None = None) -> tuple[Source | None, list[Diagnostic]]:
    """Return the text of a file, or None with what keeps it from being read."""
    data, found = read_bytes(path, MAX_BYTES if limit is None else limit)
    return (None, found) if data is None else decode(data, shown(path), limit)


def read_bytes(path: Path, most: int) -> tuple[bytes | None, list[Diagnostic]]:
    """Return the bytes of a file, or None with what keeps it from being read.

    Of a file with more than `most` bytes one more is read: enough to tell that it is too large.
    """
    try:
        with opened(path) as stream:
            return stream.read(most + 1), []
    except OSError as error:
        return None, [unreadable(path, error)]


def opened(path: Path) -> BinaryIO:
    """Open a file to read its bytes. Raises OSError, also for what is no file but a pipe or device:
    one would be waited for without end, the other read without end.
    """
    try:
        kind = path.stat().st_mode
    except ValueError:  # a name that no system can hold
        raise FileNotFoundError(path) from None
    if not stat.S_ISREG(kind):
        raise OSError(errno.EISDIR if stat.S_ISDIR(kind) else errno.ESPIPE, "not a file", str(path))
    return path.open("rb")


def no_file(path: Path) -> tuple[str, str]:
    """Return in both languages that a file or set is not there, and what was probably meant."""
    from zhunru.syntax.near_paths import near_path

    near = near_path(path)
    zh, en = "没有这个文件或者规则集", "there is no such file or set"
    if near:
        return f"{zh}，是不是“{near}”？", f"{en}; did you mean `{near}`?"
    return zh, en


# What systems say of names that nothing can have.
_NO_NAMES = (errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL)
_CLOSED = ("没有读取权限", "permission denied")
_REASONS = {
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EISDIR: ("这是一个文件夹", "it is a folder"),
    errno.ESPIPE: ("这是管道或者设备，请先存成文件", "a pipe or device: save it as a file first"),
}


def unreadable(path: Path, error: OSError) -> Diagnostic:
    """Return the finding for a file or folder that the system does not give."""
    if error.errno in _REASONS:
        zh, en = _REASONS[error.errno]
    elif isinstance(error, FileNotFoundError) or error.errno in _NO_NAMES:
        zh, en = no_file(path)
    else:
        zh, en = "系统读取失败", "the system cannot read it"
    name = shown(path)
    return diagnose("ZR801", start_of(name), path=name, reason_zh=zh, reason_en=en)
