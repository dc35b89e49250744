"""From a checked policy set to what decisions are made by."""

from __future__ import annotations

from zhunru.compiler.program import CompiledPolicy, compile_policies

__all__ = ["CompiledPolicy", "compile_policies"]
