"""Values known by their own form, with or without a label: PEM, JWT, e-mail addresses, prefixed keys and tokens."""

from __future__ import annotations

from collections.abc import Iterator

from keymedic.intake.secret_shapes import DER, is_placeholder
from keymedic.intake.secret_spans import Span, compiled

# Values known by their form, label or not: kind, what must occur in the text (one of these), pattern; its group 1
# is the value where there is one.
_BEGIN = r"-----BEGIN[ +%20A-Z0-9]{0,40}-----"
_WORD = r"(?<![A-Za-z0-9])"
_FORMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("pem", ("-----BEGIN",), _BEGIN + r"(?:[A-Za-z0-9+/=\s\\%:,.>|\"']|-(?!-))*+-----END[ +%20A-Z0-9]{0,40}-----"),
    ("pem", ("-----BEGIN",), _BEGIN + r"(?:(?:\\+[nr]|[\s>|\"'%]){0,16}+[A-Za-z0-9+/=%]{16,}+)++"
                             r"(?:(?:\\+[nr]|\s){1,8}[A-Za-z0-9+/]{1,15}={1,2})?"),
    ("pem", ("MI", "CAQ"),
     rf"(?<![A-Za-z0-9+/]){DER}[A-Za-z0-9+/]{{28,}}+={{0,2}}"
     rf"(?:(?:\\+[nr]|[\s>|]){{1,16}}+(?:[A-Za-z0-9+/]{{40,76}}+={{0,2}}"
     rf"|(?=\S*[\d+/=])[A-Za-z0-9+/]{{4,76}}+={{0,2}}(?=[\s\"'`\\]|$)))*+"),
    ("jwt", ("eyJ",), r"(?:(?<![\w-])|(?<=%20))eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*)?"),
    ("email", ("@",), r"(?<![\w.+%/@-])[\w.+%-]{1,64}+@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w@])"),
    ("email", ("%40",), r"(?<![\w.+%-])[\w.+-]{1,64}%40(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}"),
    ("password", ("://",), r"://[^\s/:@\"'<>]{0,64}:([^\s/@\"'<>]{1,128})@[\w.-]"),
    ("password", ("curl",), r"(?:\s-u|--user)[ =][\"']?[^\s:\"']{1,128}:([^\s\"']{1,200})"),
    ("key", ("curl",), r"(?:\s-u|--user)[ =][\"']?([^\s:\"'<]{8,128}):"),
    ("token", (":AA", "%3AAA"), _WORD + r"(?:bot)?(\d{8,10}(?::|%3A)AA[A-Za-z0-9_-]{28,40})(?![A-Za-z0-9_-])"),
    ("token", ("webhooks/",), r"webhooks/\d{10,20}/([\w-]{30,})"),
    ("token", ("://",),
     r"://[\w.-]{0,64}(?:infura\.io|alchemy\w*\.\w+|quiknode\.pro|ankr\.com|getblock\.io)"
     r"/(?:[\w-]{1,16}/){0,3}([\w-]{24,})"),
    ("token", ("hooks.slack.com",), r"hooks\.slack\.com/(?:services|workflows)/([\w/]{20,})"),
    ("token", ("ghp_", "gho_", "ghs_", "github_pat_", "k_live_", "k_test_"),
     _WORD + r"(?:gh[pousr]|github_pat|[srp]k_live|[srp]k_test)_[A-Za-z0-9_]{16,}"),
    ("token", ("xox", "glpat-", "sk-"), _WORD + r"(?:xox[abprs]-[\w-]{10,}|glpat-[\w-]{20,}|sk-[A-Za-z0-9_-]{20,})"),
    ("key", ("AKIA", "ASIA"), _WORD + r"A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("key", ("rganizations",),
     r"organizations(?:\\*/|%2F)[0-9A-Fa-f-]{30,36}(?:(?:\\*/|%2F)apiKeys(?:\\*/|%2F)[0-9A-Fa-f-]{8,36})?"),
    ("key", ("bg_",), _WORD + r"bg_[0-9A-Za-z]{16,40}(?![A-Za-z0-9])"),
    ("key", ("mx0",), _WORD + r"mx0[0-9A-Za-z]{13,20}(?![A-Za-z0-9])"),
    ("key", ("account-", "master-"), _WORD + r"(?:account|master)-(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}"),
    ("key", ("K-",), _WORD + r"K-[0-9a-f]{40}(?![A-Za-z0-9])"),
    ("secret", ("S-",), _WORD + r"S-[0-9a-f]{40}(?![A-Za-z0-9])"),
    ("secret", ("cxakp_",), r"cxakp_[A-Za-z0-9]{8,}"),
)  # fmt: skip
_NEEDLES = tuple({needle for _, needles, _ in _FORMS for needle in needles})


def formed(text: str) -> Iterator[Span]:
    """The values in `text` that their form gives away."""
    present = {needle for needle in _NEEDLES if needle in text}
    if not present:
        return
    for kind, needles, pattern in _FORMS:
        if present.isdisjoint(needles):
            continue
        form = compiled(pattern)
        for found in form.finditer(text):
            begin, end = found.span(form.groups and 1)
            userinfo = kind == "email" and text[begin - 1 : begin] == ":" and "://" in text[max(0, begin - 80) : begin]
            if not userinfo and (kind == "email" or not is_placeholder(text[begin:end])) and "<" not in text[begin:end]:
                yield Span(begin, end, kind, "", 1)
