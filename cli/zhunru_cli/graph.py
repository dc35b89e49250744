"""`zhunru graph`: workflows drawn, or handed to modellers and state machines."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from zhunru_cli.surface import Command, Surface, option, shared_options

Format = Literal["svg", "mermaid", "dot", "graphml", "bpmn", "scxml"]
# What other programs open by the ending of its name: text written under it is a broken file there.
_FOREIGN = frozenset(
    {".doc", ".docx", ".wps", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".xls", ".xlsx", ".pptx"}
)
_FORMATS = ("svg", "mermaid", "dot", "graphml", "bpmn", "scxml")


@click.command("graph", cls=Command)
@click.argument("path", metavar="SET")
@option("--flow", default="", help="graph.flow")
@option("--format", "form", type=click.Choice(_FORMATS), default="svg", help="graph.format")
@option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="graph.output")
@shared_options
def graph(surface: Surface, path: str, flow: str, form: Format, output: Path | None) -> int:
    """Print a workflow in the chosen format, or write it to a file."""
    from zhunru import draw_workflow, open_policy

    if output is not None and output.suffix.lower() in _FOREIGN:
        raise click.UsageError(surface.say("graph.suffix", suffix=output.suffix, form=form))
    text = draw_workflow(open_policy(path), flow, format=form, language=surface.language)
    surface.hand_over(text, output)
    return 0
