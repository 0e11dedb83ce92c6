"""Write the history vectors in `tests/vectors/history/` anew: `python make_history.py`.

Each is a small ledger with checkpoints, what somebody outside remembers or trusts, and what a verifier
must say of it; that is written down here by hand and held against `testimony_verify`. Keys come from
fixed seeds, so a second run changes no byte. It needs the packages `blake3` and `cryptography`.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import testimony_verify as verify
from make_vectors import (
    DIGEST,
    GENESIS,
    MARK,
    OTHER,
    STREAM,
    TIME,
    VECTORS,
    Case,
    Json,
    Story,
    canonical,
    decision_body,
    entry_frame,
    entry_of,
    head_of,
    judged,
    part_of,
    second_entry,
    torn_entry,
    tree_over,
    write_json,
    write_ledger,
)

# ---- Keys and notes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signer:
    """A key that signs notes, or cosigns them at a time."""

    name: str
    seed: int
    time: int | None = None

    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    def key(self) -> verify.Key:
        algorithm = verify.ED25519 if self.time is None else verify.COSIGNATURE
        return verify.make_key(self.name, algorithm, self.private().public_key().public_bytes_raw())

    def vkey(self) -> str:
        key = self.key()
        material = base64.b64encode(bytes([key.algorithm]) + key.public).decode()
        return f"{key.name}+{key.id.hex()}+{material}"

    def at(self, stream: str) -> Signer:
        return Signer(f"{self.name}/{stream}", self.seed)

    def signature(self, text: str) -> bytes:
        if self.time is None:
            return self.private().sign(text.encode())
        message = f"cosignature/v1\ntime {self.time}\n{text}"
        return self.time.to_bytes(8, "big") + self.private().sign(message.encode())

    def line(self, text: str, flip: int = 0) -> str:
        """A signature line; `flip` makes it a wrong one."""
        signed = bytearray(self.signature(text))
        signed[20] ^= flip
        return signature_line(self.name, self.key().id, bytes(signed))


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    return f"\u2014 {name} {base64.b64encode(key_id + signature).decode()}\n"


DESK = Signer("desk.example/loans", 1)
NEWER = Signer("desk.example/loans", 2)
NEWEST = Signer("desk.example/loans", 3)
THIEF = Signer("desk.example/loans", 4)
SECONDS = TIME // 1_000_000
FIRST_WITNESS = Signer("witness.example/first", 11, SECONDS + 1)
SECOND_WITNESS = Signer("witness.example/second", 12, SECONDS + 2)
STRANGER = Signer("witness.example/stranger", 13, SECONDS + 3)
# Another key under the name of the first witness.
IMPOSTOR = Signer("witness.example/first", 14, SECONDS + 4)


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def note_of(text: str, *lines: str) -> str:
    return f"{text}\n{''.join(lines)}"


# ---- Signed stories ------------------------------------------------------------------------------


@dataclass
class Signed(Story):
    """A stream whose sessions sign checkpoints."""

    by: Signer = DESK

    def begin(self, key: str | None = "", by: Signer | None = None) -> Signed:
        """A new segment and session, by default with the key of whoever signs."""
        self.by = by or self.by
        self.segment()
        self.session(key)
        return self

    def session(self, key: str | None = "") -> None:
        key = self.by.at(self.stream).vkey() if key == "" else key
        last = {"seq": len(self.entries) - 1, "hash": self.prev}
        fields = {"service": "loan-desk", "writer": GENESIS["writer"], "key": key} | GENESIS
        fields |= {"continues": last} if self.entries else {}
        self.entry(
            {"genesis": {name: value for name, value in fields.items() if value is not None}}
        )

    def text(self, size: int | None = None) -> str:
        """The text of a checkpoint after the first `size` entries."""
        size = len(self.entries) if size is None else size
        return checkpoint_text(self.by.at(self.stream).name, size, self.root(size))

    def root(self, size: int) -> bytes:
        return tree_over(self.entries[:size]).root(size)

    def peaks(self, size: int) -> list[str]:
        return [peak.hex() for peak in tree_over(self.entries[:size]).peaks(size)]

    def note(self, size: int | None = None, *more: Signer) -> str:
        """What the session's key signs of the first `size` entries, and others with it."""
        text = self.text(size)
        signers = (self.by.at(self.stream), *more)
        return note_of(text, *(signer.line(text) for signer in signers))

    def sign(self, *more: Signer, size: int | None = None) -> None:
        size = len(self.entries) if size is None else size
        self.keep(self.note(size, *more), size)

    def keep(self, note: str, size: int | None = None, peaks: list[str] | None = None) -> None:
        """A checkpoint with this note, whatever it says."""
        size = len(self.entries) if size is None else size
        peaks = self.peaks(size) if peaks is None else peaks
        self.entry({"checkpoint": {"note": note, "peaks": peaks}})

    def erase(self, *named: str) -> None:
        """What is erased stands in earlier segments."""
        self.segment()
        self.entry({"erasure": {"digests": list(named), "reason": "article 17", "by": "clerk 7"}})

    def overwrite(self, content: bytes, half: bool = False) -> None:
        """Put zeros for salt and content of each blob with this content, or for the half of it."""
        for frames in self.segments:
            for at, frame in enumerate(frames):
                header, _, body = frame.partition(b"\n")
                if header.startswith(b"blob ") and body == content + b"\n":
                    frames[at] = blank(header) + b"\n" + overwritten(content, half) + b"\n"


def blank(header: bytes) -> bytes:
    words = header.split(b" ")
    return b" ".join([*words[:2], b"0" * 32, *words[3:]])


def overwritten(content: bytes, half: bool) -> bytes:
    kept = len(content) // 2 if half else len(content)
    return bytes(kept) + content[kept:]


def signed(stream: str = STREAM, by: Signer = DESK) -> Signed:
    """0 genesis, 1 decision, 2 checkpoint of 2, 3 and 4 decisions, 5 checkpoint of 5, 6 close, 7
    checkpoint of 7; all in one segment."""
    story = Signed(stream, by=by).begin()
    story.decision(1)
    story.sign()
    story.decision(2)
    story.decision(3)
    story.sign()
    story.close(3)
    story.sign()
    return story


def unsigned() -> Signed:
    """0 genesis, 1 to 3 decisions, 4 close, and no checkpoint."""
    story = Signed().begin(key=None)
    for number in [1, 2, 3]:
        story.decision(number)
    story.close(3)
    return story


Change = Callable[[Json], Json | None]


def resealed(story: Signed, change: Change, by: Signer | None = None) -> Signed:
    """The story with entries changed or left out and everything sealed anew, by a key also signed."""
    new = Signed(story.stream, by=by or story.by)
    kept: list[int] = []
    places = {place: seq for seq, place in enumerate(story.at)}
    for segment, frames in enumerate(story.segments):
        new.segment()
        for at, frame in enumerate(frames[1:], start=1):
            if (seq := places.get((segment, at))) is None:
                new.segments[-1].append(frame)
            elif value := change(json.loads(story.entries[seq])):
                reseal_entry(new, value, kept, by is not None)
                kept.append(seq)
    return new


def reseal_entry(new: Signed, value: Json, kept: list[int], sign: bool) -> None:
    body, time = value["body"], {"time_us": value["time_us"]}
    if sign and "checkpoint" in body:
        claimed = int(body["checkpoint"]["note"].split("\n")[1])
        size = sum(seq < claimed for seq in kept)
        body = {"checkpoint": {"note": new.note(size), "peaks": new.peaks(size)}}
    if sign and "key" in body.get("genesis", {}):
        body = {"genesis": body["genesis"] | {"key": new.by.at(new.stream).vkey()}}
    new.entry(body, **time)


def unchanged(value: Json) -> Json:
    return value


def with_other_site(number: int) -> Change:
    """Another site in the entry with that sequence number."""

    def change(value: Json) -> Json:
        if value["seq"] == number:
            value["body"]["decision"]["site"] = "desk::deride"
        return value

    return change


def without(number: int) -> Change:
    return lambda value: None if value["seq"] == number else value


def backdated(first: int) -> Change:
    """From this entry on everything happened an hour before."""

    def change(value: Json) -> Json:
        hour = 3_600_000_000 if value["seq"] >= first else 0
        return value | {"time_us": value["time_us"] - hour}

    return change


# ---- Histories -----------------------------------------------------------------------------------


@dataclass
class History(Case):
    """A ledger, what somebody outside remembers and trusts, and what a verifier must say."""

    note: str | None
    keys: list[str]
    policy: str | None
    could_not_check: bool


HISTORIES: list[History] = []


def history(
    *told: tuple[str, int],
    heads: Any = (),
    note: str | None = None,
    keys: Any = (),
    policy: str | None = None,
    could_not_check: bool = False,
) -> Callable:
    """Names a function's history after it; the docstring says what was done."""

    def keep(make: Callable[[], Any]) -> Callable:
        name = make.__name__.replace("_", "-")
        about = " ".join((make.__doc__ or "").split())
        trusted = [signer.vkey() for signer in keys]
        case = History(
            name, about, told, make, MARK, list(heads), note, trusted, policy, could_not_check
        )
        HISTORIES.append(case)
        return make

    return keep


# Honest histories.


@history(keys=[DESK])
def signed_stream() -> Story:
    """Three checkpoints, the last of them after the close, by the key that the verifier was given."""
    return signed()


@history()
def signed_stream_without_a_key() -> Story:
    """The same where the verifier was given no key: the signatures hold, and nobody vouches for them."""
    return signed()


@history(keys=[DESK.at(STREAM)])
def signed_stream_with_the_key_of_the_stream() -> Story:
    """The key was given under the full name that it has in this stream."""
    return signed()


@history(keys=[THIEF, DESK])
def one_of_two_keys() -> Story:
    """Of two keys that were given one is that of the stream."""
    return signed()


@history(keys=[DESK])
def two_streams_with_one_key() -> list[Story]:
    """One key signs two streams, each under its own origin."""
    return [signed(), signed(OTHER)]


@history(keys=[DESK])
def further_signatures() -> Story:
    """A checkpoint also carries a signature of a key that nobody knows, and one of a type that nobody
    can check: neither means anything."""
    story = Signed().begin()
    text = story.text()
    lines = [
        Signer("else.example", 9).line(text),
        signature_line("old.example", b"\x00" * 4, b"\x02"),
    ]
    story.keep(note_of(text, *lines, DESK.at(STREAM).line(text)))
    return story


@history(keys=[DESK])
def older_checkpoint() -> Story:
    """A checkpoint is of fewer entries than stand before it: the signature took its time."""
    story = Signed().begin()
    for number in range(1, 7):
        story.decision(number)
    story.sign(size=3)
    story.sign(size=7)
    return story


@history(keys=[DESK])
def same_head_twice() -> Story:
    """A checkpoint came again with a cosignature."""
    story = Signed().begin()
    story.decision(1)
    story.sign()
    story.sign(FIRST_WITNESS, size=2)
    return story


def rotated(*vouching: Signer, by: Signer = NEWER) -> Signed:
    """`signed`, then a session with another key: 8 genesis, 9 decision, 10 checkpoint of 10."""
    story = signed().begin(by=by)
    story.decision(4)
    story.sign(*(signer.at(STREAM) for signer in vouching))
    return story


@history(keys=[DESK])
def rotation() -> Story:
    """A second session has a newer key, for which the older one vouches on its first checkpoint."""
    return rotated(DESK)


@history(keys=[NEWER])
def rotation_given_the_newer_key() -> Story:
    """Only the newer key was given; what it signed includes the session of the older one."""
    return rotated(DESK)


@history(keys=[DESK])
def rotation_twice() -> Story:
    """The second key vouches for the third; the first, which was given, only for the second."""
    story = rotated(DESK).begin(by=NEWEST)
    story.sign(NEWER.at(STREAM))
    return story


@history(keys=[DESK])
def rotation_vouched_for_later() -> Story:
    """The older key vouches for the newer one on its second checkpoint."""
    story = rotated()
    story.sign(DESK.at(STREAM))
    return story


@history(keys=[DESK])
def session_without_a_key() -> Story:
    """A session between two that sign names no key; the next one signs what it wrote."""
    story = signed().begin(key=None)
    story.decision(4)
    return story_signed_on(story)


def story_signed_on(story: Signed) -> Signed:
    story.begin()
    story.sign()
    return story


def policy_of(quorum: str, *lines: str, log: Signer = DESK) -> str:
    witnesses = [
        f"witness first {FIRST_WITNESS.vkey()}",
        f"witness second {SECOND_WITNESS.vkey()}",
    ]
    return "\n".join([f"log {log.vkey()}", *witnesses, *lines, f"quorum {quorum}", ""])


BOTH = policy_of("both", "group both all first second")
EITHER = policy_of("either", "group either any first second")


def witnessed_by(*witnesses: Signer, by: Signer = DESK) -> Signed:
    """0 genesis, 1 decision, 2 checkpoint of 2, cosigned, 3 decision, 4 checkpoint of 4."""
    story = Signed(by=by).begin()
    story.decision(1)
    story.sign(*witnesses)
    story.decision(2)
    story.sign()
    return story


@history(policy=BOTH)
def witnessed() -> Story:
    """Both witnesses that the policy asks for have cosigned the first checkpoint."""
    return witnessed_by(FIRST_WITNESS, SECOND_WITNESS)


@history(policy=EITHER)
def witnessed_by_one_of_two() -> Story:
    """The policy asks for any of two witnesses, and the second has cosigned."""
    return witnessed_by(STRANGER, SECOND_WITNESS)


@history(policy=policy_of("none"))
def witnessed_by_nobody_as_asked() -> Story:
    """The policy names a log and asks for no witness."""
    return witnessed_by()


@history(policy=BOTH.split("\n", 1)[1])
def witnessed_log_not_named() -> Story:
    """The policy names no log: whatever key the stream has, the witnesses saw what it signed."""
    return witnessed_by(FIRST_WITNESS, SECOND_WITNESS)


@history(note=signed().note(5), keys=[DESK])
def signed_head_holds() -> Story:
    """Somebody kept the checkpoint of five entries."""
    return signed()


@history(note=signed().note(4))
def signed_head_never_on_record() -> Story:
    """The key signed a head of four entries that the stream does not hold, and of which it is true."""
    return signed()


ELSEWHERE = signed().note(5).replace("loans/", "cards/", 1)
MISNAMED = resealed(signed(), with_other_site(1), by=DESK).text(5).replace("loans/", "cards/")


@history(note=ELSEWHERE, could_not_check=True)
def signed_head_under_another_origin() -> Story:
    """The origin of a signed head was changed, and the signature no longer is one of it."""
    return signed()


@history(("rewritten", 5), note=note_of(MISNAMED, DESK.at(STREAM).line(MISNAMED)))
def head_of_another_origin() -> Story:
    """The stream's key signed a head under another origin: it is a head like any other."""
    return signed()


@history(note=note_of(signed().text(5), STRANGER.line(signed().text(5))), keys=[DESK])
def head_signed_by_a_stranger() -> Story:
    """A head that only an unknown key has signed is a head that somebody remembers."""
    return signed()


def with_intent(*numbers: int) -> Signed:
    """An intent for decision 1, then decisions with these numbers, and a close."""
    story = Signed().begin(key=None)
    blob = story.blob("May Ann have 900?")
    start = {"id": decision_body(1, [])["decision"]["id"], "site": "desk::decide"}
    parts = [part_of({"blob": blob})]
    story.entry({"intent": start | {"began_us": TIME, "parts": parts}})
    for number in numbers:
        story.decision(number)
    story.close(len(numbers))
    return story


@history()
def intent_and_decision() -> Story:
    """An intent was written before the call, and its decision came."""
    return with_intent(1)


@history()
def hold_and_release() -> Story:
    """Something must be kept, then everything, then only the former; none of it binds a verifier."""
    story = Signed().begin(key=None)
    story.entry({"hold": {"digests": [DIGEST], "reason": "a case", "by": "clerk 7"}})
    story.entry({"hold": {"reason": "an audit", "by": "clerk 8"}})
    story.entry({"release": {"hold": story.prev, "reason": "audited", "by": "clerk 8"}})
    return story


# Erasure.

SECRET = "Ann's address"


def erasable(*more_copies: str) -> tuple[Signed, str]:
    """0 genesis, 1 decision with the secret, 2 checkpoint; a blob of it for each further segment."""
    story = Signed().begin()
    named = story.blob(SECRET)
    story.entry(decision_body(1, [part_of({"blob": named}, "context")]))
    story.sign()
    frame = story.segments[0][story.find(SECRET.encode())[1]]
    for _ in more_copies:
        story.begin()
        story.segments[-1].append(frame)
        story.entry(decision_body(2, [part_of({"blob": named}, "context")]))
    return story, named


@history(keys=[DESK])
def erased() -> Story:
    """A blob was overwritten, and an entry says which, why and by whom."""
    story, named = erasable()
    story.erase(named)
    story.sign()
    story.overwrite(SECRET.encode())
    return story


@history()
def erased_in_two_segments() -> Story:
    """The blob stood in two segments, and is gone from both."""
    story, named = erasable("again")
    story.erase(named)
    story.overwrite(SECRET.encode())
    return story


@history()
def erased_again_after_a_crash() -> Story:
    """The first erasure was not finished; the next session said and did it again."""
    story, named = erasable()
    story.erase(named)
    story.begin()
    story.erase(named)
    story.overwrite(SECRET.encode())
    return story


@history()
def erased_empty_content() -> Story:
    """A blob without content has only a salt to overwrite."""
    story = Signed().begin(key=None)
    named = story.blob("")
    story.entry(decision_body(1, [part_of({"blob": named})]))
    story.erase(named)
    story.overwrite(b"")
    return story


@history()
def zeros_that_are_content() -> Story:
    """A blob of zeros under a salt of zeros has the digest of its bytes: nothing was erased."""
    story = Signed().begin(key=None)
    digest = verify.blob_digest(bytes(16), "x", bytes(8))
    frame = f"blob {digest} {'0' * 32} 8 x\n".encode() + bytes(8) + b"\n"
    story.segments[-1].append(frame)
    story.entry(decision_body(1, [part_of({"blob": digest})]))
    return story


@history(("erasure_unfinished", 3))
def erasure_of_what_is_still_there() -> Story:
    """An entry says that the blob is erased, and it is not."""
    story, named = erasable()
    story.erase(named)
    return story


@history(("erasure_unfinished", 3))
def erasure_half_done() -> Story:
    """The salt and half of the content are overwritten."""
    story, named = erasable()
    story.erase(named)
    story.overwrite(SECRET.encode(), half=True)
    return story


@history(("erasure_unfinished", 5))
def erasure_of_one_of_two() -> Story:
    """The blob stood in two segments, and is gone from the first."""
    story, named = erasable("again")
    story.erase(named)
    later, story.segments[1] = story.segments[1], []
    story.overwrite(SECRET.encode())
    story.segments[1] = later
    return story


@history(("erasure_unfinished", 5))
def erasure_of_one_of_two_and_half_of_the_other() -> Story:
    """The blob stood in two segments, and only the salt and half of the content are gone from the
    first."""
    story, named = erasable("again")
    story.erase(named)
    first = half_overwritten(list(story.segments[0]))
    story.overwrite(SECRET.encode())
    story.segments[0] = first
    return story


def half_overwritten(frames: list[bytes]) -> list[bytes]:
    story = Signed(segments=[frames])
    story.overwrite(SECRET.encode(), half=True)
    return story.segments[0]


@history(("erasure_unfinished", 3))
def erasure_said_twice_and_not_done() -> Story:
    """Two entries say that the blob is erased, and it is not: the remark is on the first."""
    story, named = erasable()
    story.erase(named)
    story.begin()
    story.erase(named)
    return story


@history(("erasure_unfinished", 3))
def erasure_of_nothing() -> Story:
    """Of two digests that an entry names, the stream has never had either: one remark."""
    story, _ = erasable()
    story.erase(DIGEST, "cd" * 32)
    return story


@history(("content_missing", 1))
def erased_without_record() -> Story:
    """A blob was overwritten, and no entry says so."""
    story, _ = erasable()
    story.overwrite(SECRET.encode())
    return story


@history(("content_missing", 1), ("erasure_unfinished", 3))
def erased_another_than_recorded() -> Story:
    """An entry names another blob than the one that is gone."""
    story, _ = erasable()
    story.erase(DIGEST)
    story.overwrite(SECRET.encode())
    return story


@history(("content_missing", 1))
def erasure_in_another_stream() -> list[Story]:
    """The entry that names the blob stands in another stream."""
    story, named = erasable()
    story.overwrite(SECRET.encode())
    other, again = Signed(OTHER).begin(), story.segments[0][2]
    other.segments[-1].append(again)
    other.entry(decision_body(2, [part_of({"blob": named}, "context")]))
    other.erase(named)
    return [story, other]


@history(("content_altered", 1))
def erased_but_for_the_salt() -> Story:
    """The content is zeros and the salt is not: that is no blank frame."""
    story, _ = erasable()
    story.edit(SECRET.encode(), bytes(len(SECRET)))
    return story


# Erasure of what recovery cut off.


def torn_secret(missing: int = 0) -> tuple[Signed, str]:
    """0 genesis, then a blob that no entry follows and of which some bytes are missing, then a
    session that has cut it off: 1 recovered, 2 genesis."""
    story = Signed().begin(key=None)
    named = story.blob(SECRET)
    frame = story.segments[0][-1]
    story.segments[0][-1] = frame[: len(frame) - missing]
    cut = story.clean_cut(0)
    story.segment()
    story.entry({"recovered": {"cuts": [cut]}})
    story.session(key=None)
    return story, named


def overwrite_cut(story: Signed) -> None:
    """Put zeros for the salt and content of the blob that was cut off, as much as is there."""
    header, _, rest = story.segments[0][-1].partition(b"\n")
    content, end = rest[: len(SECRET)], rest[len(SECRET) :]
    story.segments[0][-1] = blank(header) + b"\n" + bytes(len(content)) + end


@history()
def erased_in_a_cut() -> Story:
    """A crash left a blob that no entry refers to; it was erased, and its cut has another hash now."""
    story, named = torn_secret()
    story.erase(named)
    overwrite_cut(story)
    return story


@history()
def erased_in_a_cut_in_its_middle() -> Story:
    """The same where the crash left only half of the blob."""
    story, named = torn_secret(missing=7)
    story.erase(named)
    overwrite_cut(story)
    return story


@history(("erasure_unfinished", 3))
def erasure_half_done_in_a_cut() -> Story:
    """The blob in the cut is half overwritten: it is named, so its cut's other hash is no edit."""
    story, named = torn_secret()
    story.erase(named)
    *header, salt, length, media = story.segments[0][-1].partition(b"\n")[0].split(b" ")
    line = b" ".join([*header, salt, length, media]) + b"\n"
    half = bytes(len(SECRET) // 2) + SECRET.encode()[len(SECRET) // 2 :]
    story.segments[0][-1] = line + half + b"\n"
    return story


@history()
def erased_in_a_cut_that_holds_an_entry() -> Story:
    """Behind the blob stands a whole entry that recovery cut off as well, and the blob was erased."""
    story = Signed().begin(key=None)
    clean = sum(map(len, story.segments[0]))
    genesis, named = story.segments[0][1], story.blob(SECRET)
    story.segments[0].append(genesis)
    cut = story.cut(0, clean)
    story.segment()
    story.entry({"recovered": {"cuts": [cut]}})
    story.session(key=None)
    story.erase(named)
    header = story.segments[0][-2].partition(b"\n")[0]
    story.segments[0][-2] = blank(header) + b"\n" + bytes(len(SECRET)) + b"\n"
    return story


@history(("edited", 1))
def erased_in_a_cut_without_record() -> Story:
    """The blob in the cut was overwritten, and no entry says so: the cut is not what it was."""
    story, _ = torn_secret()
    overwrite_cut(story)
    return story


@history(("edited", 1), ("erasure_unfinished", 3))
def erased_in_a_cut_another_than_recorded() -> Story:
    """The blob in the cut was overwritten, and the entry names another."""
    story, _ = torn_secret()
    story.erase(DIGEST)
    overwrite_cut(story)
    return story


@history(("edited", 1), ("erasure_unfinished", 3))
def erased_in_a_cut_that_is_longer_now() -> Story:
    """Bytes were put behind the erased blob: the hash of a cut may change, its length may not. What lies
    there is not what was cut off, so nothing in it is erased either."""
    story, named = torn_secret()
    story.erase(named)
    overwrite_cut(story)
    story.segments[0].append(b"more")
    return story


@history(("erasure_unfinished", 3))
def erasure_of_what_is_still_in_a_cut() -> Story:
    """An entry says that the blob is erased, and it still lies in what was cut off."""
    story, named = torn_secret()
    story.erase(named)
    return story


# Edits, with and without sealing the rest anew.


@history(("edited", 3), ("rewritten", 5), ("rewritten", 7), keys=[DESK])
def edit() -> Story:
    """Entry 3 was changed under its hash: the checkpoints after it are of what it had been."""
    story = signed()
    story.put(3, story.frame(3).replace(b"desk::decide", b"desk::deride"))
    return story


@history(("rewritten", 5), ("rewritten", 7), keys=[DESK])
def edit_sealed_anew() -> Story:
    """Entry 3 was changed and all hashes after it: the chain is whole, the checkpoints are not."""
    return resealed(signed(), with_other_site(3))


@history(("reordered", 3), ("rewritten", 5), ("rewritten", 7), keys=[DESK])
def reorder() -> Story:
    """Entries 3 and 4 stand in each other's place, with their objects before both."""
    story = signed()
    first, second = story.frame(3), story.frame(4)
    story.put(4, first)
    story.put(3)
    blob = story.find(b"application 3")
    story.segments[0].insert(blob[1] + 1, second)
    return story


@history(("inserted", 3), keys=[DESK])
def insert() -> Story:
    """A made-up entry 3 that follows nothing stands after the right one."""
    story = signed()
    made_up = entry_of(decision_body(8, []), 3) | {"time_us": TIME + 3000}
    story.put(3, story.frame(3), entry_frame(canonical(made_up)))
    return story


@history(("rewritten", 6), ("rewritten", 8), keys=[DESK])
def insert_sealed_anew() -> Story:
    """A decision was put between entries 3 and 4, and everything after it sealed anew."""
    old = signed()
    story = Signed().begin()
    story.decision(1)
    story.sign()
    story.decision(2)
    story.decision(8)
    story.decision(3)
    for seq in [5, 6, 7]:
        story.entry(json.loads(old.entries[seq])["body"])
    return story


@history(("removed", 3), ("rewritten", 5), ("rewritten", 7), keys=[DESK])
def remove() -> Story:
    """Entry 3 is gone."""
    story = signed()
    story.put(3)
    return story


@history(("rewritten", 4), ("rewritten", 6), keys=[DESK])
def remove_sealed_anew() -> Story:
    """Entry 3 is gone and everything after it was numbered and sealed anew, but not signed."""
    return resealed(signed(), without(3))


@history(("forked", 3), keys=[DESK])
def fork_on_record() -> Story:
    """A second entry 3 follows entry 2 as well."""
    story = signed()
    story.put(3, story.frame(3), second_entry(story, 3))
    return story


# Cut tails.


def cut_after(story: Signed, last: int) -> Signed:
    """The stream without the entries after this one."""
    segment, at = story.at[last]
    del story.segments[segment + 1 :], story.segments[segment][at + 1 :]
    del story.at[last + 1 :], story.entries[last + 1 :]
    story.prev = verify.entry_hash(story.entries[last])
    return story


@history(keys=[DESK])
def tail_cut_unseen() -> Story:
    """Everything after entry 4 is gone. Nothing in the ledger can tell: only a head can."""
    return cut_after(signed(), 4)


@history(("truncated", 5), heads=[head_of(signed(), 7)])
def tail_cut() -> Story:
    """The same, held against a head of seven entries that somebody wrote down."""
    return cut_after(signed(), 4)


@history(("truncated", 5), note=signed().note(7), keys=[DESK])
def tail_cut_after_a_signed_head() -> Story:
    """The same, held against a signed head."""
    return cut_after(signed(), 4)


@history(
    ("truncated", 3),
    note=witnessed_by(FIRST_WITNESS, SECOND_WITNESS).note(4, FIRST_WITNESS, SECOND_WITNESS),
    policy=BOTH,
)
def tail_cut_after_a_cosigned_head() -> Story:
    """The witnesses saw four entries, and of the ledger three are left, with an older checkpoint."""
    return cut_after(witnessed_by(FIRST_WITNESS, SECOND_WITNESS), 2)


@history(("truncated", 0), note=signed().note(7))
def stream_gone() -> list[Story]:
    """Nothing is left of the stream that a signed head names."""
    return []


@history(("truncated", 0), note=signed().note(7), keys=[DESK], policy=EITHER)
def stream_gone_that_was_to_be_signed() -> list[Story]:
    """The same where a key and witnesses were asked for: a stream of nothing has nothing to sign."""
    return []


@history(keys=[DESK], policy=EITHER)
def stream_without_a_segment() -> Story:
    """The process died before it wrote a byte: the stream's directory is there, and nothing in it."""
    return Signed()


# Histories written anew.


@history(keys=[DESK])
def rewrite_unseen() -> Story:
    """Entry 3 was changed, everything sealed and signed anew by the key's owner. Nothing in the ledger
    can tell."""
    return resealed(signed(), with_other_site(3), by=DESK)


@history(("rewritten", 5), heads=[head_of(signed(), 5)], keys=[DESK])
def rewrite() -> Story:
    """The same, held against a head that somebody wrote down."""
    return resealed(signed(), with_other_site(3), by=DESK)


@history(("forked", 5), note=signed().note(5), keys=[DESK])
def rewrite_after_a_signed_head() -> Story:
    """The same, held against a signed head: one key has signed two histories."""
    return resealed(signed(), with_other_site(3), by=DESK)


@history(("forked", 5), note=signed().note(5))
def fork() -> Story:
    """After three entries the stream goes on in another way than the signed head says."""
    story = cut_after(signed(), 2)
    for number in range(4, 8):
        story.decision(number)
    story.sign()
    return story


def equivocated() -> str:
    """A head of five entries by the same key, of which the last is another."""
    return resealed(signed(), with_other_site(4), by=DESK).note(5)


@history(("forked", 5), note=equivocated())
def equivocation() -> Story:
    """The key signed two heads of the same size; the ledger has one, somebody the other."""
    return signed()


@history(("rewritten", 6), keys=[DESK])
def equivocation_on_record() -> Story:
    """Both heads stand in the ledger, one after the other."""
    story = cut_after(signed(), 5)
    story.keep(equivocated(), 5)
    return story


@history(("clock_stepped_back", 3), keys=[DESK])
def backdating_unseen() -> Story:
    """From entry 3 on everything was sealed anew with times of an hour before. That the clock stepped
    back is a remark: clocks do."""
    return resealed(signed(), backdated(3), by=DESK)


@history(("forked", 5), ("clock_stepped_back", 3), note=signed().note(5), keys=[DESK])
def backdating() -> Story:
    """The same, held against a head that was signed at the true time."""
    return resealed(signed(), backdated(3), by=DESK)


@history(("not_witnessed", 5), ("clock_stepped_back", 1), policy=EITHER)
def backdating_without_witnesses() -> Story:
    """A cosigned ledger was sealed anew from entry 1 on: no witness cosigns the new checkpoints."""
    return resealed(witnessed_by(FIRST_WITNESS), backdated(1), by=DESK)


@history(("clock_stepped_back", 3), policy=EITHER)
def backdating_after_the_witnessed_head_unseen() -> Story:
    """Only what follows the cosigned checkpoint was sealed anew, with times before it."""
    return tail_sealed_anew()


def tail_sealed_anew() -> Signed:
    story = cut_after(witnessed_by(FIRST_WITNESS), 2)
    value = story.next_entry(decision_body(2, []))
    story.entry(value["body"], time_us=value["time_us"] - 3_600_000_000)
    story.sign()
    return story


# Keys.


@history(("signature_wrong", 8), ("signature_wrong", 0), keys=[DESK])
def key_substitution() -> Story:
    """Everything was sealed and signed anew by somebody else's key under the same name."""
    return resealed(signed(), unchanged, by=THIEF)


@history()
def key_substitution_unseen() -> Story:
    """The same where the verifier was given no key."""
    return resealed(signed(), unchanged, by=THIEF)


@history(("rewritten", 5), note=signed().note(5))
def key_substitution_after_a_signed_head() -> Story:
    """The same, held against a head that the true key signed: it is not of this stream's own key."""
    return resealed(signed(), with_other_site(3), by=THIEF)


@history(("signature_wrong", 8), ("signature_wrong", 0), keys=[Signer("else.example", 1)])
def key_under_another_name() -> Story:
    """The right public key was given under a name that is not that of the stream."""
    return signed()


@history(("signature_wrong", 8), ("signature_wrong", 0), keys=[DESK.at(OTHER)])
def key_of_another_stream() -> Story:
    """The right public key was given for another stream only."""
    return signed()


@history(("signature_wrong", 5), keys=[DESK])
def no_checkpoint() -> Story:
    """A key was given, and nothing in the stream is signed."""
    return unsigned()


@history(("signature_wrong", 2), keys=[DESK])
def no_checkpoint_yet() -> Story:
    """The session names the right key and has not signed anything."""
    story = Signed().begin()
    story.decision(1)
    return story


@history(("signature_wrong", 8), keys=[DESK])
def rotation_without_vouching() -> Story:
    """A second session has another key, for which the first does not vouch."""
    return rotated()


@history(("signature_wrong", 8), keys=[DESK])
def rotation_vouched_for_wrongly() -> Story:
    """The signature in the name of the older key is not one of it."""
    story = signed().begin(by=NEWER)
    text = story.text()
    lines = [NEWER.at(STREAM).line(text), DESK.at(STREAM).line(text, flip=1)]
    story.keep(note_of(text, *lines))
    return story


@history(("signature_wrong", 8), ("signature_wrong", 10), keys=[DESK])
def rotation_vouched_for_by_the_wrong_session() -> Story:
    """The third key vouches for the second, and nobody for the third."""
    story = signed().begin(by=NEWER)
    story.sign()
    story.begin(by=NEWEST)
    story.sign(NEWER.at(STREAM))
    return story


@history(("signature_wrong", 8), ("rewritten", 9), keys=[DESK])
def rotation_vouched_for_too_early() -> Story:
    """Both keys sign a head from before the newer one's session: that vouches for nothing, and is no head of that session."""
    story = signed().begin(by=NEWER)
    story.sign(DESK.at(STREAM), size=8)
    return story


@history(("signature_wrong", 0), ("signature_wrong", 11), ("signature_wrong", 8), keys=[DESK])
def sealed_again_with_a_newer_key() -> Story:
    """After a rotation whoever has the newer key wrote the older sessions anew as well."""
    return resealed(rotated(DESK), with_other_site(1), by=NEWER)


@history(keys=[DESK, NEWER])
def sealed_again_with_a_newer_key_unseen() -> Story:
    """The same where the newer key was given too: what it signs, it vouches for."""
    return resealed(rotated(DESK), with_other_site(1), by=NEWER)


@history(("rewritten", 5), note=signed().note(5), keys=[DESK, NEWER])
def sealed_again_after_a_signed_head() -> Story:
    """The same, held against a head that the older key signed."""
    return resealed(rotated(DESK), with_other_site(1), by=NEWER)


# What was left out.


@history(keys=[DESK])
def hiding_unseen() -> Story:
    """Decision 2 was never recorded. No ledger can tell: it holds what it was told."""
    story = Signed().begin()
    story.decision(1)
    story.decision(3)
    story.close(2)
    story.sign()
    return story


@history()
def hiding_a_decision_after_its_intent() -> Story:
    """An intent was recorded and its decision never came: the ledger is whole, and says so."""
    return with_intent(2)


@history(("rewritten", 5), heads=[head_of(signed(), 5)])
def hiding_afterwards() -> Story:
    """Decision 2 was taken out, everything after it sealed and signed anew; a head remembers it."""
    return resealed(signed(), without(3), by=DESK)


@history(("forked", 5), note=signed().note(5))
def hiding_after_a_signed_head() -> Story:
    """The same, held against a signed head."""
    return resealed(signed(), without(3), by=DESK)


# What belongs elsewhere.


@history(
    ("foreign", 8), ("foreign", 0), ("foreign", 1), ("foreign", 2), ("foreign", 3), keys=[DESK]
)
def replayed_segment() -> Story:
    """Segment 1 is one of another stream, with its number and checkpoint, signed by the same key."""
    story, other = signed(), Signed(OTHER).begin()
    other.decision(1)
    other.sign()
    other.decision(2)
    line = other.segments[0][0].replace(b" 0 0 ", b" 1 8 ")
    story.segments.append([line, *other.segments[0][1:]])
    return story


@history(("signature_wrong", 2), keys=[DESK])
def replayed_checkpoint() -> Story:
    """A checkpoint is that of another stream, which the same key signed."""
    story, other = Signed().begin(), Signed(OTHER).begin()
    story.decision(1)
    other.decision(1)
    story.keep(other.note(), 2, other.peaks(2))
    story.sign()
    return story


@history(("rewritten", 2), keys=[DESK])
def checkpoint_of_another_origin() -> Story:
    """The session's key signed a checkpoint that names another origin."""
    story = Signed().begin()
    story.decision(1)
    text = checkpoint_text(DESK.at(OTHER).name, 2, story.root(2))
    story.keep(note_of(text, DESK.at(STREAM).line(text)))
    story.sign()
    return story


# A `recovered` entry that swallows what was sealed.


def swallowed() -> Signed:
    """Entries 3 and 4 and the torn entry after them are said to be a crash's; two sessions, no close."""
    story = cut_after(signed(), 4)
    story.segments[0].append(torn_entry(story))
    frames = [at for _, at in story.at[:3]]
    cut = story.cut(0, len(b"".join(story.segments[0][: frames[-1] + 1])))
    del story.at[3:], story.entries[3:]
    story.prev = verify.entry_hash(story.entries[2])
    story.segment()
    story.entry({"recovered": {"cuts": [cut]}})
    story.session()
    story.decision(9)
    story.sign()
    return story


@history(keys=[DESK])
def recovered_lie_unseen() -> Story:
    """A cut holds two sealed entries. Nothing but the cut on record can tell."""
    return swallowed()


@history(("rewritten", 5), heads=[head_of(signed(), 5)], keys=[DESK])
def recovered_lie() -> Story:
    """The same, held against a head that somebody wrote down."""
    return swallowed()


@history(("forked", 5), note=signed().note(5), keys=[DESK])
def recovered_lie_after_a_signed_head() -> Story:
    """The same, held against a signed head."""
    return swallowed()


# Checkpoints that do not hold.


def with_checkpoint(keep: Callable[[Signed], None]) -> Signed:
    """0 genesis, 1 decision, 2 checkpoint of 2, 3 decision, 4 what is kept, 5 checkpoint of 5."""
    story = Signed().begin()
    story.decision(1)
    story.sign()
    story.decision(2)
    keep(story)
    story.sign()
    return story


def note_with(story: Signed, text: str) -> str:
    return note_of(text, DESK.at(STREAM).line(text))


@history(("rewritten", 4), keys=[DESK])
def checkpoint_of_another_root() -> Story:
    """The root is not that of the entries, and the signature is right."""
    origin = DESK.at(STREAM).name
    text = checkpoint_text(origin, 4, bytes.fromhex(DIGEST))
    return with_checkpoint(lambda story: story.keep(note_with(story, text)))


@history(("rewritten", 4), keys=[DESK])
def checkpoint_with_other_peaks() -> Story:
    """Origin, size and root are right; the peaks are not, and nobody signs them."""
    return with_checkpoint(lambda story: story.keep(story.note(), peaks=[DIGEST]))


@history(("rewritten", 4), keys=[DESK])
def checkpoint_with_peaks_reversed() -> Story:
    """The peaks stand with the smallest first."""

    def keep(story: Signed) -> None:
        story.keep(story.note(3), peaks=story.peaks(3)[::-1])

    return with_checkpoint(keep)


@history(("rewritten", 4), keys=[DESK])
def checkpoint_beyond_its_entry() -> Story:
    """A checkpoint claims one entry more than stands before it."""

    def keep(story: Signed) -> None:
        text = checkpoint_text(DESK.at(STREAM).name, 5, story.root(4))
        story.keep(note_with(story, text))

    return with_checkpoint(keep)


@history(("rewritten", 4), keys=[DESK])
def checkpoint_of_nothing() -> Story:
    """A checkpoint of size 0, with the root of nothing."""
    return with_checkpoint(lambda story: story.keep(story.note(0), 0))


@history(("rewritten", 1), keys=[DESK])
def checkpoint_of_nothing_at_first() -> Story:
    """The same, and no checkpoint stands before it."""
    story = Signed().begin()
    story.keep(story.note(0), 0)
    story.sign()
    return story


@history(("rewritten", 4), keys=[DESK])
def checkpoint_that_shrinks() -> Story:
    """A checkpoint is of fewer entries than the one before it."""
    return with_checkpoint(lambda story: story.keep(story.note(1), 1))


@history(("rewritten", 4), keys=[DESK])
def checkpoint_after_a_faulty_one() -> Story:
    """A faulty checkpoint of size 9 does not make the next one, of size 5, smaller than it."""
    text = checkpoint_text(DESK.at(STREAM).name, 9, bytes(32))
    return with_checkpoint(lambda story: story.keep(note_with(story, text)))


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_with_a_wrong_signature() -> Story:
    """A bit of the signature is another."""

    def keep(story: Signed) -> None:
        text = story.text()
        story.keep(note_of(text, DESK.at(STREAM).line(text, flip=1)))

    return with_checkpoint(keep)


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_with_a_wrong_signature_beside_a_right_one() -> Story:
    """Of two signatures in the name of the session's key one is wrong."""

    def keep(story: Signed) -> None:
        text, key = story.text(), DESK.at(STREAM)
        story.keep(note_of(text, key.line(text), key.line(text, flip=1)))

    return with_checkpoint(keep)


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_with_the_signature_of_another() -> Story:
    """The signature is that of the checkpoint before it."""

    def keep(story: Signed) -> None:
        story.keep(note_of(story.text(), DESK.at(STREAM).line(story.text(2))))

    return with_checkpoint(keep)


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_not_signed_by_its_session() -> Story:
    """Only a witness has signed it."""

    def keep(story: Signed) -> None:
        story.keep(note_of(story.text(), FIRST_WITNESS.line(story.text())))

    return with_checkpoint(keep)


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_of_another_session() -> Story:
    """The signature is by a key of the owner that this session does not name."""

    def keep(story: Signed) -> None:
        story.keep(note_of(story.text(), NEWER.at(STREAM).line(story.text())))

    return with_checkpoint(keep)


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_with_an_extension() -> Story:
    """The note's text has a fourth line."""

    def keep(story: Signed) -> None:
        story.keep(note_with(story, story.text() + "more\n"))

    return with_checkpoint(keep)


@history(("signature_wrong", 4), keys=[DESK])
def checkpoint_that_is_no_note() -> Story:
    """The note is no signed note."""
    return with_checkpoint(lambda story: story.keep("signed, the desk"))


@history(("signature_wrong", 1))
def checkpoint_without_a_session_key() -> Story:
    """The session that signs has named no key."""
    story = Signed().begin(key=None)
    story.sign()
    return story


@history(("signature_wrong", 1))
def session_key_that_is_none() -> Story:
    """The session names something that is no verifier key."""
    story = Signed().begin(key=DESK.at(STREAM).vkey().replace("+", "-"))
    story.sign()
    return story


@history(("signature_wrong", 8), keys=[DESK])
def session_key_that_is_none_where_one_is_asked_for() -> Story:
    """The second session names something that is no verifier key, which nobody can trust."""
    return signed().begin(key="the key of the desk")


@history(("signature_wrong", 1))
def session_key_of_another_stream() -> Story:
    """The session names a key for another stream, and signs with it."""
    key = DESK.at(OTHER)
    story = Signed().begin(key=key.vkey())
    text = checkpoint_text(key.name, 1, story.root(1))
    story.keep(note_of(text, key.line(text)))
    return story


@history(("signature_wrong", 1))
def session_key_of_a_witness() -> Story:
    """The session names a key for cosignatures, and cosigns with it."""
    key = Signer(DESK.at(STREAM).name, DESK.seed, SECONDS)
    story = Signed().begin(key=key.vkey())
    story.keep(note_of(story.text(), key.line(story.text())))
    return story


# Witnesses.


@history(("not_witnessed", 5), policy=BOTH)
def witnessed_too_little() -> Story:
    """The policy asks for two witnesses, and one has cosigned."""
    return witnessed_by(FIRST_WITNESS)


@history(("not_witnessed", 5), policy=EITHER)
def witnessed_by_strangers() -> Story:
    """A witness that the policy does not know has cosigned, and another key under a name it knows."""
    return witnessed_by(STRANGER, IMPOSTOR)


@history(("not_witnessed", 3), policy=EITHER)
def witnessed_wrongly() -> Story:
    """The cosignature is wrong."""
    story = Signed().begin()
    story.decision(1)
    text = story.text()
    story.keep(note_of(text, DESK.at(STREAM).line(text), FIRST_WITNESS.line(text, flip=1)))
    return story


@history(policy=EITHER)
def witnessed_beside_a_wrong_cosignature() -> Story:
    """One cosignature is wrong, and the other is enough."""
    story = Signed().begin()
    text, wrong = story.text(), FIRST_WITNESS.line(story.text(), flip=1)
    story.keep(note_of(text, DESK.at(STREAM).line(text), wrong, SECOND_WITNESS.line(text)))
    return story


@history(("not_witnessed", 3), policy=EITHER)
def witnessed_at_another_time() -> Story:
    """The time of the cosignature was changed: it is part of what was signed."""
    story = Signed().begin()
    story.decision(1)
    text, key = story.text(), FIRST_WITNESS.key()
    moved = (FIRST_WITNESS.time - 3600).to_bytes(8, "big") + FIRST_WITNESS.signature(text)[8:]
    story.keep(note_of(text, DESK.at(STREAM).line(text), signature_line(key.name, key.id, moved)))
    return story


@history(("not_witnessed", 3), policy=EITHER)
def witnessed_by_a_plain_signature() -> Story:
    """The witness's key signed the text as a note and not as a cosignature."""
    story = Signed().begin()
    story.decision(1)
    story.sign(Signer(FIRST_WITNESS.name, FIRST_WITNESS.seed))
    return story


@history(("not_witnessed", 5), ("signature_wrong", 5), ("signature_wrong", 0), policy=EITHER)
def witnessed_for_somebody_else() -> Story:
    """A witness has cosigned what another key than the policy's log has signed."""
    return witnessed_by(FIRST_WITNESS, by=THIEF)


@history(("not_witnessed", 3), ("signature_wrong", 3), ("rewritten", 2), policy=EITHER)
def witnessed_a_root_of_other_entries() -> Story:
    """The only cosigned checkpoint is not of these entries, so it counts for nothing."""
    story, other = Signed().begin(), Signed().begin()
    story.decision(1)
    other.decision(2)
    story.keep(other.note(2, FIRST_WITNESS), 2)
    return story


# Heads and policies that nothing can be held against.


@history(
    note=note_of(signed().text(5), DESK.at(STREAM).line(signed().text(5), flip=1)),
    could_not_check=True,
)
def signed_head_with_a_wrong_signature() -> Story:
    """The head claims a signature by the stream's key that is not one."""
    return signed()


@history(
    note=note_of(signed().text(5), DESK.at(STREAM).line(signed().text(5), flip=1)),
    keys=[DESK],
    could_not_check=True,
)
def signed_head_with_a_wrong_signature_by_a_given_key() -> Story:
    """The head claims a signature by a key that was given, though the stream has another."""
    return resealed(signed(), unchanged, by=THIEF)


@history(note="the desk is well\n", could_not_check=True)
def head_that_is_no_note() -> Story:
    """The file with the head holds neither JSON nor a signed note."""
    return signed()


@history(
    note=note_of(checkpoint_text("desk.example", 1, bytes(32)), "\u2014 a AAAAAAE=\n"),
    could_not_check=True,
)
def head_of_no_stream() -> Story:
    """The origin of the head names no stream."""
    return signed()


@history(policy=f"log {DESK.vkey()}\n", could_not_check=True)
def policy_without_a_quorum() -> Story:
    """The policy does not say how many witnesses are enough."""
    return signed()


# ---- Writing them --------------------------------------------------------------------------------


def write_history(case: History) -> None:
    place = VECTORS / "history" / case.name
    write_ledger(place / "ledger", case)
    if case.heads:
        write_json(place / "heads.json", case.heads)
    if case.note is not None:
        (place / "head.note").write_text(case.note)
    if case.keys:
        (place / "keys.txt").write_text("".join(f"{key}\n" for key in case.keys))
    if case.policy is not None:
        (place / "policy.txt").write_text(case.policy)
    write_json(place / "expected.json", expected(case, place))


def expected(case: History, place: Path) -> Json:
    """What a verifier must say that has read the files of a history; raises where ours does not."""
    try:
        streams = verify.verify_ledger(place / "ledger", heads_at(place), trust_at(place))
    except verify.CouldNotCheck:
        assert case.could_not_check, case.name
        exit_code = verify.EXIT["could_not_check"]
        return {"about": case.about, "exit": exit_code, "findings": []}
    assert not case.could_not_check, case.name
    return judged(case, streams)


def heads_at(place: Path) -> list[verify.Head]:
    files = [file for file in (place / "heads.json", place / "head.note") if file.exists()]
    return [head for file in files for head in verify.read_heads(file)]


def trust_at(place: Path) -> verify.Trust:
    keys, policy = place / "keys.txt", place / "policy.txt"
    given = keys.read_text().splitlines() if keys.exists() else []
    return verify.read_trust(given, policy if policy.exists() else None)


def main() -> None:
    shutil.rmtree(VECTORS / "history", ignore_errors=True)
    for case in HISTORIES:
        write_history(case)


if __name__ == "__main__":
    main()
