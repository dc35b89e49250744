"""The day and the moment that a command means, in the civil time of China."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import click

from zhunru_cli.surface import Surface

# It has had no other offset since 1991; no time zone data are needed.
CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    """Return this moment."""
    return datetime.now(CHINA)


def day_or_today(text: str | None, surface: Surface) -> date:
    """Return the day that an option names; today if it was not given.

    Raises UsageError for a text that is no day.
    """
    if text is None:
        return now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(surface.say("decide.date", text=text)) from None
