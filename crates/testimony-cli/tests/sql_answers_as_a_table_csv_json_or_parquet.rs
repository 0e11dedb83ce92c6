//! `sql`: any question, as a table for people or in the forms that programs read.

mod support;

use support::{Desk, desk};

const SITES: &str =
    "SELECT site, count(*) AS decisions, avg(took_us) / 1000 AS ms, min(began) AS first
    FROM decisions GROUP BY site ORDER BY site";

#[test]
fn a_person_gets_an_aligned_table() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["sql", SITES]).seen(), @"
    exit 0
    site                       decisions      ms  first
    loan_desk::letters::write          1  1250.0  2026-03-01T12:00:03.000000Z
    loan_desk::score                   1  1250.0  2026-03-01T12:00:01.000000Z
    loan_desk::underwrite              1  1250.0  2026-03-01T12:00:02.000000Z
    (3 rows)
    ");
}

#[test]
fn on_a_narrow_terminal_the_widest_columns_give_way() {
    let desk = Desk::with_a_loan();
    let sql = "SELECT id, site, subjects, error, parent FROM decisions ORDER BY began";
    insta::assert_snapshot!(desk.ask(&["sql", sql]).seen(), @"
    exit 0
    id                         site                      subjects     error     parent
    0198c1d2-5a71-7000-8000-…  loan_desk::score          [loan:1234]
    0198c1d2-5a72-7000-8000-…  loan_desk::underwrite     [loan:1234]
    0198c1d2-5a73-7000-8000-…  loan_desk::letters::wri…  [letter:77]  deadline  0198c1d2-5a72-7000-8000…
    (3 rows)
    ");
}

#[test]
fn no_rows_are_an_answer() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["sql", "SELECT id, site FROM decisions WHERE false"]).seen(), @"
    exit 0
    id  site
    (0 rows)
    ");
}

#[test]
fn a_program_gets_csv() {
    let desk = Desk::with_a_loan();
    let sql = "SELECT seq, site, error, causes, began FROM decisions ORDER BY seq";
    insta::assert_snapshot!(desk.ask(&["sql", "--csv", sql]).seen(), @"
    exit 0
    seq,site,error,causes,began
    1,loan_desk::score,,[],2026-03-01T12:00:01.000000Z
    2,loan_desk::underwrite,,[0198c1d2-5a71-7000-8000-0123456789ab],2026-03-01T12:00:02.000000Z
    3,loan_desk::letters::write,deadline,[],2026-03-01T12:00:03.000000Z
    ");
}

#[test]
fn a_program_gets_lines_of_json() {
    let desk = Desk::with_a_loan();
    let sql = "SELECT seq, error, subjects, began FROM decisions ORDER BY seq";
    insta::assert_snapshot!(desk.ask(&["sql", "--json", sql]).seen(), @r#"
    exit 0
    {"seq":1,"error":null,"subjects":["loan:1234"],"began":"2026-03-01T12:00:01.000000Z"}
    {"seq":2,"error":null,"subjects":["loan:1234"],"began":"2026-03-01T12:00:02.000000Z"}
    {"seq":3,"error":"deadline","subjects":["letter:77"],"began":"2026-03-01T12:00:03.000000Z"}
    "#);
}

#[test]
fn a_program_gets_a_parquet_file_which_is_never_overwritten() {
    let desk = Desk::with_a_loan();
    let args = ["sql", "--parquet", "out.parquet", "SELECT * FROM decisions"];
    assert_eq!(desk.ask(&args).seen(), "exit 0\n");
    let bytes = std::fs::read(desk.path().join("out.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    insta::assert_snapshot!(desk.ask(&args).seen(), @"
    exit 2
    error: cannot write out.parquet: entity already exists
    Give another name, or --force to replace it.
    ");
    assert_eq!(desk.ask(&[&args[..], &["--force"]].concat()).seen(), "exit 0\n");
}

#[test]
fn what_cannot_be_answered_exits_with_2() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["sql", "SELECT sight FROM decisions"]).seen(), @"
    exit 2
    error: No field named sight. Valid fields are decisions.ledger, decisions.stream, decisions.seq, decisions.segment, decisions.offset, decisions.length, decisions.kind, decisions.time, decisions.hash, decisions.sealed, decisions.id, decisions.began, decisions.took_us, decisions.site, decisions.operation, decisions.provider, decisions.model, decisions.response_model, decisions.status, decisions.error, decisions.input_tokens, decisions.output_tokens, decisions.trace_id, decisions.span_id, decisions.parent, decisions.causes, decisions.subjects, decisions.violated, decisions.imported, decisions.whole.
    `testimony sql --tables` lists the tables with their columns.
    ");
    insta::assert_snapshot!(desk.ask(&["sql", "DROP TABLE decisions"]).seen(), @"
    exit 2
    error: only questions are answered: SELECT, WITH, VALUES, EXPLAIN and DESCRIBE
    ");
    insta::assert_snapshot!(desk.ask(&["sql", "SELECT 1 / (seq - seq) FROM decisions"]).seen(), @"
    exit 2
    error: the question could not be carried out: Arrow error: Divide by zero error: Divide by zero error
    ");
    insta::assert_snapshot!(Desk::empty().ask(&["sql", "SELECT 1"]).seen(), @"
    exit 2
    error: there is no ledger at ledger: no such directory
    Is the path right? Give it with --ledger DIR, or set TESTIMONY_LEDGER.
    ");
}

#[test]
fn several_ledgers_are_asked_at_once() {
    let desk = Desk::with_a_loan();
    desk::write_another(&desk.path().join("other"), desk::loan_1234());
    let sql = "SELECT ledger, count(*) AS n FROM decisions GROUP BY ledger ORDER BY ledger";
    insta::assert_snapshot!(desk.ask(&["--ledger", "other", "sql", sql]).seen(), @"
    exit 0
    ledger  n
    ledger  3
    other   3
    (2 rows)
    ");
    insta::assert_snapshot!(desk.ask(&["--ledger", "other", "log"]).seen(), @"
    exit 2
    error: 2 ledgers were given
    Only `testimony why`, `blast` and `sql` take more than one.
    ");
}

#[test]
fn the_tables_are_listed_with_their_columns() {
    let desk = Desk::empty();
    let listed = desk.ask_wide(&["sql", "--tables"]);
    let constraints: Vec<&str> =
        listed.text().lines().skip_while(|line| !line.starts_with("constraints")).take(9).collect();
    insta::assert_snapshot!(constraints.join("\n"), @"
    constraints  every rule that a decision was checked against
      ledger          text          the ledger's directory
      stream          text          the stream's id
      seq             bigint        the decision entry's place in the stream
      decision        text          the decision's id
      rule            text          the rule's name
      held            boolean       whether it held
      limit           text          the limit, as it was stated
      observed        text          what was observed, as it was stated
    ");
    let json = desk.ask(&["sql", "--tables", "--json"]);
    let tables = json.text().lines().map(|line| serde_json::from_str(line).unwrap());
    let names: Vec<serde_json::Value> =
        tables.map(|table: serde_json::Value| table["name"].clone()).collect();
    assert_eq!(
        names,
        ["entries", "parts", "outcomes", "objects", "decisions", "constraints", "edges"]
    );
}

#[test]
fn twins_can_be_kept_elsewhere() {
    let desk = Desk::with_a_loan();
    let answer = desk.ask(&["sql", "--twins", "elsewhere", "SELECT count(*) FROM decisions"]);
    assert_eq!(answer.code, 0, "{}", answer.error());
    assert!(desk.path().join("elsewhere").is_dir() && !desk.ledger().join("twins").exists());
}

#[test]
fn nothing_hostile_reaches_a_terminal() {
    let desk = Desk::with(vec![desk::decision(1).subject("\u{1b}[2Jloan\u{202e}").done()]);
    for form in [&["sql"][..], &["sql", "--json"]] {
        let args = [form, &["SELECT subjects FROM decisions"]].concat();
        let answer = desk.ask(&args);
        assert_eq!(answer.code, 0);
        assert!(!answer.text().contains(['\u{1b}', '\u{202e}']), "{}", answer.text());
    }
}
