"""Verify a testimony ledger: an independent reader of the format that FORMAT.md specifies.

    python testimony_verify.py [--json] [--head FILE]… [--key VKEY]… [--policy FILE] LEDGER_DIR

Exit code 0: intact. 1: broken. 2: could not check. `--head` takes heads that somebody wrote down
earlier (one JSON object or a list of them, or a signed note) and says whether the ledger still
begins with them. `--key` and `--policy` say whose signatures and cosignatures count.

Nothing here shares code with the writer. It needs Python 3.10 and the `blake3` package, and, for a
ledger with checkpoints or a signed head, the `cryptography` package: without it such a ledger
cannot be checked. The sections below follow the sections of FORMAT.md.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from blake3 import blake3

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

Json = dict[str, Any]

ZEROS = "0" * 64
ZERO_SALT = "0" * 32
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


# ---- 1. The directory ----------------------------------------------------------------------------

LEDGER_MARK = b"testimony 1 ledger\n"
SEGMENT_NAME = re.compile(r"([0-9]{8})\.segment")


class CouldNotCheck(Exception):
    """There is no ledger here that this program could judge."""


def require_ledger(path: Path) -> None:
    """Refuse a directory that does not say that it is a ledger of this version."""
    if not path.is_dir():
        raise CouldNotCheck(f"{path} is not a directory")
    mark = path / "LEDGER"
    if not mark.is_file():
        raise CouldNotCheck(f"{path} has no LEDGER file")
    with mark.open("rb") as file:
        if file.read(len(LEDGER_MARK) + 1) != LEDGER_MARK:
            raise CouldNotCheck(f"{mark} names another format")


def is_stream(path: Path) -> bool:
    return bool(UUID.fullmatch(path.name)) and path.is_dir()


def segment_files(directory: Path) -> dict[int, Path]:
    """The segment files of a stream by number, in order."""
    names = ((SEGMENT_NAME.fullmatch(path.name), path) for path in sorted(directory.iterdir()))
    return {int(name[1]): path for name, path in names if name}


def is_of_ledger(path: Path) -> bool:
    """Whether a name has a place in a ledger's directory; those of exporters and readers carry no evidence."""
    beside = path.name in ("export", "twins") and path.is_dir()
    return path.name == "LEDGER" or is_stream(path) or beside


def not_checked(ledger: Path) -> list[str]:
    """What lies in the directory and is no part of the ledger."""
    strays = [path for path in ledger.iterdir() if not is_of_ledger(path)]
    for stream in filter(is_stream, ledger.iterdir()):
        known = {"lock", "erasing"} | {path.name for path in segment_files(stream).values()}
        strays += [path for path in stream.iterdir() if path.name not in known]
    return sorted(str(path.relative_to(ledger)) for path in strays)


def writer_is_live(directory: Path) -> bool:
    """Whether somebody holds the exclusive lock of a stream."""
    try:
        lock = os.open(directory / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(lock)


# ---- 2. Segments and frames ----------------------------------------------------------------------

MAX_HEADER = 256
MAX_LENGTH = {"blob": 1_073_741_824, "node": 16_777_216, "entry": 65_535}

NUMBER = rb"0|[1-9][0-9]*"
SEGMENT_LINE = re.compile(
    rb"testimony 1 segment (%b) (%b) (%b) ([0-9a-f]{64})\n"
    % (UUID.pattern.encode(), NUMBER, NUMBER)
)
FRAME_LINE = re.compile(
    rb"(blob|node|entry) ([0-9a-f]{64})(?: ([0-9a-f]{32}))? (%b)(?: ([!-~]{1,127}))?\n" % NUMBER
)

# Shortest header lines; the tail of one completes every beginning of a line of its kind.
NIL = b"00000000-0000-0000-0000-000000000000"
SHORTEST_SEGMENT = (b"testimony 1 segment %b 0 0 %b\n" % (NIL, b"0" * 64),)
SHORTEST_FRAMES = (
    b"blob %b %b 0 -\n" % (b"0" * 64, b"0" * 32),
    b"node %b 0\n" % (b"0" * 64),
    b"entry %b 0\n" % (b"0" * 64),
)


class Unreadable(Exception):
    """Bytes that are no frame: `torn_tail` if more bytes could make them one, else `damaged`."""

    def __init__(self, verdict: str) -> None:
        super().__init__(verdict)
        self.verdict = verdict


@dataclass(frozen=True)
class SegmentHeader:
    stream: str
    index: int
    seq: int
    prev: str


@dataclass(frozen=True)
class FrameHeader:
    kind: str
    digest: str
    length: int
    salt: str = ""
    media: str = ""


@dataclass(frozen=True)
class Frame:
    header: FrameHeader
    body: bytes
    offset: int
    end: int


@dataclass(frozen=True)
class Segment:
    """What can be read of a segment file, and how its bytes end."""

    header: SegmentHeader | None
    frames: list[Frame]
    # Where the last entry ends, or the header line, or 0: what follows belongs to no whole record.
    clean: int
    # What is to be said of the bytes at which reading stopped.
    ending: str


def segment_header(line: bytes) -> SegmentHeader | None:
    match = SEGMENT_LINE.fullmatch(line)
    if not match or len(line) > MAX_HEADER:
        return None
    stream, index, seq, prev = (group.decode() for group in match.groups())
    return SegmentHeader(stream, int(index), int(seq), prev)


def frame_header(line: bytes) -> FrameHeader | None:
    match = FRAME_LINE.fullmatch(line)
    if not match or len(line) > MAX_HEADER:
        return None
    kind, digest, salt, length, media = ((group or b"").decode() for group in match.groups())
    # A blob has a salt and a media type, a node or entry has neither.
    fields_fit = (kind == "blob") == bool(salt) == bool(media)
    fits = fields_fit and int(length) <= MAX_LENGTH[kind]
    return FrameHeader(kind, digest, int(length), salt, media) if fits else None


def header_line(data: bytes, offset: int, parse: Callable, shortest: tuple[bytes, ...]) -> tuple:
    """The parsed header line at `offset` and the offset after it."""
    end = data.find(b"\n", offset, offset + MAX_HEADER) + 1
    line = data[offset : end or offset + MAX_HEADER]
    if header := parse(line):
        return header, end
    tails = (whole[at:] for whole in shortest for at in range(len(whole)))
    completable = not end and any(parse(line + tail) for tail in tails)
    raise Unreadable("torn_tail" if completable else "damaged")


def read_frame(data: bytes, offset: int) -> Frame:
    """The frame at `offset`; raises `Unreadable` where there is none, as at the end of the file."""
    header, start = header_line(data, offset, frame_header, SHORTEST_FRAMES)
    end = start + header.length
    if end >= len(data):
        raise Unreadable("torn_tail")
    if data[end] != ord("\n"):
        raise Unreadable("damaged")
    return Frame(header, data[start:end], offset, end + 1)


def read_frames(data: bytes, offset: int) -> tuple[list[Frame], str]:
    """The frames from `offset` on, and what is to be said of the bytes that end them."""
    frames: list[Frame] = []
    try:
        while True:
            frames.append(read_frame(data, frames[-1].end if frames else offset))
    except Unreadable as end:
        return frames, end.verdict


def read_segment(data: bytes) -> Segment:
    try:
        header, start = header_line(data, 0, segment_header, SHORTEST_SEGMENT)
    except Unreadable as end:
        return Segment(None, [], 0, end.verdict)
    frames, ending = read_frames(data, start)
    ends = [frame.end for frame in frames if frame.header.kind == "entry"]
    return Segment(header, frames, ends[-1] if ends else start, ending)


def first_entry(segment: Segment) -> Frame | None:
    """Section 2.1: one whose bytes have its hash; what a crash left half landed says nothing."""
    entries = (frame for frame in segment.frames if frame.header.kind == "entry")
    return next((frame for frame in entries if entry_hash(frame.body) == frame.header.digest), None)


def cuts_named(frame: Frame) -> list[Json]:
    """Section 2.1: the cuts that an entry names, if it is a readable `recovered` entry."""
    try:
        return parse_entry(frame.body)["body"].get("recovered", {}).get("cuts", [])
    except NotCanonical:
        return []


def cuts_after(segments: dict[int, bytes]) -> dict[int, list[Json] | None]:
    """For each segment the cuts named by the first entry that follows it; None if none follows."""
    named: list[Json] | None = None
    after = {}
    for index, data in sorted(segments.items(), reverse=True):
        after[index] = named
        if frame := first_entry(read_segment(data)):
            named = cuts_named(frame)
    return after


def is_blank(header: FrameHeader, body: bytes) -> bool:
    """Section 2.2: salt and content are overwritten, and nothing has the digest any more."""
    overwritten = header.salt == ZERO_SALT and body.count(0) == len(body)
    return overwritten and blob_digest_of(header, body) != header.digest


def blobs_cut_off(data: bytes) -> Iterator[tuple[str, bool]]:
    """Section 2.2: the digests of blobs in what was cut off, and whether they are blank there; of
    the last one some of the content may be missing."""
    start = 0
    while True:
        try:
            header, body = header_line(data, start, frame_header, SHORTEST_FRAMES)
        except Unreadable:
            return
        start = body + header.length + 1
        if header.kind == "blob":
            content = data[body : start - 1]
            whole = len(content) == header.length
            overwritten = header.salt == ZERO_SALT and not any(content)
            yield header.digest, is_blank(header, content) if whole else overwritten
        if data[start - 1 : start] != b"\n":
            return


# ---- 3. Hashes -----------------------------------------------------------------------------------


def blob_digest(salt: bytes, media: str, content: bytes) -> str:
    key = blake3(salt, derive_key_context="testimony v1 blob").digest()
    name = media.encode()
    length = len(content).to_bytes(8, "little")
    material = bytes([len(name)]) + name + length + blake3(content).digest()
    return blake3(material, key=key).hexdigest()


def blob_digest_of(header: FrameHeader, body: bytes) -> str:
    return blob_digest(bytes.fromhex(header.salt), header.media, body)


def node_digest(data: bytes) -> str:
    return blake3(data, derive_key_context="testimony v1 node").hexdigest()


def entry_hash(data: bytes) -> str:
    return blake3(data, derive_key_context="testimony v1 entry").hexdigest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """The roots of all complete subtrees, by height, of the RFC 6962 tree over some leaves."""

    levels: list[list[bytes]] = field(default_factory=list)

    def push(self, leaf: bytes) -> None:
        for height, level in enumerate(self.levels):
            level.append(leaf)
            if len(level) % 2:
                return
            leaf = inner_hash(level[-2], leaf)
            if height + 1 == len(self.levels):
                break
        self.levels.append([leaf])

    def peaks(self, size: int) -> list[bytes]:
        """The roots of the largest complete subtrees over the first `size` leaves."""
        heights = reversed(range(size.bit_length()))
        return [self.levels[at][(size >> at) - 1] for at in heights if size >> at & 1]

    def root(self, size: int) -> bytes:
        if not size:
            return hashlib.sha256(b"").digest()
        *rest, root = self.peaks(size)
        for peak in reversed(rest):
            root = inner_hash(peak, root)
        return root


# ---- 4. Entries ----------------------------------------------------------------------------------

MAX_INTEGER = 2**53 - 1
MAX_NOTE = 16_384
MAX_PEAKS = 64
MAX_DIGESTS = 512

Check = Callable[[Any], bool]


class NotCanonical(Exception):
    """Bytes that are not the one spelling of an entry or node."""


def refuse_number(text: str) -> None:
    raise ValueError(f"{text} is no integer")


def parse_canonical(data: bytes) -> Any:
    """Parse JSON and refuse every spelling but the one; duplicate keys change it as well."""
    try:
        value = json.loads(data.decode(), parse_float=refuse_number, parse_constant=refuse_number)
        again = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from None
    if again != data:
        raise NotCanonical("the JSON has another spelling")
    return value


def parse_shaped(data: bytes, shape: Check) -> Any:
    value = parse_canonical(data)
    if not shape(value):
        raise NotCanonical("the fields are not those of the format")
    return value


def integer(value: Any) -> bool:
    # The type is compared because a bool is an int to isinstance.
    return type(value) is int and 0 <= value <= MAX_INTEGER


def boolean(value: Any) -> bool:
    return type(value) is bool


def short(limit: int) -> Check:
    """A string of at most so many bytes."""
    return lambda value: isinstance(value, str) and len(value.encode()) <= limit


def text(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))


def one_of(*words: Any) -> Check:
    return lambda value: isinstance(value, str) and value in words


def either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def each(check: Check, least: int = 0, most: int = MAX_INTEGER) -> Check:
    return lambda value: (
        isinstance(value, list) and least <= len(value) <= most and all(map(check, value))
    )


def some(check: Check) -> Check:
    """A list that is left out when it is empty."""
    return each(check, least=1)


def record(fields: dict[str, Check]) -> Check:
    """An object with these fields in this order, those with a `?` where they have a value."""
    checks = {name.removesuffix("?"): check for name, check in fields.items()}
    needed = {name for name in fields if not name.endswith("?")}

    def check(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and needed <= value.keys()
            and list(value) == [name for name in checks if name in value]
            and all(checks[name](value[name]) for name in value)
        )

    return check


def choice(kinds: dict[str, Check]) -> Check:
    """An object with exactly one field, whose name says what it is."""
    return lambda value: (
        isinstance(value, dict)
        and len(value) == 1
        and all(name in kinds and kinds[name](value[name]) for name in value)
    )


label = short(256)
uuid = text(UUID.pattern)
digest = text("[0-9a-f]{64}")

content = choice(
    {
        "blob": digest,
        "node": digest,
        "absent": record(
            {
                "why": one_of("not_captured", "too_large", "too_many", "unreadable"),
                "size?": integer,
                "hint?": label,
            }
        ),
    }
)
role = one_of(
    *"subject prompt context config decision rationale constraint output error actor".split()
)
part = record(
    {
        "role": role,
        "name?": label,
        "from": one_of("observed", "declared", "inferred"),
        "held?": boolean,
        "note?": label,
        "content": content,
    }
)
genesis = record(
    {
        "service?": label,
        "instance?": label,
        "writer": label,
        "key?": label,
        "durability": either(
            one_of("every_decision", "os"),
            record({"interval_ms": integer}),
        ),
        "max_content_bytes": integer,
        "continues?": record({"seq": integer, "hash": digest}),
    }
)
response = record({"id?": label, "model?": label, "finish_reasons?": some(label)})
usage = record(
    {
        "input?": integer,
        "output?": integer,
        "cache_read?": integer,
        "cache_creation?": integer,
        "reasoning?": integer,
    }
)
trace = record(
    {
        "trace_id": text("[0-9a-f]{32}"),
        "span_id": text("[0-9a-f]{16}"),
        "own?": lambda value: value is True,
    }
)
decision = record(
    {
        "id": uuid,
        "parent?": uuid,
        "causes?": some(uuid),
        "site": label,
        "operation?": label,
        "provider?": label,
        "model?": label,
        "response?": response,
        "status": one_of("ok", "error", "refused", "cancelled", "timed_out", "panicked"),
        "error?": label,
        "began_us": integer,
        "took_us?": integer,
        "usage?": usage,
        "trace?": trace,
        "parts": each(part),
        "more?": digest,
    }
)
intent = record(
    {
        "id": uuid,
        "site": label,
        "operation?": label,
        "provider?": label,
        "model?": label,
        "began_us": integer,
        "parts": each(part),
        "more?": digest,
    }
)
outcome = record(
    {"decision": uuid, "kind": label, "at_us": integer, "parts": each(part), "more?": digest}
)
gap = record({"lost": integer, "since_us": integer, "reason": label})
recovered = record(
    {
        "cuts": each(
            record({"segment": integer, "offset": integer, "bytes": integer, "hash": digest})
        )
    }
)
checkpoint = record({"note": short(MAX_NOTE), "peaks": each(digest, most=MAX_PEAKS)})
digests = each(digest, least=1, most=MAX_DIGESTS)
erasure = record({"digests": digests, "reason": label, "by": label})
hold = record({"digests?": digests, "reason": label, "by": label})
release = record({"hold": digest, "reason": label, "by": label})
close = record({"decisions": integer, "lost?": integer})
entry_body = choice(
    {
        "genesis": genesis,
        "decision": decision,
        "intent": intent,
        "outcome": outcome,
        "gap": gap,
        "recovered": recovered,
        "checkpoint": checkpoint,
        "erasure": erasure,
        "hold": hold,
        "release": release,
        "close": close,
    }
)
entry = record(
    {
        "v": lambda value: integer(value) and value == 1,
        "stream": uuid,
        "seq": integer,
        "prev": digest,
        "time_us": integer,
        "body": entry_body,
    }
)


def parse_entry(data: bytes) -> Json:
    return parse_shaped(data, entry)


def body_of(value: Json) -> tuple[str, Any]:
    """The kind of an entry or node and the fields below it."""
    return next(iter(value.items()))


Reference = tuple[str, str]


def part_references(parts: list[Json]) -> Iterator[Reference]:
    """The digests that parts name, each with the kind of object it must be."""
    for kind, named in (body_of(part["content"]) for part in parts):
        if kind != "absent":
            yield named, "list" if kind == "node" else "blob"


def entry_references(value: Json) -> Iterator[Reference]:
    _, fields = body_of(value["body"])
    yield from part_references(fields.get("parts", []))
    if "more" in fields:
        yield fields["more"], "parts"


# ---- 5. Nodes ------------------------------------------------------------------------------------

message_part = record({"type": label, "id?": label, "name?": label, "blob": digest})
NODES = {
    "list": record({"base?": digest, "items": each(digest)}),
    "message": record({"role": label, "name?": label, "parts": each(message_part)}),
    "parts": each(part),
}
node = choice(NODES)


def parse_node(data: bytes) -> Json:
    return parse_shaped(data, node)


def node_references(value: Json) -> Iterator[Reference]:
    kind, fields = body_of(value)
    if kind == "parts":
        yield from part_references(fields)
    elif kind == "message":
        yield from ((part["blob"], "blob") for part in fields["parts"])
    else:
        yield from ((base, "list") for base in [fields.get("base")] if base)
        yield from ((item, "message") for item in fields["items"])


# ---- 6. Checkpoints ------------------------------------------------------------------------------

ED25519 = 0x01
COSIGNATURE = 0x04
ORIGIN = re.compile(rf"(.+)/({UUID.pattern})")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,19}")
MAX_SIGNATURES = 100


class Malformed(Exception):
    """A key, note, checkpoint or policy that is not of the form that its specification gives."""


@dataclass(frozen=True)
class Key:
    """A verifier key of C2SP signed-note."""

    name: str
    id: bytes
    algorithm: int
    public: bytes


@dataclass(frozen=True)
class Signature:
    name: str
    id: bytes
    bytes: bytes


@dataclass(frozen=True)
class Checkpoint:
    """C2SP tlog-checkpoint: a signed note, and what its text says."""

    text: str
    signatures: tuple[Signature, ...]
    origin: str
    size: int
    root: bytes


def from_base64(word: str) -> bytes:
    """Decode base64 in its one spelling."""
    try:
        data = base64.b64decode(word, validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("it holds something that is no base64") from None
    if base64.b64encode(data).decode() != word:
        raise Malformed("its base64 has another spelling")
    return data


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))


def make_key(name: str, algorithm: int, public: bytes) -> Key:
    start = hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()
    return Key(name, start[:4], algorithm, public)


def parse_key(line: str) -> Key:
    """`<name>+<key id>+<base64 of algorithm and public key>`, of Ed25519 in either use."""
    name, _, rest = line.partition("+")
    key_id, _, material = rest.partition("+")
    data = from_base64(material)
    if not is_key_name(name) or len(data) != 33 or data[0] not in (ED25519, COSIGNATURE):
        raise Malformed(f"{line!r} is no verifier key for Ed25519")
    key = make_key(name, data[0], data[1:])
    if key.id.hex() != key_id:
        raise Malformed(f"{line!r} has another key id")
    return key


def parse_signature(line: str) -> Signature:
    match line.split(" "):
        case ["\u2014", name, word] if is_key_name(name) and len(data := from_base64(word)) > 4:
            return Signature(name, data[:4], data[4:])
    raise Malformed("it holds a line that is no signature")


def parse_note(note: str) -> tuple[str, tuple[Signature, ...]]:
    """The text of a signed note, and who claims to have signed it."""
    if any(character < " " and character != "\n" for character in note):
        raise Malformed("it holds a control character")
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise Malformed("it is no signed note")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("it has too many signatures")
    return text + "\n", tuple(map(parse_signature, lines))


def parse_checkpoint(note: str) -> Checkpoint:
    """A signed note whose text is an origin, a size and a root, and nothing else."""
    text, signed = parse_note(note)
    match text.split("\n"):
        case [origin, size, root, ""] if origin and DECIMAL.fullmatch(size):
            return checkpoint_of(text, signed, origin, int(size), from_base64(root))
    raise Malformed("its text is no checkpoint")


def checkpoint_of(text: str, signed: tuple, origin: str, size: int, root: bytes) -> Checkpoint:
    if size >= 2**64 or len(root) != 32:
        raise Malformed("its size or root cannot be those of a tree")
    return Checkpoint(text, signed, origin, size, root)


def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    if Ed25519PublicKey is None:
        raise CouldNotCheck("signatures need the Python package `cryptography`")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def verifies(key: Key, signature: bytes, text: str) -> bool:
    """Whether a signature is one of the key over the text, or a cosignature, which has a time."""
    if key.algorithm == ED25519:
        return ed25519_verifies(key.public, signature, text.encode())
    time = int.from_bytes(signature[:8], "big")
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    return time < 2**63 and ed25519_verifies(key.public, signature[8:], message)


def signed_by(found: Checkpoint, key: Key) -> bool | None:
    """None where there is no signature of that name and id; one that is wrong spoils the others."""
    named = [line for line in found.signatures if (line.name, line.id) == (key.name, key.id)]
    return all(verifies(key, line.bytes, found.text) for line in named) if named else None


def stream_of(origin: str) -> str | None:
    match = ORIGIN.fullmatch(origin)
    return match[2] if match else None


def session_key(stream: str, named: str) -> Key | None:
    """The key that a session names, if it is one that can sign this stream."""
    try:
        key = parse_key(named)
    except Malformed:
        return None
    return key if key.algorithm == ED25519 and stream_of(key.name) == stream else None


def key_for(stream: str, key: Key) -> Key:
    """A key given from outside, under the name that its signatures have in a stream."""
    suffix = f"/{stream}"
    name = key.name if key.name.endswith(suffix) else key.name + suffix
    return make_key(name, ED25519, key.public)


@dataclass
class Policy:
    """C2SP tlog-policy."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def defines(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def met(self, name: str, found: Checkpoint) -> bool:
        """Whether a witness or group has cosigned a checkpoint."""
        if name in self.witnesses:
            return bool(signed_by(found, self.witnesses[name]))
        least, members = self.groups[name]
        return sum(self.met(member, found) for member in members) >= least


def parse_policy(data: bytes) -> Policy:
    policy = Policy()
    if any(byte < 0x20 and byte not in b"\t\n" or byte == 0x7F for byte in data):
        raise Malformed("the policy holds a control character")
    if not data.endswith(b"\n"):
        raise Malformed("the policy's last line does not end")
    # Names are octets, whatever they mean: any of them survives this decoding.
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        words = re.findall(r"[^ \t]+", line)
        if words and not words[0].startswith("#"):
            take_policy_line(policy, words)
    if policy.quorum is None:
        raise Malformed("the policy has no quorum")
    return policy


def take_policy_line(policy: Policy, words: list[str]) -> None:
    match words:
        case ["log", key] | ["log", key, _]:
            policy.logs.append(policy_key(key, ED25519, policy.logs))
        case ["witness", name, key] | ["witness", name, key, _] if is_new(policy, name):
            known = list(policy.witnesses.values())
            policy.witnesses[name] = policy_key(key, COSIGNATURE, known)
        case ["group", name, least, *members] if is_new(policy, name) and members:
            policy.groups[name] = policy_group(policy, least, members)
        case ["quorum", name] if policy.quorum is None and (name == "none" or policy.defines(name)):
            policy.quorum = name
        case _:
            raise Malformed(f"the policy cannot say {' '.join(words)!r}")


def is_new(policy: Policy, name: str) -> bool:
    return name != "none" and not policy.defines(name)


def policy_key(line: str, algorithm: int, known: list[Key]) -> Key:
    key = parse_key(line)
    if key.algorithm != algorithm or key.public in [other.public for other in known]:
        raise Malformed(f"{line!r} is of the wrong type, or stands there twice")
    return key


def policy_group(policy: Policy, least: str, members: list[str]) -> tuple[int, list[str]]:
    """How many of which members; each is defined before, and in no other group."""
    repeated = len(set(members)) < len(members) or policy.members & set(members)
    if repeated or not all(map(policy.defines, members)):
        raise Malformed("a group of the policy has a member that it cannot have")
    policy.members |= set(members)
    count = {"any": "1", "all": str(len(members))}.get(least, least)
    if not DECIMAL.fullmatch(count) or not 1 <= int(count) <= len(members):
        raise Malformed("a group of the policy needs a number that it cannot have")
    return int(count), members


@dataclass(frozen=True)
class Trust:
    """What a verifier is told from outside."""

    keys: tuple[Key, ...] = ()
    # None where no cosignatures are asked for.
    policy: Policy | None = None


def read_trust(keys: list[str], policy: Path | None) -> Trust:
    try:
        given = [parse_key(line) for line in keys]
        found = parse_policy(policy.read_bytes()) if policy else Policy(quorum="none")
    except Malformed as error:
        raise CouldNotCheck(str(error)) from None
    if any(key.algorithm != ED25519 for key in given):
        raise CouldNotCheck("a key of a ledger signs with Ed25519 and cosigns nothing")
    return Trust((*given, *found.logs), found if found.quorum != "none" else None)


# ---- 7. Verdicts ---------------------------------------------------------------------------------

REMARKS = {"clock_stepped_back", "erasure_unfinished"}


@dataclass(frozen=True, order=True)
class Place:
    segment: int
    offset: int

    def __str__(self) -> str:
        return f"segment {self.segment}, byte {self.offset}"


@dataclass(frozen=True)
class Finding:
    verdict: str
    stream: str
    place: Place
    seq: int
    detail: str

    def order(self) -> tuple:
        return self.stream, self.place, self.seq, self.verdict

    def to_json(self) -> Json:
        start = {"verdict": self.verdict, "stream": self.stream}
        return start | asdict(self.place) | {"seq": self.seq, "detail": self.detail}


@dataclass(frozen=True)
class Link:
    """An entry that was taken into the chain."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Session:
    """What a genesis begins."""

    seq: int
    place: Place
    named: str | None
    key: Key | None


@dataclass(frozen=True)
class BlobFrame:
    """A blob whose bytes do not have its digest, which an erasure may explain."""

    digest: str
    place: Place
    seq: int
    blank: bool


@dataclass(frozen=True)
class OtherCut:
    """A cut that is not exact, and the blobs in it whose erasure would explain why."""

    place: Place
    seq: int
    gone: frozenset[str]


@dataclass
class Stream:
    """What is known of one stream so far; the findings gather as segments are taken in."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    # The kinds that stand under a digest in the segment at hand.
    objects: dict[str, set[str]] = field(default_factory=dict)
    whole_blobs: set[str] = field(default_factory=set)
    other_blobs: list[BlobFrame] = field(default_factory=list)
    cut_blobs: list[tuple[str, bool]] = field(default_factory=list)
    other_cuts: list[OtherCut] = field(default_factory=list)
    # The first erasure entry that names a digest.
    erasures: dict[str, tuple[int, Place]] = field(default_factory=dict)
    erased: int = 0
    # What the next entry may name as its predecessor; nothing where that cannot be told.
    links: set[str] = field(default_factory=lambda: {ZEROS})
    # Under each seq, what names the entry: the hash in its header and that of its bytes.
    hashes: dict[int, tuple[str, str]] = field(default_factory=lambda: {-1: (ZEROS, ZEROS)})
    chain: list[Link] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    sessions: list[Session] = field(default_factory=list)
    checkpoints: int = 0
    # The checkpoints without a fault, and the session that each stands in.
    signed: list[tuple[Checkpoint, Session]] = field(default_factory=list)
    # Sizes of the newest ones that trusted keys have signed, and that enough witnesses have.
    trusted: int | None = None
    witnessed: int | None = None
    open_intents: set[str] = field(default_factory=set)
    # Runs of sequence numbers that were jumped over, and those that came after all.
    jumps: list[tuple[int, int, Place]] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    next_seq: int = 0
    time_us: int = 0
    decisions: int = 0
    closed: bool = False
    last_segment: int = 0

    def find(self, verdict: str, place: Place, detail: str, seq: int | None = None) -> None:
        """What is no entry is reported with the sequence number of the entry to come."""
        seq = self.next_seq if seq is None else seq
        self.findings.append(Finding(verdict, self.name, place, seq, detail))


def take_segment(
    stream: Stream, index: int, data: bytes, cuts: list[Json] | None, live: bool
) -> None:
    cut = next((cut for cut in cuts or [] if cut["segment"] == index), None)
    segment = read_segment(data[: cut["offset"]] if cut else data)
    stream.last_segment = index
    stream.objects = {}
    check_header(stream, index, segment)
    for frame in segment.frames:
        take_frame(stream, frame, Place(index, frame.offset))
    if cut:
        check_cut(stream, cut, index, data, segment.clean)
    else:
        # A live writer may be about to finish what no entry follows yet.
        check_end(stream, index, data, segment, live and cuts is None)


def take_missing(stream: Stream, first: int, found: int) -> None:
    """One finding for a run of segment files that are not there; their entries went with them."""
    detail = f"segment files {first} to {found - 1} are missing"
    stream.find("removed", Place(found, 0), detail)
    stream.links = set()


def check_header(stream: Stream, index: int, segment: Segment) -> None:
    header, place = segment.header, Place(index, 0)
    if header is None:
        return
    if header.stream != stream.name:
        stream.find("foreign", place, f"it is a segment of {header.stream}")
    elif header.index != index:
        stream.find("reordered", place, f"it is segment {header.index}")
    elif not (continues_chain(stream, header) or announces(header, first_entry(segment))):
        stream.find("edited", place, "the segment header contradicts the chain")


def continues_chain(stream: Stream, header: SegmentHeader) -> bool:
    next_one = header.seq == stream.next_seq and header.prev in stream.links
    return next_one or not stream.links


def announces(header: SegmentHeader, frame: Frame | None) -> bool:
    """Whether the first entry is the one the header tells of: then the fault lies before both."""
    try:
        entry = parse_entry(frame.body if frame else b"")
    except NotCanonical:
        return False
    return (header.seq, header.prev) == (entry["seq"], entry["prev"])


def check_cut(stream: Stream, cut: Json, index: int, data: bytes, clean: int) -> None:
    rest, place = data[clean:], Place(index, clean)
    in_place = (cut["offset"], cut["bytes"]) == (clean, len(rest))
    blobs = list(blobs_cut_off(rest)) if in_place else []
    stream.cut_blobs += blobs
    if not in_place or cut["hash"] != blake3(rest).hexdigest():
        gone = frozenset(named for named, _ in blobs)
        stream.other_cuts.append(OtherCut(place, stream.next_seq, gone))


def check_cuts(stream: Stream) -> None:
    """Cuts that are not exact, but for those of which something was erased; known only at the end."""
    for cut in stream.other_cuts:
        if not cut.gone & stream.erasures.keys():
            detail = "what recovery is said to have cut here is not what lies here"
            stream.find("edited", cut.place, detail, cut.seq)


def check_end(stream: Stream, index: int, data: bytes, segment: Segment, in_progress: bool) -> None:
    rest = len(data) - segment.clean
    whole = segment.header and not rest
    if whole or in_progress and segment.ending == "torn_tail":
        return
    detail = f"the last {rest} bytes of the file are no whole record"
    stream.find(segment.ending, Place(index, segment.clean), detail)
    # What they held is unknown, so the next entry is taken wherever it stands in the chain.
    stream.links = set()


def take_frame(stream: Stream, frame: Frame, place: Place) -> None:
    take = {"blob": take_blob, "node": take_node, "entry": take_entry}
    take[frame.header.kind](stream, frame, place)


def take_blob(stream: Stream, frame: Frame, place: Place) -> None:
    header = frame.header
    if blob_digest_of(header, frame.body) == header.digest:
        stream.whole_blobs.add(header.digest)
    else:
        blank = is_blank(header, frame.body)
        stream.other_blobs.append(BlobFrame(header.digest, place, stream.next_seq, blank))
    # An altered or blank blob still counts as there, so that one fault is not told twice.
    stream.objects.setdefault(header.digest, set()).add("blob")


def check_blobs(stream: Stream) -> None:
    """Blobs without their bytes that no erasure explains; known only at the end."""
    for frame in stream.other_blobs:
        if frame.digest in stream.erasures:
            continue
        if frame.blank:
            detail = f"blob {frame.digest} is gone, and no erasure says so"
            stream.find("content_missing", frame.place, detail, frame.seq)
        else:
            detail = f"blob {frame.digest} has other bytes"
            stream.find("content_altered", frame.place, detail, frame.seq)


def check_erasures(stream: Stream) -> None:
    """What is said to be erased and is not; told once for an entry."""
    other = [(frame.digest, frame.blank) for frame in stream.other_blobs] + stream.cut_blobs
    blank = {named for named, is_gone in other if is_gone}
    still_there = {named for named, is_gone in other if not is_gone}
    erased = blank - still_there - stream.whole_blobs
    unfinished = {where: named for named, where in stream.erasures.items() if named not in erased}
    for (seq, place), named in unfinished.items():
        stream.find("erasure_unfinished", place, f"blob {named} is not erased", seq)
    stream.erased = len(erased & stream.erasures.keys())


def take_node(stream: Stream, frame: Frame, place: Place) -> None:
    digest = frame.header.digest
    try:
        value = parse_node(frame.body)
    except NotCanonical as error:
        stream.find("content_altered", place, f"node {digest} is not canonical: {error}")
        return
    stream.objects.setdefault(digest, set()).add(body_of(value)[0])
    if node_digest(frame.body) != digest:
        stream.find("content_altered", place, f"node {digest} has other bytes")
    else:
        check_references(stream, node_references(value), place)


def check_references(
    stream: Stream, references: Iterator[Reference], place: Place, seq: int | None = None
) -> None:
    """One finding for a frame, however many of its references lead nowhere."""
    for named, kind in references:
        if kind not in stream.objects.get(named, ()):
            stream.find("content_missing", place, f"no {kind} {named} stands before it", seq)
            return


def take_entry(stream: Stream, frame: Frame, place: Place) -> None:
    # The next entry may name either hash, so that an edit is told where it was made.
    names = (frame.header.digest, entry_hash(frame.body))
    try:
        value = parse_entry(frame.body)
    except NotCanonical as error:
        take_unreadable(stream, frame.body, names, place, str(error))
        return
    if names[0] != names[1]:
        stream.find("edited", place, "the entry's bytes do not have its hash", value["seq"])
    place_entry(stream, value, frame.body, names, place)
    check_references(stream, entry_references(value), place, value["seq"])


def take_unreadable(
    stream: Stream, data: bytes, names: tuple[str, str], place: Place, why: str
) -> None:
    """An entry that says nothing certain is taken to be the one whose turn it was."""
    stream.find("edited", place, f"the entry is not canonical: {why}")
    seat(stream, stream.next_seq, data, names)


def place_entry(
    stream: Stream, value: Json, data: bytes, names: tuple[str, str], place: Place
) -> None:
    """Find where the entry belongs in the chain, and take it in if it is next or later."""
    seq = value["seq"]
    if value["stream"] != stream.name:
        stream.find("foreign", place, f"it is an entry of {value['stream']}", seq)
    elif seq in stream.hashes:
        again(stream, value, names, place)
    elif seq < stream.next_seq:
        stream.find("reordered", place, "it stands after a later entry", seq)
        stream.hashes[seq] = names
        stream.late.append(seq)
    else:
        check_link(stream, value, place)
        check_session(stream, value, place)
        check_clock(stream, value, place)
        take_body(stream, value, place)
        seat(stream, seq, data, names)


def take_body(stream: Stream, value: Json, place: Place) -> None:
    """What an entry of the chain tells of the stream."""
    (kind, fields), seq = body_of(value["body"]), value["seq"]
    if kind == "genesis":
        named = fields.get("key")
        key = session_key(stream.name, named) if named else None
        stream.sessions.append(Session(seq, place, named, key))
    elif kind == "decision":
        stream.decisions += 1
        stream.open_intents.discard(fields["id"])
    elif kind == "intent":
        stream.open_intents.add(fields["id"])
    elif kind == "checkpoint":
        take_checkpoint(stream, fields, seq, place)
    elif kind == "erasure":
        for named in fields["digests"]:
            stream.erasures.setdefault(named, (seq, place))


def take_checkpoint(stream: Stream, fields: Json, seq: int, place: Place) -> None:
    """One finding for a checkpoint: what nobody signed says nothing that could be compared."""
    stream.checkpoints += 1
    session = stream.sessions[-1] if stream.sessions else None
    try:
        found = parse_checkpoint(fields["note"])
        check_signature(found, session)
    except Malformed as error:
        stream.find("signature_wrong", place, f"the checkpoint does not hold: {error}", seq)
        return
    if why := contradiction(stream, found, session.key, fields["peaks"], seq):
        stream.find("rewritten", place, why, seq)
    else:
        stream.signed.append((found, session))


def check_signature(found: Checkpoint, session: Session | None) -> None:
    if session is None or session.key is None:
        raise Malformed("its session names no key")
    match signed_by(found, session.key):
        case None:
            raise Malformed("it has no signature of its session's key")
        case False:
            raise Malformed("the signature in the name of its session's key is wrong")


def contradiction(
    stream: Stream, found: Checkpoint, key: Key, peaks: list[str], seq: int
) -> str | None:
    """What a checkpoint says and the entries do not."""
    if found.origin != key.name:
        return "the checkpoint is one of another origin"
    before = stream.signed[-1][0].size if stream.signed else 0
    # What it signs includes the entry that says by whom.
    least = max(before, stream.sessions[-1].seq + 1)
    if not least <= found.size <= seq:
        return f"a checkpoint of size {found.size} cannot stand here"
    count = entries_before(stream, found.size)
    there = stream.tree.root(count), [peak.hex() for peak in stream.tree.peaks(count)]
    if there != (found.root, peaks):
        return f"the checkpoint of size {found.size} is not one of these entries"
    return None


def entries_before(stream: Stream, size: int) -> int:
    """How many entries of the chain have a sequence number below `size`."""
    return bisect_left(stream.chain, size, key=lambda link: link.seq)


def again(stream: Stream, value: Json, names: tuple[str, str], place: Place) -> None:
    """A second entry with a known seq."""
    seq = value["seq"]
    if names[1] == stream.hashes[seq][1]:
        stream.find("duplicated", place, "the entry stands there already", seq)
    elif value["prev"] in stream.hashes.get(seq - 1, ()):
        stream.find("forked", place, "another entry follows the same predecessor", seq)
        # The next entry may well be the one that belongs to this branch.
        if stream.links and seq + 1 == stream.next_seq:
            stream.links |= set(names)
    else:
        stream.find("inserted", place, "there is an entry with this number already", seq)


def check_link(stream: Stream, value: Json, place: Place) -> None:
    seq = value["seq"]
    if not stream.links:
        return
    if seq > stream.next_seq:
        stream.jumps.append((stream.next_seq, seq - 1, place))
    elif value["prev"] not in stream.links:
        stream.find("edited", place, "it does not name the hash of the entry before it", seq)


def check_session(stream: Stream, value: Json, place: Place) -> None:
    """At the beginning of a stream and after a close only a session may begin."""
    kind, seq = body_of(value["body"])[0], value["seq"]
    signs_close = stream.closed and kind == "checkpoint"
    if kind not in ("genesis", "recovered") and (seq == 0 or stream.closed) and not signs_close:
        where = "after a close" if seq else "at the beginning"
        stream.find("inserted", place, f"a {kind} stands {where}", seq)
    stream.closed = kind == "close" or signs_close


def check_clock(stream: Stream, value: Json, place: Place) -> None:
    if value["time_us"] < stream.time_us:
        detail = "its time is before that of the entry before it"
        stream.find("clock_stepped_back", place, detail, value["seq"])
    stream.time_us = value["time_us"]


def seat(stream: Stream, seq: int, data: bytes, names: tuple[str, str]) -> None:
    stream.hashes[seq] = names
    stream.chain.append(Link(seq, names[1]))
    stream.tree.push(leaf_hash(data))
    stream.links = set(names)
    stream.next_seq = seq + 1


def check_removed(stream: Stream) -> None:
    """Sequence numbers that never came; known only at the end, for one may come late."""
    for first, last, place in stream.jumps:
        came = [seq for seq in sorted(stream.late) if first <= seq <= last]
        for before, after in pairwise([first - 1, *came, last + 1]):
            if after - before > 1:
                detail = f"entries {before + 1} to {after - 1} are not there"
                stream.find("removed", place, detail, before + 1)


def trusted_keys(stream: Stream, given: tuple[Key, ...]) -> set[Key]:
    """The given keys, and those of sessions that a checkpoint of a trusted key covers."""
    trusted = {key_for(stream.name, key) for key in given}
    for found, _ in stream.signed:
        if any(signed_by(found, key) for key in trusted):
            covered = (session for session in stream.sessions if session.seq < found.size)
            trusted.update(session.key for session in covered if session.key)
    return trusted


def check_trust(stream: Stream, trust: Trust) -> None:
    """Whether trusted keys signed the stream, and enough witnesses saw what they signed."""
    end, counted = Place(stream.last_segment, 0), [found for found, _ in stream.signed]
    if trust.keys:
        counted = check_keys(stream, trusted_keys(stream, trust.keys), end)
    if trust.policy:
        policy = trust.policy
        sizes = [found.size for found in counted if policy.met(policy.quorum, found)]
        stream.witnessed = max(sizes, default=None)
        if stream.witnessed is None:
            stream.find("not_witnessed", end, "too few witnesses have cosigned a checkpoint")


def check_keys(stream: Stream, trusted: set[Key], end: Place) -> list[Checkpoint]:
    """The checkpoints that trusted keys have signed."""
    for session in stream.sessions:
        if session.named is not None and session.key not in trusted:
            detail = "the session's key is not trusted"
            stream.find("signature_wrong", session.place, detail, session.seq)
    counted = [found for found, session in stream.signed if session.key in trusted]
    stream.trusted = max((found.size for found in counted), default=None)
    if not counted:
        stream.find("signature_wrong", end, "no trusted key has signed a checkpoint")
    return counted


def root_at(stream: Stream, size: int) -> bytes:
    return stream.tree.root(entries_before(stream, size))


def head_of(stream: Stream) -> Json | None:
    if not stream.chain:
        return None
    head = {"stream": stream.name, "size": stream.next_seq, "hash": stream.chain[-1].hash}
    root = root_at(stream, stream.next_seq).hex()
    return head | {"root": root, "time_us": stream.time_us}


def check_head(stream: Stream, head: Json) -> None:
    """Whether the stream still begins with the entries that somebody remembers."""
    size = head["size"]
    count = entries_before(stream, size)
    last = stream.chain[count - 1].hash if count else ZEROS
    same = (last, stream.tree.root(count).hex()) == (head["hash"], head["root"])
    tell_head(stream, size, same, "rewritten")


def check_signed_head(stream: Stream, head: Checkpoint, trust: Trust) -> None:
    """The same of a note; what the stream's own key signed it cannot take back."""
    own = {session.key for session in stream.sessions if session.key}
    known = own | {key_for(stream.name, key) for key in trust.keys}
    if any(signed_by(head, key) is False for key in known):
        raise CouldNotCheck(f"the head of {head.origin} has a wrong signature")
    signed = any(key.name == head.origin and signed_by(head, key) for key in own)
    same = root_at(stream, head.size) == head.root
    tell_head(stream, head.size, same, "forked" if signed else "rewritten")


def tell_head(stream: Stream, size: int, same: bool, otherwise: str) -> None:
    place = Place(stream.last_segment, 0)
    if stream.next_seq < size:
        detail = f"the stream ends before entry {size - 1}"
        stream.find("truncated", place, detail)
    elif not same:
        detail = f"the first {size} entries are not those of the head"
        stream.find(otherwise, place, detail, size)


def verify_stream(name: str, segments: dict[int, bytes], live: bool = False) -> Stream:
    """Verify the bytes of the segment files of one stream."""
    stream, expected = Stream(name), 0
    after = cuts_after(segments)
    for index, data in sorted(segments.items()):
        if index > expected:
            take_missing(stream, expected, index)
        take_segment(stream, index, data, after[index], live)
        expected = index + 1
    check_removed(stream)
    check_blobs(stream)
    check_cuts(stream)
    check_erasures(stream)
    return stream


def verify_directory(directory: Path) -> Stream:
    live = writer_is_live(directory)
    segments = {at: path.read_bytes() for at, path in segment_files(directory).items()}
    # A writer that came while we read is as good an excuse for a torn end as one that was there.
    return verify_stream(directory.name, segments, live or writer_is_live(directory))


Head = Json | Checkpoint


def verify_ledger(ledger: Path, heads: list[Head], trust: Trust = Trust()) -> list[Stream]:
    require_ledger(ledger)
    streams = {path.name: verify_directory(path) for path in filter(is_stream, ledger.iterdir())}
    for stream in streams.values():
        if stream.chain:
            check_trust(stream, trust)
    for head in heads:
        name = head["stream"] if isinstance(head, dict) else stream_of(head.origin)
        stream = streams.setdefault(name, Stream(name))
        if isinstance(head, dict):
            check_head(stream, head)
        else:
            check_signed_head(stream, head, trust)
    return [streams[name] for name in sorted(streams)]


HEAD = {"stream": uuid, "size": integer, "hash": digest, "root": digest, "time_us": integer}


def is_head(value: Any) -> bool:
    """A head in any order of its fields: people keep them, in whatever way they like."""
    return (
        isinstance(value, dict)
        and value.keys() == HEAD.keys()
        and all(HEAD[name](value[name]) for name in HEAD)
    )


def read_heads(path: Path) -> list[Head]:
    """JSON where the file begins like it, else a signed note."""
    data = path.read_bytes()
    return json_heads(path, data) if data.lstrip()[:1] in (b"{", b"[") else [note_head(path, data)]


def json_heads(path: Path, data: bytes) -> list[Head]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CouldNotCheck(f"{path} is no JSON: {error}") from None
    heads = value if isinstance(value, list) else [value]
    if not all(map(is_head, heads)):
        raise CouldNotCheck(f"{path} holds something that is no head")
    return heads


def note_head(path: Path, data: bytes) -> Head:
    try:
        head = parse_checkpoint(data.decode())
    except (UnicodeDecodeError, Malformed) as error:
        raise CouldNotCheck(f"{path} is no head: {error}") from None
    if stream_of(head.origin) is None:
        raise CouldNotCheck(f"{path} names no stream in its origin")
    return head


# ---- The report ----------------------------------------------------------------------------------

EXIT = {"intact": 0, "broken": 1, "could_not_check": 2}


def sorted_findings(streams: list[Stream]) -> list[Finding]:
    findings = [finding for stream in streams for finding in stream.findings]
    return sorted(findings, key=Finding.order)


def verdict_on(findings: list[Finding]) -> str:
    return "broken" if any(found.verdict not in REMARKS for found in findings) else "intact"


def stream_json(stream: Stream) -> Json:
    return {
        "stream": stream.name,
        "entries": len(stream.chain),
        "decisions": stream.decisions,
        "closed": stream.closed,
        "head": head_of(stream),
        "checkpoints": stream.checkpoints,
        "erased": stream.erased,
        "open_intents": len(stream.open_intents),
        "trusted": stream.trusted,
        "witnessed": stream.witnessed,
    }


def report_json(verdict: str, findings: list[Finding], streams: list[Stream]) -> str:
    report = {
        "verdict": verdict,
        "findings": [finding.to_json() for finding in findings],
        "streams": [stream_json(stream) for stream in streams],
    }
    return json.dumps(report, indent=2)


def finding_line(found: Finding) -> str:
    where = f"stream {found.stream}, entry {found.seq}"
    return f"  {found.verdict}: {found.detail} ({where}, {found.place})"


def stream_line(stream: Stream) -> str:
    told = [f"{len(stream.chain)} entries, {stream.decisions} decisions"]
    told += [f"{stream.checkpoints} checkpoints"] if stream.checkpoints else []
    told += [f"signed up to entry {stream.trusted - 1}"] if stream.trusted else []
    told += [f"witnessed up to entry {stream.witnessed - 1}"] if stream.witnessed else []
    told += [f"{stream.erased} blobs erased"] if stream.erased else []
    told += (
        [f"{len(stream.open_intents)} intents without a decision"] if stream.open_intents else []
    )
    return f"  {stream.name}: {', '.join(told)}{', closed' if stream.closed else ''}"


def report_text(
    verdict: str, findings: list[Finding], streams: list[Stream], strays: list[str]
) -> str:
    lines = [verdict.replace("_", " ")]
    lines += map(stream_line, streams)
    lines += map(finding_line, findings)
    # A file's name may be bytes that no terminal can show.
    lines += [f"  not checked: {ascii(stray)}" for stray in strays]
    return "\n".join(lines)


def check(options: argparse.Namespace) -> int:
    heads = [head for path in options.head for head in read_heads(path)]
    trust = read_trust(options.key, options.policy)
    streams = verify_ledger(options.ledger, heads, trust)
    findings = sorted_findings(streams)
    verdict = verdict_on(findings)
    if options.json:
        print(report_json(verdict, findings, streams))
    else:
        print(report_text(verdict, findings, streams, not_checked(options.ledger)))
    return EXIT[verdict]


def could_not_check(why: str, as_json: bool) -> int:
    print(f"could not check: {why}", file=sys.stderr)
    if as_json:
        print(report_json("could_not_check", [], []))
    return EXIT["could_not_check"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a testimony ledger.")
    parser.add_argument("ledger", type=Path, metavar="LEDGER_DIR")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    many = {"action": "append", "default": []}
    parser.add_argument(
        "--head", type=Path, metavar="FILE", help="heads that must still hold, or a note", **many
    )
    parser.add_argument("--key", metavar="VKEY", help="a key that may sign the ledger", **many)
    parser.add_argument("--policy", type=Path, metavar="FILE", help="a C2SP tlog-policy")
    options = parser.parse_args()
    try:
        return check(options)
    except (CouldNotCheck, OSError) as error:
        return could_not_check(str(error), options.json)
    except Exception as error:  # A verifier that crashes must never look like one that passed.
        return could_not_check(f"unexpected: {error!r}", options.json)


if __name__ == "__main__":
    sys.exit(main())
