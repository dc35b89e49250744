"""Texts and names in XML: nothing lost that can be shown, and names that validators take."""

from __future__ import annotations

import pytest
from tests.flows import walking
from tests.flows.walking import random_flow

from zhunru.analysis.formats import WRITERS
from zhunru.analysis.xml_text import identifiers, plain
from zhunru.compiler.graph import build_graph

# Ideographs of Unicode 15.1 and 17.0; Python 3.11 knows that of 14.0.
LATE = "\U0002ebf0\U000323b0"


def test_what_can_be_shown_stays():
    for text in (LATE, "幸福\u3000社区", "a\u00a0b", "\ue000", "😀"):
        assert plain(text) == text


def test_what_xml_cannot_hold_and_nobody_sees_goes():
    unseen = "\x00\x07\x1b\x7f\x85\u200b\u202e\u2028\u2029\ud800\ufeff\ufffe\uffff\n\t"
    assert plain(f"甲{unseen}乙") == "甲乙"
    assert plain(f"甲{unseen}乙", kept="\n\t") == "甲\n\t乙"


@pytest.mark.parametrize(
    "name", ["甲①", "①甲", "甲²", "㐂事", f"{LATE}家", "甲、乙", "1甲", "-", ""]
)
def test_identifiers_are_names_by_every_schema(name):
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(
        etree.XML(
            '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"><x:element name="a">'
            '<x:complexType><x:attribute name="id" type="x:ID"/></x:complexType>'
            "</x:element></x:schema>"
        )
    )
    for prefix in ("", "node"):
        found = identifiers([name, f"{name} "], prefix)
        assert len(set(found.values())) == 2
        for word in found.values():
            element = etree.Element("a", id=word)
            assert schema.validate(element), word


def test_a_process_with_numbered_states_is_valid_by_the_schema_of_the_standard(monkeypatch):
    etree = pytest.importorskip("lxml.etree")
    spiff = pytest.importorskip("SpiffWorkflow.bpmn.parser")
    monkeypatch.setattr(walking, "END", f"办结①{LATE}")
    drawn = WRITERS["bpmn"](build_graph(random_flow(1)), "zh")
    assert f"办结①{LATE}" in drawn
    schema = etree.XMLSchema(etree.parse(f"{spiff.__path__[0]}/schema/BPMN20.xsd"))
    assert schema.validate(etree.fromstring(drawn.encode())), schema.error_log
