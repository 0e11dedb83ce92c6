//! `--help`: which commands there are, and what each of them takes.

mod support;

use support::{Desk, answer, command};

/// So wide that nothing is wrapped.
const WIDE: &str = "1000";

fn help(of: &[&str]) -> String {
    let desk = Desk::empty();
    let said = answer(command(desk.path(), of).env("COLUMNS", WIDE));
    assert_eq!(said.code, 0, "{of:?}: {}", said.error());
    said.text().to_owned()
}

/// The lines below a heading.
fn below<'a>(heading: &str, help: &'a str) -> Vec<&'a str> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.is_empty()).collect()
}

fn commands() -> Vec<String> {
    let help = help(&["-h"]);
    let names = below("Commands:", &help).into_iter();
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn it_lists_the_commands_and_what_all_of_them_take() {
    insta::assert_snapshot!(help(&["-h"]), @"
    Verify a ledger of AI decisions, and ask it why

    Usage: testimony [OPTIONS] <COMMAND>

    Commands:
      verify     Check that the ledger is what was sealed
      log        List decisions, the newest last
      show       Show everything that is known of one decision
      why        Tell the story behind a subject, a decision, a trace or an outcome: what was asked, given and decided, and why
      blast      Follow a document, a decision, a model or a call site to every decision that it reached
      diff       Say what differed between two decisions: configuration, context, prompt, decision, reason and outcome
      timeline   List what happened in order of time: decisions, calls without an end, outcomes, losses, erasures, signed heads
      coverage   Say for each call site which parts its decisions lack, who withheld them, and how to switch them on
      stats      Count decisions, failures, outcomes, tokens and durations
      report     Write an incident report: story, timeline, what differed between two decisions, integrity, and what is not established
      head       Print the head of each stream: what to keep elsewhere, so that nobody can rewrite the ledger unnoticed
      key        Make and show the keys that sign heads
      witness    Ask witnesses to cosign the newest checkpoint of each stream, and keep what they say in a file
      import     Record what another recorder has kept
      erase      Erase contents from every file of the ledger, and put on record that, why and by whose authority
      hold       Forbid that contents are erased, or list what is held
      release    End a hold
      prove      Make evidence of one decision for someone who has no access to the ledger
      check      Check evidence that `prove` has made, without the ledger
      export     Write each stream as a transparency log that other people's tools read, or send every entry to an OTLP endpoint
      reconcile  Read exported copies back from a backend, and compare each with the ledger
      sql        Ask anything of one ledger or several, in SQL
      help       Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Options of every command:
          --ledger <DIR>  The ledger's directory. `why`, `blast` and `sql` take several [env: TESTIMONY_LEDGER] [default: ./testimony-ledger]
          --json          Print JSON for programs instead of text for people
          --color <WHEN>  When to use colours [default: auto] [possible values: auto, always, never]

    Exit codes: 0 fine or intact, 1 broken, 2 could not tell.
    ");
}

#[test]
fn each_command_says_what_it_is_for_and_takes_what_all_take() {
    for name in commands() {
        let short = help(&[&name, "-h"]);
        let (what_for, _) = short.split_once("\n\nUsage: testimony ").unwrap();
        assert!(what_for.contains(' '), "{name}: {what_for:?}");
        for everywhere in ["--ledger <DIR>", "--json", "--color <WHEN>"] {
            let options = below("Options of every command:", &short);
            assert!(options.iter().any(|line| line.contains(everywhere)), "{name}: {everywhere}");
        }
    }
}

#[test]
fn each_option_says_what_it_does() {
    let mut seen = 0;
    for name in commands() {
        let short = help(&[&name, "-h"]);
        for line in short.lines().filter(|line| line.trim_start().starts_with('-')) {
            let described = line.trim_start().split_once("  ");
            let said = described.map_or("", |(_, said)| said.trim());
            assert!(said.split_whitespace().count() > 1, "{name}: {line:?}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn what_no_command_takes_is_refused() {
    let desk = Desk::empty();
    for name in commands() {
        let said = answer(&mut command(desk.path(), &[&name, "--no-such-option"]));
        assert_eq!(said.code, 2, "{name}");
        assert!(said.error().contains("unexpected argument '--no-such-option'"), "{name}");
        assert!(said.out.is_empty(), "{name}");
    }
}
