"""Folders and files to policy sets: what counts, tables from files, upper sets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zhunru import check_policies
from zhunru.diagnostics import Diagnostic
from zhunru.syntax import folders
from zhunru.syntax.catalog import Catalog, header_code
from zhunru.syntax.loader import load, load_text
from zhunru.syntax.nodes import ListDecl, PolicySet, Register, UnitBlock

HEADER = '政策 {code} "题名"\n  适用 江源区\n'


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def header(code: str, *upper: str) -> str:
    text = HEADER.format(code=code)
    return text + (f"  上位 {'、'.join(upper)}\n" if upper else "")


def loaded(path: Path, *search: Path) -> tuple[PolicySet, list[Diagnostic]]:
    policy_set, found = load(path, search=search)
    assert policy_set is not None
    return policy_set, found


def codes(found: list[Diagnostic]) -> list[str]:
    return [d.code for d in found]


def underlined(one: Diagnostic) -> str:
    return Path(one.span.path).read_text(encoding="utf-8")[one.span.start : one.span.end]


LIST = '清单 甲 类型 目录 取自 "{}"\n'


# --- files of a set -------------------------------------------------------------------------------


def test_a_folder_is_one_set_of_all_its_files_in_order(tmp_path: Path) -> None:
    put(tmp_path, "b/规则.yaml", "角色: {网格员: }\n")
    put(tmp_path, "a.policy", header("甲"))
    put(tmp_path, "c.yml", "角色: {楼长: }\n")
    for ignored in (".d.policy", ".git/e.policy", "~$a.policy", "x.cases.yaml", "读我.md", "u.csv"):
        put(tmp_path, ignored, "不读")
    policy_set, found = loaded(tmp_path)
    names = [Path(file.source.path).name for file in policy_set.files]
    assert names == ["a.policy", "规则.yaml", "c.yml"]
    assert found == []
    assert policy_set.header is not None
    assert policy_set.header.code == "甲"


def test_one_file_is_a_set_and_its_neighbours_are_not(tmp_path: Path) -> None:
    path = put(tmp_path, "a.policy", header("甲"))
    put(tmp_path, "b.policy", "坏 坏")
    policy_set, found = loaded(path)
    assert len(policy_set.files) == 1
    assert found == []


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    assert codes(load(tmp_path)[1]) == ["ZR805"]
    policy_set, found = load(tmp_path / "无.policy")
    assert policy_set is None
    assert codes(found) == ["ZR801"]


def test_an_unreadable_file_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    put(tmp_path, "a.policy", header("甲"))
    (tmp_path / "b.policy").write_bytes(b"\x89PNG\x00")
    policy_set, found = loaded(tmp_path)
    assert len(policy_set.files) == 1
    assert codes(found) == ["ZR803"]


def test_a_link_out_of_the_folder_is_refused_and_one_inside_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "外/secret.policy", "角色 外人\n")
    root = tmp_path / "集"
    put(root, "a.policy", header("甲"))
    put(root, ".data/b.policy", "角色 网格员\n")
    (root / "out.policy").symlink_to(tmp_path / "外" / "secret.policy")
    (root / "folder").symlink_to(tmp_path / "外")
    (root / "same.policy").symlink_to(root / "a.policy")
    (root / "b.policy").symlink_to(root / ".data" / "b.policy")
    (root / "loop").symlink_to(root)
    policy_set, found = loaded(root)
    assert [Path(f.source.path).name for f in policy_set.files] == ["a.policy", "b.policy"]
    assert codes(found) == ["ZR807", "ZR807"]


def test_links_that_lead_in_a_circle_are_reported(tmp_path: Path) -> None:
    put(tmp_path, "a.policy", header("甲") + LIST.format("c.csv"))
    (tmp_path / "b.policy").symlink_to(tmp_path / "b.policy")
    (tmp_path / "c.csv").symlink_to(tmp_path / "c.csv")
    policy_set, found = loaded(tmp_path)
    assert len(policy_set.files) == 1
    assert sorted(codes(found)) == ["ZR801", "ZR813"]


def test_a_folder_in_the_place_of_a_table_is_reported(tmp_path: Path) -> None:
    put(tmp_path, "a.policy", LIST.format("表.csv"))
    (tmp_path / "表.csv").mkdir()
    assert codes(load(tmp_path)[1]) == ["ZR813"]


def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xc8\xcb.policy"
    Path(os.fsdecode(name)).write_text("角色 网格员\n", encoding="utf-8")
    policy_set, found = loaded(tmp_path)
    assert found == []
    assert policy_set.files[0].source.path.encode("utf-8")


def test_the_number_of_files_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FILES", 3)
    for number in range(5):
        put(tmp_path, f"{number}.policy", "角色 甲\n")
    policy_set, found = loaded(tmp_path)
    assert len(policy_set.files) == 3
    assert codes(found) == ["ZR806"]


def test_the_depth_of_folders_is_bounded(tmp_path: Path) -> None:
    put(tmp_path, "a.policy", header("甲"))
    put(tmp_path, "/".join("x" * 20) + "/b.policy", "角色 乙\n")
    policy_set, found = loaded(tmp_path)
    assert len(policy_set.files) == 1
    assert codes(found) == ["ZR806"]


def test_a_second_header_is_reported_where_it_stands(tmp_path: Path) -> None:
    put(tmp_path, "a.policy", header("甲"))
    second = put(tmp_path, "b.policy", header("乙"))
    found = load(tmp_path)[1]
    assert codes(found) == ["ZR808"]
    assert found[0].span.path == str(second)
    assert found[0].related[0][0].path == str(tmp_path / "a.policy")


# --- upper sets -----------------------------------------------------------------------------------


def test_upper_sets_are_found_beside_in_the_search_path_and_among_the_shipped(
    tmp_path: Path,
) -> None:
    put(tmp_path, "集/a.policy", header("甲", "乙", "丙", "国家基层减负"))
    put(tmp_path, "旁/b.yaml", "政策:\n  编号: 乙\n  名称: 题名\n")
    put(tmp_path, "远/丙集/c.policy", "# 说明\n\n" + header("丙"))
    policy_set, _ = loaded(tmp_path / "集", tmp_path / "远")
    uppers = [upper.header.code for upper in policy_set.uppers if upper.header]
    assert uppers == ["乙", "丙", "国家基层减负"]


def test_a_set_that_two_sets_stand_under_is_loaded_once(tmp_path: Path) -> None:
    for name, text in {
        "a": header("甲", "乙", "丙"),
        "b": header("乙", "丁"),
        "c": header("丙", "丁"),
        "d": header("丁"),
    }.items():
        put(tmp_path, f"{name}.policy", text)
    policy_set, found = loaded(tmp_path / "a.policy")
    left, right = policy_set.uppers
    assert left.uppers[0] is right.uppers[0]
    assert found == []


@pytest.mark.parametrize(
    ("uppers", "chain"),
    [
        ({"甲": ("甲",)}, "甲 → 甲"),
        ({"甲": ("乙",), "乙": ("甲",)}, "甲 → 乙 → 甲"),
        ({"甲": ("乙",), "乙": ("丙",), "丙": ("乙",)}, "乙 → 丙 → 乙"),
    ],
)
def test_a_circle_of_upper_sets_is_shown(
    tmp_path: Path, uppers: dict[str, tuple[str, ...]], chain: str
) -> None:
    for code, above in uppers.items():
        put(tmp_path, f"{code}/x.policy", header(code, *above))
    found = load(tmp_path / "甲")[1]
    assert codes(found) == ["ZR810"]
    assert chain in found[0].zh


def test_a_circle_is_seen_where_a_folder_goes_by_another_code(tmp_path: Path) -> None:
    """One file of the folder cannot be read, but its header gives the folder its code."""
    folder = tmp_path / "集"
    put(folder, "a.policy", "")
    (folder / "a.policy").write_bytes("政策 丙 “甲".encode() + b"\xe7\x94")
    put(folder, "b.policy", '政策 乙 "圈"\n  上位 丙\n')
    found = load(folder)[1]
    assert codes(found).count("ZR810") == 1


def test_a_missing_upper_set_is_underlined_and_the_nearest_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a/x.policy", header("甲", "江源区准入2012"))
    put(tmp_path, "b/x.policy", header("江源区准入2021"))
    found = load(tmp_path / "a")[1]
    assert codes(found) == ["ZR809"]
    assert underlined(found[0]) == "江源区准入2012"
    assert "江源区准入2021" in found[0].help_zh


def test_two_sets_of_one_code_in_one_place_are_not_guessed_between(tmp_path: Path) -> None:
    put(tmp_path, "a/x.policy", header("甲", "乙"))
    put(tmp_path, "b/x.policy", header("乙"))
    put(tmp_path, "b旧/x.policy", header("乙"))
    policy_set, found = loaded(tmp_path / "a")
    assert codes(found) == ["ZR811"]
    assert policy_set.uppers == ()


def test_a_long_chain_of_upper_sets_ends(tmp_path: Path) -> None:
    for number in range(60):
        put(tmp_path, f"{number}/x.policy", header(f"S{number}", f"S{number + 1}"))
    assert "ZR806" in codes(load(tmp_path / "0")[1])


def test_findings_of_an_upper_set_are_found(tmp_path: Path) -> None:
    put(tmp_path, "a/x.policy", header("甲", "乙"))
    put(tmp_path, "b/x.policy", header("乙"))
    (tmp_path / "b" / "y.policy").write_bytes(b"\x00")
    assert codes(load(tmp_path / "a")[1]) == ["ZR803"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.policy", header("国家.A-1").encode()),
        ("a.policy", ("# 注\n" + header("国家.A-1")).encode("gb18030")),
        ("a.policy", header("国家.A-1").encode("utf-16")),
        ("a.policy", 'policy 国家.A-1 "x"\n'.encode("utf-8-sig")),
        ("a.policy", '政策　国家.Ａ-１ "x"\r\n'.encode()),
        ("a.yaml", "政策: {编号: 国家.A-1, 名称: x}\n".encode()),
        ("a.yaml", "# 注\npolicy:\n  name: x\n  code: '国家.A-1'\n".encode()),
        ("a.yaml", '"政策": {名称: x, "编号": "国家.A-1"}\n'.encode()),
    ],
)
def test_the_code_is_read_from_the_header_alone(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data + b"x" * 100_000)
    assert header_code(path) == "国家.A-1"


def test_a_file_without_header_has_no_code(tmp_path: Path) -> None:
    assert header_code(put(tmp_path, "a.policy", '清单 甲 "政策 乙" 类型 目录\n')) == ""
    assert header_code(put(tmp_path, "a.yaml", "表单: {编号: 甲}\n")) == ""


def test_the_shipped_sets_are_listed() -> None:
    assert {"国家基层减负", "湖北", "咸宁"} <= set(Catalog().codes(None))


# --- 取自 -----------------------------------------------------------------------------------------


def test_lists_units_and_registers_are_filled_from_their_files(tmp_path: Path) -> None:
    put(tmp_path, "表/清单.csv", "编号,事项\nA,甲事\nB,乙事\n")
    put(tmp_path, "表/单位.csv", "名称,层级\n江源区,区\n")
    put(tmp_path, "表/包联.csv", "区直单位,社区\n区民政局,富强社区\n")
    put(tmp_path, "表/更多.yaml", "- {编号: C, 事项: 丙事}\n- 丁事\n")
    put(
        tmp_path,
        "a.policy",
        LIST.format("表/清单.csv")
        + '清单 乙 类型 目录 取自 "表\\\\更多.yaml"\n'
        + '单位 取自 "表/单位.csv"\n'
        + '台账 包联(区直单位, 社区) 取自 "表/包联.csv"\n',
    )
    policy_set, found = loaded(tmp_path)
    assert found == []
    assert len(policy_set.files) == 1
    first, second, units, register = policy_set.declarations
    assert isinstance(first, ListDecl)
    assert isinstance(second, ListDecl)
    assert isinstance(units, UnitBlock)
    assert isinstance(register, Register)
    assert [(e.code, e.title.zh) for e in first.entries] == [("A", "甲事"), ("B", "乙事")]
    assert first.entries[1].span[3:] == (3, 1)
    assert Path(first.entries[0].span.path).name == "清单.csv"
    assert [e.code for e in second.entries] == ["C", "丁事"]
    assert [u.name.text for u in units.units] == ["江源区"]
    assert [[cell[:2] for cell in row] for row in register.rows] == [
        [("区直单位", "区民政局"), ("社区", "富强社区")]
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../外.csv", "ZR812"),
        ("/etc/passwd", "ZR812"),
        ("C:/x.csv", "ZR812"),
        ("link.csv", "ZR812"),
        ("无.csv", "ZR813"),
        ("长" * 300 + ".csv", "ZR813"),
        ("表.docx", "ZR814"),
        ("表.docx", "ZR814"),
    ],
)
def test_a_source_that_cannot_be_used_is_underlined(tmp_path: Path, name: str, code: str) -> None:
    put(tmp_path, "外.csv", "编号,事项\nA,甲事\n")
    root = tmp_path / "集"
    put(root, "a.policy", header("甲") + LIST.format(name))
    put(root, "表.docx", "PK")
    (root / "link.csv").symlink_to(tmp_path / "外.csv")
    policy_set, found = loaded(root)
    assert codes(found) == [code]
    assert underlined(found[0]) == name
    entries = [d.entries for d in policy_set.declarations if isinstance(d, ListDecl)]
    assert entries == [()]


def test_a_path_that_no_system_can_hold_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / ("长" * 300), "长" * 300, "a" * 300):
        assert codes(check_policies(path)[1]) == ["ZR801"]


def test_a_misspelt_source_is_named(tmp_path: Path) -> None:
    put(tmp_path, "街道职责.csv", "编号,事项\nA,甲事\n")
    put(tmp_path, "a.policy", LIST.format("街道职责表.csv"))
    assert "街道职责.csv" in load(tmp_path)[1][0].help_zh


# --- texts ----------------------------------------------------------------------------------------


def test_a_text_is_a_set_of_one_file() -> None:
    policy_set, found = load_text(header("甲", "国家基层减负"))
    assert policy_set is not None
    assert policy_set.uppers[0].header is not None
    assert policy_set.uppers[0].header.code == "国家基层减负"
    yaml_set, _ = load_text(
        "政策: {编号: 甲, 名称: 题名, 适用: 江源区, 上位: 国家基层减负}", "a.yaml"
    )
    assert yaml_set is not None
    assert yaml_set.header == policy_set.header
    assert [d for d in found if d.span.path == "<text>"] == []


def test_a_text_has_tables_only_with_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "b.csv", "编号,事项\nA,甲事\n")
    text = LIST.format("b.csv")
    assert codes(load_text(text)[1]) == ["ZR813"]
    policy_set, found = load_text(text, folder=tmp_path)
    assert found == []
    assert policy_set is not None
    (decl,) = policy_set.declarations
    assert isinstance(decl, ListDecl)
    assert [entry.code for entry in decl.entries] == ["A"]
