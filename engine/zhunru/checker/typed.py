"""A resolved value with its type, and what stands in for one that could not be resolved."""

from __future__ import annotations

from typing import NamedTuple

from zhunru.checker import resolved as r
from zhunru.vocabulary import TypeName


class Typed(NamedTuple):
    """A resolved value with its type; no type: a finding was made, ask nothing more of it."""

    node: r.RExpr
    type: r.Type | None


BROKEN = Typed(r.Const(r.NOTHING, r.Type(TypeName.TEXT)), None)
NEVER = r.Some(())


class Inputs(dict[str, "r.Type | None"]):
    """Fields by name. An input of a formula may have no type yet: its first use gives it one."""

    def settle(self, name: str, type_: r.Type) -> r.Type:
        """Return the type of an input, giving it `type_` if it has none yet."""
        if self[name] is None:
            self[name] = type_
        return self[name] or type_
