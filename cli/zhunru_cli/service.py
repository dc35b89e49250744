"""`zhunru serve`, `zhunru token`, `zhunru replay`: the HTTP service and what belongs to it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from zhunru_cli import failures
from zhunru_cli.clock import now
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Group, Surface, form_option, group, option, shared_options

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)

# A file that is no log at all says so in every line; --format json has them all.
_MOST_SHOWN = 20


@click.command("serve", cls=Command, help="serve")
@click.argument("policy_sets", metavar="SET...", nargs=-1, required=True)
@option("--store", default="", metavar="URL", help="serve.store")
@option("--host", default="127.0.0.1", show_default=True, help="serve.host")
@option("--port", type=click.IntRange(1, 65_535), default=8080, help="serve.port")
@option("--tokens", type=_FILE, metavar="FILE", help="serve.tokens")
@option("--issuers", type=_FILE, metavar="FILE", help="serve.issuers")
@option("--hooks", type=_FILE, metavar="FILE", help="serve.hooks")
@option("--log", type=_FOLDER, metavar="FOLDER", help="serve.log")
@option("--drafts", type=_FOLDER, metavar="FOLDER", help="serve.drafts")
@option("--key", type=_FILE, metavar="FILE", help="serve.key")
@option("--mapping", type=_FILE, metavar="FILE", help="serve.mapping")
@option("--open311", multiple=True, metavar="FLOW", help="serve.open311")
@option("--base-url", default="", metavar="URL", help="serve.base_url")
@option(
    "--otel", default="", envvar="OTEL_EXPORTER_OTLP_ENDPOINT", metavar="URL", help="serve.otel"
)
@option("--rate", type=click.FloatRange(0), default=0.0, help="serve.rate")
@shared_options
def serve(
    surface: Surface,
    /,
    policy_sets: tuple[str, ...],
    host: str,
    port: int,
    rate: float,
    **places: Any,
) -> int:
    """Serve until told to stop."""
    from zhunru.web import Limits, Settings
    from zhunru.web import serve as run

    settings = Settings(
        sets=by_tenant(policy_sets),
        language=surface.language,
        limits=Limits(rate=rate),
        **places,
    )
    run(settings, host, port)
    return 0


def by_tenant(policy_sets: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the sets of each tenant; a set without a name before `=` is of the nameless one."""
    found: dict[str, list[str]] = {}
    for text in policy_sets:
        tenant, sign, place = text.partition("=")
        # A path may have `=` in it too, but hardly behind a single word.
        named = bool(sign) and tenant.isidentifier()
        found.setdefault(tenant if named else "", []).append(place if named else text)
    return found


class _Tokens(Group):
    """`token NAME` makes one, as it always did; other words after `token` are commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["new", *args])


@group("token", cls=_Tokens, help="token")
def token() -> None:
    """Hold the commands about tokens."""


@token.command("new", cls=Command, help="token.new")
@click.argument("name", metavar="NAME")
@option("--scope", "scopes", multiple=True, default=("decide",), help="token.scope")
@option("--tenant", default="", help="token.tenant")
@option("--actor", default="", metavar="WHO", help="token.actor")
@option("--days", type=click.IntRange(1, 3_660), default=365, help="token.days")
@option("--file", "path", type=_FILE, required=True, metavar="FILE", help="token.file")
@shared_options
def new(
    surface: Surface,
    name: str,
    scopes: tuple[str, ...],
    tenant: str,
    actor: str,
    days: int,
    path: Path,
) -> int:
    """Make a token and keep its digest."""
    from zhunru.web import add_token

    ends = now().replace(microsecond=0) + timedelta(days=days)
    made = add_token(
        path, name, scopes, secrets.token_bytes, tenant=tenant, actor=actor, expires=ends
    )
    surface.print(surface.say("token.made", token=made))
    surface.print(surface.say("token.kept", path=path))
    return 0


@token.command("revoke", cls=Command, help="token.revoke")
@click.argument("name", metavar="NAME")
@option("--tenant", default=None, help="token.of_tenant")
@option("--file", "path", type=_FILE, required=True, metavar="FILE", help="token.revoke_file")
@shared_options
def revoke(surface: Surface, name: str, tenant: str | None, path: Path) -> int:
    """Take the tokens of a name out of a file; exit 1 if there are none."""
    from zhunru.web import revoke_token

    taken = revoke_token(path, name, tenant=tenant)
    surface.print(surface.say("token.revoked", n=taken, name=name, path=path))
    return 0 if taken else failures.FINDINGS


@click.command("replay", cls=Command, help="replay")
@click.argument("logs", type=_FILE, metavar="LOG...", nargs=-1, required=True)
@option("--set", "policy_sets", multiple=True, metavar="SET", help="replay.set")
@option("--store", default="", metavar="URL", help="replay.store")
@option("--noted", multiple=True, metavar="DIGEST", help="replay.noted")
@form_option
@shared_options
def replay(
    surface: Surface,
    logs: tuple[Path, ...],
    policy_sets: tuple[str, ...],
    store: str,
    noted: tuple[str, ...],
    form: str,
) -> int:
    """Derive a log again, of one file or more; exit 1 if any line comes out otherwise."""
    from zhunru import open_policy
    from zhunru.web import replay_log

    found = replay_log(logs, [open_policy(each) for each in policy_sets], store, noted)
    if form == "json":
        click.echo(json_text(found.to_dict()))
    else:
        failures.show_findings(found.findings[:_MOST_SHOWN], surface)
        if len(found.findings) > _MOST_SHOWN:
            hidden = len(found.findings) - _MOST_SHOWN
            surface.print(surface.say("replay.more", n=hidden), error=True)
        if found.behind:
            surface.print(surface.say("replay.behind", digest=found.behind[:12]))
        if found.head:
            surface.print(surface.say("replay.head", digest=found.head))
        rest = found.lines - found.same
        surface.print(surface.say("replay.done", lines=found.lines, same=found.same, rest=rest))
    return 0 if found.holds else failures.FINDINGS
