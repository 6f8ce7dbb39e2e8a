"""Packs derived from ccxt's tables: careful, reproducible, and never in the way of a person's pack."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.knowledge import fake_ccxt as fake
from tests.knowledge.fake_ccxt import AccountSuspended, AuthenticationError, InvalidOrder, Newest, Strange, client

from keymedic import paths
from keymedic.knowledge import derive, lint, load, positions, schema_check
from keymedic.knowledge.advice import advise
from keymedic.knowledge.ccxt_classes import CLASSES
from keymedic.knowledge.compile import compile_index
from keymedic.knowledge.derive import Derived
from keymedic.knowledge.examples import test as run_examples
from keymedic.knowledge.positions import Document
from keymedic.knowledge.scanner import Scanner
from keymedic.knowledge.store import Knowledge
from keymedic.model import Pack

Data = dict[str, Any]
TODAY, LATER = "2026-11-21", "2026-12-24"
ERRORS: Data = {
    "exact": {"10001": AuthenticationError, "20001": InvalidOrder, "401": AuthenticationError, "77": InvalidOrder},
    "broad": {"the key was not found": AuthenticationError, "invalid": AuthenticationError},
}
BLUE = client("bluecoin", exceptions=ERRORS)


def derived(
    ccxt: Any,
    taken: Mapping[str, str] | None = None,
    hosts: Collection[str] = (),
    old: Mapping[str, Data] | None = None,
    today: str = TODAY,
) -> dict[str, Derived]:
    written = [blue(name, [ccxt_id], extends="other") for ccxt_id, name in (taken or {}).items()]
    written.append({"pack": "other", "name": "Other", "recognise": {"hosts": list(hosts)}})
    return {pack.id: pack for pack in derive.derive(ccxt, written, old or {}, today)}


def blue(name: str = "blue", ids: Collection[str] = ("bluecoin",), **more: Any) -> Data:
    """A pack that a person wrote; one that extends another gets no companion."""
    return {"pack": name, "name": "Blue Coin", "recognise": {"ccxt": list(ids)}, **more}


def document(pack: Derived) -> Document:
    """The pack as it is read back, with a form that fits."""
    read = positions.read(pack.text, f"{pack.id}.yaml")
    assert schema_check.check(read) == []
    return read


def data(pack: Derived) -> Data:
    return dict(document(pack).data)


def one(item: type[fake.Exchange], **more: Any) -> Data:
    """The pack of one exchange."""
    return data(derived(fake.ccxt(item), **more)[item.__name__])


def test_a_pack_says_where_it_comes_from() -> None:
    pack = one(BLUE)
    assert (pack["status"], pack["version"], pack["verified"]) == ("derived", "1.0.0", TODAY)
    assert pack["sources"] == {"ccxt": "https://github.com/ccxt/ccxt/blob/v9.0.0/python/ccxt/bluecoin.py"}
    assert pack["recognise"] == {"ccxt": ["bluecoin"], "hosts": ["bluecoin.example"], "words": ["bluecoin"]}
    assert pack["profile"]["credentials"] == {"fields": ["key", "secret"], "passphrase": "none", "source": "ccxt"}


def test_one_symptom_a_class_without_statuses_short_codes_and_everyday_words() -> None:
    symptoms = {item["id"]: item for item in one(BLUE)["symptoms"]}
    assert {name: item["match"] for name, item in symptoms.items()} == {
        "bluecoin.order": {"code": ["20001"]},
        "bluecoin.authentication_error": {"any": [{"code": ["10001"]}, {"text": "the key was not found"}]},
    }
    assert {item["scope"] for item in symptoms.values()} == {"pack"}


def test_no_class_weighs_more_than_moderate() -> None:
    assert {weight for item in CLASSES.values() for weight in item.indicates.values()} == {"moderate", "weak"}


def test_every_class_is_one_of_ccxt_s_and_names_causes_that_there_are() -> None:
    import ccxt

    assert all(issubclass(getattr(ccxt, name), ccxt.BaseError) for name in CLASSES)
    causes = load.library([paths.rules()]).causes
    assert {cause for item in CLASSES.values() for cause in item.indicates} <= causes.keys()


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (AuthenticationError, "authentication_error"),
        (AccountSuspended, "account_suspended"),
        (Newest, "authentication_error"),
        (Strange, None),
    ],
)
def test_a_class_counts_as_itself_or_its_nearest_parent(error: type[Exception], symptom: str | None) -> None:
    pack = one(client("bluecoin", exceptions={"exact": {"10001": error}}))
    assert [item["id"] for item in pack.get("symptoms", ())] == ([f"bluecoin.{symptom}"] if symptom else [])


def test_tables_may_be_of_any_depth() -> None:
    pack = one(client("bluecoin", exceptions={"spot": {"exact": {"10001": AuthenticationError}}}))
    assert pack["symptoms"][0]["match"] == {"code": ["10001"]}


def test_the_counterexample_is_of_another_class() -> None:
    key, order = one(BLUE)["symptoms"]
    assert key["examples"] == ['bluecoin {"code":"10001"}', 'bluecoin {"message":"the key was not found"}']
    assert key["counterexamples"] == order["examples"] == ['bluecoin {"code":"20001"}']
    assert order["counterexamples"] == ['bluecoin {"code":"10001"}']


def test_fields_have_our_names_and_a_passphrase_is_told() -> None:
    pack = one(client("bluecoin", requiredCredentials={"apiKey": True, "password": True, "uid": True, "secret": False}))
    assert pack["profile"]["credentials"]["fields"] == ["key", "passphrase", "user id"]
    assert "passphrase" not in pack["profile"]["credentials"]


def test_an_exchange_that_a_person_wrote_a_pack_for_is_left_to_it() -> None:
    ccxt = fake.ccxt(BLUE, client("redcoin"))
    assert set(derived(ccxt, taken={"bluecoin": "blue"})) == {"redcoin"}


def test_beside_a_person_s_pack_stands_what_it_leaves_out() -> None:
    known = {"id": "blue.a", "match": {"any": [{"code": "10001"}, {"text": "The key was"}]}}
    found = derive.derive(fake.ccxt(BLUE), [blue(symptoms=[known])], {}, TODAY)
    (companion,) = map(data, found)
    assert (companion["pack"], companion["beside"]) == ("blue-ccxt", "blue")
    assert not companion.keys() & {"recognise", "profile"}
    assert {item["id"]: item["match"] for item in companion["symptoms"]} == {"blue-ccxt.order": {"code": ["20001"]}}


def test_no_companion_where_the_person_s_pack_says_it_all_or_extends_another() -> None:
    known = {"id": "blue.a", "match": {"code": ["10001", "20001"], "text": "the key was not found"}}
    assert derive.derive(fake.ccxt(BLUE), [blue(symptoms=[known])], {}, TODAY) == []
    assert derive.derive(fake.ccxt(BLUE), [blue(extends="other")], {}, TODAY) == []


def test_a_child_of_a_person_s_pack_extends_it_and_says_nothing_again() -> None:
    pack = one_of(fake.ccxt(BLUE, client("bluecoinfutures", parent=BLUE)), "bluecoinfutures", {"bluecoin": "blue"})
    assert pack["extends"] == "blue"
    assert not pack.keys() & {"symptoms", "profile"}


def one_of(ccxt: Any, name: str, taken: Mapping[str, str]) -> Data:
    return data(derived(ccxt, taken)[name])


@pytest.mark.parametrize(
    ("host", "others", "claimed", "expected"),
    [
        ("blue.example", {}, [], ["blue.example"]),
        ("blue.co.jp", {}, [], ["blue.co.jp"]),
        ("blue.example", {"redcoin": "blue.example"}, [], None),
        ("a.shared.example", {"redcoin": "b.shared.example"}, [], ["a.shared.example", "api.a.shared.example"]),
        ("blue.example", {}, ["blue.example"], None),
        ("blue.example", {}, ["www.blue.example"], ["api.blue.example", "blue.example"]),
    ],
    ids=["own", "second level", "all shared", "domain shared", "claimed", "part claimed"],
)
def test_hosts_belong_to_one_exchange_only(
    host: str, others: dict[str, str], claimed: list[str], expected: list[str] | None
) -> None:
    clients = [client("bluecoin", host=host), *(client(name, host=other) for name, other in others.items())]
    pack = data(derived(fake.ccxt(*clients), hosts=claimed)["bluecoin"])
    assert pack["recognise"].get("hosts") == expected


def test_everyday_words_name_no_exchange_but_names_of_several_words_do() -> None:
    assert "words" not in one(client("lighter"))["recognise"]
    assert one(client("lighter", name="Lighter Exchange"))["recognise"]["words"] == ["Lighter Exchange"]


def olds(*packs: Derived) -> dict[str, Data]:
    return {pack.id: data(pack) for pack in packs if pack.text}


class TestASecondRun:
    """What did not change stays to the byte; what did has the next version."""

    first = derived(fake.ccxt(BLUE, client("redcoin")))

    def again(self, *clients: type[fake.Exchange], **more: Any) -> dict[str, Derived]:
        ccxt = fake.ccxt(*clients, version="9.1.0")
        return derived(ccxt, **{"old": olds(*self.first.values()), "today": LATER, **more})

    def test_the_same_tables_give_the_same_bytes(self) -> None:
        found = self.again(BLUE, client("redcoin"))
        assert {name: pack.text for name, pack in found.items()} == {n: p.text for n, p in self.first.items()}
        assert {pack.state for pack in found.values()} == {"unchanged"}
        assert list(derive.report(found.values())) == ["2 unchanged"]

    @pytest.mark.parametrize(
        ("errors", "version", "told"),
        [
            (
                {"exact": {**ERRORS["exact"], "30001": AccountSuspended}, "broad": ERRORS["broad"]},
                "1.1.0",
                ["symptom bluecoin.account_suspended is new"],
            ),
            (
                {"exact": {**ERRORS["exact"], "10002": AuthenticationError}, "broad": ERRORS["broad"]},
                "1.1.0",
                [
                    "symptom bluecoin.authentication_error: match changed",
                    "symptom bluecoin.authentication_error: wording of examples",
                ],
            ),
            (
                {"exact": {"20001": InvalidOrder}},
                "2.0.0",
                [
                    "symptom bluecoin.authentication_error is gone",
                    "symptom bluecoin.order: wording of counterexamples",
                ],
            ),
        ],
        ids=["new class", "new code", "class gone"],
    )
    def test_what_changed_is_told_and_moves_the_version(self, errors: Data, version: str, told: list[str]) -> None:
        found = self.again(client("bluecoin", exceptions=errors), client("redcoin"))
        pack = found["bluecoin"]
        assert pack.state == "changed"
        assert [change.what for change in pack.changes] == told
        read = data(pack)
        assert (read["version"], read["verified"]) == (version, LATER)
        report = list(derive.report(found.values()))
        assert report == ["1 changed, 1 unchanged", *(f"bluecoin: {line}" for line in told)]

    def test_an_exchange_that_ccxt_drops_is_deprecated_and_stays_so(self) -> None:
        gone = self.again(BLUE)["redcoin"]
        assert (gone.state, data(gone)["version"]) == ("changed", "1.1.0")
        assert data(gone)["deprecated"] == {"reason": "ccxt 9.1.0 knows this exchange no more"}
        later = derived(fake.ccxt(BLUE, version="9.2.0"), old=olds(self.first["bluecoin"], gone))
        assert later["redcoin"].state == "unchanged"
        assert later["redcoin"].text == gone.text

    def test_an_exchange_that_comes_back_is_derived_again(self) -> None:
        gone = self.again(BLUE)["redcoin"]
        back = derived(fake.ccxt(client("redcoin")), old=olds(gone))["redcoin"]
        assert (back.state, data(back)["status"], data(back)["version"]) == ("changed", "derived", "1.2.0")
        assert "deprecated" not in data(back)

    def test_a_pack_that_a_person_takes_over_is_told(self) -> None:
        found = self.again(BLUE, client("redcoin"), taken={"redcoin": "red"})
        assert (found["redcoin"].state, found["redcoin"].text) == ("taken over", "")
        assert list(derive.report(found.values())) == ["1 unchanged, 1 taken over", "redcoin: taken over"]


def written() -> list[Pack]:
    """The built-in packs that persons wrote."""
    return [pack for pack in load.library([paths.rules()]).packs.values() if pack.status != "derived"]


def from_ccxt(old: Mapping[str, Data] | None = None, today: str = TODAY) -> dict[str, Derived]:
    """The packs of the installed ccxt."""
    import ccxt

    taken: dict[str, str] = {}
    hosts: list[str] = []
    for pack in written():
        if pack.kind == "exchange":
            taken |= dict.fromkeys([pack.id, *pack.recognise.ccxt], pack.id)
            hosts += pack.recognise.hosts
    packs = derived(ccxt, taken, hosts, old, today)
    assert packs.keys() | taken.keys() >= set(ccxt.exchanges)
    assert not packs.keys() & taken.keys()
    return packs


@pytest.fixture(scope="module")
def all_of_ccxt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The derived packs of the installed ccxt, in a folder."""
    folder = tmp_path_factory.mktemp("derived")
    for name, pack in from_ccxt().items():
        (folder / f"{name}.yaml").write_text(pack.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def everything(all_of_ccxt: Path) -> load.Library:
    """The built-in packs and the derived ones."""
    return load.library([paths.rules(), all_of_ccxt])


@pytest.fixture(scope="module")
def knowledge_of_all(everything: load.Library) -> Knowledge:
    index = compile_index(everything)
    return Knowledge(index, Scanner(index.patterns))


def in_folder(library: load.Library, folder: Path) -> list[str]:
    """The packs that come from a folder."""
    return [name for name, item in library.documents.items() if Path(item.file).parent == folder]


def test_the_packs_of_the_installed_ccxt_have_no_problem_and_no_warning(
    everything: load.Library, all_of_ccxt: Path
) -> None:
    problems = lint.check(everything) + advise(everything, datetime.date.fromisoformat(TODAY))
    assert [str(problem) for problem in problems if Path(problem.file).parent == all_of_ccxt] == []


def test_the_packs_of_the_installed_ccxt_pass_their_own_examples(
    everything: load.Library, all_of_ccxt: Path, knowledge_of_all: Knowledge
) -> None:
    tally = run_examples(knowledge_of_all, everything, in_folder(everything, all_of_ccxt))
    assert [str(problem) for problem in tally.problems] == []
    assert tally.examples > 100


def test_the_packs_of_the_installed_ccxt_claim_nothing_that_other_packs_say(
    everything: load.Library, knowledge_of_all: Knowledge
) -> None:
    tally = run_examples(knowledge_of_all, everything, [pack.id for pack in written()])
    assert [str(problem) for problem in tally.problems] == []


def test_deriving_again_on_another_day_changes_no_byte(all_of_ccxt: Path) -> None:
    old = {name: dict(item.data) for name, item in load.read_all(load.files([all_of_ccxt])).packs.items()}
    again = from_ccxt(old, LATER)
    assert again.keys() == old.keys()
    assert {pack.state for pack in again.values()} == {"unchanged"}
    assert {name: (all_of_ccxt / f"{name}.yaml").read_text(encoding="utf-8") for name in again} == {
        name: pack.text for name, pack in again.items()
    }
