"""What is installed from a built package is all that the source tree holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
PLACES = {
    "engine/zhunru": "zhunru",
    "cli/zhunru_cli": "zhunru_cli",
    "grammar": "zhunru/grammar",
    "policies": "zhunru/policies",
}


def test_the_wheel_holds_every_file_of_the_tree(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for folder in ("engine", "cli", "grammar", "policies"):
        unkept = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / folder, source / folder, ignore=unkept)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as kept:
        names = set(kept.namelist())
    wanted = {
        f"{place}/{file.relative_to(source / folder).as_posix()}"
        for folder, place in PLACES.items()
        for file in (source / folder).rglob("*")
        if file.is_file()
    }
    assert wanted - names == set()
    assert len(wanted) > 500
