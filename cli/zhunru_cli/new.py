"""`zhunru new`: skeletons of a set, a list, and (for developers) a check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from zhunru_cli import failures
from zhunru_cli.surface import Command, Surface, cells, fit, group, option, shared_options

# The lines of a list of each kind, the headings of its table, and a first row.
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "职责": (
        (),
        ("编号", "事项", "主体", "依据"),
        ("ZZ-01", "事项名称", "街道", "依据简称 第一条"),
    ),
    "协助": (
        (
            '要求 承担方式 为 协助 否则 拒绝 "协助事项不得转由社区主责" 代码 主责错位',
            '要求 来文单位 属于 牵头及下级 否则 拒绝 "来文单位不是该事项牵头单位" 代码 主体不符',
            '要求 经费到位 否则 暂缓 "费随事转：经费到账后再行办理" 代码 经费未到',
            '限额 每个 目标社区 按 频次 否则 拒绝 "已超过清单规定的频次" 代码 超频',
        ),
        ("编号", "事项", "牵头", "依据", "频次"),
        ("XZ-01", "事项名称", "牵头单位", "依据简称 第一条", "每年 不超过 4 次"),
    ),
    "准入": ((), ("编号", "事项", "依据"), ("ZR-01", "事项名称", "依据简称 第一条")),
    "禁止": (
        (),
        ("编号", "事项", "依据", "改由"),
        ("JZ-01", "事项名称", "依据简称 第一条", "应由单位"),
    ),
    "证明": (
        (),
        ("编号", "事项", "依据", "材料"),
        ("KJ-01", "证明名称", "依据简称 第一条", "身份证"),
    ),
    "目录": ((), ("编号", "事项"), ("ML-01", "事项名称")),
}
AREAS = {"syntax": 1, "names": 2, "values": 3, "lists": 4, "style": 6, "requests": 7, "files": 8}
_SLOT = re.compile(r"@(\w+)@")
# `\w` lacks ideographs younger than the running Python.
_NAME = re.compile(r"[\w·\U00020000-\U0003FFFD]+")
_SLUG = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@group("new", help="new")
def new() -> None:
    """Hold the skeletons."""


def _template(name: str, values: Mapping[str, str]) -> str:
    from importlib.resources import files

    text = files("zhunru_cli").joinpath("templates", name).read_text(encoding="utf-8")
    return _SLOT.sub(lambda slot: values[slot.group(1)], text)


# --- a set -------------------------------------------------------------------------------------


@new.command("set", cls=Command, help="new.set")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@shared_options
def new_set(surface: Surface, folder: Path) -> int:
    """Write a set that passes check and test."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        surface.print(surface.say("new.exists", path=folder), error=True)
        return failures.USAGE
    name = folder.resolve().name
    values = {
        "code": f"{name}-2026" if _CODE.fullmatch(name) else "YB-2026",
        # They would end the quoted title, or hide its end.
        "name": name.replace('"', "").replace("\\", ""),
        "folder": f'"{folder}"' if " " in str(folder) else str(folder),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for template, target in (("set.policy", "准入.policy"), ("set.md", "说明.md")):
        (folder / target).write_text(_template(template, values), encoding="utf-8", newline="\n")
        surface.print(surface.say("new.made", path=folder / target))
    surface.print("\n" + surface.say("new.next"))
    for command in ("check", "test"):
        surface.print(f"  zhunru {command} {values['folder']}")
    return 0


# --- a list ------------------------------------------------------------------------------------


@new.command("list", cls=Command, help="new.list")
@click.argument("name", metavar="NAME")
@option("--kind", type=click.Choice(list(SHAPES)), default="协助", help="new.kind")
@option("--append", "target", type=click.Path(path_type=Path), help="new.append", metavar="FILE")
@shared_options
def new_list(surface: Surface, name: str, kind: str, target: Path | None) -> int:
    """Print the skeleton of a list, or append it to a policy file."""
    if not _NAME.fullmatch(name):
        raise click.UsageError(surface.say("new.name", name=name))
    text = _list(name, kind)
    if target is None:
        click.echo(text, nl=False)
        return 0
    return _append(target, text, surface)


def _list(name: str, kind: str) -> str:
    lines, headings, row = SHAPES[kind]
    widths = [max(cells(h), cells(r)) for h, r in zip(headings, row, strict=True)]
    table = [
        "| " + " | ".join(fit(cell, width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (headings, row)
    ]
    head = f'清单 {name} "{name}" 类型 {kind}'
    return "\n".join([head, *(f"  {line}" for line in (*lines, *table))]) + "\n"


def _append(target: Path, text: str, surface: Surface) -> int:
    from zhunru import format_policy

    old = format_policy(target)
    before = old.source.text
    gap = "" if before.endswith("\n\n") or not before else "\n" * (1 + (before[-1] != "\n"))
    # Behind the text as it is written: nobody asked for the rest to be formatted.
    replace(old, text=before + gap + text).write()
    surface.print(surface.say("new.appended", path=target))
    return 0


# --- a check -----------------------------------------------------------------------------------


@new.command("check", cls=Command, help="new.check")
@click.argument("slug", metavar="SLUG")
@option("--area", type=click.Choice(list(AREAS)), default="lists", help="new.area")
@option("--root", type=click.Path(path_type=Path), default=Path(), help="new.root", metavar="DIR")
@shared_options
def new_check(surface: Surface, slug: str, area: str, root: Path) -> int:
    """Write the fixtures of a new check and print its code row."""
    if not _SLUG.fullmatch(slug):
        raise click.UsageError(surface.say("new.slug", name=slug))
    code = _free_code(area, root)
    if code is None:
        surface.print(surface.say("new.full"), error=True)
        return failures.USAGE
    folder = root / "tests" / "fixtures" / "check" / code
    folder.mkdir(parents=True)
    for name in ("bad.policy", "good.policy"):
        path = folder / name
        path.write_text(_template(f"check.{name}", {"code": code}), encoding="utf-8", newline="\n")
        surface.print(surface.say("new.made", path=path))
    surface.print("\n" + surface.say("new.code", path=f"engine/zhunru/codes/{area}.py"))
    click.echo(_template("code_row.txt", {"code": code, "slug": slug}))
    return 0


def _free_code(area: str, root: Path) -> str | None:
    """Return the first code of the area after those in use, then one that was left out."""
    from zhunru import explain_code

    first = AREAS[area] * 100
    fixtures = root / "tests" / "fixtures" / "check"
    area_codes = range(first + 1, first + 100)
    # Fixtures without a row are of a check that somebody is just writing.
    used = {
        number
        for number in area_codes
        if explain_code(str(number)) or (fixtures / f"ZR{number}").exists()
    }
    last = max(used, default=first)
    free = [number for number in area_codes if number not in used]
    number = next((number for number in free if number > last), next(iter(free), None))
    return None if number is None else f"ZR{number}"
