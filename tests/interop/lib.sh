# What the programs of this directory share: where things are, free ports, waiting, and ending what was started.
# Sourced by each `run` after it has set `here`; never run by itself, and never looks for a process that it did not start.
# shellcheck shell=bash

name="$(basename "$here")"
root="$(cd "$here/../../.." && pwd)"
cache="${TESTIMONY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/testimony}"
airline_runs="$root/../shared/data/airline-runs.jsonl"
started=()
wrongs=0

give_up() {
  printf '%s: %s\n' "$name" "$*" >&2
  exit 2
}

ok() { printf 'ok: %s\n' "$*"; }

# Notes a fault, shows what the last command said, and goes on; `finish` ends with 1.
wrong() {
  printf 'wrong: %s\n' "$*" >&2
  [ ! -s "$work/out" ] || tail -n 40 "$work/out" | sed 's/^/  | /' >&2
  wrongs=$((wrongs + 1))
}

finish() {
  [ "$wrongs" = 0 ] || exit 1
  exit 0
}

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || give_up "$tool is not installed"
  done
}

# An empty directory for this run, gone at its end together with what was started.
work_in() {
  work="$(mktemp -d)"
  trap stop_all EXIT
  cd "$work"
}

# So many free ports of the loopback interface, all different.
free_ports() {
  python3 - "$1" <<'PYTHON'
import socket
import sys

sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for each in sockets:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
PYTHON
}

# begin LOG COMMAND…: starts a program; its process id is in `begun`.
begin() {
  local log="$work/$1.log"
  shift
  "$@" >>"$log" 2>&1 &
  begun=$!
  started+=("$begun")
}

# Ends a program that `begin` has started: asks for it, and after ten seconds no longer asks.
stop() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 1 100); do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

stop_all() {
  for process in "${started[@]}"; do
    stop "$process"
  done
  cd /
  [ -n "${TESTIMONY_KEEP:-}" ] && printf 'kept: %s\n' "$work" >&2 || rm -rf "$work"
}

# wait_until SECONDS COMMAND…: until the command succeeds, or the time is over. It is tried once at least.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.25
  done
}

# come_up SECONDS LOG URL: until the program that `begin` started last answers there, or gives up itself.
come_up() {
  for _ in $(seq 1 $(($1 * 4))); do
    kill -0 "$begun" 2>/dev/null || break
    answers "$3" 2>/dev/null && return 0
    sleep 0.25
  done
  tail -n 20 "$work/$2.log" >&2
  give_up "$2 did not come up"
}

# Whatever the answer is, somebody gives it.
answers() {
  python3 - "$1" <<'PYTHON'
import sys
import urllib.error
import urllib.request

try:
    urllib.request.urlopen(sys.argv[1], timeout=2)
except urllib.error.HTTPError as error:
    sys.exit(error.code >= 500)
PYTHON
}

# Builds the command and the programs that record; `built` is where they are. With all that the tests build, so that cargo chooses no
# other features and builds nothing again where the tests have run.
build() {
  need cargo python3
  cargo test --workspace --no-run --quiet --manifest-path "$root/Cargo.toml" || give_up "the programs do not build"
  built="$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug"
}

testimony() { timeout 300 "$built/testimony" --ledger "$ledger" "$@"; }

# desk ENDPOINT [COMMAND…]: the loan desk, or the command, in an empty directory; the ledger that it leaves is the run's.
desk() {
  local endpoint="$1"
  shift
  [ $# -gt 0 ] || set -- "$built/examples/loan_desk"
  mkdir "$work/desk"
  ledger="$work/desk/testimony-ledger"
  (cd "$work/desk" && OTEL_EXPORTER_OTLP_ENDPOINT="$endpoint" timeout 300 "$@") >"$work/desk.log" 2>&1 || {
    # What a slow backend has not taken when a service closes stays in the ledger; `airline` sends it.
    ! grep -q NotDelivered "$work/desk.log" || return 0
    tail -n 20 "$work/desk.log" >&2
    give_up "the command failed: $*"
  }
}

# airline ENDPOINT: takes recorded agent runs into the same ledger, as a stream of their own, and exports what is not there yet.
airline() {
  if [ -r "$airline_runs" ]; then
    testimony import --openai-chat "$airline_runs" || give_up "the import failed"
  else
    echo "skipped: the import, because there is no $(basename "$airline_runs") beside the repository"
  fi
  testimony export --otlp --endpoint "$1" >"$work/out" 2>&1 || give_up "the export failed: $(tail -n 5 "$work/out")"
  cat "$work/out"
}

# reconcile OPTION…: what it says is in $work/report.json.
reconcile() {
  local code=0
  testimony reconcile --json "$@" >"$work/report.json" 2>"$work/report.err" || code=$?
  return "$code"
}

verdict() { python3 "$here/../verdict.py" "$work/report.json" "$@" >"$work/verdict"; }

# Some backends answer before they have stored what they were sent, so a comparison is repeated until it comes out as it must.
comes_out() {
  local code="$1" options=()
  shift
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  local actual=0
  reconcile "$@" || actual=$?
  [ "$actual" = "$code" ] && verdict "${options[@]}"
}

told() {
  # As people read it, where something is wrong.
  local code="$1" what="$2"
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
  [ $# -eq 0 ] || shift
  if [ "$code" = 0 ]; then
    ok "$what: $(cat "$work/verdict")"
  else
    testimony reconcile "$@" >"$work/out" 2>&1 || true
    wrong "$what: $(cat "$work/verdict" "$work/report.err")"
  fi
}

# expect_same OPTION…: reconcile finds every entry there, and every copy the same.
expect_same() {
  local code=0
  wait_until 60 comes_out 0 same -- "$@" || code=1
  told "$code" "the same" -- "$@"
}

# expect_cut ATTRIBUTE… -- OPTION…: the same, but for what the backend has cut.
expect_cut() {
  local code=0
  wait_until 60 comes_out 0 cut "$@" || code=1
  told "$code" "cut by the backend, and else the same" "$@"
}

# expect_found ID:VERDICT[:WHAT]… -- OPTION…: reconcile finds exactly that.
expect_found() {
  local code=0
  wait_until 60 comes_out 1 found "$@" || code=1
  told "$code" "found what was changed" "$@"
}

copies_py() { python3 "$here/../copies.py" "$@"; }

# id_of NTH < COPIES: the id of the decision that `alter` would choose.
id_of() { copies_py altered status "$1" | copies_py id; }

# Two decisions are sent again with their own ids, one with another decision in its entry, one with another status beside it.
alter_two() {
  copies_py altered entry 0 <"$1" >"$work/other-entry" && copies_py altered status 1 <"$1" >"$work/other-status" ||
    give_up "the copies cannot be altered"
  entry_altered="$(copies_py id <"$work/other-entry")" status_altered="$(copies_py id <"$work/other-status")"
}
