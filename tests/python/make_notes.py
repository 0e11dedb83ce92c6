"""Write `tests/vectors/notes.json` anew: `python make_notes.py`.

Verifier keys, checkpoints, policies and proofs of C2SP, valid and not, for whoever parses them. What
each must come to is written down here by hand and held against `testimony_verify`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import testimony_verify as verify
from make_history import (
    DESK,
    FIRST_WITNESS,
    IMPOSTOR,
    NEWER,
    SECOND_WITNESS,
    STRANGER,
    Signer,
    checkpoint_text,
    note_of,
    signature_line,
)
from make_vectors import STREAM, VECTORS, Json, replaced, tree_over, write_json, written

LOG = DESK.at(STREAM)
ROOT = tree_over([b"0"]).root(1)
TEXT = checkpoint_text(LOG.name, 1, ROOT)
NOTE = note_of(TEXT, LOG.line(TEXT))
SIGNATURE = LOG.line(TEXT)


def refuses(parse: Callable[[Any], Any], data: Any) -> bool:
    try:
        parse(data)
    except (verify.Malformed, UnicodeDecodeError):
        return True
    return False


def refused(parse: Callable, field: str, cases: Iterable[tuple[str, Any]]) -> list[Json]:
    """Each with its reason, and in hexadecimal where it is no UTF-8."""
    told = []
    for reason, data in cases:
        assert refuses(parse, data), reason
        told.append({"reason": reason} | named(data, field))
    return told


def named(data: str | bytes, field: str) -> Json:
    return {field if name == "text" else name: value for name, value in written(data).items()}


# ---- Keys ----------------------------------------------------------------------------------------

VKEY = LOG.vkey()
NAME, KEY_ID, MATERIAL = LOG.name, LOG.key().id.hex(), VKEY.split("+", 2)[2]
KEYS = {
    "Ed25519": LOG,
    "cosignature": FIRST_WITNESS,
    "name beyond ASCII": Signer("schlüssel.example/決定", 1),
    "base64 with a plus sign": Signer("x", 3),
}


def key_vector(name: str, signer: Signer) -> Json:
    key = verify.parse_key(signer.vkey())
    parsed = {"key_name": key.name, "id": key.id.hex(), "algorithm": key.algorithm}
    return {"name": name, "vkey": signer.vkey()} | parsed | {"public": key.public.hex()}


def vkey(name: str, material: bytes) -> str:
    """A key whose id is right, whatever else is not."""
    key = verify.make_key(name, material[0], material[1:])
    return f"{name}+{key.id.hex()}+{base64.b64encode(material).decode()}"


def no_keys() -> Iterator[tuple[str, str]]:
    public = LOG.key().public
    yield "nothing", ""
    yield "name alone", NAME
    yield "no key", f"{NAME}+{KEY_ID}"
    yield "key empty", f"{NAME}+{KEY_ID}+"
    yield "another key id", f"{NAME}+00000000+{MATERIAL}"
    yield "key id in upper case", f"{NAME}+{KEY_ID.upper()}+{MATERIAL}"
    yield "key id of seven digits", f"{NAME}+{KEY_ID[1:]}+{MATERIAL}"
    yield "key id of another name", f"{NAME}x+{KEY_ID}+{MATERIAL}"
    yield "name empty", vkey("", b"\x01" + public)
    yield "name with a space", vkey("the desk", b"\x01" + public)
    yield "name with U+00A0", vkey("the\u00a0desk", b"\x01" + public)
    yield "name with U+2003", vkey("the\u2003desk", b"\x01" + public)
    yield "key of 31 bytes", vkey(NAME, b"\x01" + public[:31])
    yield "key of 33 bytes", vkey(NAME, b"\x01" + public + b"\x00")
    yield "type that is neither of the two", vkey(NAME, b"\x02" + public)
    yield "base64 with a space", f"{NAME}+{KEY_ID}+{MATERIAL[:8]} {MATERIAL[8:]}"
    yield "base64 of the other alphabet", f"{NAME}+{KEY_ID}+{MATERIAL.replace('/', '_')}"
    yield "line feed after it", VKEY + "\n"
    yield "base64 with a padding too many", VKEY + "="
    yield "base64 with other unused bits", unused_bits(vkey(NAME, b"\x01" + public[:31]))


def unused_bits(word: str) -> str:
    """The same bytes in a spelling that sets bits which no byte has."""
    assert word.endswith("=")
    at = len(word.rstrip("=")) - 1
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return word[:at] + alphabet[alphabet.index(word[at]) + 1] + word[at + 1 :]


# ---- Checkpoints ---------------------------------------------------------------------------------

# Whether a key's signature is there and right, there and wrong, or not there.
SAYS = {True: "valid", False: "wrong", None: "none"}


def checkpoint_vector(name: str, note: str, **says: str) -> Json:
    """`says` is what is to be said of the keys of `SIGNERS`."""
    found = verify.parse_checkpoint(note)
    told = [{"vkey": SIGNERS[who].vkey(), "signature": word} for who, word in says.items()]
    for who, word in says.items():
        assert SAYS[verify.signed_by(found, SIGNERS[who].key())] == word, (name, who)
    start = {"name": name, "note": note, "origin": found.origin, "size": str(found.size)}
    return start | {"root": found.root.hex(), "signed": told}


SIGNERS = {"log": LOG, "newer": NEWER.at(STREAM), "first": FIRST_WITNESS, "second": SECOND_WITNESS}


def checkpoints() -> Iterator[Json]:
    empty = checkpoint_text(LOG.name, 0, tree_over([]).root(0))
    largest = checkpoint_text("o", 2**64 - 1, ROOT)
    spaced = checkpoint_text("the desk + more \x7f", 1, ROOT)
    cosigned = note_of(TEXT, SIGNATURE, FIRST_WITNESS.line(TEXT), STRANGER.line(TEXT))
    newer = NEWER.at(STREAM).line(TEXT)
    yield checkpoint_vector("one signature", NOTE, log="valid", newer="none", first="none")
    yield checkpoint_vector("size 0", note_of(empty, LOG.line(empty)), log="valid")
    yield checkpoint_vector("largest size", note_of(largest, LOG.line(largest)), log="valid")
    yield checkpoint_vector(
        "origin with spaces, a plus sign and U+007F",
        note_of(spaced, LOG.line(spaced)),
        log="valid",
    )
    yield checkpoint_vector(
        "two keys of one name", note_of(TEXT, newer, SIGNATURE), log="valid", newer="valid"
    )
    yield checkpoint_vector("cosigned", cosigned, log="valid", first="valid", second="none")
    yield checkpoint_vector(
        "the first witness in another's name", note_of(TEXT, IMPOSTOR.line(TEXT)), first="none"
    )
    yield from wrongly_signed()
    short = signature_line("old.example", b"\x00" * 4, b"\x01")
    yield checkpoint_vector("signature of one byte", note_of(TEXT, short), log="none")
    many = note_of(TEXT, *[short] * 99, SIGNATURE)
    yield checkpoint_vector("100 signature lines", many, log="valid")


def wrongly_signed() -> Iterator[Json]:
    wrong, other = LOG.line(TEXT, flip=1), checkpoint_text(LOG.name, 2, ROOT)
    first = FIRST_WITNESS.key()
    cut = signature_line(LOG.name, LOG.key().id, LOG.signature(TEXT)[:-1])
    longer = signature_line(LOG.name, LOG.key().id, LOG.signature(TEXT) + b"\x00")
    plain = signature_line(first.name, first.id, FIRST_WITNESS.signature(TEXT)[8:])
    late = signature_line(first.name, first.id, Signer(first.name, 11, 2**63).signature(TEXT))
    latest = signature_line(first.name, first.id, Signer(first.name, 11, 2**63 - 1).signature(TEXT))
    yield checkpoint_vector("a bit of the signature changed", note_of(TEXT, wrong), log="wrong")
    yield checkpoint_vector(
        "a wrong signature after a right one", note_of(TEXT, SIGNATURE, wrong), log="wrong"
    )
    yield checkpoint_vector(
        "a wrong signature before a right one", note_of(TEXT, wrong, SIGNATURE), log="wrong"
    )
    yield checkpoint_vector("text of another size", note_of(other, SIGNATURE), log="wrong")
    yield checkpoint_vector("signature of 63 bytes", note_of(TEXT, cut), log="wrong")
    yield checkpoint_vector("signature of 65 bytes", note_of(TEXT, longer), log="wrong")
    yield checkpoint_vector("cosignature without a time", note_of(TEXT, plain), first="wrong")
    yield checkpoint_vector("cosignature at 2^63", note_of(TEXT, late), first="wrong")
    yield checkpoint_vector("cosignature at 2^63 − 1", note_of(TEXT, latest), first="valid")


def signed_text(text: str) -> str:
    return note_of(text, LOG.line(text))


MISSHAPEN_TEXTS = {
    "two lines": f"{LOG.name}\n1\n",
    "an extension line": TEXT + "more\n",
    "an empty line in the text": TEXT.replace("\n1\n", "\n\n1\n"),
    "an empty line after the text": TEXT + "\n",
    "origin empty": "\n" + TEXT.split("\n", 1)[1],
    "size empty": TEXT.replace("\n1\n", "\n\n"),
    "size with a leading zero": TEXT.replace("\n1\n", "\n01\n"),
    "size of two zeros": TEXT.replace("\n1\n", "\n00\n"),
    "size with a plus sign": TEXT.replace("\n1\n", "\n+1\n"),
    "size negative": TEXT.replace("\n1\n", "\n-1\n"),
    "size with a space": TEXT.replace("\n1\n", "\n1 \n"),
    "size in other digits": TEXT.replace("\n1\n", "\n١\n"),
    "size of 2^64": TEXT.replace("\n1\n", f"\n{2**64}\n"),
    "size of 400 digits": TEXT.replace("\n1\n", f"\n{'1' * 400}\n"),
    "root of 31 bytes": checkpoint_text(LOG.name, 1, ROOT[:31]),
    "root of 33 bytes": checkpoint_text(LOG.name, 1, ROOT + b"\x00"),
    "root empty": checkpoint_text(LOG.name, 1, b""),
    "root in hexadecimal": f"{LOG.name}\n1\n{ROOT.hex()}\n",
    "root without padding": TEXT.replace("=\n", "\n"),
    "root with other unused bits": unused_bits(TEXT[:-1]) + "\n",
    "root with a space after it": TEXT[:-1] + " \n",
    "text with a tab": TEXT.replace("desk", "de\tsk"),
    "text with a NUL": TEXT.replace("desk", "de\0sk"),
    "text with carriage returns": TEXT.replace("\n", "\r\n"),
}


def no_checkpoints() -> Iterator[tuple[str, str | bytes]]:
    yield from ((reason, signed_text(text)) for reason, text in MISSHAPEN_TEXTS.items())
    word = SIGNATURE.split(" ")[2][:-1]
    lines = {
        "no signature": "",
        "an empty signature line": "\n",
        "hyphen for the em dash": SIGNATURE.replace("\u2014", "-"),
        "two hyphens for the em dash": SIGNATURE.replace("\u2014", "--"),
        "no em dash": SIGNATURE[2:],
        "space before the em dash": " " + SIGNATURE,
        "two spaces": SIGNATURE.replace(" ", "  ", 1),
        "no name": f"\u2014 {word}\n",
        "name empty": f"\u2014  {word}\n",
        "name with a plus sign": f"\u2014 a+b {word}\n",
        "name with U+00A0": f"\u2014 a\u00a0b {word}\n",
        "name with U+2028": f"\u2014 a\u2028b {word}\n",
        "field too many": f"\u2014 {LOG.name} {word} x\n",
        "space at the end": SIGNATURE[:-1] + " \n",
        "no line feed at the end": SIGNATURE[:-1],
        "text after the signature": SIGNATURE + "more\n",
        "line feed too many": SIGNATURE + "\n",
        "empty line between signatures": SIGNATURE + "\n" + SIGNATURE,
        "signature without padding": f"\u2014 {LOG.name} {word.rstrip('=')}\n",
        "signature with other unused bits": unused_bits("\u2014 a AAAAAAA=") + "\n",
        "signature of no bytes after the key id": "\u2014 a AAAAAA==\n",
        "signature empty": "\u2014 a \n",
        "101 signature lines": "\u2014 a AAAAAAA=\n" * 100 + SIGNATURE,
    }
    yield from ((reason, note_of(TEXT, line)) for reason, line in lines.items())
    yield "no empty line before the signature", TEXT + SIGNATURE
    yield "nothing", ""
    yield "byte that is no UTF-8", NOTE.encode().replace(b"desk", b"de\xffk")
    yield "UTF-16", NOTE.encode("utf-16-le")
    yield "byte order mark in front of the signature", replaced(NOTE, "\n\n", "\n\n\ufeff")


def parse_bytes(data: str | bytes) -> verify.Checkpoint:
    return verify.parse_checkpoint(data if isinstance(data, str) else data.decode())


# ---- Policies ------------------------------------------------------------------------------------

FIRST = f"witness first {FIRST_WITNESS.vkey()}\n"
SECOND = f"witness second {SECOND_WITNESS.vkey()}\n"
STRANGE = f"witness strange {STRANGER.vkey()}\n"
LOGLINE = f"log {VKEY}\n"
WITNESSES = FIRST + SECOND + STRANGE

COSIGNED = {
    "nobody": (),
    "first": (FIRST_WITNESS,),
    "second": (SECOND_WITNESS,),
    "first and second": (FIRST_WITNESS, SECOND_WITNESS),
    "all three": (FIRST_WITNESS, SECOND_WITNESS, STRANGER),
    "first twice": (FIRST_WITNESS, Signer(FIRST_WITNESS.name, 11, 7)),
    "another key in the first's name": (IMPOSTOR,),
}

# A policy, and whose cosignatures are enough for it.
POLICIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "no witnesses": ("quorum none\n", tuple(COSIGNED)),
    "none of the witnesses": (LOGLINE + WITNESSES + "quorum none\n", tuple(COSIGNED)),
    "one witness": (
        LOGLINE + FIRST + "quorum first\n",
        ("first", "first and second", "all three", "first twice"),
    ),
    "any of two": (
        FIRST + SECOND + "group g any first second\nquorum g\n",
        ("first", "second", "first and second", "all three", "first twice"),
    ),
    "all of two": (
        FIRST + SECOND + "group g all first second\nquorum g\n",
        ("first and second", "all three"),
    ),
    "two of three": (
        WITNESSES + "group g 2 first second strange\nquorum g\n",
        ("first and second", "all three"),
    ),
    "three of three": (WITNESSES + "group g 3 first second strange\nquorum g\n", ("all three",)),
    "a group in a group": (
        WITNESSES + "group g any second strange\ngroup h all first g\nquorum h\n",
        ("first and second", "all three"),
    ),
    "tabs, spaces, comments and empty lines": (
        f"# a comment\n\n \t\n\t {FIRST[:-1]} \t https://witness.example/ \n  # more\nquorum\tfirst\n",
        ("first", "first and second", "all three", "first twice"),
    ),
    "a log with an address": (f"log {VKEY} https://desk.example/\nquorum none\n", tuple(COSIGNED)),
    "names beyond ASCII": (
        FIRST.replace("first", "первый", 1) + "quorum первый\n",
        ("first", "first and second", "all three", "first twice"),
    ),
    "witness named as a keyword": (
        FIRST.replace("first", "quorum", 1) + "quorum quorum\n",
        ("first", "first and second", "all three", "first twice"),
    ),
}


def policy_vector(name: str, policy: str, enough: tuple[str, ...]) -> Json:
    parsed, told = verify.parse_policy(policy.encode()), []
    for who, witnesses in COSIGNED.items():
        note = note_of(TEXT, SIGNATURE, *(witness.line(TEXT) for witness in witnesses))
        met = parsed.quorum == "none" or parsed.met(parsed.quorum, verify.parse_checkpoint(note))
        assert met == (who in enough), (name, who)
        told.append({"by": who, "note": note, "enough": met})
    logs = [f"{log.name}+{log.id.hex()}" for log in parsed.logs]
    return {"name": name, "policy": policy, "logs": logs, "cosigned": told}


def no_policies() -> Iterator[tuple[str, str | bytes]]:
    quorum = "quorum first\n"
    yield "nothing", ""
    yield "no quorum", LOGLINE + FIRST
    yield "two quorums", FIRST + quorum + quorum
    yield "two quorums, one of them none", FIRST + quorum + "quorum none\n"
    yield "quorum without a name", FIRST + "quorum\n"
    yield "quorum of two", FIRST + SECOND + "quorum first second\n"
    yield "quorum that is not defined", FIRST + "quorum second\n"
    yield "quorum before its witness", quorum + FIRST
    yield "quorum of a witness in other letters", FIRST + "quorum First\n"
    yield "keyword unknown", FIRST + "monitor x\n" + quorum
    yield "keyword in upper case", FIRST + "QUORUM first\n"
    yield "witness without a key", "witness first\n" + quorum
    yield "witness with a word too many", FIRST[:-1] + " https://x/ y\n" + quorum
    yield "witness named none", FIRST.replace("first", "none", 1) + "quorum none\n"
    yield "two witnesses of one name", FIRST + SECOND.replace("second", "first", 1) + quorum
    yield "two witnesses of one key", FIRST + FIRST.replace("first", "other", 1) + quorum
    renamed = Signer("another.example", FIRST_WITNESS.seed, 0).vkey()
    yield (
        "two witnesses of one key under two key names",
        f"{FIRST}witness other {renamed}\n{quorum}",
    )
    yield "witness with a key that signs logs", f"witness first {VKEY}\n{quorum}"
    yield "witness with a key that is none", f"witness first {FIRST_WITNESS.name}\n{quorum}"
    yield "log without a key", "log\n" + FIRST + quorum
    yield "log with a word too many", LOGLINE[:-1] + " https://x/ y\n" + FIRST + quorum
    yield "log with a key of a witness", f"log {FIRST_WITNESS.vkey()}\n{FIRST}{quorum}"
    yield "two logs of one key", LOGLINE + LOGLINE + FIRST + quorum
    yield "comment after a line", FIRST + "quorum first # enough\n"
    yield "group named none", FIRST + "group none any first\n" + quorum
    yield "group named as a witness", FIRST + "group first any first\n" + quorum
    yield "group without members", FIRST + "group g any\n" + quorum
    yield "group without a number", FIRST + SECOND + "group g first second\nquorum g\n"
    yield "group of 0", FIRST + "group g 0 first\nquorum g\n"
    yield "group of 2 of 1", FIRST + "group g 2 first\nquorum g\n"
    yield "group of a number with a plus sign", FIRST + "group g +1 first\nquorum g\n"
    yield "group of some", FIRST + "group g some first\nquorum g\n"
    yield "group with none in it", FIRST + "group g any first none\nquorum g\n"
    yield "group with a member twice", FIRST + "group g any first first\nquorum g\n"
    yield "group with itself in it", FIRST + "group g any g\nquorum g\n"
    yield "group before its member", "group g any first\n" + FIRST + "quorum g\n"
    twice = "group g any first\ngroup h any first\nquorum h\n"
    yield "member of two groups", FIRST + twice
    yield "no line feed at the end", FIRST + "quorum first"
    yield "carriage returns", (FIRST + quorum).replace("\n", "\r\n")
    yield "NUL", FIRST + "#\0\n" + quorum
    yield "U+007F", FIRST + "# \x7f\n" + quorum
    yield "byte that is no UTF-8, of a witness not defined", FIRST.encode() + b"quorum \xff\n"


def policy_of_bytes(data: str | bytes) -> verify.Policy:
    return verify.parse_policy(data if isinstance(data, bytes) else data.encode())


# ---- Proofs --------------------------------------------------------------------------------------

PROOF = "c2sp.org/tlog-proof@v1\n"
RECORDS = [str(index).encode() for index in range(11)]


def path(index: int, records: list[bytes]) -> list[bytes]:
    """The RFC 6962 inclusion proof, written from its definition."""
    if len(records) < 2:
        return []
    split = 1 << (len(records) - 1).bit_length() - 1
    left, right = records[:split], records[split:]
    near, far, at = (left, right, index) if index < split else (right, left, index - split)
    return [*path(at, near), tree_over(far).root(len(far))]


def root_of_path(index: int, size: int, leaf: bytes, hashes: list[bytes]) -> bytes | None:
    """RFC 9162, section 2.1.3.2; None where the proof has another length."""
    at, last = index, size - 1
    for other in hashes:
        if last == 0:
            return None
        if at % 2 or at == last:
            leaf = verify.inner_hash(other, leaf)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = verify.inner_hash(leaf, other)
        at, last = at >> 1, last >> 1
    return leaf if last == 0 else None


def proof_of(index: int, size: int, extra: str = "", hashes: list[bytes] | None = None) -> str:
    hashes = path(index, RECORDS[:size]) if hashes is None else hashes
    text = checkpoint_text(LOG.name, size, tree_over(RECORDS[:size]).root(size))
    lines = "".join(base64.b64encode(one).decode() + "\n" for one in hashes)
    return f"{PROOF}{extra}index {index}\n{lines}\n{note_of(text, LOG.line(text))}"


def parse_proof(proof: str) -> tuple[int, list[bytes], verify.Checkpoint]:
    """C2SP tlog-proof, as far as these vectors need it."""
    head, blank, note = proof.partition("\n\n")
    mark, *lines = head.split("\n")
    if mark + "\n" != PROOF or not blank:
        raise verify.Malformed("it is no proof")
    if lines and lines[0].startswith("extra ") and not verify.from_base64(lines.pop(0)[6:]):
        raise verify.Malformed("it has an extra line and nothing extra")
    match lines:
        case [line, *hashes] if line.startswith("index ") and verify.DECIMAL.fullmatch(line[6:]):
            return int(line[6:]), proof_hashes(hashes), verify.parse_checkpoint(note)
    raise verify.Malformed("it has no index")


def proof_hashes(lines: list[str]) -> list[bytes]:
    hashes = list(map(verify.from_base64, lines))
    if any(len(one) != 32 for one in hashes):
        raise verify.Malformed("it holds something that is no hash")
    return hashes


def proof_vector(name: str, proof: str, record: bytes, holds: bool) -> Json:
    index, hashes, found = parse_proof(proof)
    leaf = verify.leaf_hash(record)
    within = index < found.size
    root = root_of_path(index, found.size, leaf, hashes) if within else None
    signed = verify.signed_by(found, LOG.key())
    assert (root == found.root and bool(signed)) == holds, name
    return {"name": name, "proof": proof, "record": record.hex(), "vkey": VKEY, "holds": holds}


def proofs() -> Iterator[Json]:
    for index, size in [(0, 1), (0, 2), (1, 2), (2, 3), (3, 7), (6, 7), (4, 8), (10, 11), (8, 11)]:
        yield proof_vector(f"{index} of {size}", proof_of(index, size), RECORDS[index], holds=True)
    extra = proof_of(3, 7, extra="extra aGVsbG8=\n")
    yield proof_vector("with extra data", extra, RECORDS[3], holds=True)
    yield proof_vector("of another record", proof_of(3, 7), RECORDS[4], holds=False)
    other = replaced(proof_of(3, 7), "index 3\n", "index 2\n")
    yield proof_vector("at another index", other, RECORDS[3], holds=False)
    beyond = replaced(proof_of(6, 7), "index 6\n", "index 7\n")
    yield proof_vector("at an index beyond the tree", beyond, RECORDS[6], holds=False)
    hashes = path(3, RECORDS[:7])
    for reason, changed in {
        "with a hash too few": hashes[:-1],
        "with a hash too many": [*hashes, hashes[0]],
        "with two hashes in the other order": [hashes[1], hashes[0], *hashes[2:]],
        "with the last leaf's path of a smaller tree": path(3, RECORDS[:4]),
        "without hashes": [],
    }.items():
        yield proof_vector(reason, proof_of(3, 7, hashes=changed), RECORDS[3], holds=False)
    yield proof_vector("with the wrong signature", resigned(), RECORDS[3], holds=False)


def resigned() -> str:
    proof = proof_of(3, 7)
    text = proof.split("\n\n")[1] + "\n"
    return replaced(proof, LOG.line(text), LOG.line(text, flip=1))


def no_proofs() -> Iterator[tuple[str, str]]:
    proof = proof_of(3, 7)
    first = base64.b64encode(path(3, RECORDS[:7])[0]).decode()
    yield "nothing", ""
    yield "another version", proof.replace("@v1", "@v2")
    yield "a checkpoint alone", proof.split("\n\n", 1)[1]
    yield "no index", replaced(proof, "index 3\n", "")
    yield "index with a leading zero", replaced(proof, "index 3", "index 03")
    yield "index negative", replaced(proof, "index 3", "index -3")
    yield "index with two spaces", replaced(proof, "index 3", "index  3")
    yield "extra after the index", replaced(proof, "index 3\n", "index 3\nextra aGVsbG8=\n")
    yield "extra twice", replaced(proof, "index", "extra aGVsbG8=\nextra aGVsbG8=\nindex")
    yield "extra of nothing", replaced(proof, "index", "extra \nindex")
    yield "extra that is no base64", replaced(proof, "index", "extra hello\nindex")
    yield "hash in hexadecimal", proof.replace(first, path(3, RECORDS[:7])[0].hex())
    yield "hash of 31 bytes", proof.replace(first, base64.b64encode(bytes(31)).decode())
    yield "hash without padding", proof.replace(first, first.rstrip("="))
    yield "no checkpoint", proof.split("\n\n", 1)[0] + "\n\n"
    yield "no empty line before the checkpoint", replaced(proof, f"\n\n{NAME}", f"\n{NAME}")
    yield "two empty lines before the checkpoint", replaced(proof, f"\n\n{NAME}", f"\n\n\n{NAME}")
    yield "carriage returns", proof.replace("\n", "\r\n")


def main() -> None:
    vectors = {
        "keys": [key_vector(name, signer) for name, signer in KEYS.items()],
        "no_keys": refused(verify.parse_key, "vkey", no_keys()),
        "checkpoints": list(checkpoints()),
        "no_checkpoints": refused(parse_bytes, "note", no_checkpoints()),
        "policies": [policy_vector(name, *told) for name, told in POLICIES.items()],
        "no_policies": refused(policy_of_bytes, "policy", no_policies()),
        "proofs": list(proofs()),
        "no_proofs": refused(parse_proof, "proof", no_proofs()),
    }
    write_json(VECTORS / "notes.json", vectors)


if __name__ == "__main__":
    main()
