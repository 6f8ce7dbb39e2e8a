"""The page and the summary of a triage, as an operator reads them and as a hostile log would have them."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from tests.triage.hostile import everywhere
from tests.triage.sample import EMPTY_RUN, INCIDENTS, RUN, UNKNOWNS, incident, input_record

from keymedic.report.layout import cells
from keymedic.triage.records import Incident, Named, Window
from keymedic.triage.showing import charts, report, words

SGR = re.compile(r"\x1b\[[0-9;]*m")
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
VOID = {"meta", "br", "input", "line", "path"}


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYMEDIC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


class Elements(HTMLParser):
    """The tags, attributes, headings and texts of a page; fails where a tag closes another."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: dict[str, str] = {}
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data

    def values(self, name: str) -> list[str]:
        return [value for known, value in self.attributes if known == name]


def page(incidents: tuple[Incident, ...] = INCIDENTS) -> str:
    return report.html(RUN, incidents, UNKNOWNS)


def summary(incidents: tuple[Incident, ...] = INCIDENTS, width: int = 100) -> str:
    return report.term(RUN, incidents, UNKNOWNS, colour=False, width=width)


def hostile_page(text: str) -> Elements:
    return Elements(report.html(*everywhere(text)))


def many(count: int, worker: str = "bot-{}") -> tuple[Incident, ...]:
    return tuple(incident(f"m{number}", worker.format(number), count=count - number) for number in range(count))


# --- the answer --------------------------------------------------------------------------------------------


def test_the_page_opens_with_the_answer() -> None:
    read = page()
    assert read.index("<h1>4 key problems are open</h1>") < read.index("What to do first") < read.index("Timeline")
    assert "At 4 workers (bot-7, bot-9, bot-2 and acct_4711) on Binance and KuCoin" in read
    assert "the oldest since 2026-03-02 14:10 UTC. 1 more key problem ended earlier." in read


@pytest.mark.parametrize("shown", [page(), summary(width=300)], ids=["html", "term"])
def test_what_was_not_read_is_said_before_the_problems(shown: str) -> None:
    broken = shown.index("2 inputs could not be read whole: logs/cut.log.gz (the file ends in the middle")
    assert broken < shown.index("3 incidents are left out by the filters.") < shown.index("bot-4")


@pytest.mark.parametrize(
    ("incidents", "headline"),
    [
        ((), "No key problem found"),
        (INCIDENTS[6:], "No key problem found"),
        (INCIDENTS[:1], "1 key problem is open"),
        (INCIDENTS[4:5], "No key problem is open, 1 ended earlier"),
        (INCIDENTS[5:6], "1 key problem found, in logs without times"),
    ],
)
def test_the_headline_says_what_is_open(incidents: tuple[Incident, ...], headline: str) -> None:
    assert f"<h1>{headline}</h1>" in page(incidents)
    assert headline in summary(incidents)


def test_what_is_lost_is_said_before_the_step_that_loses_it() -> None:
    read = page()
    assert read.index("Every other server that uses this key") < read.index("Add the address under Restrict")
    shown = summary()
    assert shown.index("Do not delete the key") < shown.index("Find the address that the bot calls from")


def test_an_empty_run_reads_well() -> None:
    read = Elements(report.html(EMPTY_RUN, (), ()))
    assert {"svg", "figure"}.isdisjoint(read.tags)
    assert "Read 1 input, 5.1 kB, 40 lines in 1.3 s." in report.html(EMPTY_RUN, (), ())
    assert report.term(EMPTY_RUN, (), (), colour=False, width=80).startswith("Read 1 input, 5.1 kB, 40 lines")
    assert report.html(msgspec.structs.replace(EMPTY_RUN, inputs=()), (), ())


# --- the page ----------------------------------------------------------------------------------------------


def test_every_incident_is_there_and_every_link_leads_somewhere() -> None:
    read = Elements(page())
    assert {f"incident-{one.id}" for one in INCIDENTS} <= set(read.values("id"))
    assert {link[1:] for link in read.values("href") if link.startswith("#")} <= set(read.values("id"))
    assert len(set(read.values("id"))) == len(read.values("id"))
    assert {name for value in read.values("aria-labelledby") for name in value.split()} <= set(read.values("id"))


def test_no_heading_leaves_a_level_out() -> None:
    for read in (page(), page(()), report.html(EMPTY_RUN, (), ())):
        levels = [int(tag[1]) for tag in Elements(read).tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_needs_nothing_from_outside_and_allows_only_its_own_script() -> None:
    read = Elements(page())
    assert {"link", "img", "iframe", "form", "object", "base"}.isdisjoint(read.tags)
    assert {"src", "srcset", "action", "style", "xlink:href"}.isdisjoint(name for name, _ in read.attributes)
    assert all(link.startswith(("#", "https://")) for link in read.values("href"))
    policy = next(value for value in read.values("content") if value.startswith("default-src 'none'"))
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        assert read.tags.count(tag) == 1
        assert base64.b64encode(hashlib.sha256(read.text[tag].encode()).digest()).decode() in policy
    assert "url(" not in read.text["style"]


def test_tables_and_figures_have_names() -> None:
    read = Elements(page())
    assert read.tags.count("caption") == read.tags.count("table")
    assert set(read.values("scope")) == {"col", "row"}
    assert "img" in read.values("role")
    assert {"header", "nav", "main", "footer"} <= set(read.tags)


def test_beyond_three_hundred_the_rest_is_counted() -> None:
    read = page(many(report.FULL + 12))
    assert read.count('<details class="incident"') == report.FULL
    assert "12 more incidents are in incidents.jsonl" in read


def test_open_key_problems_come_first() -> None:
    found = re.findall(r'<details class="incident" id="incident-(\w+)"', page(INCIDENTS[::-1]))
    assert found == ["a1f0", "a1f1", "a1f2", "b2c0", "d4e0", "c3d0", "e5f0"]


# --- figures -----------------------------------------------------------------------------------------------


def test_the_map_adds_up_when_causes_and_exchanges_are_many() -> None:
    crowd = [
        incident(f"x{n}", "w", cause=f"key.c{n % 23}", exchange=Named(id=f"e{n % 17}", name=f"E{n % 17}"))
        for n in range(300)
    ]
    heat = charts.heat_map(crowd)
    assert heat
    assert len(heat.columns) == charts.MAP_COLUMNS
    assert len(heat.rows) == charts.MAP_ROWS
    assert heat.rows[-1][1] == heat.columns[-1] == "others"
    assert sum(heat.sums) == sum(total for _, _, _, total in heat.rows) == heat.total == 300


@pytest.mark.parametrize("hours", [0, 0.001, 1, 30, 24 * 40, 24 * 365 * 12])
def test_the_axis_has_few_ticks_inside_the_figure(hours: float) -> None:
    first = words.time("2026-02-27T23:00:00.000Z")
    assert first
    last = first.fromtimestamp(first.timestamp() + hours * 3600, first.tzinfo).isoformat()
    one = incident("t", "w", windows=(Window(first=first.isoformat(), last=last, count=2),))
    drawn = charts.timeline([one], last)
    assert drawn
    assert len(drawn.ticks) <= charts.TICKS + 1
    places = [float(tick.x.rstrip("%")) for tick in drawn.ticks] + [float(drawn.rows[0].rest.rstrip("%"))]
    assert all(0 <= place <= charts.PLOT for place in places)


def test_incidents_without_times_have_no_timeline() -> None:
    assert charts.timeline(INCIDENTS[5:6], None) is None
    assert "The logs name no times" in page(INCIDENTS[5:6])


def test_a_worker_counts_once() -> None:
    first = charts.workers(INCIDENTS)[0]
    assert (first.name, first.incidents, first.key_problems, first.events) == ("bot-7", 2, 1, 16434)


# --- the terminal ------------------------------------------------------------------------------------------


def test_term(snapshot: SnapshotAssertion) -> None:
    assert summary(width=80) == snapshot


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("worker", ["bot-{}", "a-very-long-name-of-a-worker/" * 4 + "{}", "交易机器人" * 9 + "{}"])
def test_no_line_is_wider_than_the_terminal(width: int, worker: str) -> None:
    for line in summary((*INCIDENTS, *many(40, worker)), width).splitlines():
        assert cells(line) <= width, line


def test_the_terminal_shows_what_fits_and_counts_the_rest() -> None:
    parts = [msgspec.structs.replace(one, cause=f"key.c{n % 9}") for n, one in enumerate(many(90))]
    shown = summary(tuple(parts))
    assert len(re.findall(r"^    ongoing ", shown, re.MULTILINE)) == report.ROWS
    assert "70 more incidents in OUT/incidents.jsonl" in shown


def test_colour_adds_nothing_but_colour() -> None:
    coloured = report.term(RUN, INCIDENTS, UNKNOWNS, colour=True, width=80)
    assert "\x1b[" in coloured
    assert SGR.sub("", coloured) == summary(width=80)


def test_a_folder_with_blanks_is_quoted_in_the_command() -> None:
    shown = report.term(RUN, (), UNKNOWNS, colour=False, width=120, out="my out")
    assert "keymedic packs new --from-cluster 'my out/unknowns.jsonl' u-7c1e" in shown


# --- hostile text ------------------------------------------------------------------------------------------

HTML = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)' x=\"",
    "</pre></bdi></details><iframe src=//evil.example>",
    "--><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
]


@pytest.mark.parametrize("text", HTML)
def test_the_page_gets_no_element_or_attribute_from_the_log(text: str) -> None:
    read, harmless = hostile_page(text), hostile_page("harmless")
    assert read.tags == harmless.tags
    assert [name for name, _ in read.attributes] == [name for name, _ in harmless.attributes]
    assert all(value.startswith("#") for value in read.values("href"))
    assert read.text["script"] == harmless.text["script"]


@pytest.mark.parametrize(
    "text", ["\x1b[2J\x1b]0;x\x07", "\u202egnp.exe", "a\u200bb", "\u2066", "\r\x08", "\ud800", "\x02rx\x03"]
)
def test_what_acts_on_a_screen_is_shown_as_an_escape(text: str) -> None:
    run, incidents, unknowns = everywhere(text)
    for shown in (report.html(run, incidents, unknowns), report.term(run, incidents, unknowns, colour=False, width=80)):
        assert not [char for char in shown if char != "\n" and unicodedata.category(char) in HIDDEN]


@given(text=st.text(st.characters(), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_no_text_breaks_a_report(text: str) -> None:
    run, incidents, unknowns = everywhere(text)
    Elements(report.html(run, incidents, unknowns))
    coloured = SGR.sub("", report.term(run, incidents, unknowns, colour=True, width=80))
    assert coloured == report.term(run, incidents, unknowns, colour=False, width=80)
    assert not [char for char in coloured if char != "\n" and unicodedata.category(char) in HIDDEN]


def test_a_line_of_the_log_cannot_pose_as_a_line_of_the_summary() -> None:
    shown = report.term(*everywhere("x\n\n    Do        send us your secret"), colour=False, width=200)
    lines = [line for line in shown.splitlines() if line.startswith("    Do        send us")]
    assert not lines


# --- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_960, "1.0 MB"),
        (1_180_000_000, "1.2 GB"),
    ],
)
def test_bytes(count: int, written: str) -> None:
    assert words.size(count) == written


@pytest.mark.parametrize(("count", "written"), [(1, "1 line"), (9_999, "9,999 lines"), (8_700_000, "8.7 M lines")])
def test_lines(count: int, written: str) -> None:
    assert words.lines(count) == written


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.004, "4 ms"), (1.31, "1.3 s"), (125, "2 min 5 s"), (11_220, "3 h 7 min")]
)
def test_durations(seconds: float, written: str) -> None:
    assert words.duration(seconds) == written


def test_inputs_with_trouble_stand_first() -> None:
    run = msgspec.structs.replace(RUN, inputs=(input_record("whole"), input_record("broken", problems=("cut off",))))
    read = report.html(run, (), ())
    assert read.index("<bdi>broken</bdi>") < read.index("<bdi>whole</bdi>")
