"""`zhunru explain`: what a diagnostic code means."""

from __future__ import annotations

import click

from zhunru_cli import failures
from zhunru_cli.findings import COLOURS
from zhunru_cli.surface import Command, Surface, shared_options


@click.command("explain", cls=Command)
@click.argument("code", metavar="CODE")
@shared_options
def explain(surface: Surface, code: str) -> int:
    """Explain a code; exit 2 if there is none such."""
    from zhunru import explain_code

    known = explain_code(code)
    if known is None:
        return _unknown(code, surface)
    language = surface.language
    severity = surface.style(surface.say(known.severity), fg=COLOURS[known.severity], bold=True)
    surface.print(f"{known.id} {known.slug} ({severity})")
    parts = (
        ("explain.meaning", known.plain(language)),
        ("explain.why", known.plain(f"why_{language}")),
        ("explain.help", known.plain(f"help_{language}")),
    )
    for key, text in parts:
        if text:
            heading = surface.style(surface.say(key) + surface.say("colon").rstrip(), bold=True)
            surface.print(f"\n{heading}\n  {text}")
    return 0


def _unknown(code: str, surface: Surface) -> int:
    from zhunru import explain_code

    known = [f"ZR{number}" for number in range(100, 1000) if explain_code(str(number))]
    # Copied from a print, letters and figures are easily taken for one another.
    guess = failures.near(code.upper().replace("O", "0").replace("I", "1"), known, surface)
    surface.print(surface.say("explain.unknown", code=code, near=guess).rstrip(), error=True)
    return failures.USAGE
