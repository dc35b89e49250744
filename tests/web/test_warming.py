"""What an empty form hangs on is known before the first clerk asks, on every day, of every set."""

from __future__ import annotations

import pytest
from tests.web.conftest import Serve

from zhunru.analysis import residual
from zhunru.web.warming import Warming


def test_the_first_form_of_a_day_finds_what_was_looked_into(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    find = residual._find
    monkeypatch.setattr(residual, "_find", lambda *asked: looked.append(asked) or find(*asked))
    served = serve("cert")
    warming = Warming(served.app.state.service)
    for day in range(2):
        served.clock.forward(days=day)
        (cold,) = warming.cold()
        warming.look(cold)
        assert warming.cold() == []
        assert len(looked) == day + 1
        served.ask("/v1/partial", {"facts": {}})
        assert len(looked) == day + 1  # it was there already


def test_a_set_that_is_published_is_looked_into_anew(serve: Serve) -> None:
    served = serve("cert")
    service = served.app.state.service
    warming = Warming(service)
    warming.look(warming.cold()[0])
    other = serve("todo").app.state.service.tenants[""].current().policy
    service.tenants[""].replace(other, served.clock())
    assert [policy.digest for policy, _, _ in warming.cold()] == [other.digest]
