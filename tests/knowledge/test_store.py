"""Knowledge is compiled once, kept in the cache, and survives whatever happens to the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from tests.knowledge.tiny import Write, base, exchange, symptom

import keymedic
from keymedic.knowledge import store
from keymedic.knowledge.index import Packed
from keymedic.knowledge.problems import PackError
from keymedic.knowledge.store import Knowledge

Use = Callable[[Path], None]


@pytest.fixture
def rules(write: Write, rules_only: Use, own_cache: Path) -> Path:
    """A folder of two packs that stands for the built-in rules, with an empty cache."""
    folder = write(base(), exchange("acme"))
    rules_only(folder)
    return folder


def compiled(*extra: Path) -> tuple[Knowledge, bool]:
    """Knowledge, and whether it had to be compiled."""
    lines: list[str] = []
    return store.load(extra, progress=lines.append), bool(lines)


def encoded(knowledge: Knowledge) -> bytes:
    return msgspec.msgpack.encode(Packed.of(knowledge.index))


def test_the_second_load_comes_from_the_cache(rules: Path) -> None:
    first, slow = compiled()
    second, slow_again = compiled()
    assert (slow, slow_again) == (True, False)
    assert encoded(first) == encoded(second)


def test_a_changed_pack_is_compiled_again(rules: Path, write: Write) -> None:
    compiled()
    write(exchange("acme", symptom("acme.new", {"text": "something new"})))
    knowledge, slow = compiled()
    assert slow
    assert knowledge.index.symptom_ids == ["acme.new"]


def test_a_removed_and_an_added_pack_are_noticed(rules: Path, write: Write) -> None:
    compiled()
    write(exchange("other"))
    assert compiled()[1]
    (rules / "other.yaml").unlink()
    assert set(compiled()[0].index.heads) == {"base.tiny", "acme"}


def test_an_overlay_replaces_a_pack_by_its_id(rules: Path, write: Write) -> None:
    mine = write(exchange("acme", name="My Acme"), into="mine")
    assert compiled(mine)[0].head("acme").name == "My Acme"
    assert compiled()[0].head("acme").name == "The acme exchange"


@pytest.mark.parametrize("suffix", ["index", "scan"])
@pytest.mark.parametrize("damage", ["empty", "cut", "garbage", "flipped"])
def test_a_damaged_cache_is_compiled_again(rules: Path, own_cache: Path, suffix: str, damage: str) -> None:
    compiled()
    (file,) = own_cache.glob(f"*.{suffix}")
    data = file.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
    file.write_bytes({"empty": b"", "cut": data[:middle], "garbage": b"\xc1" * 999, "flipped": flipped}[damage])
    knowledge, slow = compiled()
    assert slow
    assert knowledge.scanner.scan(b"acme says the key is bad")
    assert not compiled()[1]


def test_an_index_and_a_scanner_of_two_writers_are_not_mixed(rules: Path, write: Write, own_cache: Path) -> None:
    compiled()
    (scan,) = own_cache.glob("*.scan")
    of_others = scan.read_bytes()
    write(exchange("acme", symptom("acme.new", {"text": "something new"})))
    compiled()
    newest = max(own_cache.glob("*.scan"), key=lambda path: path.stat().st_mtime_ns)
    newest.write_bytes(of_others)
    assert compiled()[1]


def test_a_cache_folder_that_cannot_be_made_costs_time_not_the_answer(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("KEYMEDIC_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert compiled()[1]
    assert compiled()[1]


def test_a_failed_write_leaves_nothing_behind(rules: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    assert compiled()[1]
    assert list(own_cache.iterdir()) == []


def test_only_a_few_sets_of_packs_are_kept(rules: Path, write: Write, own_cache: Path) -> None:
    for number in range(8):
        write(exchange("acme", symptom(f"acme.x{number}", {"text": f"message {number}"})))
        compiled()
    assert len(list(own_cache.glob("*.scan"))) == len(list(own_cache.glob("*.index"))) <= store._KEPT + 1


def test_four_processes_with_an_empty_cache_all_succeed(write: Write, own_cache: Path) -> None:
    folder = write(base(), *(exchange(f"acme{n}") for n in range(30)))
    program = (
        "import sys, pathlib, keymedic.paths as paths\n"
        "paths.rules = lambda: pathlib.Path(sys.argv[1])\n"
        "from keymedic.knowledge import store\n"
        "found = store.load().scanner.scan(b'acme7 says the key is bad ' * 50)\n"
        "sys.exit(0 if len(found) > 49 else 1)\n"
    )
    command = [sys.executable, "-X", "faulthandler", "-c", program, str(folder)]
    running = [subprocess.Popen(command, env=dict(os.environ)) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert {path.suffix for path in own_cache.iterdir()} == {".scan", ".index"}


def test_a_name_that_leads_nowhere_is_a_pack_error_not_a_crash(rules: Path, write: Write) -> None:
    mine = write(exchange("mine", symptom("mine.x", {"concepts": ["stpo", "key"]}), priors={"key.x": 1}), into="mine")
    with pytest.raises(PackError) as caught:
        compiled(mine)
    assert [problem.what for problem in caught.value.problems] == ["unknown concept 'stpo'", "unknown cause 'key.x'"]


def test_a_pattern_that_the_scanner_refuses_is_named(rules: Path, write: Write) -> None:
    mine = write(exchange("mine", symptom("mine.x", {"regex": "(abc"})), into="mine")
    with pytest.raises(PackError, match="the scanner refuses the pattern"):
        compiled(mine)


def test_a_folder_that_does_not_exist_is_named(rules: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="nowhere:1:1: there is no such folder: name a folder with packs"):
        compiled(tmp_path / "nowhere")


def test_a_circle_of_links_between_folders_does_no_harm(rules: Path) -> None:
    (rules / "again").symlink_to(rules, target_is_directory=True)
    assert set(compiled()[0].index.heads) == {"base.tiny", "acme"}


def test_ids_ccxt_ids_and_aliases_stand_for_a_pack(rules: Path, write: Write) -> None:
    seen = {"ccxt": ["acme", "acmefutures"], "aliases": ["Acme-EU"]}
    write(exchange("acme", recognise=seen))
    knowledge, _ = compiled()
    assert {knowledge.resolve("exchange", name) for name in ("acme", "ACMEFUTURES", " acme-eu ")} == {"acme"}
    assert knowledge.resolve("source", "acme") is None
    assert knowledge.suggest("exchange", "acmefuture") == ["acmefutures"]


def test_a_pack_s_own_id_wins_over_another_s_alias(rules: Path, write: Write) -> None:
    write(exchange("other", recognise={"aliases": ["acme"]}))
    assert compiled()[0].resolve("exchange", "acme") == "acme"


def test_a_circle_of_extended_packs_ends(rules: Path, write: Write) -> None:
    write(exchange("acme", extends="other"), exchange("other", extends="acme"))
    assert compiled()[0].family("acme") == ("acme", "other")


def test_diagnose_gives_the_same_from_many_threads(knowledge: Knowledge) -> None:
    texts = [
        'okx {"code":"50113","msg":"Invalid Sign"}',
        'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
        "KuCoin says KC-API-KEY not exists since I changed my password. " * 20,
    ] * 6
    alone = [keymedic.diagnose(text) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(keymedic.diagnose, texts)) == alone
