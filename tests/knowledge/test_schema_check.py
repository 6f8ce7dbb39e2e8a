"""What leaves the schema is said in one line with its place and how to mend it, all of it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.knowledge.tiny import HEAD, Write, base, exchange, symptom

from keymedic.knowledge import load
from keymedic.knowledge.problems import PackError, did_you_mean


def problems(text: str, tmp_path: Path) -> list[str]:
    """The problems of one pack file, without its folder."""
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    _, found = load.read_one(path)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in found]


START = "schema: keymedic/pack/1\npack: acme\nkind: exchange\nname: Acme\nversion: 1.0.0\nstatus: tested\n"
GOOD = START + 'verified: "2026-11-21"\n'
SYMPTOM = (
    "symptoms:\n  - {id: acme.x, title: A symptom, match: {text: some words}, "
    "examples: [a], counterexamples: [b], source: s"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD + "symptom: []\n", "p.yaml:8:1: unknown key 'symptom': did you mean symptoms?"),
        (GOOD + "lifecyle: {}\n", "p.yaml:8:1: unknown key 'lifecyle': did you mean lifecycle?"),
        (START, "p.yaml:1:1: missing key 'verified': add it"),
        (GOOD.replace("tested", "testd"), 'p.yaml:6:1: "testd" is not allowed here: did you mean tested?'),
        (GOOD.replace("tested", "zzz"), 'p.yaml:6:1: "zzz" is not allowed here: allowed: draft, tested, stable'),
        (GOOD.replace("1.0.0", "1.0"), "p.yaml:5:1: 1.0 should be string: Semantic version"),
        (GOOD.replace("1.0.0", "v1"), 'p.yaml:5:1: "v1" does not have the form'),
        (GOOD.replace("pack/1", "pack/9"), "p.yaml:1:1: \"keymedic/pack/9\" should be 'keymedic/pack/1'"),
        (GOOD + "symptoms: {}\n", "p.yaml:8:1: {} should be array"),
        (GOOD.replace("name: Acme", "name: A"), 'p.yaml:4:1: "A" is too short'),
        (GOOD + SYMPTOM + ", indicates: {key.invalid: stong}}\n", '"stong" is not allowed here: did you mean strong?'),
        (GOOD + SYMPTOM.replace("text:", "txt:") + "}\n", "unknown key 'txt': did you mean text?"),
        (GOOD + SYMPTOM.replace("some words", "abc") + "}\n", '"abc" is too short'),
        (GOOD + SYMPTOM + ", facts: {a: [1]}}\n", "[1] should be string or number or boolean"),
        (GOOD + "sources: {docs: nowhere}\n", '"nowhere" does not have the form'),
        (GOOD + "priors: {key.invalid: 99}\n", "99 is greater than the maximum of 20"),
        (GOOD + "profile: {ipp: {}}\n", "unknown key 'ipp': did you mean ip?"),
        ("just words\n", "p.yaml:1:1: a pack is a mapping: begin with `schema: keymedic/pack/1`"),
    ],
)
def test_every_kind_of_error_says_where_what_and_how_to_mend(text: str, expected: str, tmp_path: Path) -> None:
    found = problems(text, tmp_path)
    assert any(expected in line for line in found), found
    assert all(line.startswith("p.yaml:") and "\n" not in line for line in found)


def test_a_good_pack_has_no_problem(tmp_path: Path) -> None:
    assert problems(GOOD, tmp_path) == []


def test_a_long_value_is_cut_in_the_message(tmp_path: Path) -> None:
    (line,) = problems(GOOD.replace("tested", "x" * 500), tmp_path)
    assert len(line) < 250


def test_all_problems_of_all_files_come_at_once(write: Write) -> None:
    folder = write(base(), exchange("acme", colour="red"), exchange("other", status="fresh", version="x"))
    with pytest.raises(PackError) as caught:
        load.library([folder])
    said = str(caught.value)
    assert [word in said for word in ("'colour'", '"fresh"', '"x"')] == [True] * 3
    assert len(caught.value.problems) == 3


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_bytes(b"name: caf\xe9\n")
    _, found = load.read_one(tmp_path / "p.yaml")
    assert "cannot be read (UnicodeDecodeError): save it as UTF-8 text" in str(found[0])


def test_the_same_id_twice_in_one_folder_is_a_problem(write: Write) -> None:
    folder = write(base(), exchange("acme"))
    (folder / "copy.yaml").write_text((folder / "acme.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PackError, match="the pack id 'acme' is taken: choose another id"):
        load.library([folder])


def test_a_pack_of_a_later_folder_replaces_one_with_its_id(write: Write) -> None:
    first = write(base(), exchange("acme"))
    second = write(exchange("acme", name="Acme, corrected"), into="mine")
    assert load.library([first, second]).packs["acme"].name == "Acme, corrected"
    assert load.library([second, first]).packs["acme"].name == "The acme exchange"


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("stong", ["strong", "weak"], "did you mean strong?"),
        ("zzz", ["strong", "weak"], ""),
        ("", ["strong"], ""),
        ("key.deletd", ["key.deleted", "key.delayed"], "did you mean key.deleted or key.delayed?"),
    ],
)
def test_did_you_mean_offers_what_is_close(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint


def test_the_helpers_write_valid_packs(write: Write) -> None:
    data: dict[str, Any] = exchange("acme", symptom("acme.a", {"code": "12345"}))
    assert data["schema"] == HEAD["schema"]
    library = load.library([write(base(), data)])
    assert set(library.packs) == {"base.tiny", "acme"}
    assert library.packs["acme"].symptoms[0].indicates == {"key.invalid": 15}
