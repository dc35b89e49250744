"""What cannot be done, told to a caller: problem details with our codes, in the caller's words."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import orjson

from zhunru import errors
from zhunru.codes import CODES, diagnose
from zhunru.diagnostics import NOWHERE, Diagnostic, Language
from zhunru.errors import (
    CaseRefused,
    PolicyRejected,
    RequestRejected,
    StoreError,
)
from zhunru.web.answers import Answer

MEDIA = "application/problem+json"
_NOT_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
_AGAIN = {"retry-after": "1"}
_MOST_FINDINGS = 50


class Problem(Exception):
    """A request that is not carried out: a status, and the findings that say why.

    `kind` is a problem type that a standard defines; without one it is our page of the code.
    """

    def __init__(
        self,
        status: int,
        findings: Sequence[Diagnostic],
        *,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.findings = tuple(findings)
        self.kind = kind
        self.headers = dict(headers or {})
        super().__init__(self.findings[0].en)

    def message(self, language: Language) -> str:
        """Return in a sentence what is wrong, and what to do."""
        first = self.findings[0]
        said = [first.message(language), first.help(language)]
        end, gap = ("。", "") if language == "zh" else (".", " ")
        return gap.join(t if t[-1] in "？?" else t.rstrip("。.") + end for t in said if t)

    def answer(self, language: Language, request_id: str, root: str = "") -> Answer:
        """Return the problem as RFC 9457 has it; `root` stands before all paths of the service."""
        first = self.findings[0]
        body: dict[str, Any] = {
            "type": self.kind or f"{root}/problems/{first.code}",
            "title": CODES[first.code].slug.replace("-", " "),
            "status": self.status,
            "detail": first.message(language),
            "code": first.code,
            "help": first.help(language),
            "request_id": request_id,
        }
        if len(self.findings) > 1:
            body["errors"] = [shown(each, language) for each in self.findings[:_MOST_FINDINGS]]
        headers = {"content-language": language, **self.headers}
        return Answer(orjson.dumps(body), self.status, MEDIA, headers)


def shown(finding: Diagnostic, language: Language) -> dict[str, str]:
    """Return a finding ready for JSON."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "detail": finding.message(language),
        "help": finding.help(language),
    }


def both(finding: Diagnostic) -> dict[str, Any]:
    """Return a finding ready for JSON in both languages, with its place."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": {"zh": finding.zh, "en": finding.en},
        "help": {"zh": finding.help_zh, "en": finding.help_en},
        "line": finding.span.line,
        "column": finding.span.column,
    }


def reject(status: int, code: str, *, kind: str = "", **values: Any) -> NoReturn:
    """Do not carry a request out."""
    raise Problem(status, [diagnose(code, NOWHERE, **values)], kind=kind)


# What a refusal by the runtime is over HTTP; every other one is a conflict with how things are.
_STATUS = {"ZR752": 404, "ZR754": 404, "ZR757": 404, "ZR758": 404, "ZR770": 404, "ZR776": 404,
           "ZR753": 400}  # fmt: skip
_NAMES_PLACE = {"ZR850", "ZR851", "ZR854", "ZR863"}
_FORBIDDEN = {"ZR721", "ZR722", "ZR723", "ZR750", "ZR756", "ZR761"}


def problem_of(error: BaseException) -> Problem:
    """Return what an exception is to a caller."""
    match error:
        case Problem():
            return error
        case CaseRefused():
            status = 403 if error.code in _FORBIDDEN else _STATUS.get(error.code, 409)
            return Problem(status, [error.diagnostic])
        case RequestRejected() | PolicyRejected() if error.diagnostics:
            status = _STATUS.get(error.diagnostics[0].code, 422)
            return Problem(status, error.diagnostics)
        case StoreError():
            return Problem(503, [_without_place(error.diagnostic)], headers=_AGAIN)
    return internal(error)


def _without_place(finding: Diagnostic) -> Diagnostic:
    """Return what is wrong with a store without where it is, and what its driver says of it: that
    is for who looks after the service, in its lines."""
    if finding.code not in _NAMES_PLACE:
        return finding
    return diagnose(finding.code, NOWHERE, address="…", reason="…")


def internal(error: BaseException) -> Problem:
    """Return a mistake of ours: a reference that names the place, and nothing else. That a draft
    has no room, or no leave to be written, is none."""
    if isinstance(error, OSError) and error.errno in _NOT_WRITTEN:
        reason = error.strerror or type(error).__name__
        return Problem(503, [diagnose("ZR779", NOWHERE, reason=reason)], headers=_AGAIN)
    return Problem(500, [diagnose("ZR901", NOWHERE, reference=reference(error))])


class Mistake(Exception):
    """A mistake of ours that was met in another process; its text is its reference."""


def reference(error: BaseException) -> str:
    """Return what a mistake is known by, also one that was met in another process."""
    return str(error) if isinstance(error, Mistake) else errors.reference(error)
