#!/usr/bin/python3
"""Turns the test suite of RFC 7208 (YAML, as python3-spf brings it) into the
form of tests/dns/spf.replay.

    tests/dns/rfc7208.py SUITE.yml.gz >REPLAY
"""
import gzip
import sys

import yaml

TYPES = ("TXT", "A", "AAAA", "MX", "PTR")
# Its name has blanks, which our questions can't hold.
LEFT_OUT = ("macro-mania-in-domain",)


def escaped(text):
    """Octets that are no letters of a replay as \\xNN."""
    return "".join(
        chr(c) if 32 <= c <= 126 and c != 92 else f"\\x{c:02X}"
        for c in text.encode("latin-1")
    )


def value_of(kind, value):
    """The data of a record as a replay writes it."""
    if value == "TIMEOUT":
        return "!TIMEOUT"
    if kind == "TXT":
        return escaped("".join(value))
    if kind == "MX":
        return f"{value[0]} {value[1] or '.'}"
    return str(value).lower()


def records(name, entries):
    """The records of one name.  One of type SPF stands for TXT where there
    is none; a bare TIMEOUT is the answer for all types that aren't there."""
    pairs = [pair for e in entries if isinstance(e, dict) for pair in e.items()]
    has_txt = any(kind == "TXT" for kind, _ in pairs)
    seen = set()
    for kind, value in pairs:
        if kind == "SPF" and has_txt or value == "NONE":
            continue
        kind = "TXT" if kind == "SPF" else kind
        seen.add(kind)
        yield f"+ {name} {kind} {value_of(kind, value)}"
    if "TIMEOUT" in entries:
        for kind in TYPES:
            if kind not in seen:
                yield f"+ {name} {kind} !TIMEOUT"


def case(title, test):
    """The question, and what is wanted of it."""
    wanted = test["result"]
    wanted = wanted if isinstance(wanted, str) else "|".join(wanted)
    yield f": {title}"
    yield f"? {wanted} {test['host']} {test['helo']} {test['mailfrom'] or '-'}"
    explanation = test.get("explanation")
    if explanation:
        # The default is each implementation's own: ours is none.
        yield f"= {'' if explanation == 'DEFAULT' else explanation}"


def main():
    """Writes a case with the whole zone of its section for each test."""
    with gzip.open(sys.argv[1]) as suite:
        sections = list(yaml.safe_load_all(suite))
    for section in filter(None, sections):
        zone = [
            line
            for name, entries in section["zonedata"].items()
            for line in records(str(name).lower(), entries)
        ]
        for name, test in section["tests"].items():
            if name in LEFT_OUT:
                continue
            title, question, *explanation = case(name, test)
            print(title, *zone, question, *explanation, sep="\n")


main()
