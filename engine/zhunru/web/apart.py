"""Work on drafts, in a process of its own, which may use so much time and memory and no more.

Whoever hands in a draft may write what they like; decisions go on meanwhile, on another processor
and with memory of their own.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from copyreg import dispatch_table
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NoReturn, ParamSpec, TypeVar

from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import NOWHERE
from zhunru.errors import Rejected, RequestRejected, ZhunruError
from zhunru.opening import open_policy
from zhunru.packing import unpack
from zhunru.system import APART, bound
from zhunru.web.problems import Mistake, reference

P = ParamSpec("P")
T = TypeVar("T")

MOST_BYTES = 2 << 30  # the largest sets that ship take a tenth of it
_AT_ONCE = BoundedSemaphore(2)
_NO_ROOM = 3  # how the process ends that has no more memory
_KILLED = -9
_MOST_CODE = 255  # above it Windows says that a process broke, elsewhere a number below 0 does


class Unfinished(RequestRejected):
    """Work on a draft that was given up: it took too much, or ended the process it was done in."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Does work in a process of its own, for so many seconds; 0: it is done here.

    What is done is a function of a module, given what can be pickled; sets are opened anew there.
    """

    seconds: float = 0.0
    most: int = MOST_BYTES

    def __call__(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what a function returns, or raise what it raises. Raises Unfinished."""
        done = self._tried(_sent(work, given, named)) if self.seconds else None
        if done is None:
            # Another process could not do it: perhaps none can be started, or the set is no more
            # what was opened here. What is wrong besides is found out here, and told.
            return work(*given, **named)
        result: T
        refused, result = pickle.loads(done)
        if refused is not None:
            kind, why = refused
            raise kind(why)
        return result

    def _tried(self, task: bytes | None) -> bytes | None:
        """Return what the process says; None where it cannot do it."""
        if task is None:
            return None
        places = os.pathsep.join(each for each in sys.path if each)
        try:
            with _AT_ONCE:
                done = subprocess.run(
                    [sys.executable, "-m", __name__, str(self.most)],
                    input=task,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    timeout=self.seconds,
                    check=False,
                    env={**os.environ, "PYTHONPATH": places},
                    # Who stops the service by the keyboard stops this when its answer is there.
                    **APART,
                )
        except subprocess.TimeoutExpired:
            limit = f"{self.seconds:.0f}"
            _give_up(f"用了 {limit} 秒还没有完", f"it took more than {limit} seconds")
        if done.returncode in (_NO_ROOM, _KILLED):
            size = f"{self.most / (1 << 30):.1f} GiB"
            _give_up(f"用的内存超过 {size}", f"it took more than {size} of memory")
        if not 0 <= done.returncode <= _MOST_CODE:
            # What ended that process would end this one, and the decisions with it.
            _give_up("中断了", "it broke off")
        return done.stdout if done.returncode == 0 else None


def _give_up(zh: str, en: str) -> NoReturn:
    raise Unfinished([diagnose("ZR765", NOWHERE, problem_zh=zh, problem_en=en)])


# --- sets in another process ---------------------------------------------------------------------


def _sent(work: Callable[..., object], given: Any, named: Any) -> bytes | None:
    """Return a task as it is sent; None where it holds what cannot be sent."""
    out = BytesIO()
    pickler = pickle.Pickler(out)
    pickler.dispatch_table = {**dispatch_table, CompiledPolicy: _named}
    try:
        pickler.dump((work, given, named))
    except (pickle.PicklingError, TypeError, AttributeError):
        return None
    return out.getvalue()


def _named(policy: CompiledPolicy) -> tuple[Callable[..., CompiledPolicy], tuple[Any, ...]]:
    """Return how another process gets at a set."""
    if policy.packed is None and policy.origin is None:
        raise pickle.PicklingError
    return _opened, (policy.packed, policy.origin, policy.digest)


def _opened(
    packed: bytes | None, origin: tuple[Path, tuple[Path, ...]] | None, digest: str
) -> CompiledPolicy:
    """Return a set that was named; raise LookupError where it is not there as it was."""
    if packed is not None:
        return unpack(packed, digest)
    assert origin is not None
    place, search = origin
    policy = open_policy(place, search=search)
    if policy.digest != digest:
        raise LookupError(digest)  # somebody has written into it since the service began
    return policy


def main(most: int) -> int:
    """Do the work that is read, and write what came of it."""
    bound(most)
    refused: tuple[type[Exception], object] | None = None
    result = None
    try:
        work, given, named = pickle.load(sys.stdin.buffer)
        try:
            result = work(*given, **named)
        except Rejected as rejected:
            refused = type(rejected), rejected.diagnostics
        except (ZhunruError, OSError, MemoryError):
            raise  # of the machine, not of the draft: what it is is told where it is met again
        except Exception as error:
            # Ours, and not to be met again: it may have taken all the time there is.
            refused = Mistake, reference(error)
        found = pickle.dumps((refused, result))
    except MemoryError:
        return _NO_ROOM
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
