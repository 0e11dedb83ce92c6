"""Write the test vectors in `tests/vectors/` anew: `python make_vectors.py`.

Everything is fixed: ids, salts, times. What a vector must come to is written down here by hand and
held against `testimony_verify`; only hashes are computed. A second run changes no byte.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from blake3 import blake3

import testimony_verify as verify

VECTORS = Path(__file__).resolve().parent.parent / "vectors"

STREAM = "0198c1d2-5a7e-7000-8000-000000000001"
OTHER = "0198c1d2-5a7e-7000-8000-000000000002"
DECISION = "0198c1d2-5a7e-7000-8000-0000000000d{}"
TIME = 1_760_000_000_000_000
SALT = bytes(range(16))
DIGEST = "ab" * 32

Json = dict[str, Any]


def spell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    return spell(value).encode()


def replaced(text: str, old: str, new: str) -> str:
    """The text with its one `old` replaced: a vector must not differ by accident."""
    assert text.count(old) == 1, (old, text)
    return text.replace(old, new)


# ---- Digests and trees ---------------------------------------------------------------------------

CONTENTS = {
    "empty": b"",
    "text": b"approve the loan",
    "a NUL": b"\x00",
    "no UTF-8": b"\xff\xfe\xc3(",
    "more than UTF-8 needs": "Zürich … 決定".encode(),
}
SALTS = [bytes(16), SALT, b"\xff" * 16]
MEDIA = ["text/plain", "application/json", "x", "m" * 127]


def blob_vector(salt: bytes, media: str, content: Json, data: bytes) -> Json:
    digest = verify.blob_digest(salt, media, data)
    return {"salt": salt.hex(), "media": media} | content | {"digest": digest}


def blob_vectors() -> Iterator[Json]:
    for salt in SALTS:
        for data in CONTENTS.values():
            yield blob_vector(salt, "text/plain", {"content": data.hex()}, data)
    for media in MEDIA:
        yield blob_vector(SALT, media, {"content": b"{}".hex()}, b"{}")
    # More than one BLAKE3 chunk, and more than its SIMD lanes take at once.
    for byte, count in [(0x61, 1024), (0x61, 1025), (0x00, 102_400)]:
        repeated = {"repeat": {"byte": f"{byte:02x}", "count": count}}
        yield blob_vector(SALT, "text/plain", repeated, bytes([byte]) * count)


def digest_vectors() -> Json:
    bytes_of_records = [b"", b"{}", canonical({"parts": []}), b"\xff\x00", b"x" * 2048]
    return {
        "blobs": list(blob_vectors()),
        "nodes": [{"bytes": b.hex(), "digest": verify.node_digest(b)} for b in bytes_of_records],
        "entries": [{"bytes": b.hex(), "hash": verify.entry_hash(b)} for b in bytes_of_records],
    }


def tree_over(records: Iterable[bytes]) -> verify.Tree:
    tree = verify.Tree()
    for data in records:
        tree.push(verify.leaf_hash(data))
    return tree


def tree_vectors() -> Json:
    tree, sizes = tree_over(str(i).encode() for i in range(33)), range(34)
    roots = [tree.root(size).hex() for size in sizes]
    return {"leaf": "the ASCII decimal of its index", "roots": roots}


# ---- Entries and nodes ---------------------------------------------------------------------------


def entry_of(body: Json, seq: int = 7, prev: str = DIGEST) -> Json:
    start = {"v": 1, "stream": STREAM, "seq": seq, "prev": prev, "time_us": TIME}
    return start | {"body": body}


def part_of(content: Json, role: str = "prompt", **more: Any) -> Json:
    order = ["role", "name", "from", "held", "note", "content"]
    fields = {"role": role, "from": "observed", "content": content} | more
    return {name: fields[name] for name in order if name in fields}


def decision_body(number: int, parts: list[Json], **more: Any) -> Json:
    """The least that a decision says, and `more`, which stands before its parts."""
    start = {"id": DECISION.format(number), "site": "desk::decide", "status": "ok"}
    return {"decision": start | {"began_us": TIME} | more | {"parts": parts}}


GENESIS = {"writer": "vectors 1", "durability": "every_decision", "max_content_bytes": 1048576}
FULL_GENESIS = {
    "service": "loan-desk",
    "instance": "host-1",
    "writer": "vectors 1",
    "key": "desk.example/loans+00000000+AQ==",
    "durability": {"interval_ms": 100},
    "max_content_bytes": 2**53 - 1,
    "continues": {"seq": 6, "hash": DIGEST},
}
ABSENT = {"why": "too_large", "size": 0, "hint": "raise max_content_bytes"}
FULL_DECISION = {
    "id": DECISION.format(1),
    "parent": DECISION.format(2),
    "causes": [DECISION.format(3), DECISION.format(4)],
    "site": "desk::decide",
    "operation": "chat",
    "provider": "openai",
    "model": "model-1",
    "response": {"id": "r-1", "model": "model-1a", "finish_reasons": ["stop", ""]},
    "status": "timed_out",
    "error": "Timeout",
    "began_us": 0,
    "took_us": 2**53 - 1,
    "usage": {"input": 1, "output": 2, "cache_read": 3, "cache_creation": 4, "reasoning": 5},
    "trace": {
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "00f067aa0ba902b7",
        "own": True,
    },
    "parts": [
        part_of({"blob": DIGEST}, name="limit", held=False, note="cut by the library"),
        part_of({"node": DIGEST}),
        part_of({"absent": ABSENT}, role="context"),
    ],
    "more": DIGEST,
}
OUTCOME = {"decision": DECISION.format(1), "kind": "approved", "at_us": TIME, "parts": []}
FULL_INTENT = {
    "id": DECISION.format(1),
    "site": "desk::decide",
    "operation": "chat",
    "provider": "openai",
    "model": "model-1",
    "began_us": TIME,
    "parts": [part_of({"blob": DIGEST}), part_of({"absent": {"why": "not_captured"}}, "context")],
    "more": DIGEST,
}
LEAST_INTENT = {"id": DECISION.format(1), "site": "", "began_us": 0, "parts": []}
# What a checkpoint's note says is not a matter of the entry's shape.
CHECKPOINT = {"note": "desk.example\n1\nroot\n\n— a b\n", "peaks": [DIGEST, "cd" * 32]}
ERASURE = {"digests": [DIGEST, "cd" * 32], "reason": "article 17", "by": "clerk 7"}
RELEASE = {"hold": DIGEST, "reason": "the case is closed", "by": "clerk 7"}
CUT = {"segment": 0, "offset": 300, "bytes": 0, "hash": DIGEST}
STRANGE_LABELS = {
    "with every escape": '"\\\b\f\n\r\t\x00\x1f',
    "with a slash, U+007F, U+2028 and characters beyond the BMP": "a/b\x7f\u2028\U0001f600",
    "of 256 bytes": "é" * 128,
    "of no bytes": "",
}
ROLES = "subject prompt context config decision rationale constraint output error actor".split()


def valid_entries() -> Iterator[tuple[str, Json]]:
    yield "genesis, least", {"genesis": GENESIS}
    yield "genesis, full", {"genesis": FULL_GENESIS}
    yield "genesis, durability os", {"genesis": GENESIS | {"durability": "os"}}
    yield "decision, least", decision_body(1, [])
    yield "decision, full", {"decision": FULL_DECISION}
    for status in ["ok", "error", "refused", "cancelled", "timed_out", "panicked"]:
        yield (
            f"decision, status {status}",
            {"decision": decision_body(1, [])["decision"] | {"status": status}},
        )
    yield "decision, every role", decision_body(1, [part_of({"blob": DIGEST}, r) for r in ROLES])
    for origin in ["observed", "declared", "inferred"]:
        yield (
            f"decision, part {origin}",
            decision_body(1, [part_of({"blob": DIGEST}) | {"from": origin}]),
        )
    for why in ["not_captured", "too_large", "too_many", "unreadable"]:
        yield f"decision, absent as {why}", decision_body(1, [part_of({"absent": {"why": why}})])
    for what, label in STRANGE_LABELS.items():
        yield f"gap, reason {what}", {"gap": {"lost": 1, "since_us": TIME, "reason": label}}
    yield "outcome, least", {"outcome": OUTCOME}
    yield (
        "outcome, full",
        {"outcome": OUTCOME | {"parts": [part_of({"blob": DIGEST}, "actor")], "more": DIGEST}},
    )
    yield "recovered", {"recovered": {"cuts": [CUT, CUT | {"segment": 1}]}}
    yield "recovered, no cuts", {"recovered": {"cuts": []}}
    yield "intent, least", {"intent": LEAST_INTENT}
    yield "intent, full", {"intent": FULL_INTENT}
    yield "checkpoint", {"checkpoint": CHECKPOINT}
    yield "checkpoint, empty", {"checkpoint": {"note": "", "peaks": []}}
    longest = {"note": "é" * 8_192, "peaks": [DIGEST] * 64}
    yield "checkpoint, note of 16,384 bytes and 64 peaks", {"checkpoint": longest}
    yield "erasure", {"erasure": ERASURE}
    yield "erasure, 512 digests", {"erasure": ERASURE | {"digests": [DIGEST] * 512}}
    yield "hold", {"hold": ERASURE}
    yield "hold, of everything", {"hold": {"reason": "", "by": ""}}
    yield "release", {"release": RELEASE}
    yield "close", {"close": {"decisions": 3}}
    yield "close, with losses", {"close": {"decisions": 3, "lost": 0}}


Route = tuple[Any, ...]


def objects_in(value: Any, path: Route = ()) -> Iterator[Route]:
    """The paths of all objects in a JSON value."""
    if isinstance(value, dict):
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, below in inner:
        if isinstance(below, (dict, list)):
            yield from objects_in(below, (*path, name))


def with_object(value: Json, path: Route, changed: Json) -> Json:
    """The value with another object at `path`."""
    if not path:
        return changed
    value = deepcopy(value)
    above = value
    for name in path[:-1]:
        above = above[name]
    above[path[-1]] = changed
    return value


def misshapen(value: Json, shape: Callable[[Any], bool]) -> Iterator[tuple[str, str]]:
    """Each object with a field missing, null or unknown, and two fields in the other order."""
    for path in objects_in(value):
        where = ".".join(map(str, path)) or "the top"
        for reason, changed in misshapen_object(value, path, where):
            if not shape(changed):
                yield reason, spell(changed)


def misshapen_object(value: Json, path: Route, where: str) -> Iterator[tuple[str, Json]]:
    fields = value
    for name in path:
        fields = fields[name]
    for reason, changed in misshapen_fields(fields):
        yield f"{reason} in {where}", with_object(value, path, changed)


def misshapen_fields(fields: Json) -> Iterator[tuple[str, Json]]:
    names = list(fields)
    yield "unknown field", fields | {"zzz": 1}
    for name in names:
        yield f"no {name}", {other: fields[other] for other in names if other != name}
        yield f"null as {name}", fields | {name: None}
    for at, (first, second) in enumerate(pairwise(names)):
        swapped = names[:at] + [second, first] + names[at + 2 :]
        yield f"{second} before {first}", {name: fields[name] for name in swapped}


def misspelt(text: str) -> Iterator[tuple[str, str | bytes]]:
    """Other spellings of an entry or node whose text holds `"model-1"` once."""
    data = text.encode()
    yield "nothing", ""
    yield "space before", " " + text
    yield "space after", text + " "
    yield "line feed after", text + "\n"
    yield "space after a colon", text.replace(":", ": ", 1)
    yield "space after a comma", text.replace(",", ", ", 1)
    yield "byte order mark", "\ufeff" + text
    yield "a second value", text + text
    yield "end missing", text[:-1]
    yield "in an array", f"[{text}]"
    yield "in a string", spell(text)
    yield "comment", text + "//"
    yield "trailing comma", text[:-1] + ",}"
    yield "UTF-16", text.encode("utf-16-le")
    label = '"model-1"'
    for reason, other in MISSPELT_LABELS.items():
        yield reason, replaced(text, label, other)
    yield "control character not escaped", replaced(text, label, '"model\t1"')
    for reason, other in BROKEN_BYTES.items():
        yield reason, data.replace(b'"model-1"', b'"' + other + b'"')


MISSPELT_LABELS = {
    "escaped slash": '"model\\/1"',
    "letter as an escape": '"\\u006dodel-1"',
    "é as an escape": '"mod\\u00e9l-1"',
    "U+007F as an escape": '"model\\u007f1"',
    "tab as \\u0009": '"model\\u00091"',
    "line feed as \\u000a": '"model\\u000a1"',
    "quote as \\u0022": '"model\\u00221"',
    "backslash as \\u005c": '"model\\u005c1"',
    "escape in upper case": '"model\\u001F1"',
    "escape without its digits": '"model\\u001"',
    "unknown escape": '"model\\x1"',
    "U+1F600 as an escaped pair": '"\\ud83d\\ude00"',
    "lone high surrogate": '"model\\ud8001"',
    "lone low surrogate": '"model\\udc001"',
    "surrogates in the wrong order": '"\\ude00\\ud83d"',
    "single quotes": "'model-1'",
    "number for a label": "1",
    "true for a label": "true",
    "object for a label": "{}",
    "label of 257 bytes": spell("x" * 257),
    "label of 258 bytes in 86 characters": spell("…" * 86),
    "label that ends in the middle": '"model-1',
}
BROKEN_BYTES = {
    "byte that is no UTF-8": b"model\xff1",
    "UTF-8 longer than needed": b"model\xc0\xaf1",
    "surrogate in UTF-8": b"model\xed\xa0\x801",
    "character beyond U+10FFFF": b"model\xf4\x90\x80\x80",
    "half a character": b"model\xe2\x80",
}
MISSPELT_INTEGERS = {
    "2^53": "9007199254740992",
    "2^64": "18446744073709551616",
    "400 digits": "1" * 400,
    "negative": "-1",
    "minus zero": "-0",
    "fraction": "1.0",
    "exponent": "1e3",
    "exponent in upper case": "1E3",
    "plus sign": "+1",
    "leading zero": "07",
    "hexadecimal": "0x7",
    "infinite": "Infinity",
    "not a number": "NaN",
    "beyond any float": "1e999",
    "string": '"7"',
    "boolean": "true",
    "null": "null",
    "array": "[7]",
}


def misspelt_at(text: str, old: str, others: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Other values for the field that stands in the text as `old`, which is `"name":value`."""
    name = old.split(":")[0]
    for reason, new in others.items():
        yield f"{name}: {reason}", replaced(text, old, f"{name}:{new}")


MISSPELT_UUIDS = {
    "upper case": f'"{STREAM.upper()}"',
    "without hyphens": f'"{STREAM.replace("-", "")}"',
    "in braces": f'"{{{STREAM}}}"',
    "as a URN": f'"urn:uuid:{STREAM}"',
    "hyphen moved": '"0198c1d25-a7e-7000-8000-000000000001"',
    "digit missing": f'"{STREAM[:-1]}"',
    "line feed after it": f'"{STREAM}\\n"',
    "no digit": f'"{STREAM[:-1]}g"',
}
MISSPELT_HASHES = {
    "upper case": f'"{DIGEST.upper()}"',
    "digit missing": f'"{DIGEST[1:]}"',
    "digit too many": f'"{DIGEST}0"',
    "no digit": f'"{DIGEST[1:]}g"',
    "with a prefix": f'"0x{DIGEST[2:]}"',
    "line feed after it": f'"{DIGEST}\\n"',
    "array of bytes": "[171]",
}
WRONG_WORDS = [
    ("status unknown", '"status":"timed_out"', '"status":"late"'),
    ("status in upper case", '"status":"timed_out"', '"status":"TimedOut"'),
    ("status as a variant object", '"status":"timed_out"', '"status":{"timed_out":null}'),
    ("role unknown", '"role":"context"', '"role":"tool"'),
    ("role empty", '"role":"context"', '"role":""'),
    ("origin unknown", '"from":"observed","held"', '"from":"guessed","held"'),
    ("reason of absence unknown", '"why":"too_large"', '"why":"secret"'),
    ("held as a number", '"held":false', '"held":0'),
    ("held as a word", '"held":false', '"held":"false"'),
    ("content of another kind", '{"node":"', '{"list":"'),
    ("content of two kinds", '{"absent":{', f'{{"blob":"{DIGEST}","absent":{{'),
    ("content without a kind", f'{{"node":"{DIGEST}"}}', "{}"),
    ("content as a string", f'{{"node":"{DIGEST}"}}', f'"{DIGEST}"'),
    ("absent without an object", f'{{"absent":{spell(ABSENT)}}}', '"absent"'),
    ("no causes", f'"causes":{spell(FULL_DECISION["causes"])}', '"causes":[]'),
    ("cause that is no UUID", DECISION.format(3), "x"),
    ("no finish reasons", '"finish_reasons":["stop",""]', '"finish_reasons":[]'),
    ("finish reason that is no label", '["stop",""]', '["stop",1]'),
    ("finish reasons as a string", '["stop",""]', '"stop"'),
    ("trace id in upper case", "0af7651916cd43dd", "0AF7651916CD43DD"),
    ("trace id too short", "0af7651916cd43dd8", "0af7651916cd43d8"),
    ("span id too long", "00f067aa0ba902b7", "00f067aa0ba902b700"),
    ("own, and false", '"own":true', '"own":false'),
    ("own as a number", '"own":true', '"own":1'),
    ("duplicate field", '"status":"timed_out"', '"status":"timed_out","status":"timed_out"'),
    ("duplicate field, other value", '"status":"timed_out"', '"status":"ok","status":"timed_out"'),
    ("field name with an escape", '"status":', '"st\\u0061tus":'),
    ("version 2", '{"v":1,', '{"v":2,'),
    ("version 0", '{"v":1,', '{"v":0,'),
    ("version as a fraction", '{"v":1,', '{"v":1.0,'),
    ("version true", '{"v":1,', '{"v":true,'),
    ("kind unknown", '"body":{"decision":', '"body":{"opinion":'),
    ("body of two kinds", '"body":{', '"body":{"close":{"decisions":1},'),
]


DURABILITIES = {
    "unknown": '"never"',
    "word in an object": '{"every_decision":null}',
    "os in an object": '{"os":{}}',
    "interval as a word": '"interval_ms"',
    "interval without a number": '{"interval_ms":null}',
    "object empty": "{}",
    "number": "100",
}
OTHER_BODIES: list[Json] = [
    {"genesis": FULL_GENESIS},
    {"outcome": OUTCOME | {"more": DIGEST}},
    {"gap": {"lost": 1, "since_us": TIME, "reason": "queue full"}},
    {"recovered": {"cuts": [CUT]}},
    {"intent": FULL_INTENT},
    {"checkpoint": CHECKPOINT},
    {"erasure": ERASURE},
    {"hold": ERASURE},
    {"release": RELEASE},
    {"close": {"decisions": 3, "lost": 1}},
]


WRONG_BODIES: list[tuple[str, Json]] = [
    ("note of 16,385 bytes", {"checkpoint": CHECKPOINT | {"note": "é" * 8_192 + "x"}}),
    ("note as a list of lines", {"checkpoint": CHECKPOINT | {"note": ["desk.example"]}}),
    ("65 peaks", {"checkpoint": CHECKPOINT | {"peaks": [DIGEST] * 65}}),
    ("peak in base64", {"checkpoint": CHECKPOINT | {"peaks": ["q" * 43 + "="]}}),
    ("peak in upper case", {"checkpoint": CHECKPOINT | {"peaks": [DIGEST.upper()]}}),
    ("peaks as a string", {"checkpoint": CHECKPOINT | {"peaks": DIGEST}}),
    ("no digests in an erasure", {"erasure": ERASURE | {"digests": []}}),
    ("513 digests in an erasure", {"erasure": ERASURE | {"digests": [DIGEST] * 513}}),
    ("digests as a string in an erasure", {"erasure": ERASURE | {"digests": DIGEST}}),
    ("no digests in a hold", {"hold": ERASURE | {"digests": []}}),
    ("513 digests in a hold", {"hold": ERASURE | {"digests": [DIGEST] * 513}}),
    ("hold as a number in a release", {"release": RELEASE | {"hold": 7}}),
    ("hold in upper case in a release", {"release": RELEASE | {"hold": DIGEST.upper()}}),
    ("id of an intent in upper case", {"intent": FULL_INTENT | {"id": STREAM.upper()}}),
    ("status in an intent", {"intent": LEAST_INTENT | {"status": "ok"}}),
    ("parts as an object in an intent", {"intent": LEAST_INTENT | {"parts": {}}}),
    ("key of 257 bytes", {"genesis": FULL_GENESIS | {"key": "x" * 257}}),
    ("key as an object", {"genesis": FULL_GENESIS | {"key": {}}}),
]


def invalid_entries() -> Iterator[tuple[str, str | bytes]]:
    full = spell(entry_of({"decision": FULL_DECISION}))
    gap = spell(entry_of({"gap": {"lost": 1, "since_us": TIME, "reason": "model-1"}}))
    usage = spell(entry_of(decision_body(1, [], usage={"cache_read": 3})))
    more = spell(entry_of({"outcome": OUTCOME | {"more": DIGEST}}))
    yield from misspelt(gap)
    yield from misspelt_at(gap, '"seq":7', MISSPELT_INTEGERS)
    yield from misspelt_at(gap, f'"stream":"{STREAM}"', MISSPELT_UUIDS)
    yield from misspelt_at(gap, f'"prev":"{DIGEST}"', MISSPELT_HASHES)
    yield from misspelt_at(usage, '"cache_read":3', MISSPELT_INTEGERS)
    yield from misspelt_at(more, f'"more":"{DIGEST}"', MISSPELT_HASHES)
    yield from ((reason, replaced(full, old, new)) for reason, old, new in WRONG_WORDS)
    yield from misshapen(entry_of({"decision": FULL_DECISION}), verify.entry)
    for body in OTHER_BODIES:
        for reason, text in misshapen(entry_of(body)["body"], verify.entry_body):
            yield reason, replaced(spell(entry_of({})), '"body":{}', f'"body":{text}')
    least = spell(entry_of({"genesis": GENESIS}))
    yield from misspelt_at(least, '"durability":"every_decision"', DURABILITIES)
    yield "body empty", spell(entry_of({}))
    yield "body as a word", replaced(spell(entry_of({})), '"body":{}', '"body":"close"')
    yield "cuts as an object", spell(entry_of({"recovered": {"cuts": {}}}))
    for reason, body in WRONG_BODIES:
        yield reason, spell(entry_of(body))
    yield "object empty", "{}"
    yield "a node", spell({"parts": []})
    yield "deeply nested", "[" * 200 + "]" * 200
    yield "deeper than a stack", '{"v":' * 2_000


MESSAGE_PART = {"type": "tool_call", "id": "call-1", "name": "look_up", "blob": DIGEST}
MESSAGE = {"role": "assistant", "name": "model-1", "parts": [MESSAGE_PART]}
LIST = {"base": DIGEST, "items": ["cd" * 32, "ef" * 32]}


def valid_nodes() -> Iterator[tuple[str, Json]]:
    yield "list, empty", {"list": {"items": []}}
    yield "list", {"list": LIST}
    yield "list, base only", {"list": {"base": DIGEST, "items": []}}
    yield "message, least", {"message": {"role": "user", "parts": []}}
    yield "message, full", {"message": MESSAGE}
    yield (
        "message, part least",
        {"message": MESSAGE | {"parts": [{"type": "text", "blob": DIGEST}]}},
    )
    for what, label in STRANGE_LABELS.items():
        yield f"message, role {what}", {"message": {"role": label, "parts": []}}
    yield "parts, empty", {"parts": []}
    yield "parts", {"parts": FULL_DECISION["parts"]}


WRONG_NODES: list[tuple[str, Any]] = [
    ("object empty", {}),
    ("kind unknown", {"blob": DIGEST}),
    ("two kinds", {"list": {"items": []}, "parts": []}),
    ("list as an array", {"list": []}),
    ("base null", {"list": {"base": None, "items": []}}),
    ("base empty", {"list": {"base": "", "items": []}}),
    ("item that is no digest", {"list": {"items": ["x"]}}),
    ("item as an object", {"list": {"items": [{"message": DIGEST}]}}),
    ("items as a string", {"list": {"items": DIGEST}}),
    ("parts as an object", {"parts": {}}),
    (
        "part with content of a message",
        {"parts": [{"role": "prompt", "from": "observed", "blob": DIGEST}]},
    ),
    ("an entry", entry_of({"genesis": GENESIS})),
]


def invalid_nodes() -> Iterator[tuple[str, str | bytes]]:
    text = spell({"message": MESSAGE})
    yield from misspelt(text)
    yield from ((reason, spell(value)) for reason, value in WRONG_NODES)
    yield from misspelt_at(text, f'"blob":"{DIGEST}"', MISSPELT_HASHES)
    for value in [{"message": MESSAGE}, {"list": LIST}, {"parts": FULL_DECISION["parts"]}]:
        yield from misshapen(value, verify.node)
    yield (
        "duplicate field",
        replaced(text, '"role":"assistant"', '"role":"user","role":"assistant"'),
    )
    yield "deeply nested", "[" * 200 + "]" * 200


def written(data: str | bytes) -> Json:
    """Text where it is text, hexadecimal where it is not."""
    return {"text": data} if isinstance(data, str) else {"hex": data.hex()}


def accepted(valid: Iterator[tuple[str, Json]], parse: Callable, hash_of: Callable) -> list[Json]:
    for _, value in (valid := list(valid)):
        parse(canonical(value))
    return [
        {"name": name, "text": spell(value), "hash": hash_of(canonical(value))}
        for name, value in valid
    ]


def refused(invalid: Iterator[tuple[str, str | bytes]], parse: Callable) -> list[Json]:
    return [{"reason": reason} | written(data) for reason, data in invalid if refuses(parse, data)]


def refuses(parse: Callable, data: str | bytes) -> bool:
    try:
        parse(data if isinstance(data, bytes) else data.encode())
    except verify.NotCanonical:
        return True
    raise AssertionError(f"accepted: {data!r}")


def entry_vectors() -> Json:
    valid = accepted(valid_entries_whole(), verify.parse_entry, verify.entry_hash)
    return {"valid": valid, "invalid": refused(invalid_entries(), verify.parse_entry)}


def valid_entries_whole() -> Iterator[tuple[str, Json]]:
    yield from ((name, entry_of(body)) for name, body in valid_entries())
    largest = entry_of({"close": {"decisions": 2**53 - 1}}, 2**53 - 1) | {"time_us": 0}
    yield "largest integers", largest


def node_vectors() -> Json:
    valid = accepted(valid_nodes(), verify.parse_node, verify.node_digest)
    return {"valid": valid, "invalid": refused(invalid_nodes(), verify.parse_node)}


# ---- Frames --------------------------------------------------------------------------------------


def blob_frame(salt: bytes, media: str, content: bytes, digest: str | None = None) -> bytes:
    digest = digest or verify.blob_digest(salt, media, content)
    header = f"blob {digest} {salt.hex()} {len(content)} {media}\n"
    return header.encode() + content + b"\n"


def node_frame(data: bytes, digest: str | None = None) -> bytes:
    return f"node {digest or verify.node_digest(data)} {len(data)}\n".encode() + data + b"\n"


def entry_frame(data: bytes, digest: str | None = None) -> bytes:
    return f"entry {digest or verify.entry_hash(data)} {len(data)}\n".encode() + data + b"\n"


def segment_line(stream: str, index: int, seq: int, prev: str) -> bytes:
    return f"testimony 1 segment {stream} {index} {seq} {prev}\n".encode()


def frame_vector(name: str, data: bytes) -> Json:
    frame = verify.read_frame(data, 0)
    header = frame.header
    parsed = {"kind": header.kind, "digest": header.digest}
    parsed |= {"salt": header.salt, "media": header.media} if header.kind == "blob" else {}
    parsed |= {"length": header.length, "taken": frame.end}
    return {"name": name, "hex": data.hex()} | parsed


def whole_frames() -> list[Json]:
    frames = {
        "blob": blob_frame(SALT, "text/plain", b"hello"),
        "blob, empty": blob_frame(SALT, "text/plain", b""),
        "blob that holds a frame": blob_frame(SALT, "x", b"\n" + entry_frame(b"{}")),
        "blob, longest media type": blob_frame(SALT, "~" * 126 + "!", b"\x00\xff"),
        "blob, salt and media type of digits": blob_frame(bytes(16), "1", b"1"),
        "node": node_frame(canonical({"list": {"items": []}})),
        "node, empty": node_frame(b""),
        "entry": entry_frame(canonical(entry_of({"genesis": GENESIS}))),
        "entry with the hash of another": entry_frame(b"{}", DIGEST),
        "entry, then more": entry_frame(b"{}") + b"anything",
    }
    return [frame_vector(name, data) for name, data in frames.items()]


HEX = DIGEST.encode()
SALT_HEX = SALT.hex().encode()
BLOB = b"blob " + HEX + b" " + SALT_HEX + b" 1 text/plain\n"
MALFORMED_FRAMES: dict[str, bytes] = {
    "two spaces": BLOB.replace(b" 1 ", b"  1 ") + b"x\n",
    "space before": b" " + BLOB + b"x\n",
    "space at the end of the line": b"node " + HEX + b" 0 \n\n",
    "tab for a space": BLOB.replace(b" 1 ", b"\t1 ") + b"x\n",
    "carriage return": b"node " + HEX + b" 0\r\n\n",
    "empty line": b"\n",
    "kind unknown": b"leaf " + HEX + b" 0\n\n",
    "kind in upper case": b"NODE " + HEX + b" 0\n\n",
    "nothing but a kind": b"entry\n",
    "hash in upper case": b"entry " + HEX.upper() + b" 0\n\n",
    "hash of 63 digits": b"entry " + HEX[1:] + b" 0\n\n",
    "hash of 65 digits": b"entry " + HEX + b"0 0\n\n",
    "hash with a letter that is no digit": b"entry " + HEX[1:] + b"g 0\n\n",
    "no length": b"entry " + HEX + b"\n\n",
    "length empty": b"entry " + HEX + b" \n\n",
    "length with a leading zero": b"node " + HEX + b" 01\nx\n",
    "length of two zeros": b"node " + HEX + b" 00\n\n",
    "length with a plus sign": b"node " + HEX + b" +1\nx\n",
    "length negative": b"node " + HEX + b" -1\nx\n",
    "length hexadecimal": b"node " + HEX + b" 0x1\nx\n",
    "length in other digits": b"node " + HEX + " ١\n".encode() + b"x\n",
    "length of an entry beyond the limit": b"entry " + HEX + b" 65536\n",
    "length of a node beyond the limit": b"node " + HEX + b" 16777217\n",
    "length of a blob beyond the limit": BLOB.replace(b" 1 ", b" 1073741825 "),
    "length beyond 64 bits": b"node " + HEX + b" 18446744073709551616\n",
    "field too many in a node": b"node " + HEX + b" 1 text/plain\nx\n",
    "field too many in a blob": BLOB.replace(b"plain\n", b"plain utf-8\n") + b"x\n",
    "media type with a space": BLOB.replace(b"text/plain", b"text/ plain") + b"x\n",
    "media type beyond ASCII": BLOB.replace(b"text/plain", "téxt".encode()) + b"x\n",
    "media type with U+007F": BLOB.replace(b"text/plain", b"text\x7f") + b"x\n",
    "media type of 128 characters": BLOB.replace(b"text/plain", b"m" * 128) + b"x\n",
    "media type empty": BLOB.replace(b"text/plain", b"") + b"x\n",
    "no media type": BLOB.replace(b" text/plain", b"") + b"x\n",
    "no salt": BLOB.replace(b" " + SALT_HEX, b"") + b"x\n",
    "salt of 30 digits": BLOB.replace(SALT_HEX, SALT_HEX[2:]) + b"x\n",
    "salt in upper case": BLOB.replace(SALT_HEX, SALT_HEX.upper()) + b"x\n",
    "header line of 256 bytes before its line feed": b"blob " + b"a" * 251 + b"\n",
    "256 bytes without a line feed": b"blob " + b"a" * 251,
    "length that leads past the end of the frame": b"node " + HEX + b" 1\nxy\n",
    "no line feed after the bytes": b"node " + HEX + b" 1\nxentry ",
    "beginning that no kind has": b"x",
    "zeros, as a file system may leave them": bytes(16),
    "beginning with a hash in upper case": b"entry AB",
    "beginning with a length beyond the limit": b"entry " + HEX + b" 65536",
    "beginning with a leading zero": b"entry " + HEX + b" 00",
    "beginning with a field too many": b"entry " + HEX + b" 1 ",
    "beginning of a segment's header line": b"testimony 1 segment ",
}


def incomplete_frames() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    for cut in [1, 4, 5, 6, 68, 69, 70, 101, 102, 103, 104, 105, 113]:
        yield f"blob header, {cut} bytes of it", BLOB[:cut]
    yield "blob header alone", BLOB
    yield "blob without its line feed", BLOB + b"x"
    yield "node header, in its length", b"node " + HEX + b" 1677721"
    yield "node of no bytes without its line feed", b"node " + HEX + b" 0\n"
    yield "entry, one byte short", b"entry " + HEX + b" 3\n{}"
    yield "entry at the limit", b"entry " + HEX + b" 65535\n{"
    yield "blob at the limit", BLOB.replace(b" 1 ", b" 1073741824 ")


LINE = segment_line(STREAM, 3, 7, DIGEST)
MALFORMED_SEGMENTS: dict[str, bytes] = {
    "version 2": LINE.replace(b"testimony 1", b"testimony 2"),
    "another word": LINE.replace(b"segment", b"ledger"),
    "two spaces": LINE.replace(b" 3 ", b"  3 "),
    "space at the end": LINE.replace(b"\n", b" \n"),
    "carriage return": LINE.replace(b"\n", b"\r\n"),
    "field too many": LINE.replace(b"\n", b" 0\n"),
    "field too few": LINE.replace(b" 3 ", b" "),
    "UUID in upper case": LINE.replace(b"5a7e", b"5A7E"),
    "UUID without hyphens": LINE.replace(STREAM.encode(), STREAM.replace("-", "").encode()),
    "index with leading zeros": LINE.replace(b" 3 ", b" 00000003 "),
    "seq with a plus sign": LINE.replace(b" 7 ", b" +7 "),
    "hash in upper case": LINE.replace(HEX, HEX.upper()),
    "hash too short": LINE.replace(HEX, HEX[2:]),
    "a frame": entry_frame(b"{}"),
    "256 bytes without a line feed": LINE[:-1] + b"0" * 256,
    "beginning of a frame": b"entry ",
    "beginning with version 2": b"testimony 2",
    "beginning with a leading zero": LINE[: LINE.index(b" 3 ")] + b" 03",
    "zeros": bytes(16),
}


def segment_vectors() -> list[Json]:
    lines = {
        "first": segment_line(STREAM, 0, 0, verify.ZEROS),
        "later": LINE,
        "with a frame after it": LINE + entry_frame(b"{}"),
        "largest numbers": segment_line(STREAM, 99_999_999, 2**53 - 1, DIGEST),
    }
    return [segment_vector(name, data) for name, data in lines.items()]


def segment_vector(name: str, data: bytes) -> Json:
    header = verify.segment_header(data[: data.index(b"\n") + 1])
    assert header
    parsed = {
        "stream": header.stream,
        "index": header.index,
        "seq": header.seq,
        "prev": header.prev,
    }
    return {"name": name, "hex": data.hex()} | parsed | {"taken": data.index(b"\n") + 1}


def incomplete_segments() -> Iterator[tuple[str, bytes]]:
    for cut in [0, 1, 11, 19, 20, 28, 56, 57, 58, 59, 60, 61, len(LINE) - 1]:
        yield f"header line, {cut} bytes of it", LINE[:cut]


def unreadable(read: Callable[[bytes], Any], fault: str, data: bytes) -> bool:
    try:
        read(data)
    except verify.Unreadable as found:
        assert found.verdict == {"malformed": "damaged", "incomplete": "torn_tail"}[fault], data
        return True
    raise AssertionError(f"accepted: {data!r}")


def faults(read: Callable, fault: str, cases: Any) -> list[Json]:
    return [
        {"reason": reason, "fault": fault, "hex": data.hex()}
        for reason, data in cases
        if unreadable(read, fault, data)
    ]


def frame_vectors() -> Json:
    def frame(data: bytes) -> verify.Frame:
        return verify.read_frame(data, 0)

    def segment(data: bytes) -> tuple:
        return verify.header_line(data, 0, verify.segment_header, verify.SHORTEST_SEGMENT)

    return {
        "frames": whole_frames(),
        "no_frames": faults(frame, "malformed", MALFORMED_FRAMES.items())
        + faults(frame, "incomplete", incomplete_frames()),
        "segments": segment_vectors(),
        "no_segments": faults(segment, "malformed", MALFORMED_SEGMENTS.items())
        + faults(segment, "incomplete", incomplete_segments()),
    }


# ---- Ledgers -------------------------------------------------------------------------------------


@dataclass
class Story:
    """A stream as an honest writer makes it, frame by frame, so that a liar can rearrange it."""

    stream: str = STREAM
    segments: list[list[bytes]] = field(default_factory=list)
    # Where each entry stands: segment and frame in it.
    at: list[tuple[int, int]] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    prev: str = verify.ZEROS
    salts: int = 0

    def segment(self) -> None:
        line = segment_line(self.stream, len(self.segments), len(self.entries), self.prev)
        self.segments.append([line])

    def blob(self, content: str, media: str = "text/plain") -> str:
        self.salts += 1
        salt = self.salts.to_bytes(16, "big")
        self.segments[-1].append(blob_frame(salt, media, content.encode()))
        return verify.blob_digest(salt, media, content.encode())

    def node(self, value: Json) -> str:
        self.segments[-1].append(node_frame(canonical(value)))
        return verify.node_digest(canonical(value))

    def message(self, role: str, text: str) -> str:
        part = {"type": "text", "blob": self.blob(text)}
        return self.node({"message": {"role": role, "parts": [part]}})

    def next_entry(self, body: Json) -> Json:
        seq = len(self.entries)
        value = entry_of(body, seq, self.prev) | {"time_us": TIME + 1000 * seq}
        return value | {"stream": self.stream}

    def entry(self, body: Json, **other: Any) -> None:
        """Seal an entry; `other` are fields in which it is not what it should be."""
        data = canonical(self.next_entry(body) | other)
        self.at.append((len(self.segments) - 1, len(self.segments[-1])))
        self.segments[-1].append(entry_frame(data))
        self.entries.append(data)
        self.prev = verify.entry_hash(data)

    def genesis(self) -> None:
        last = {"seq": len(self.entries) - 1, "hash": self.prev}
        more = {"continues": last} if self.entries else {}
        self.entry({"genesis": {"service": "loan-desk"} | GENESIS | more})

    def decision(self, number: int) -> None:
        blob = self.blob(f"application {number}")
        self.entry(decision_body(number, [part_of({"blob": blob}, "context")]))

    def close(self, decisions: int) -> None:
        self.entry({"close": {"decisions": decisions}})

    def cut(self, segment: int, offset: int) -> Json:
        """What a `recovered` entry says of the end of a segment."""
        rest = b"".join(self.segments[segment])[offset:]
        start = {"segment": segment, "offset": offset, "bytes": len(rest)}
        return start | {"hash": blake3(rest).hexdigest()}

    def clean_cut(self, segment: int) -> Json:
        """The cut after the last entry of a segment."""
        frames = [at for in_segment, at in self.at if in_segment == segment]
        clean = self.segments[segment][: max(frames, default=0) + 1]
        return self.cut(segment, len(b"".join(clean)))

    def frame(self, seq: int) -> bytes:
        segment, at = self.at[seq]
        return self.segments[segment][at]

    def put(self, seq: int, *frames: bytes) -> None:
        """Put other frames where an entry stands."""
        segment, at = self.at[seq]
        self.segments[segment][at : at + 1] = frames

    def find(self, words: bytes) -> tuple[int, int]:
        """The only frame that holds these bytes."""
        places = [
            (segment, at)
            for segment, frames in enumerate(self.segments)
            for at, frame in enumerate(frames)
            if words in frame
        ]
        assert len(places) == 1, (words, places)
        return places[0]

    def edit(self, old: bytes, new: bytes) -> None:
        """Change bytes of a frame and leave its header as it is."""
        segment, at = self.find(old)
        self.segments[segment][at] = self.segments[segment][at].replace(old, new)

    def drop(self, words: bytes) -> None:
        segment, at = self.find(words)
        del self.segments[segment][at]

    def files(self) -> dict[str, bytes]:
        """The segment files; a list without frames is a file that is not there."""
        named = ((f"{at:08}.segment", frames) for at, frames in enumerate(self.segments))
        return {name: b"".join(frames) for name, frames in named if frames}


def desk() -> Story:
    """Entries 0 to 3 in segment 0: genesis, two decisions, outcome; 4 and 5 in segment 1."""
    story = Story()
    story.segment()
    story.genesis()
    system = story.message("system", "You decide on loans.")
    beginning = story.node(
        {"list": {"items": [system, story.message("user", "Ann asks for 900.")]}}
    )
    answer = part_of({"blob": story.blob('{"grant":true}', "application/json")}, "decision")
    story.entry(decision_body(1, [part_of({"node": beginning}), answer]))
    more = story.message("assistant", "Granted.")
    conversation = {"list": {"base": beginning, "items": [more, story.message("user", "Thanks.")]}}
    rest = story.node({"parts": [part_of({"absent": {"why": "too_many", "size": 2}}, "context")]})
    prompt = part_of({"node": story.node(conversation)})
    body = decision_body(2, [prompt])
    story.entry({"decision": body["decision"] | {"more": rest}})
    actor = part_of({"blob": story.blob("clerk 7")}, "actor")
    story.entry({"outcome": OUTCOME | {"parts": [actor]}})
    story.segment()
    story.decision(3)
    story.close(3)
    return story


def long() -> Story:
    """Four segments with two entries each; 0 is the genesis, 7 the close."""
    story = Story()
    for number in range(4):
        story.segment()
        story.genesis() if number == 0 else story.decision(2 * number)
        story.close(6) if number == 3 else story.decision(2 * number + 1)
    return story


def session(story: Story, *cuts: Json) -> Story:
    """What a writer does that takes the stream up: a new segment, what was cut, a genesis."""
    story.segment()
    if cuts:
        story.entry({"recovered": {"cuts": list(cuts)}})
    story.genesis()
    story.decision(9)
    return story


def open_desk(torn: bytes = b"") -> Story:
    """Genesis 0 and decision 1 in segment 0, then bytes that a crash left."""
    story = Story()
    story.segment()
    story.genesis()
    story.decision(1)
    if torn:
        story.segments[0].append(torn)
    return story


def torn_entry(story: Story) -> bytes:
    """The next entry, of which the last ten bytes never reached the disk."""
    return entry_frame(canonical(story.next_entry({"close": {"decisions": 1}})))[:-10]


def torn_desk() -> Story:
    return open_desk(torn_entry(open_desk()))


Told = tuple[tuple[str, int], ...]
MARK = b"testimony 1 ledger\n"


@dataclass
class Case:
    """A ledger, and what a verifier must say of it."""

    name: str
    about: str
    told: Told
    make: Callable[[], Story | list[Story]]
    mark: bytes | None
    heads: list[Json]

    def streams(self) -> list[Story]:
        made = self.make()
        return made if isinstance(made, list) else [made]


CASES: list[Case] = []


def ledger(*told: tuple[str, int], mark: bytes | None = MARK, heads: Any = ()) -> Callable:
    """Names a function's ledger after it; the docstring says what was done to the ledger."""

    def keep(make: Callable[[], Any]) -> Callable:
        name = make.__name__.replace("_", "-")
        about = " ".join((make.__doc__ or "").split())
        CASES.append(Case(name, about, told, make, mark, list(heads)))
        return make

    return keep


# Honest ledgers.


@ledger()
def honest() -> Story:
    """A session with messages, a list with a base, an outcome and a close, in two segments."""
    return desk()


@ledger()
def honest_without_close() -> Story:
    """A stream whose writer still lives or was killed between two entries."""
    return open_desk()


@ledger()
def no_streams() -> list[Story]:
    """A ledger that nobody has written to."""
    return []


@ledger()
def two_sessions() -> Story:
    """A second process took up the stream after a close."""
    return session(desk())


@ledger()
def two_streams() -> list[Story]:
    """Two streams, the second of which was not closed."""
    other = Story(OTHER)
    other.segment()
    other.genesis()
    return [desk(), other]


@ledger()
def gap() -> Story:
    """Four decisions were lost, and the ledger says so."""
    story = open_desk()
    story.entry({"gap": {"lost": 4, "since_us": TIME, "reason": "queue full"}})
    story.entry({"close": {"decisions": 1, "lost": 4}})
    return story


@ledger()
def same_object_twice() -> Story:
    """A writer that has forgotten a blob writes it again."""
    story = desk()
    segment, at = story.find(b"clerk 7")
    story.segments[segment].insert(at, story.segments[segment][at])
    return story


@ledger(("clock_stepped_back", 2))
def clock_stepped_back() -> Story:
    """The clock was set back between entries 1 and 2; a remark, not a fault."""
    story = open_desk()
    story.entry({"close": {"decisions": 1}}, time_us=TIME - 1)
    return story


@ledger()
def recovered_torn_entry() -> Story:
    """A crash tore entry 2; the next session named the cut and wrote its own entry 2."""
    story = torn_desk()
    return session(story, story.clean_cut(0))


@ledger()
def recovered_objects() -> Story:
    """A crash came after a decision's blob and before its entry."""
    story = open_desk()
    story.blob("never decided")
    return session(story, story.clean_cut(0))


@ledger()
def recovered_unsealed_entry() -> Story:
    """The torn entry's length is right, its bytes are not: later ones were on the disk first."""
    story = open_desk()
    frame = entry_frame(canonical(story.next_entry({"close": {"decisions": 1}})))
    story.segments[0].append(frame[:120] + bytes(40) + frame[160:])
    return session(story, story.clean_cut(0))


@ledger()
def recovered_zeros() -> Story:
    """The file was made longer than what was written to it."""
    story = open_desk(bytes(300))
    return session(story, story.clean_cut(0))


@ledger()
def recovered_two_crashes() -> Story:
    """The session after the crash left a segment file of no bytes; the third names both ends."""
    story = torn_desk()
    story.segments.append([b""])
    return session(story, story.clean_cut(0), story.cut(1, 0))


@ledger()
def recovered_before_genesis() -> Story:
    """The first process died before its genesis was whole; entry 0 is a `recovered`."""
    story = Story()
    story.segment()
    story.segments[0].append(entry_frame(canonical(story.next_entry({"genesis": GENESIS})))[:99])
    return session(story, story.clean_cut(0))


@ledger()
def recovered_without_cuts() -> Story:
    """A `recovered` entry that names nothing, where there is nothing to name."""
    story = desk()
    story.segment()
    story.entry({"recovered": {"cuts": []}})
    story.genesis()
    return story


@ledger()
def cut_of_another_segment() -> Story:
    """A `recovered` entry names a cut of a segment that an earlier entry follows: no effect."""
    story = desk()
    return session(story, story.clean_cut(0) | {"bytes": 17})


# Ledgers that somebody changed.


@ledger(("edited", 2))
def edited_entry() -> Story:
    """A letter of entry 2 was changed and the hash in its header left."""
    story = desk()
    story.put(2, story.frame(2).replace(b"desk::decide", b"desk::deride"))
    return story


@ledger(("edited", 3))
def edited_entry_and_its_hash() -> Story:
    """Entry 2 was changed and its header made to fit; entry 3 still names the old hash."""
    story = desk()
    data = story.entries[2].replace(b"desk::decide", b"desk::deride")
    story.put(2, entry_frame(data))
    return story


@ledger(("edited", 2))
def edited_to_other_spelling() -> Story:
    """Entry 2 says the same with a space too many, under the hash that it had."""
    story = desk()
    spaced = story.entries[2].replace(b'"seq":2', b'"seq": 2')
    story.put(2, entry_frame(spaced, entry_hash_of(story, 2)))
    return story


def entry_hash_of(story: Story, seq: int) -> str:
    return verify.entry_hash(story.entries[seq])


@ledger(("edited", 2))
def entry_of_no_bytes() -> Story:
    """Entry 2 is empty under its own hash."""
    story = desk()
    story.put(2, entry_frame(b"", entry_hash_of(story, 2)))
    return story


@ledger(("edited", 4))
def edited_segment_header() -> Story:
    """The header of segment 1 claims another first entry."""
    story = desk()
    story.segments[1][0] = story.segments[1][0].replace(b" 1 4 ", b" 1 3 ")
    return story


@ledger(("content_altered", 1))
def edited_blob() -> Story:
    """A blob of decision 1 was changed."""
    story = desk()
    story.edit(b"Ann asks for 900.", b"Ann asks for 100.")
    return story


@ledger(("content_altered", 1))
def edited_media_type() -> Story:
    """A blob is said to be of another media type."""
    story = desk()
    story.edit(b"application/json", b"application/yaml")
    return story


@ledger(("content_altered", 1))
def edited_node() -> Story:
    """A message of decision 1 got another role."""
    story = desk()
    story.edit(b'{"role":"system"', b'{"role":"sister"')
    return story


@ledger(("content_altered", 1), ("content_missing", 1), ("content_missing", 2))
def node_not_canonical() -> Story:
    """The list of decision 1 is stored with a space, under the digest of those bytes."""
    story = desk()
    segment, at = story.find(b'{"list":{"items"')
    data = story.segments[segment][at].split(b"\n")[1]
    digest = verify.node_digest(data)
    altered = data.replace(b'"items":', b'"items": ')
    story.segments[segment][at] = node_frame(altered, digest)
    return story


@ledger(("removed", 2))
def removed_entry() -> Story:
    """Entry 2 is gone."""
    story = desk()
    story.put(2)
    return story


@ledger(("removed", 1))
def removed_entries() -> Story:
    """Entries 1 and 2 are gone: one finding for both."""
    story = desk()
    story.put(2)
    story.put(1)
    return story


@ledger(("removed", 3))
def removed_last_entry_of_segment() -> Story:
    """Entry 3 is gone; the header of segment 1 and its first entry agree that it was there."""
    story = desk()
    story.put(3)
    story.drop(b"clerk 7")
    return story


@ledger(("removed", 0))
def removed_genesis() -> Story:
    """Entry 0 is gone."""
    story = desk()
    story.put(0)
    return story


@ledger(("reordered", 4))
def swapped_entries() -> Story:
    """Entries 4 and 5 stand in each other's place."""
    story = desk()
    first, second = story.frame(4), story.frame(5)
    story.put(4, second)
    story.put(5, first)
    return story


@ledger(("duplicated", 4))
def duplicated_entry() -> Story:
    """Entry 4 stands there twice."""
    story = desk()
    story.put(4, story.frame(4), story.frame(4))
    return story


@ledger(("content_missing", 1), ("duplicated", 1))
def duplicated_entry_later() -> Story:
    """Entry 1 stands there again at the end of the stream, and its objects do not."""
    story = desk()
    story.segments[1].append(story.frame(1))
    return story


@ledger(("inserted", 2))
def inserted_entry() -> Story:
    """A made-up entry 2, which follows nothing, stands after entry 2."""
    story = desk()
    made_up = entry_of(decision_body(8, []), 2) | {"time_us": TIME + 2000}
    story.put(2, story.frame(2), entry_frame(canonical(made_up)))
    return story


def second_entry(story: Story, seq: int) -> bytes:
    """Another entry with a known number, which names the right predecessor."""
    prev = entry_hash_of(story, seq - 1) if seq else verify.ZEROS
    body = decision_body(8, []) if seq else {"genesis": GENESIS}
    return entry_frame(canonical(entry_of(body, seq, prev) | {"time_us": TIME + 1000 * seq}))


@ledger(("forked", 2))
def forked() -> Story:
    """A second entry 2 follows entry 1 as well."""
    story = desk()
    story.put(2, story.frame(2), second_entry(story, 2))
    return story


@ledger(("forked", 2))
def forked_before() -> Story:
    """The made-up entry 2 stands before the right one; entry 3 names the one it stands after."""
    story = desk()
    story.put(2, second_entry(story, 2), story.frame(2))
    return story


@ledger(("edited", 1), ("forked", 2))
def forked_after_edit() -> Story:
    """Entry 1 was edited; both entries 2 name the hash that it had, and that its header says."""
    story = desk()
    story.put(2, story.frame(2), second_entry(story, 2))
    story.put(1, story.frame(1).replace(b"desk::decide", b"desk::deride"))
    return story


@ledger(("forked", 0))
def forked_genesis() -> Story:
    """A second genesis 0 stands at the end."""
    story = desk()
    story.segments[1].append(second_entry(story, 0))
    return story


@ledger(("foreign", 4))
def foreign_entry() -> Story:
    """An entry of another stream, sealed and numbered to fit, stands before entry 4."""
    story = desk()
    value = story_entry(story, 4) | {"stream": OTHER}
    story.put(4, entry_frame(canonical(value)), story.frame(4))
    return story


def story_entry(story: Story, seq: int) -> Json:
    return json.loads(story.entries[seq])


@ledger(("foreign", 6), ("foreign", 0))
def foreign_segment() -> Story:
    """Segment 2 and its entry are those of another stream."""
    story, other = desk(), Story(OTHER)
    other.segment()
    other.genesis()
    story.segments += other.segments
    return story


@ledger(("foreign", 4))
def foreign_segment_header() -> Story:
    """The header of segment 1 names another stream; its entries are the right ones."""
    story = desk()
    story.segments[1][0] = story.segments[1][0].replace(STREAM.encode(), OTHER.encode())
    return story


@ledger(("inserted", 6))
def entry_after_close() -> Story:
    """A decision follows the close, and no session began."""
    story = desk()
    story.decision(4)
    return story


@ledger(("inserted", 0))
def no_genesis() -> Story:
    """The stream begins with a decision."""
    story = Story()
    story.segment()
    story.decision(1)
    story.close(1)
    return story


@ledger(("edited", 0))
def genesis_with_predecessor() -> Story:
    """Entry 0 names an entry before it."""
    story = Story()
    story.segment()
    story.entry({"genesis": GENESIS}, prev=DIGEST)
    story.close(0)
    return story


@ledger(("content_missing", 3))
def missing_blob() -> Story:
    """The blob of outcome 3 is gone."""
    story = desk()
    story.drop(b"clerk 7")
    return story


@ledger(("content_missing", 1))
def missing_blob_of_message() -> Story:
    """A blob is gone that a message refers to; the fault is the message's alone."""
    story = desk()
    story.drop(b"Ann asks for 900.")
    return story


@ledger(("content_missing", 2))
def object_after_its_entry() -> Story:
    """The blob of decision 2 stands after the entry that refers to it."""
    story = open_desk()
    story.decision(2)
    frames = story.segments[0]
    frames[-1], frames[-2] = frames[-2], frames[-1]
    story.close(2)
    return story


@ledger(("content_missing", 4))
def object_in_an_earlier_segment() -> Story:
    """Decision 4 refers to a blob of outcome 3, which stands in the segment before its own."""
    story = desk()
    blob = json.loads(story.entries[3])["body"]["outcome"]["parts"][0]["content"]["blob"]
    story.segments.pop()
    del story.at[4:], story.entries[4:]
    story.prev = entry_hash_of(story, 3)
    story.segment()
    story.entry(decision_body(3, [part_of({"blob": blob})]))
    return story


@ledger(("content_missing", 2))
def object_of_another_kind() -> Story:
    """A part names a message where a list must be."""
    story = open_desk()
    message = story.message("user", "Hello.")
    story.entry(decision_body(2, [part_of({"node": message})]))
    return story


@ledger(("damaged", 4))
def joined_segments() -> Story:
    """The two segments were put into one file, which is two segments to no reader."""
    story = desk()
    story.segments = [story.segments[0] + story.segments[1]]
    return story


@ledger(("removed", 4))
def missing_segment() -> Story:
    """Segment file 2 of four is gone: one finding, not one for each entry."""
    story = long()
    story.segments[2] = []
    return story


@ledger(("removed", 0))
def missing_first_segment() -> Story:
    """Segment file 0 is gone."""
    story = long()
    story.segments[0] = []
    return story


@ledger(
    ("reordered", 2),
    ("reordered", 6),
    ("reordered", 2),
    ("reordered", 3),
)
def swapped_segments() -> Story:
    """Segment files 1 and 2 bear each other's number; entries 2 and 3 come late."""
    story = long()
    story.segments[1:3] = [story.segments[2], story.segments[1]]
    return story


@ledger(("removed", 2), ("reordered", 8), ("reordered", 2), ("reordered", 3))
def moved_segment() -> Story:
    """Segment file 1 was given number 4."""
    story = long()
    story.segments.append(story.segments[1])
    story.segments[1] = []
    return story


@ledger(("reordered", 8), ("duplicated", 2), ("duplicated", 3))
def copied_segment() -> Story:
    """Segment file 4 is a copy of segment file 1."""
    story = long()
    story.segments.append(story.segments[1])
    return story


@ledger(("torn_tail", 2))
def torn_tail() -> Story:
    """The last entry is not whole, and nobody recovered."""
    return torn_desk()


@ledger(("torn_tail", 2))
def torn_header() -> Story:
    """The file ends inside the header line of a frame."""
    return open_desk(b"entry 00ff")


@ledger(("torn_tail", 2))
def torn_after_objects() -> Story:
    """The stream ends with a blob whose entry was never written."""
    story = open_desk()
    story.blob("never decided")
    return story


@ledger(("torn_tail", 6))
def torn_segment_line() -> Story:
    """The last segment file ends inside its header line."""
    story = desk()
    story.segments.append([segment_line(STREAM, 2, 6, story.prev)[:50]])
    return story


@ledger(("torn_tail", 6))
def empty_segment() -> Story:
    """The last segment file has no bytes."""
    story = desk()
    story.segments.append([b""])
    return story


@ledger(("torn_tail", 2))
def torn_tail_not_recovered() -> Story:
    """The next session begins without a word about the torn end."""
    return session(torn_desk())


@ledger(("damaged", 4))
def damaged_middle() -> Story:
    """A header in the middle of segment 1 of `long` became unreadable: the rest is lost with it."""
    story = long()
    story.segments[2][1] = b"b1ob" + story.segments[2][1][4:]
    return story


@ledger(("damaged", 6))
def damaged_end() -> Story:
    """Bytes that never begin a frame follow the close."""
    story = desk()
    story.segments[1].append(b"tail")
    return story


@ledger(("damaged", 4))
def damaged_segment_line() -> Story:
    """Nothing in segment 1 can be read, for its header line says nothing."""
    story = desk()
    story.segments[1][0] = story.segments[1][0].replace(b"testimony 1", b"testimony 7")
    return story


@ledger(("edited", 6))
def recovered_lie() -> Story:
    """A `recovered` entry names a cut where the segment was written to its end."""
    story = desk()
    return session(story, story.clean_cut(1) | {"bytes": 17})


@ledger(("edited", 2))
def recovered_other_bytes() -> Story:
    """The bytes that were cut were changed afterwards."""
    story = torn_desk()
    cut = story.clean_cut(0)
    story.segments[0][-1] = story.segments[0][-1].replace(b"close", b"c1ose")
    return session(story, cut)


@ledger(("edited", 1), ("removed", 1))
def recovered_inside_entry() -> Story:
    """The cut begins inside entry 1 and hides it."""
    story = torn_desk()
    return session(story, story.cut(0, story.clean_cut(0)["offset"] - 20))


@ledger(("torn_tail", 2))
def recovered_one_of_two() -> Story:
    """Two ends are unfinished, and the `recovered` entry names the second."""
    story = torn_desk()
    story.segments.append([b""])
    return session(story, story.cut(1, 0))


# Ledgers held against a head that somebody remembers.


def head_of(story: Story, size: int) -> Json:
    """The head after the first `size` entries."""
    tree = tree_over(story.entries[:size])
    last = story.entries[size - 1]
    return {
        "stream": story.stream,
        "size": size,
        "hash": verify.entry_hash(last),
        "root": tree.root(size).hex(),
        "time_us": json.loads(last)["time_us"],
    }


@ledger(heads=[head_of(desk(), size) for size in [1, 3, 6]])
def heads_that_hold() -> Story:
    """Three heads of one stream, the last of which is the newest."""
    return desk()


@ledger(("truncated", 5), heads=[head_of(desk(), 6)])
def truncated() -> Story:
    """The close is gone, and nothing in the ledger says that there was one."""
    story = desk()
    story.put(5)
    return story


@ledger(("truncated", 0), heads=[head_of(desk(), 6)])
def truncated_to_nothing() -> list[Story]:
    """The whole stream is gone."""
    return []


@ledger(("rewritten", 3), ("rewritten", 6), heads=[head_of(desk(), size) for size in [1, 3, 6]])
def rewritten() -> Story:
    """Everything from entry 1 on was written anew, and every hash with it."""
    story = Story()
    story.segment()
    story.genesis()
    for number in range(6):
        story.decision(number)
    return story


@ledger(("rewritten", 6), ("edited", 5), heads=[head_of(desk(), 6)])
def rewritten_last_entry() -> Story:
    """The last entry is no longer canonical: it stands there still, and is not what it was."""
    story = desk()
    story.put(5, entry_frame(story.entries[5] + b" "))
    return story


@ledger(("rewritten", 6), heads=[head_of(desk(), 6) | {"root": DIGEST}])
def rewritten_root() -> Story:
    """The head names the right hash and another root."""
    return desk()


# No ledgers.


@ledger(mark=None)
def no_mark() -> Story:
    """There is no LEDGER file."""
    return desk()


@ledger(mark=b"testimony 2 ledger\n")
def another_format() -> Story:
    """The LEDGER file names a format that is not this one."""
    return desk()


@ledger(mark=b"testimony 1 ledger\n\n")
def mark_too_long() -> Story:
    """The LEDGER file has a byte too many."""
    return desk()


# ---- Writing them --------------------------------------------------------------------------------


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")


def write_ledger(path: Path, case: Case) -> None:
    path.mkdir(parents=True)
    if case.mark is not None:
        (path / "LEDGER").write_bytes(case.mark)
    for story in case.streams():
        directory = path / story.stream
        directory.mkdir()
        (directory / "lock").touch()
        for name, data in story.files().items():
            (directory / name).write_bytes(data)


def stream_told(stream: verify.Stream) -> Json:
    """What a verifier says of a stream, without the counts and sizes that are none."""
    told = verify.stream_json(stream)
    counts = ("checkpoints", "erased", "open_intents", "trusted", "witnessed")
    return {name: value for name, value in told.items() if value or name not in counts}


def expected(case: Case, ledger: Path) -> Json:
    """What a verifier must say; raises where ours says otherwise."""
    if case.mark != MARK:
        exit_code = verify.EXIT["could_not_check"]
        return {"about": case.about, "exit": exit_code, "findings": []}
    return judged(case, verify.verify_ledger(ledger, case.heads))


def judged(case: Case, streams: list[verify.Stream]) -> Json:
    findings = verify.sorted_findings(streams)
    told = tuple((finding.verdict, finding.seq) for finding in findings)
    assert told == case.told, (case.name, told)
    verdict = verify.verdict_on(findings)
    whole = {"streams": [stream_told(stream) for stream in streams]}
    start = {"about": case.about, "exit": verify.EXIT[verdict], "findings": case.told}
    return start | (whole if verdict == "intact" else {})


def write_case(case: Case) -> None:
    place = VECTORS / "ledgers" / case.name
    write_ledger(place / "ledger", case)
    if case.heads:
        write_json(place / "heads.json", case.heads)
    write_json(place / "expected.json", expected(case, place / "ledger"))


def main() -> None:
    VECTORS.mkdir(exist_ok=True)
    shutil.rmtree(VECTORS / "ledgers", ignore_errors=True)
    write_json(VECTORS / "digests.json", digest_vectors())
    write_json(VECTORS / "tree.json", tree_vectors())
    write_json(VECTORS / "entries.json", entry_vectors())
    write_json(VECTORS / "nodes.json", node_vectors())
    write_json(VECTORS / "frames.json", frame_vectors())
    for case in CASES:
        write_case(case)


if __name__ == "__main__":
    main()
