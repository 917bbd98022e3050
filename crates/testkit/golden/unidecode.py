"""Golden permalinks and the transliteration table, from the Python package `unidecode`.

    pip install unidecode==1.4.0          # Python 3.13, whose own table of file types is the one frozen here
    python unidecode.py golden > crates/note/tests/data/permalink/golden.tsv
    python unidecode.py table DEUNICODE_SRC > crates/note/src/permalink/exceptions.rs
    python unidecode.py types             # the extensions listed in crates/note/src/permalink.rs

DEUNICODE_SRC is the `src` directory of the Rust crate deunicode 1.6.2.
`slug` is written from the description of the rule, not from anybody's code, and shares nothing with the Rust one.
"""

import hashlib
import mimetypes
import pathlib
import random
import re
import sys
import warnings

# A script of this name would find itself instead of the package.
sys.path = [entry for entry in sys.path if pathlib.Path(entry or ".").resolve() != pathlib.Path(__file__).resolve().parent]
from unidecode import unidecode  # noqa: E402

warnings.simplefilter("ignore")
TYPES = mimetypes.MimeTypes(filenames=())

IDEOGRAPHS = "\u4e00-\u9fff\u3000-\u303f\u3400-\u4dbf"
FULLWIDTH = "\uff00-\uffef"


def slug(text):
    """The permalink of a path, a title or a link's text."""
    path = pathlib.PurePosixPath(text).as_posix()
    if path == ".":
        return ""
    stem, dot, _ = path.rpartition(".")
    name = stem.rpartition("/")[2]
    if dot and name.strip(".") and TYPES.guess_type("/" + path)[0]:
        path = stem
    if re.search(f"[{IDEOGRAPHS}{FULLWIDTH}]", path):
        path = re.sub(f"[{FULLWIDTH}]", "", path)
        path = "".join(c if re.match(f"[{IDEOGRAPHS}]", c) else unidecode(c) for c in path)
        path = re.sub(f"([{IDEOGRAPHS}])(?=[A-Za-z0-9])", r"\1-", path)
        path = re.sub(f"([A-Za-z0-9])(?=[{IDEOGRAPHS}])", r"\1-", path)
    else:
        path = unidecode(path)
    path = re.sub("([a-z0-9])(?=[A-Z])", r"\1-", path)
    path = re.sub("[A-Z]", lambda match: match[0].lower(), path)
    path = path.replace("'", "")
    path = re.sub(f"[^a-z0-9/.{IDEOGRAPHS}-]", "-", path)
    path = re.sub("-+", "-", path)
    return "/".join(segment.strip("-") for segment in path.split("/"))


EXAMPLES = {
    "API_V2 Spec.md": "api-v2-spec",
    "HTTPServer.md": "httpserver",
    "Don't Stop.md": "dont-stop",
    "C++ notes.md": "c-notes",
    "note (1).md": "note-1",
    "emoji 🚀 rocket.md": "emoji-rocket",
    "React组件 guide.md": "react-组件-guide",
    "中文/测试文档.md": "中文/测试文档",
    "日本語ノート.md": "日本語-no-to",
    "한국어 노트.md": "hangugeo-noteu",
    "русский.md": "russkii",
    "café/Ünïcode.md": "cafe/unicode",
    "Straße": "strasse",
    ".hidden.md": ".hidden",
    "Ｆｕｌｌ.md": "",
    "x.tar.gz": "x.tar",
    "version 2.0.0": "version-2.0.0",
    "note.v1.2": "note.v1.2",
    "东京Tokyo混合": "东京-tokyo-混合",
    "北京Café": "北京-cafe",
    "你好，世界!": "你好世界",
    "articleselniño": "articleselnino",
    "a//b": "a/b",
}

EDGES = list(EXAMPLES) + """
a/b/|/a/b|//a/b|///a|./a|a/./b|a/.|.|..|a/../b|...md|.md|a/.md|x.md.md|x.MD|x.Md|x.gz|x.tar.Z|x.md.gz|x.md.GZ|x.tgz|x.svgz|x.md.br
README|a.b.c|foo.bar/baz|foo.js/baz|Node.js|vue.js guide|a.txt|x.webp|x.rst|x.docx|x.xyz|x.|x..md|hi everyone..md|hi-everyone..md
fooBar|fooBARBaz|FOOBar|foo2Bar|foo2bar|Foo_Bar|_x_|-x-|--|-|'|a'B|a'b|it's|"quoted"|a - b|a--b|a-/-b|-a/-b-|a/-/b|a/'/b|½|1½ cups|a½b|℅ x|…|a…b
中'a|中-a|a中|1中2|中A|a中B|、|a、b|「引用」note|　|a　b|ａ|aａ|！/a|a/！/b|a/！|中/É|É中É|ñＡñ|〇|㐀a|々a|豈|ﷺ|Ⅷ|①|№ 5|C# notes|F#|a#b|a|b:c|a*b|a?b|<a>|a\\b|100%|a & b
a=b|a@b.com|http://x.y/z|~home|$x|(x)|[x]|{x}|x;y|x,y|Ǆ|ß|ẞ|İ|ı|ſ|ŉ|ǰ|ΐ|µ|μ|K|Å|é|é|👩‍👩‍👧|🇩🇪|🅰|🆗 ok|‍|a‍b|﻿bom|a b|ａＢ|𝔘𝔫𝔦|𝛼𝛽|ﬁne|ﬀ|Ꭰ|ᏸ|Ω|℃|™|©2024|½/¼
""".replace("\n", "|").strip("|").split("|")


def span(*ranges):
    return [chr(c) for first, last in ranges for c in range(first, last + 1)]


ALPHABETS = {
    "latin": list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "latin-marks": span((0xC0, 0x24F), (0x1E00, 0x1EFF)),
    "latin-decomposed": list("aeiouncsAEIOU") + span((0x300, 0x30C), (0x323, 0x328)),
    "cyrillic": span((0x400, 0x4FF)),
    "greek": span((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "armenian": span((0x531, 0x58A)),
    "georgian": span((0x10A0, 0x10FF)),
    "hebrew": span((0x5B0, 0x5F4), (0xFB1D, 0xFB4F)),
    "arabic": span((0x60C, 0x669)),
    "persian": list("آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی۰۱۲۳۴۵۶۷۸۹\u200c"),
    "arabic-forms": span((0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "syriac": span((0x700, 0x74F)),
    "devanagari": span((0x901, 0x97F)),
    "bengali": span((0x980, 0x9FF)),
    "gurmukhi": span((0xA00, 0xA7F)),
    "gujarati": span((0xA80, 0xAFF)),
    "oriya": span((0xB00, 0xB7F)),
    "tamil": span((0xB80, 0xBFF)),
    "telugu": span((0xC00, 0xC7F)),
    "kannada": span((0xC80, 0xCFF)),
    "malayalam": span((0xD00, 0xD7F)),
    "sinhala": span((0xD80, 0xDFF)),
    "thai": span((0xE01, 0xE3A), (0xE3F, 0xE5B)),
    "lao": span((0xE80, 0xEFF)),
    "tibetan": span((0xF00, 0xFDA)),
    "myanmar": span((0x1000, 0x109F)),
    "hangul": span((0xAC00, 0xD7A3)),
    "jamo": span((0x1100, 0x11FF), (0x3131, 0x318E)),
    "ethiopic": span((0x1200, 0x137C)),
    "cherokee": span((0x13A0, 0x13FD), (0xAB70, 0xABBF)),
    "canadian": span((0x1400, 0x167F)),
    "ogham-runes": span((0x1680, 0x16F8)),
    "khmer": span((0x1780, 0x17F9)),
    "mongolian": span((0x1800, 0x18AA)),
    "hiragana": span((0x3041, 0x309F)),
    "katakana": span((0x30A0, 0x30FF)),
    "bopomofo": span((0x3105, 0x312F)),
    "yi": span((0xA000, 0xA4C6)),
    "han": span((0x4E00, 0x9FFF), (0x3400, 0x4DBF)),
    "han-compatibility": span((0xF900, 0xFAFF), (0x3200, 0x33FF)),
    "han-astral": span((0x20000, 0x20100), (0x2F800, 0x2F900)),
    "han-latin": span((0x4E00, 0x4F00)) + list("abcXYZ019 _'.-"),
    "cjk-symbols": span((0x3000, 0x303F)) + list("aB1中"),
    "fullwidth": span((0xFF00, 0xFFEF)) + list("aB1中é"),
    "punctuation": span((0x2010, 0x206F), (0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xBF)) + list("aB"),
    "symbols": span((0x20A0, 0x214F), (0x2190, 0x23FF), (0x2460, 0x27BF)) + list("aB"),
    "braille": span((0x2800, 0x28FF)),
    "emoji": span((0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1F100, 0x1F1FF)) + list("aB "),
    "mathematical": span((0x1D400, 0x1D7FF)),
    "anything": None,
}
EXTENSIONS = [".md", ".MD", ".markdown", ".txt", ".tar.gz", ".v2", ".0", "", "", ""]


def words(random_source, letters):
    def letter():
        if letters:
            return random_source.choice(letters)
        while True:
            character = chr(random_source.randrange(0x80, 0x20000))
            if not 0xD800 <= ord(character) < 0xE000 and character.isprintable():
                return character

    def word():
        return "".join(letter() for _ in range(random_source.randint(1, 5)))

    parts = [word() for _ in range(random_source.randint(1, 3))]
    text = parts[0]
    for part in parts[1:]:
        text += random_source.choice(["", " ", " ", "_", "-", ".", "/", "'", "a", "B", "1", " B"]) + part
    return text + random_source.choice(EXTENSIONS)


def camel(random_source):
    pieces = ["foo", "Bar", "HTTP", "v2", "2.0", "Note", "don't", "x", "Q", "_", "-", " ", "/", ".", "é", "Ñ", "中", "日本"]
    return "".join(random_source.choice(pieces) for _ in range(random_source.randint(1, 7))) + random_source.choice(EXTENSIONS)


def golden():
    for text, wanted in EXAMPLES.items():
        assert slug(text) == wanted, (text, slug(text), wanted)
    random_source = random.Random(20250312)
    texts = [text for text in EDGES if text]
    for letters in ALPHABETS.values():
        texts += [words(random_source, letters) for _ in range(100)]
    texts += [camel(random_source) for _ in range(700)]
    texts = list(dict.fromkeys(text for text in texts if not set(text) & set("\t\n\r\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e")))
    digest = hashlib.sha256()
    for code in range(0x80, 0x110000):
        if not 0xD800 <= code < 0xE000:
            digest.update(slug("a" + chr(code) + "b").encode() + b"\n")
            digest.update(slug("A" + chr(code) + "B").encode() + b"\n")
    yield f"# sha256 over every code point\t{digest.hexdigest()}\t-"
    for text in texts:
        once = slug(text)
        yield f"{text}\t{once}\t{'same' if slug(once) == once else 'differs'}"


def plain(text):
    """What of a transliteration a slug can still see."""
    return re.sub("-+", "-", re.sub(r"[^A-Za-z0-9/.'-]", "-", text))


def deunicode(source):
    mapping = (source / "mapping.txt").read_bytes()
    pointers = (source / "pointers.bin").read_bytes()

    def one(code):
        entry = pointers[3 * code : 3 * code + 3]
        if len(entry) < 3:
            return ""
        if entry[2] <= 2:
            return entry[: entry[2]].decode()
        start = entry[0] | entry[1] << 8
        return mapping[start : start + entry[2]].decode() if start + entry[2] <= len(mapping) else ""

    return one


def table(source):
    other = deunicode(source)
    kept = re.compile(f"[{IDEOGRAPHS}{FULLWIDTH}]")
    codes = [code for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000]
    ours = {code: "" if kept.match(chr(code)) else plain(unidecode(chr(code))) for code in codes}
    wrong = {code for code in codes if not kept.match(chr(code)) and ours[code] != plain(other(code))}

    empty, start = [], None
    for code in range(0x80, 0x110001):
        if code < 0x110000 and not ours.get(code):
            start = code if start is None else start
        elif start is not None:
            if any(inner in wrong for inner in range(start, code)):
                empty.append((start, code - 1))
            start = None
    runs = []
    for code in sorted(code for code in wrong if ours[code]):
        if runs and runs[-1][0] + len(runs[-1][1]) == code:
            runs[-1][1].append(ours[code])
        else:
            runs.append((code, [ours[code]]))

    yield "// Written by crates/testkit/golden/unidecode.py (`table`); not by hand."
    yield "//! Where `deunicode` 1.6.2 and Python's `unidecode` 1.4.0 disagree in a way a slug can see."
    yield ""
    yield "/// First and last code point of the runs in which `unidecode` knows no transliteration."
    yield "#[rustfmt::skip]"
    yield f"pub(super) static EMPTY: [(u32, u32); {len(empty)}] = ["
    line = "   "
    for first, last in empty:
        item = f" ({first:#x}, {last:#x}),"
        if len(line + item) > 118:
            yield line
            line = "   "
        line += item
    yield line
    yield "];"
    yield ""
    yield "/// First code point of a run, and `unidecode`'s transliterations of its code points, parted by `|`."
    yield "#[rustfmt::skip]"
    yield f"pub(super) static DIFFERENT: [(u32, &str); {len(runs)}] = ["
    line = "   "
    for first, texts in runs:
        item = f' ({first:#x}, "{"|".join(texts)}"),'
        if len(line + item) > 118 and line.strip():
            yield line
            line = "   "
        line += item
    yield line
    yield "];"


def main(arguments):
    match arguments:
        case ["golden"]:
            lines = golden()
        case ["table", source]:
            lines = table(pathlib.Path(source))
        case ["types"]:
            lines = sorted(extension[1:] for extension in TYPES.types_map[1])
        case _:
            sys.exit(__doc__)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in lines:
        print(line)


main(sys.argv[1:])
