"""What the command line says when it cannot go on: wrong usage, unreadable files, own mistakes."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

import click

from zhunru_cli.messages import MESSAGES
from zhunru_cli.streams import let_go
from zhunru_cli.surface import EmptyWord, Surface

if TYPE_CHECKING:
    from zhunru import Diagnostic
    from zhunru.diagnostics import Span

# How systems say that a file or a disk takes no more.
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)

FINDINGS = 1
USAGE = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
INTERNAL = 70


def near(word: str, candidates: Iterable[str], surface: Surface) -> str:
    """Return "did you mean …?" for the candidates that look like `word`, or an empty text."""
    from difflib import get_close_matches

    # Lower than the default of 0.6: names of options are short, and one wrong letter weighs more.
    close = get_close_matches(word, list(candidates), n=3, cutoff=0.5)
    return surface.say("failure.near", names=surface.join(close)) if close else ""


# IntRange and FloatRange are kinds of these.
_NUMBERS = (click.types.IntParamType, click.types.FloatParamType)


def show_usage_error(error: click.ClickException, surface: Surface) -> int:
    """Print what is wrong with a command and return its exit code."""
    surface.print(usage_text(error, surface), error=True)
    context = getattr(error, "ctx", None)
    # Where click knows the command, its help says more than we can here.
    if isinstance(error, click.UsageError) and context is not None:
        surface.print(surface.say("failure.try", command=context.command_path), error=True)
    return error.exit_code


def usage_text(error: click.ClickException, surface: Surface) -> str:
    """Return in the language of the run what click found wrong."""
    match error:
        case click.NoSuchOption():
            known = error.possibilities or ()
            guess = near(error.option_name, known, surface) if known else ""
            return surface.say("failure.option", name=error.option_name, near=guess).rstrip()
        case click.MissingParameter():
            return _missing(error, surface)
        case EmptyWord():
            return surface.say("failure.empty", name=_parameter(error))
        case click.BadParameter() if error.param and isinstance(error.param.type, click.Choice):
            return _choice_text(error, surface)
        case click.BadParameter() if error.param and isinstance(error.param.type, _NUMBERS):
            return _number_text(error, surface)
        case click.BadParameter() if error.param and isinstance(error.param.type, click.Path):
            return _path_text(error, surface)
        case click.BadOptionUsage(message=message) if "requires an argument" in message:
            return surface.say("failure.valueless", name=error.option_name)
        case click.UsageError() if error.ctx and isinstance(error.ctx.command, click.Group):
            return _command_text(error, surface)
        case click.UsageError(message=message) if message.startswith("Got unexpected extra"):
            extra = message.partition("(")[2].rpartition(")")[0]
            return surface.say("failure.extra", extra=extra)
    return surface.say("failure.usage", message=error.format_message())


def _parameter(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    names = [*error.param.opts] if isinstance(error.param, click.Option) else []
    return names[-1] if names else error.param.human_readable_name


def _missing(error: click.MissingParameter, surface: Surface) -> str:
    """Return what is missing, in words, and where it stands on the usage line."""
    name = _parameter(error)
    key = f"argument.{name.strip('[].').lower()}"
    if key not in MESSAGES:
        return surface.say("failure.missing", name=name)
    return surface.say("failure.missing_what", what=surface.say(key), name=name)


def _choice_text(error: click.BadParameter, surface: Surface) -> str:
    assert error.param is not None
    kind = error.param.type
    assert isinstance(kind, click.Choice)
    given = error.message.partition("'")[2].rpartition("' is not")[0]
    name = error.param.opts[-1]
    choices = surface.join([str(choice) for choice in kind.choices])
    return surface.say("failure.choice", name=name, value=given, choices=choices)


def _number_text(error: click.BadParameter, surface: Surface) -> str:
    assert error.param is not None
    kind, name = error.param.type, error.param.opts[-1]
    whole = "failure.whole" if isinstance(kind, click.types.IntParamType) else "failure.number"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    bounds = ""
    if least is not None and most is not None:
        bounds = surface.say("failure.between", least=least, most=most)
    elif least is not None:
        bounds = surface.say("failure.least", least=least)
    return surface.say(whole, name=name, bounds=bounds)


def _path_text(error: click.BadParameter, surface: Surface) -> str:
    """Return why a path is none: click quotes it in its own sentence."""
    # It quotes as Python does: the `\\` of a path on Windows would be two.
    given = error.message.partition("'")[2].rpartition("'")[0].replace("\\\\", "\\")
    missing = "does not exist" in error.message
    return surface.say("failure.no_file" if missing else "failure.not_file", path=given)


def _command_text(error: click.UsageError, surface: Surface) -> str:
    assert error.ctx is not None
    message = error.format_message()
    if "No such command" not in message:
        return surface.say("failure.usage", message=message)
    name = message.split("'")[1]
    assert isinstance(error.ctx.command, click.Group)
    guess = near(name, error.ctx.command.commands, surface)
    return surface.say("failure.command", name=name, near=guess).rstrip()


def show_failure(error: Exception, surface: Surface) -> int:
    """Print the findings of a rejected policy or request; anything else is a mistake of ours."""
    from zhunru import ZhunruError

    if isinstance(error, ZhunruError):
        one = getattr(error, "diagnostic", None)
        return show_findings([one] if one else getattr(error, "diagnostics", ()), surface)
    if isinstance(error, OSError) and isinstance(error.filename, str | PathLike):
        # Files that are read have findings of their own: this is one that should be written.
        surface.print(surface.say("failure.write", path=fspath(error.filename)), error=True)
        return USAGE
    if isinstance(error, OSError) and error.errno in _FULL:
        surface.print(surface.say("failure.full"), error=True)
        let_go()
        return USAGE
    if isinstance(error, FileNotFoundError):
        # No name: it is the folder that we were started in.
        surface.print(surface.say("failure.no_folder"), error=True)
        return USAGE
    return internal_error(error, surface)


def show_findings(found: Sequence[Diagnostic], surface: Surface) -> int:
    """Print findings, and return the exit code of those for which nothing was done."""
    from zhunru_cli.findings import render
    from zhunru_cli.texts import Texts

    texts = Texts()
    for diagnostic in found:
        surface.print(render(diagnostic, surface, texts.line), error=True)
    return FINDINGS


def internal_error(error: BaseException, surface: Surface) -> int:
    """Print one line about a mistake of ours, with a reference that names the place."""
    from zhunru.errors import reference

    surface.print(surface.say("failure.internal", reference=reference(error)), error=True)
    if surface.debug:
        import traceback

        surface.print("".join(traceback.format_exception(error)), error=True)
    return INTERNAL


def internal_finding(error: BaseException, span: Span) -> Diagnostic:
    """Return a mistake of ours as a finding about one row."""
    from zhunru import Diagnostic, explain_code
    from zhunru.errors import reference

    known = explain_code("ZR901")
    assert known is not None
    zh, en = (text.format(reference=reference(error)) for text in (known.zh, known.en))
    return Diagnostic(known.id, known.severity, span, zh, en)
