"""The file of webhooks: who is told what of cases, and who may be called back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhunru.web.callbacks import CALLBACK, Allowed, allowed
from zhunru.web.sending import is_closed
from zhunru.web.tokens import only_known, unusable

TOPICS = ("notify", "copy", "inform", "supervise", "urge", "remind", "issue", "open", "unopened",
          "record")  # fmt: skip
_FILE = ("hooks", "callbacks")
_HOOK = ("id", "url", "secret", "tenant", "unit", "topics")
_CALLBACK = ("endpoint", "secret", "tenant", "callers", "internal")


@dataclass(frozen=True, slots=True)
class Hook:
    """Where letters of a tenant go; `unit` is who reads them: it is shown what it may see."""

    id: str
    url: str
    secret: bytes
    tenant: str = ""
    unit: str = ""
    topics: tuple[str, ...] = ()

    def wants(self, topic: str) -> bool:
        """Tell whether letters of a topic go here; without topics all do."""
        return not self.topics or topic in self.topics


def receivers(
    path: Path, tenants: Mapping[str, object]
) -> tuple[Sequence[Hook], Sequence[Allowed]]:
    """Return the hooks of a file, and the addresses that may be called back."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        _check(path, data, tenants)
        hooks = [_hook(row) for row in data["hooks"]]
        return hooks, [allowed(row) for row in data.get("callbacks", ())]
    except OSError:
        unusable(path, "读不到", "it cannot be read")
    except KeyError as lacking:
        unusable(path, f"缺少“{lacking.args[0]}”", f"`{lacking.args[0]}` is missing")
    except (ValueError, TypeError, AttributeError):
        unusable(path, "不是通知文件的格式", "it is not a file of webhooks")


def _check(path: Path, data: Mapping[str, Any], tenants: Mapping[str, object]) -> None:
    """Refuse what would have letters go to nobody, or to whom they are not meant for."""
    only_known(path, data, _FILE, "")
    for row in data.get("callbacks", ()):
        only_known(path, row, _CALLBACK, "callbacks")
        only_known(path, {row.get("tenant", ""): None}, tenants, "tenant")
    seen = set()
    for row in data["hooks"]:
        only_known(path, row, _HOOK, "hooks")
        only_known(path, {row.get("tenant", ""): None}, tenants, "tenant")
        only_known(path, dict.fromkeys(row.get("topics", ())), TOPICS, "topics")
        if (named := (row.get("tenant", ""), row["id"])) in seen:
            unusable(path, f"“{row['id']}”写了两次", f"`{row['id']}` is there twice")
        seen.add(named)


def _hook(row: Mapping[str, Any]) -> Hook:
    url = str(row["url"])
    if not is_closed(url) or row["id"] == CALLBACK:
        raise ValueError(url)  # what is told of cases goes over no open line
    return Hook(
        id=str(row["id"]),
        url=url,
        secret=str(row["secret"]).encode(),
        tenant=str(row.get("tenant", "")),
        unit=str(row.get("unit", "")),
        topics=tuple(str(each) for each in row.get("topics", ())),
    )
