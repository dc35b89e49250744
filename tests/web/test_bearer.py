"""Bearer tokens of an identity provider: every part of them has to hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tests.web.conftest import Clock, bearer
from tests.web.test_pages import send

from zhunru.errors import RequestRejected
from zhunru.web.bearer import Issuers
from zhunru.web.signing import Signer, packed

ISSUER, AUDIENCE = "https://id.example.cn", "zhunru"
NOW = int(Clock().at.timestamp())
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
OURS = Signer(b"k" * 32)


def number(value):
    return packed(value.to_bytes((value.bit_length() + 7) // 8))


def keys():
    public, curve = RSA.public_key().public_numbers(), EC.public_key().public_numbers()
    return [
        {"kty": "RSA", "kid": "r", "alg": "RS256", "n": number(public.n), "e": number(public.e)},
        {"kty": "EC", "kid": "e", "crv": "P-256", "x": number(curve.x), "y": number(curve.y)},
        {**OURS.jwks()["keys"][0], "kid": "o"},
        {"kty": "oct", "kid": "s", "k": packed(b"shared")},
        {"kty": "RSA", "kid": "c", "use": "enc", "n": number(public.n), "e": number(public.e)},
    ]


def sign(algorithm, data):
    if algorithm == "RS256":
        return RSA.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "ES256":
        halves = decode_dss_signature(EC.sign(data, ec.ECDSA(hashes.SHA256())))
        return b"".join(half.to_bytes(32) for half in halves)
    return OURS.sign(data) if algorithm == "EdDSA" else b""


KIDS = {"RS256": "r", "ES256": "e", "EdDSA": "o"}


def token(algorithm="RS256", head=None, **claims):
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u1", "exp": NOW + 600, "scope": "judge",
            "unit": "区民政局 张三", **claims}  # fmt: skip
    head = {"alg": algorithm, "kid": KIDS.get(algorithm, "r"), **(head or {})}
    signed = f"{packed(json.dumps(head).encode())}.{packed(json.dumps(body).encode())}"
    return f"{signed}.{packed(sign(algorithm, signed.encode()))}"


@pytest.fixture
def issuers(tmp_path):
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": keys()}), encoding="utf-8")
    row = {"issuer": ISSUER, "audience": AUDIENCE, "jwks": "jwks.json", "actor_claim": "unit",
           "tenant_claim": "tenant", "scopes": {"judge": ["decide"]}}  # fmt: skip
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": [row]}), encoding="utf-8")
    return path


@pytest.fixture
def api(serve, issuers):
    return serve("cert", issuers=issuers)


def status(api, text, path="/v1/sets"):
    return api.get(path, headers=bearer(text)).status_code


@pytest.mark.parametrize("algorithm", KIDS)
def test_a_token_that_holds_lets_its_bearer_in(api, algorithm):
    assert status(api, token(algorithm)) == 200
    assert status(api, token(algorithm, aud=["other", AUDIENCE])) == 200


def test_scopes_come_in_one_text_or_as_a_list(api):
    assert status(api, token(scope="openid judge")) == 200
    assert status(api, token(scope=["openid", "judge"])) == 200
    assert status(api, token(scope=["openid"])) == 403


def test_it_carries_what_the_issuer_says_and_no_more(api):
    assert status(api, token(), "/v1/drafts") == 403
    assert status(api, token(scope="publish root")) == 403
    assert status(api, token(tenant="b")) == 404


@pytest.mark.parametrize(
    "claims",
    [{"exp": NOW - 120}, {"nbf": NOW + 120}, {"iss": "https://other"}, {"aud": "other"},
     {"aud": None}, {"aud": f"not-{AUDIENCE}"}, {"aud": [f"not-{AUDIENCE}"]},
     {"sub": ""}, {"exp": "soon"}, {"exp": None}, {"scope": 7},
     {"exp": 10**400}, {"tenant": "*"}, {"tenant": [""]}, {"unit": {"区民政局": 1}}, {"sub": ["u"]}],
)  # fmt: skip
def test_a_claim_that_does_not_hold_keeps_it_out(api, claims):
    assert status(api, token(**claims)) == 401


def test_clocks_may_be_a_minute_apart_and_no_more(api):
    for claims, code in (({"exp": NOW - 59}, 200), ({"exp": NOW - 60}, 401),
                         ({"nbf": NOW + 60}, 200), ({"nbf": NOW + 61}, 401)):  # fmt: skip
        assert status(api, token(**claims)) == code, claims


@pytest.mark.parametrize(
    "head",
    [{"alg": "none"}, {"alg": "HS256", "kid": "s"}, {"alg": "HS256", "kid": "r"}, {"kid": "x"},
     {"alg": "ES256"}, {"alg": "EdDSA"}, {"kid": "o"}, {"kid": "c"}, {"crit": ["b64"]}],
)  # fmt: skip
def test_the_key_says_how_it_is_signed_and_not_the_token(api, head):
    assert status(api, token(head=head)) == 401


def test_a_token_that_was_changed_is_none(api):
    good = token()
    head, body, signature = good.split(".")
    other = token(sub="u2").split(".")[1]
    for text in (f"{head}.{other}.{signature}", f"{head}.{body}.", f"{head}.{body}", good + "x",
                 "a.b.c", "..", "x" * 100_000, f"{head}.{body}.{signature[::-1]}"):  # fmt: skip
        assert status(api, text) == 401


def test_who_signs_in_by_such_a_token_stays_so_for_as_long_as_it_holds(serve, issuers):
    served = serve("cert", issuers=issuers, pages=True)
    assert send(served, "/sign-in", {"token": token(exp=NOW - 120)}).status_code == 401
    assert send(served, "/sign-in", {"token": token(exp=NOW + 600)}).url.path == "/intake"
    served.clock.forward(seconds=659)  # a minute that clocks may be apart is given here, too
    assert served.get("/intake", follow_redirects=False).status_code == 200
    served.clock.forward(seconds=1)
    assert served.get("/intake", follow_redirects=False).status_code == 303
    assert status(served, token(exp=NOW + 600)) == 401


def test_the_file_that_the_documentation_shows_is_one_and_a_slip_in_it_is_told(tmp_path):
    """A claim that is misspelt would be looked for in vain: everybody would act for nobody."""
    page = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
    text = page.partition("## 身份提供方")[2].partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "issuers.json"
    path.write_text(text, encoding="utf-8")
    (issuer,) = Issuers.read(path)._issuers.values()
    assert issuer.scopes["clerk"] == ["decide", "cases:read", "cases:write"]
    assert issuer.principal({"sub": "u", "scope": "clerk", "unit": "区民政局 张三"}).actor
    path.write_text(text.replace("actor_claim", "actor_claims"), encoding="utf-8")
    with pytest.raises(RequestRejected) as refused:
        Issuers.read(path)
    assert "actor_claims" in refused.value.diagnostics[0].zh
