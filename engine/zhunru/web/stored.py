"""What the store of a tenant knows about a request: rows of registers, and uses of quotas."""

from __future__ import annotations

from dataclasses import replace

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.store.base import View
from zhunru.web.tenants import Tenant


def with_store(tenant: Tenant, policy: CompiledPolicy, decision: str, request: Request) -> Request:
    """Return a request with what the store knows; without a store, as it came."""
    office = tenant.office
    if office is None:
        return request
    desk = office.service.policies.desk(policy)

    def read(view: View) -> Request:
        """Return the request with its registers read, while the store can still be read."""
        completed = desk.complete(request, view, decision, "").request
        return replace(completed, registers={**completed.registers})

    return office.store.read(read)


def left_to_store(tenant: Tenant, policy: CompiledPolicy, request: Request) -> Request:
    """Return a request without what only the store may say of it, as it is put on record."""
    office = tenant.office
    if office is None:
        return request
    owned = office.service.policies.desk(policy).written
    told = {name: rows for name, rows in request.registers.items() if name not in owned}
    return replace(request, quotas={}, registers=told)
