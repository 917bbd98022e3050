#!/usr/bin/env python3
"""Writes the golden tables of `crates/note`'s YAML: run it from the repository's root after

    pip install pyyaml==6.0.3 python-frontmatter==1.3.0

    crates/note/tests/data/yaml/scalars.tsv        plain scalar, tab, its value as JSON
    crates/note/tests/data/yaml/documents.tsv      document as JSON, tab, its value as JSON or `error`
    crates/note/tests/data/yaml/emitted.tsv        value as JSON, tab, its block as JSON
    crates/note/tests/data/frontmatter/split.tsv   text as JSON, tab, {"metadata", "body"} as JSON

Values are normalised as metadata is stored: booleans and numbers as `str()` gives them, dates as `isoformat()`.
Where PyYAML finds a type and then no value of it (2024-02-30, `=`), Cairn keeps the text, and so do the tables.
"""

import datetime
import itertools
import json
import math
import pathlib
import random

import frontmatter
import yaml

DATA = pathlib.Path("crates/note/tests/data")


def normalise(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, list):
        return [normalise(item) for item in value]
    if isinstance(value, dict):
        return {key_text(key): normalise(item) for key, item in value.items()}
    return value


def key_text(key):
    return key.isoformat() if isinstance(key, datetime.date) else str(key)


def dump(value):
    return json.dumps(value, ensure_ascii=False)


def write(name, rows):
    path = DATA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
    print(path, len(rows))


def scalars():
    words = ["yes", "no", "on", "off", "true", "false", "null", "y", "n", "none", "nan", "inf", "infinity"]
    for word in words:
        mixed = word[0] + word[1:].upper()
        yield from [word, word.capitalize(), word.upper(), mixed, word + "x", "." + word, "." + word.capitalize()]
        yield from ["." + word.upper(), "-." + word, "+." + word, "-." + word.upper(), "+." + word.capitalize()]
    yield from ["~", "~~", "~x", "=", "==", "<<", "<<<", "< <", "-", "+", ".", "..", "-x", "+x", ".x"]
    digits = ["0", "00", "1", "9", "10", "007", "017", "018", "08", "0o17", "0O17", "0b101", "0b102", "0B1", "0b", "0b_"]
    digits += ["0x1F", "0xff", "0xFG", "0X1F", "0x", "0x_", "0b1_0", "0x_f", "0_7", "0_", "1_000", "1__0", "1_", "_1"]
    digits += ["123456789012345678901234567890", "0xffffffffffffffffffff", "1000000", "1,000", "1 000", "1e3", "1E3"]
    digits += ["1:30", "12:30:45", "1:60", "01:30", "00:30", "190:20:30", "1:5", "1:05", "1:005", "1:30:", ":30", "1:"]
    digits += ["1_0:30", "1:3_0", "9:59:59:59", "23:59:59", "24:00"]
    digits += ["1.0", "1.5", "1.50", "0.1", "1.", ".5", "._5", ".5_", "1._5", "1_0.5", "00.5", "1.5e3", "1.5e+3", "1.5E-3"]
    digits += ["1.e+3", ".5e+1", ".e+1", "1.5e+", "1.5e+3x", "1.5e+300", "1.5e+400", "1.5e-400", "1e+3", "6.02e+23"]
    digits += ["100000000000000.0", "1000000000000000.0", "10000000000000000.0", "123456789012345678.0", "1.0e+16"]
    digits += ["0.001", "0.0001", "0.00001", "0.000123", "3.141592653589793238", "0.30000000000000004", "1.0e+15", "9.9e+15"]
    digits += ["1:30.5", "1:30.", "1:2:3.25", "190:20:30.15", "1:60.5", "1_0:30.5", "1:30.5e+1", "0.0", "1.2.3", "1..2", "v1.2"]
    for sign, digit in itertools.product(["", "-", "+"], digits):
        yield sign + digit
    dates = ["2024-01-01", "2024-1-1", "2024-12-31", "2024-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "0000-01-01"]
    dates += ["0001-01-01", "9999-12-31", "24-01-01", "20240101", "2024/01/01", "2024-01", "2024-W05", "2024-01-01x"]
    yield from dates
    times = ["10:00:00", "1:02:03", "10:00", "23:59:60", "24:00:00", "10:60:00", "10:00:00.5", "10:00:00.123456789"]
    times += ["10:00:00.", "10:00:00.000", "10:00:00.000001", "00:00:00", "10:0:00", "100:00:00", "10:00:00,5"]
    zones = ["", "Z", " Z", "z", "+00:00", "-00:00", "+05:30", "-05:00", "+5", " -5", "+05", "+0530", "+24:00", "-23:59"]
    zones += ["+05:99", "+5:30", "UTC", " +1", "  +01:00", "+1:5"]
    for date in ["2024-01-15", "2024-1-5", "2024-02-30"]:
        for time, zone in itertools.product(times, ["", "Z", "-05:00"]):
            yield f"{date}T{time}{zone}"
    for mark, zone in itertools.product(["T", "t", " ", "   "], zones):
        yield f"2024-01-15{mark}10:20:30{zone}"
    yield from ["2024-01-15  10:00:00.25 +2", "2024-1-15T10:00:00.1Z", "2024-01-15T", "2024-01-15 at noon", "2024-01-15TT10:00:00"]
    yield from ["hello", "hello world", "API", "3 little pigs", "1st", "a:b", "a::b", "http://x.org/?a=1#b", "C++", "50%"]
    yield from ["русский", "日本語", "é", "🚀 launch", "a#b", "it's", "say \"x\"", "a, b", "a [b]", "x{y}", "-1-2", "--", "10-20"]
    yield from ["1.2.3.4", "+49 30 123", "0123456789", "0.0.1", "1/2", "€5", "nullx", "Nulls", "yes please", "no.", "on-call"]
    chance = random.Random(1)
    for _ in range(120):
        yield f"{chance.choice(['', '-'])}{chance.uniform(0, 10 ** chance.randint(-6, 15))!r}"
    for _ in range(60):
        yield f"{chance.randint(1, 9)}.{chance.randint(0, 99999)}e{chance.choice('+-')}{chance.randint(0, 320)}"


def scalar_rows():
    for scalar in dict.fromkeys(scalars()):
        try:
            value = normalise(yaml.load(f"key: {scalar}", yaml.SafeLoader)["key"])
        except (ValueError, yaml.constructor.ConstructorError):
            value = scalar
        except yaml.YAMLError:
            continue
        yield scalar, dump(value)


DOCUMENTS = [
    "", "\n", "# only a comment\n", "a: 1\n", "a:\n", "a: ~\nb: null\n", "a: [1, yes, 2024-01-01, x]\n", "a: {b: 1, c: [x]}\n",
    "a:\n- b\n- c\n", "a:\n  - b\n  - c\n", "a:\n  b:\n    c: 1\n", "- a\n- b\n", "just text\n", "42\n",
    "'a': 1\n\"b\": 2\n", "a: '1'\nb: \"yes\"\nc: '~'\n", "a: 'it''s'\n", "a: \"tab\\tnew\\nline \\u00e9 \\x41 \\U0001F680\"\n",
    "a: |\n  one\n  two\n", "a: |-\n  one\n  two\n", "a: |+\n  one\n\n\nb: 1\n", "a: >\n  one\n  two\n\n  three\n", "a: >-\n  one\n   two\n",
    "a: |2\n   one\n", "a: one\n  two\n\n  three\n", "a: 'one\n  two'\n", "a: \"one\\\n  two\"\n", "a: \"one\n\n  two\"\n",
    "yes: 1\n2024: 2\n1.50: 3\n~: 4\n2024-01-01: 5\n", "a: 1\na: 2\nb: 3\n", "a: &x [1, 2]\nb: *x\n", "a: &x {p: 1}\nb:\n  <<: *x\n  q: 2\n",
    "a: &x {p: 1, q: 1}\nb: &y {q: 2, r: 2}\nc:\n  <<: [*x, *y]\n  r: 3\n", "a: &x {p: 1}\nb:\n  p: 2\n  <<: *x\n", "a:\n  <<: 1\n",
    "a: *x\n", "<<: {a: 1}\nb: 2\n", "a: !!str 5\nb: !!int '5'\nc: !!float 5\nd: !!bool yes\ne: !!null x\nf: ! 5\n",
    "a: !foo x\n", "a: !!python/object:x y\n", "a: !!seq [1]\nb: !!map {c: 1}\n", "a: b: c\n", "a: [b\n", "a: {b\n", "a: 'b\n", "a: \"b\n",
    "a: @b\n", "a: `b`\n", "a: %b\n", "a: *\n", "a: &\n", "a: b\n c: d\n", "a: - b\n", "  a: 1\n  b: 2\n", "  a: 1\nb: 2\n", "a: 1\n  b: 2\n",
    "{a: 1, b: [x, y]}\n", "{a: 1, b}\n", "[a, b]\n", "a: [x, y,]\n", "a: [x,, y]\n", "a: {{x}}\n", "a: [[x]]\n", "a: [a: 1, b: 2]\n",
    "a: x #y\nb: x#y\nc: # y\nd: '#y'\n", "a: http://x.org:80/#b\n", "a: C:\\dir\n", "a: -\nb: - -\n", "a: -1\nb: -x\n", "a: ?x\nb: :x\n",
    "? a\n: b\n? c\n", "? [a]\n: b\n", "a: b\n...\n", "a: b\n...\nc: d\n", 
    "a : b\n", "a:b\n", "a: b:c\n", "a: b :c\n", "a:\n\n\n  b\n", "a: 1\r\nb:\r\n- x\r\n- y\r\n", "key with spaces: 1\n'quoted key': 2\n",
    "a: x\t# y\n", "a: b\t\n", "ünï: cödé\n日本: 語\n", "a: 🚀\n", "a: \"\\e\"\n", "a: \"\\q\"\n", "a: ''\nb: \"\"\n",
    "a: '\n'\n", "a:\n  - b: 1\n    c: 2\n  - d\n  -\n  - - e\n    - f\n", "a:\n- - b\n", "a: [b, [c, [d]]]\n", "a: {b: {c: {d: }}}\n",
    "a: \"x\" y\n", "a: 'x' y\n", "a: x 'y'\n", "a: !\n", "a: |\nb: 1\n", "a: |\n\nb: 1\n", "a: \"\\\n  x\"\n", "a: x\n# c\nb: y\n",
    "a: |\n  x\n# c\nb: y\n", "a: |\n  # x\n  y\n", "a: x\n\n\n\nb: y\n\n", "a: 'x' # c\n", "a: [x, # c\n  y]\n", "a: ',x'\n", "a: ,x\n", "a: ]x\n",
    "a: [\n  x,\n  y\n]\nb: 1\n", "a: [x,\ny]\n", "a: {\n  x: 1,\n  y: 2\n}\nb: 1\n", "a: [\n]\n", "a:\n  [x,\n  y]\n", "a: [\n\tx\n]\n",
    "a: \"x\ny\"\n", "a: {x: 1,\ny: 2}\n", "a: [\"x\",'y']\n", "a: {\"x\":1}\n", "a: {x:1}\n", "a: [x y, z w]\n", "a: [#x]\n", "a: [x #y\n]\n",
    "a:\n - b\n - c\nd: e\n", "a:\n    - b\nc:\n  d: 1\n", "a: \tb\n", "\ta: b\n", "a:\n\t- b\n", "a:\n- b\n-c\n", "a:\n-b\n-c\n",
    "a: \"x: y\"\nb: 'x # y'\n", "a: x: \n", "a: x:\n", "a: *x*\n", "a: **x**\n", "a: > x\n", "a: |x\n", "a: !x\n", "a: &x\nb: 1\n",
    "a: [x]y\n", "a: [x] # y\n", "a: \"x\"# y\n", "a: '' # y\n", "a: x\nb\n", "a\nb: c\n", "a\n", "a: x,\n", "a: 50%\n", "a: x; y\n",
    "a: -- x\n", "a: - x\n", "a: --- x\n", "a: ...\n", "a: \u00a0x\n", "\u00a0a: x\n", "a: {}\nb: []\n", "a: \"\"\"x\"\"\"\n", "a: 'x''\n", "#a\n\n#b\na: b #c\n#d\n",
    "aliases:\n  - one\n  - 'two: three'\ntags: [x/y, '#z']\ncssclass: wide\npublish: false\n", "a: x\n\n  \n", "a: |\n\n  x\n\n  y\n\nb: 1\n",
    "a: >-\n\n  x\n  y\n", "a: |-\n   x\n  y\n", "a: {x: [1, {y: 2}]}\n", "a: [{x: 1}, {y: 2}]\n", "a: [x: 1]\n", "a: ['x': 1]\n", "- a: 1\n", "a: @x\n",
]


def document_rows():
    for document in DOCUMENTS:
        try:
            value = dump(normalise(yaml.load(document, yaml.SafeLoader)))
        except (ValueError, yaml.YAMLError):
            value = "error"
        yield dump(document), value


def emitted():
    yield from [None, True, False, 0, -5, 12345678901234567890, 1.5, 1.0, -0.0, 1e16, 1.5e-7, 1e-5, 1e300, [], {}, ""]
    yield from dict.fromkeys(scalar for scalar in scalars())
    texts = ["API: HTTP", "a:", "a: b", "a :b", "#a", "a #b", "a# b", "- a", "-a", "-", "--- a", "---", "...", "? a", "?a", "?", ": a", ":a", ":"]
    texts += ["[a]", "{a}", "a, b", ", a", "&a", "*a", "!a", "|", ">", "|a", "'a'", '"a"', "it's", 'say "x"', "%a", "@a", "`a`", "a`", "a@b"]
    texts += [" a", "a ", " ", "  ", "a  b", "\n", "a\n", "\na", "a\nb", "a\n\nb", "a \nb", "a\n b", "a\n\n\n", "it's\nhere", "\n\n a"]
    texts += ["\t", "a\tb", "\ta", "a\r\nb", "\x07", "\x1b[0m", "\x7f", "\u00a0a", "é", "日本語: x", "🚀", "🚀: x", "🚀\t", "\ufeff", "a\ufeffb"]
    texts += ["\ue000", "\U0010ffff", "a\\b", "a\\\tb", "x" * 200, ("word " * 40).strip(), "word: " * 40, "[[Note]]", "{{x}}", "<<", "=", "~"]
    texts += ["https://x.org/?q=a#b", "C:\\dir", "12:30", "2024-01-01", "null", "yes", "a\nb: c\n# d", "#tag, #other", "a:\tb", "a\t#b"]
    yield from texts
    yield from [["a", "b"], [["a", "b"], ["c"]], [[["a"]]], [{"a": 1, "b": 2}, {"c": [1, {"d": 2}]}], {"a": {"b": {"c": 1}}}, {"a": ["x", "y"]}]
    yield from [{"a": []}, {"a": {}}, [[], {}], [None, True, 1.5], {"yes": 1, "2024": 2, "": 3, "a b": 4, "a: b": 5, "#a": 6, "it's": 7}]
    yield from [{"x" * 122: 1}, {"x" * 123: 1}, {"a\nb": 1}, {"": [1, 2]}, {"": {"a": 1, "b": [2]}}, {"a\tb": 1}, [{"": [1, [2, 3]]}], ["a\nb", ["c\n\nd"]]]
    yield from [{"a": "b\nc", "d": {"e": "f\ng"}}, {"tags": ["one two", "a, b", "#c", "yes", 5]}]


def emitted_rows():
    seen = set()
    for value in emitted():
        text = yaml.dump({"key": value}, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=math.inf)
        row = dump(value), dump(text)
        if row not in seen:
            seen.add(row)
            yield row


TEXTS = [
    "", "Body", "Body\n", "---\ntitle: A\n---\nBody\n", "---\ntitle: A\n---\n\n\nBody\n\n", "---\n---\nBody", "---\n\n---\nBody", "---\n---",
    "----\ntitle: A\n-----\nBody", "---  \ntitle: A\n---\t\nBody", "\n\n---\ntitle: A\n---\nBody", "  ---\ntitle: A\n---\nBody",
    "---\ntitle: A\n", "---\nBody", "---", "--\ntitle: A\n--\n", "+++\ntitle = 'A'\n+++\nBody", "--- x\ntitle: A\n---\nBody",
    "---\n- a\n- b\n---\nBody", "---\ntext\n---\nBody", "---\n# comment\n---\nBody", "---\ntitle: a: b\n---\nBody", "---\ntitle: [a\n---\nBody",
    "---\ntitle: A\n---\nBody\n---\nMore\n---\n", "---\ntitle: A\n--- \n---\nBody", "---\r\ntitle: A\r\ntags:\r\n- x\r\n---\r\nBody\r\n",
    "\ufeff---\ntitle: A\n---\nBody", "\ufeffBody", "---\ntitle: A\0B\n---\nBo\0dy", "\0---\ntitle: A\n---\nBody", "-\0--\ntitle: A\n---\nBody",
    "---\ncontent: a\nhandler: b\nmetadata: c\n---\nBody", "---\ntitle: A\n ---\n---\nBody", "---\ntitle: |\n  a\n  ---\n  b\n---\nBody",
    "---\ntitle: A\n---Body", "---\ntitle: A\n---\n---\nBody", "---\\ntitle: A\\n---\\nBody", "# Title\n---\ntitle: A\n---\nBody",
    "---\nyes: 1\n2024: 2\n---\nBody", "---\ntitle: A\ntitle: B\n---\nBody", "---\ntitle: ~\ntype:\n---\nBody", "---\n\ntitle: A\n\n---\nBody",
    "---\ntitle: A\n...\n---\nBody", "---\n--- \nBody", "---\ncreated: 2024-01-02\nmodified: 2024-01-02 10:00:00\n---\n",
]


def split_rows():
    for text in TEXTS:
        plain = text.removeprefix("\ufeff").replace("\0", "")
        try:
            metadata, body = frontmatter.parse(plain)
        except yaml.YAMLError:
            metadata, body = {}, plain.strip()
        yield dump(text), dump({"metadata": normalise(metadata), "body": body.replace("\r\n", "\n")})


write("yaml/scalars.tsv", list(scalar_rows()))
write("yaml/documents.tsv", list(document_rows()))
write("yaml/emitted.tsv", list(emitted_rows()))
write("frontmatter/split.tsv", list(split_rows()))
