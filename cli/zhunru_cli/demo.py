"""`zhunru demo`: telling requests on the shipped Weihai set."""

from __future__ import annotations

from datetime import date

import click

from zhunru_cli.surface import Command, Surface, shared_options

SET = "weihai"
RECEIVED = date(2026, 3, 2)

REQUESTS: tuple[dict[str, str], ...] = (
    {"来文单位": "区市场监管局", "类别": "系统应用", "事项": "反诈应用推广"},
)
NEXT = ()


@click.command("demo", cls=Command)
@shared_options
@click.pass_obj
def demo(surface: Surface) -> int:
    """Decide the requests of the demonstration, one page each."""
    from zhunru import decide, open_policy, read_requests
    from zhunru_cli.page import render_page

    policy = open_policy(SET)
    surface.print(surface.say("demo.title", n=len(REQUESTS)))
    for row in read_requests(REQUESTS, policy, received=RECEIVED):
        given = surface.join([f"{name}={value}" for name, value in row.given.items()])
        surface.print("\n" + surface.style(surface.say("demo.given") + given, bold=True))
        assert row.request is not None
        surface.print(render_page(decide(policy, row.request), surface))
    surface.print("\n" + surface.say("demo.next"))
    for line in NEXT:
        surface.print(f"  {line}")
    return 0
