"""`zhunru schema`: the JSON Schema of the YAML form, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, option, shared_options


@click.command("schema", cls=Command)
@option("--output", type=click.Path(dir_okay=False, path_type=Path), help="schema.output")
@shared_options
def schema(surface: Surface, output: Path | None) -> int:
    """Print the schema, or write it to a file."""
    from zhunru import policy_schema

    text = json_text(policy_schema(), to_file=output is not None, indent=1) + "\n"
    surface.hand_over(text, output)
    return 0
