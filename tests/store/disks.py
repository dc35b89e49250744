"""A small disk of one's own, which can be filled up and emptied; only root may have one."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.store.servers import Missing

_MOUNT = ("mount", "-t", "tmpfs", "-o")


@dataclass(frozen=True)
class Disk:
    """A disk and where it is."""

    place: Path

    def resize(self, wanted: str) -> None:
        """Give the disk another size."""
        subprocess.run([*_MOUNT, f"remount,size={wanted}", str(self.place)], check=True)

    def protect(self) -> None:
        """Let nobody write on the disk any more."""
        subprocess.run([*_MOUNT, "remount,ro", str(self.place)], check=True)

    def fill(self) -> None:
        """Leave no room at all."""
        space = os.statvfs(self.place)
        file = os.open(self.place / "filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            with suppress(OSError):  # others write too: it may be full before that
                os.posix_fallocate(file, 0, space.f_bavail * space.f_frsize)
            _to_the_brim(file)
        finally:
            os.close(file)

    def empty(self) -> None:
        """Take away what it was filled with."""
        (self.place / "filler").unlink(missing_ok=True)


def _to_the_brim(file: int) -> None:
    try:
        while True:
            os.write(file, b"\0" * 4096)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Disk]:
    """Mount a disk of a size."""
    place.mkdir()
    command = [*_MOUNT, f"size={size}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        raise Missing("no right to mount a small disk")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", str(place)], check=True)
