"""A whole set means the same in every notation, and with its list sent out and read in again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.format.odd_sets import odd_set

from zhunru.checker.check import check
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Source, has_errors
from zhunru.sheets import export_list, import_sheet
from zhunru.syntax import loader, parser, yaml_reader
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import ListDecl, PolicySet

SEEDS = range(6)
FORMS = [("policy", "zh"), ("policy", "en"), ("yaml", "zh"), ("yaml", "en")]


def meaning(loaded: PolicySet | None) -> tuple[str, list[str]]:
    """The digest of what a set means, and the codes of what is found in it."""
    assert loaded is not None
    checked, found = check(loaded)
    assert checked is not None, [(each.code, each.zh) for each in found]
    return compile_policies(checked).digest, sorted(each.code for each in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_set_means_the_same_in_every_notation(seed: int) -> None:
    loaded, found = loader.load_text(odd_set(seed))
    assert not has_errors(found), [(each.code, each.zh) for each in found]
    assert loaded is not None
    expected = meaning(loaded)
    for notation, language in FORMS:
        text = format_file(loaded.files[0], notation=notation, language=language)  # type: ignore[arg-type]
        again, unread = loader.load_text(text, f"x.{notation}")
        assert not has_errors(unread)
        assert meaning(again) == expected
        reader = yaml_reader.read if notation == "yaml" else parser.parse
        assert format_file(reader(Source(f"x.{notation}", text))[0]) == text


@pytest.mark.parametrize("seed", SEEDS)
def test_a_list_that_was_sent_out_and_read_in_means_the_same(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "a.policy").write_text(odd_set(seed), encoding="utf-8")
    loaded, _ = loader.load(folder)
    assert loaded is not None
    book = tmp_path / "list.xlsx"
    export_list(folder).write(book)
    imported = import_sheet(book, kind="list")
    assert imported.doubtful == 0
    back, _ = parser.parse(Source("b.policy", imported.text))
    (brought,) = (one for one in back.declarations if isinstance(one, ListDecl))
    (file,) = loaded.files
    kept = tuple(brought if isinstance(one, ListDecl) else one for one in file.declarations)
    again = replace(loaded, files=(replace(file, declarations=kept),))
    assert meaning(again)[0] == meaning(loaded)[0]
