"""The tables of texts: both languages, the same slots, nothing unused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhunru_cli.main import cli
from zhunru_cli.messages import HELP, MESSAGES

CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).resolve().parents[2] / "cli" / "zhunru_cli").glob("*.py"))
    if not path.stem.endswith("messages")
)
# Keys that the code puts together.
MADE = ("argument.", "outcome.", "count.", "error", "warning", "hint")


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_a_message_has_both_languages_with_the_same_slots(key):
    chinese, english = MESSAGES[key]
    assert chinese and english
    assert set(re.findall(r"{(\w+)", chinese)) == set(re.findall(r"{(\w+)", english))


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_every_message_is_said_somewhere(key):
    assert re.search(f"""["']{re.escape(key)}["']""", CODE) or key.startswith(MADE)


def _commands(group, prefix=""):
    for name, command in group.commands.items():
        yield f"{prefix}{name}", command
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name}.")


@pytest.mark.parametrize(("name", "command"), list(_commands(cli)), ids=str)
def test_every_command_and_option_has_help_in_the_table(name, command):
    assert command.help_key in HELP
    for parameter in command.params:
        if parameter.param_type_name == "option" and "--help" not in parameter.opts:
            assert parameter.help in HELP, parameter.opts


def test_no_help_is_left_over():
    keys = {command.help_key for _, command in _commands(cli)} | {cli.help_key, "help"}
    keys |= {p.help for _, c in _commands(cli) for p in c.params if hasattr(p, "help")}
    keys |= {p.help for p in cli.params if hasattr(p, "help")}
    assert set(HELP) - keys == set()
