"""The key of a service, and those that it had before."""

from __future__ import annotations

import pytest

from zhunru.web.signing import Signer

OLD, NEW, OTHER = b"a" * 32, b"b" * 32, b"c" * 32


@pytest.fixture
def old() -> Signer:
    return Signer(OLD)


def test_what_a_former_key_signed_or_sealed_still_holds(old: Signer) -> None:
    after = Signer(NEW, [OTHER, OLD])
    assert after.verify(old.sign(b"text"), b"text")
    assert after.claims(old.jws({"id": 1}, "kind"), "kind") == {"id": 1}
    assert after.unseal(old.seal({"id": 1}, "kind"), "kind") == {"id": 1}
    assert after.unseal(after.seal({"id": 1}, "kind"), "kind") == {"id": 1}
    assert [each["kid"] for each in after.jwks()["keys"]] == [
        Signer(each).key_id for each in (NEW, OTHER, OLD)
    ]


def test_it_is_held_to_the_same_and_signs_nothing_anew(old: Signer) -> None:
    after = Signer(NEW, [OLD])
    assert not after.verify(old.sign(b"text"), b"other")
    assert after.claims(old.jws({"id": 1}, "kind"), "other") is None
    assert after.unseal(old.seal({"id": 1}, "kind"), "other") is None
    assert not old.verify(after.sign(b"text"), b"text")
    assert old.unseal(after.seal({}, "kind"), "kind") is None


def test_without_it_what_it_signed_is_nobodys(old: Signer) -> None:
    after = Signer(NEW)
    assert not after.verify(old.sign(b"text"), b"text")
    assert after.unseal(old.seal({}, "kind"), "kind") is None
