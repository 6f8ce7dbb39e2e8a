"""`import keymedic`: one function, one record, no surprises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

import keymedic
from keymedic.diagnosis import Diagnosis
from keymedic.errors import Unusable
from keymedic.knowledge.problems import PackError
from keymedic.knowledge.store import Knowledge
from keymedic.report.machine import encode

TICKET = "CoinTracker: my KuCoin wallet stopped syncing, it says invalid API key"
TEXTS = [
    TICKET,
    'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    "ccxt.base.errors.AuthenticationError: kraken EAPI:Invalid key",
    'okx {"code":"50111","msg":"Invalid OK-ACCESS-KEY"} secret=a8Kd93jfLq02mZx71Bv5Tn64Wc',
]


@pytest.fixture(autouse=True)
def packs_are_compiled(knowledge: Knowledge) -> None:
    """The built-in packs."""


def test_a_diagnosis_keeps_its_contract() -> None:
    found = keymedic.diagnose(TICKET)
    assert found.schema == "keymedic/diagnosis/1"
    assert found.verdict in {"diagnosed", "same_fix", "ambiguous", "not_a_key_problem", "unknown"}
    assert found.exchange is not None
    assert found.source is not None
    assert (found.exchange.id, found.source.id) == ("kucoin", "cointracker")
    probabilities = [cause.probability for cause in found.causes]
    assert probabilities == sorted(probabilities, reverse=True)
    assert found.explanation is None
    assert found.engine == keymedic.__version__
    gains = [question.gain / question.cost for question in found.questions]
    assert gains == sorted(gains, reverse=True)


def test_a_diagnosis_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        keymedic.diagnose(TICKET).verdict = "diagnosed"  # type: ignore[misc]


def test_names_may_be_given_instead_of_recognised() -> None:
    found = keymedic.diagnose("invalid API key", exchange="kucoin", source="cointracker")
    assert found.exchange is not None
    assert found.exchange.confidence == 1.0
    assert found.remedies


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_case_gives_the_same_bytes(text: str) -> None:
    assert encode(keymedic.diagnose(text, why=True)) == encode(keymedic.diagnose(text, why=True))


SCRIPT = """
import sys, keymedic
from keymedic.report.machine import encode
for text in sys.argv[1:]:
    sys.stdout.write(encode(keymedic.diagnose(text, why=True)))
"""


def test_the_same_case_gives_the_same_bytes_in_another_process_with_other_hashes() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, *TEXTS],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(outputs) == 1
    assert outputs.pop().decode() == "".join(encode(keymedic.diagnose(text, why=True)) for text in TEXTS)


def test_eight_threads_get_what_one_gets() -> None:
    work = TEXTS * 10
    alone = [encode(keymedic.diagnose(text)) for text in work]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: encode(keymedic.diagnose(text)), work))
    assert together == alone


def test_eight_threads_may_load_the_packs_at_once() -> None:
    keymedic._loaded.clear()
    with ThreadPoolExecutor(8) as pool:
        loaded = set(map(id, pool.map(lambda _: keymedic.load(), range(8))))
    assert len(loaded) == 1


HEAVY = ("ccxt", "jinja2", "yaml", "jsonschema", "rich", "starlette", "pyarrow", "platformdirs")


@pytest.mark.parametrize(
    "code",
    ["import keymedic", f"import keymedic; keymedic.diagnose({TICKET!r})", "import keymedic.cli.main"],
    ids=["import", "diagnose", "command line"],
)
def test_nothing_heavy_is_loaded_before_it_is_used(code: str) -> None:
    script = f"{code}\nimport sys, json; print(json.dumps([n for n in {HEAVY} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_an_answer_changes_the_result() -> None:
    before = keymedic.diagnose(TICKET)
    after = keymedic.diagnose(TICKET, answers={"base.key_in_list": "gone"})
    assert after.id != before.id
    assert after.answers == {"base.key_in_list": "gone"}

    def deleted(found: Diagnosis) -> float:
        return next(cause.probability for cause in found.causes if cause.id == "key.deleted")

    assert deleted(after) > deleted(before)


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0"])
def test_an_empty_text_is_unusable(text: str) -> None:
    with pytest.raises(Unusable, match="the text is empty"):
        keymedic.diagnose(text)


def test_a_text_that_is_too_long_is_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keymedic.case.MAX_CHARACTERS", 1_000_000)
    with pytest.raises(Unusable, match="the limit is 1 million"):
        keymedic.diagnose("a " * 600_000)


@pytest.mark.parametrize("answers", [{"base.nothing_like_it": "yes"}, {"base.worked_before": "perhaps"}, {"": ""}])
def test_an_answer_that_does_not_fit_is_unusable(answers: dict[str, str]) -> None:
    with pytest.raises(Unusable) as caught:
        keymedic.diagnose(TICKET, answers=answers)
    assert "\n" not in str(caught.value)


def test_further_packs_that_cannot_be_used_are_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("schema: keymedic/pack/1\npack: bad\nkind: exchange\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"bad\.yaml:\d+"):
        keymedic.diagnose(TICKET, rules=[tmp_path])


@pytest.mark.parametrize("text", ["\ud800 invalid api key", "\x00\x00", "\ufeff", "🙏" * 50, "a" * 100_000, "{" * 5000])
def test_hostile_text_is_diagnosed_like_any_other(text: str) -> None:
    found = keymedic.diagnose(text or "x")
    assert msgspec.json.decode(encode(found), type=Diagnosis).verdict == found.verdict
