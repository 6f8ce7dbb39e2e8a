"""The wheel alone, installed far from the checkout, does the work: rules, schema and templates travel in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TICKET = "CoinTracker: my KuCoin wallet stopped syncing, it says invalid API key"
pytestmark = pytest.mark.slow


class Installed:
    """A virtual environment with nothing but the wheel and what it depends on."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.bin = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
        self.env["KEYMEDIC_CACHE_DIR"] = str(folder / "cache")
        venv.create(folder / "venv", with_pip=False)
        pip(["--python", str(self.bin / "python"), "install", "--quiet", str(wheel)])

    def run(self, program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / program, *arguments],
            cwd=self.elsewhere,
            env=self.env,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


def pip(arguments: list[str]) -> None:
    """Run pip; skip where the package registry cannot be reached."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        offline = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "Could not find a version")
        if any(sign in done.stderr for sign in offline):
            pytest.skip("the package registry cannot be reached")
        pytest.fail(f"pip {' '.join(arguments)}: {done.stderr}")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip(["wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)])
    [path] = folder.glob("keymedic-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    data = {"keymedic/data/rules/base/causes.yaml", "keymedic/data/rules/exchanges/kucoin.yaml"}
    data |= {"keymedic/data/schema/pack.schema.json", "keymedic/data/schema/case.schema.json"}
    data |= {"keymedic/data/templates/reports/term.j2", "keymedic/py.typed"}
    assert data <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"keymedic"}
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_it_diagnoses_from_another_folder(installed: Installed) -> None:
    done = installed.run("keymedic", "diagnose", TICKET)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("KuCoin in CoinTracker")
    assert "Update API Key" in done.stdout


def test_the_packs_come_with_it(installed: Installed) -> None:
    done = installed.run("keymedic", "packs", "list")
    assert done.returncode == 0, done.stderr
    files = len(list((ROOT / "rules").rglob("*.yaml")))
    assert done.stdout.splitlines()[-1].startswith(f"{files} packs, ")


def test_every_format_and_the_stream_of_cases_work(installed: Installed) -> None:
    for fmt in ("md", "html", "reply", "note"):
        assert "KuCoin" in installed.run("keymedic", "diagnose", TICKET, "--format", fmt).stdout
    done = installed.run("keymedic", "diagnose", "--jsonl", stdin=json.dumps({"id": "a", "text": TICKET}) + "\n")
    assert json.loads(done.stdout)["id"] == "a"


def test_it_is_the_installed_package_and_not_the_checkout(installed: Installed) -> None:
    done = installed.run("python", "-c", "import keymedic, keymedic.paths as p; print(keymedic.__file__, p.rules())")
    assert str(ROOT) not in done.stdout
    assert str(installed.bin.parent) in done.stdout
