"""What only Windows has: files that others may move while they are open, and its locks."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import _winapi
    import ctypes
    import msvcrt
    import os
    import subprocess
    from ctypes import wintypes

    _READ_WRITE_DELETE = 0x7  # what others may do meanwhile; to move a file is to delete its name
    _OPEN_ALWAYS = 4
    _NORMAL = 0x80
    _AT_ONCE, _ALONE = 0x1, 0x2
    _TAKEN = (33, 997)  # ERROR_LOCK_VIOLATION, ERROR_IO_PENDING
    # Locks keep others from reading what is locked: a byte that no file ever has.
    _LOW, _HIGH = 0xFFFFFFFE, 0x7FFFFFFF

    # A process that Ctrl+C in our window does not reach, and that opens none of its own.
    APART = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    _BEHIND = subprocess.BELOW_NORMAL_PRIORITY_CLASS

    class _Place(ctypes.Structure):
        """OVERLAPPED: where in the file."""

        _fields_ = (
            ("internal", ctypes.c_size_t),
            ("internal_high", ctypes.c_size_t),
            ("low", wintypes.DWORD),
            ("high", wintypes.DWORD),
            ("event", wintypes.HANDLE),
        )

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _lock = _kernel.LockFileEx
    _lock.argtypes = (
        wintypes.HANDLE,
        *[wintypes.DWORD] * 4,
        ctypes.POINTER(_Place),
    )
    _lock.restype = wintypes.BOOL
    _unlock = _kernel.UnlockFileEx
    _unlock.argtypes = (wintypes.HANDLE, *[wintypes.DWORD] * 3, ctypes.POINTER(_Place))
    _unlock.restype = wintypes.BOOL
    _set_class = _kernel.SetPriorityClass
    _set_class.argtypes = (wintypes.HANDLE, wintypes.DWORD)

    def go_behind() -> None:
        """Let other processes go first."""
        _set_class(_winapi.GetCurrentProcess(), _BEHIND)

    def open_to_add(path: str) -> int:
        """Open a file that is only added to, made if need be; others may read and move it."""
        access = _winapi.GENERIC_READ | _winapi.GENERIC_WRITE
        handle = _winapi.CreateFile(path, access, _READ_WRITE_DELETE, 0, _OPEN_ALWAYS, _NORMAL, 0)
        try:
            return msvcrt.open_osfhandle(
                handle, os.O_RDWR | os.O_APPEND | os.O_BINARY | os.O_NOINHERIT
            )
        except OSError:
            _winapi.CloseHandle(handle)
            raise

    def lock(file: int, wait: bool) -> None:
        """Lock a file. Raises BlockingIOError where another has it and one does not wait."""
        how = _ALONE if wait else _ALONE | _AT_ONCE
        if not _lock(msvcrt.get_osfhandle(file), how, 0, 1, 0, _place()):
            code = ctypes.get_last_error()
            if code in _TAKEN:
                raise BlockingIOError(code, ctypes.FormatError(code))
            raise ctypes.WinError(code)

    def unlock(file: int) -> None:
        """Unlock a file; when it is closed the system would do so too, but not always at once."""
        _unlock(msvcrt.get_osfhandle(file), 0, 1, 0, _place())

    def _place() -> ctypes._Pointer[_Place]:
        return ctypes.pointer(_Place(low=_LOW, high=_HIGH))
