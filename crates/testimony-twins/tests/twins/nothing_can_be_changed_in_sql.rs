//! The engine answers questions. Whatever would change something is refused, and what is wrong with a question is said.

use testimony_twins::NotAnswered;

use crate::support::{Desk, ask, try_ask};

#[test]
fn whatever_would_change_something_is_refused() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    let out = desk.path().join("out.csv");
    for sql in [
        "CREATE TABLE x AS SELECT 1".to_owned(),
        "CREATE VIEW x AS SELECT * FROM entries".to_owned(),
        "CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION '/tmp/x'".to_owned(),
        "DROP TABLE entries".to_owned(),
        "INSERT INTO entries SELECT * FROM entries".to_owned(),
        "DELETE FROM decisions".to_owned(),
        "UPDATE decisions SET site = 'x'".to_owned(),
        format!("COPY (SELECT 1) TO '{}'", out.display()),
        format!("EXPLAIN ANALYZE COPY (SELECT 1) TO '{}'", out.display()),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "BEGIN".to_owned(),
        "PREPARE x AS SELECT 1".to_owned(),
    ] {
        let refused = try_ask(&twins, &sql).unwrap_err();
        let refused_as = matches!(refused, NotAnswered::NotAQuestion | NotAnswered::Sql(_));
        assert!(refused_as, "{sql}: {refused:?}");
    }
    assert!(!out.exists());
    assert_eq!(ask(&twins, "SELECT count(*) FROM decisions"), [["3"]]);
}

#[test]
fn files_cannot_be_read_by_naming_them() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    let file = desk.twin_files().remove(0);
    let refused = try_ask(&twins, &format!("SELECT * FROM '{}'", file.display())).unwrap_err();
    assert!(matches!(refused, NotAnswered::Sql(_)));
}

#[test]
fn what_is_wrong_with_a_question_is_said_in_a_line() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    let said = |sql| try_ask(&twins, sql).unwrap_err().to_string();
    let sight = said("SELECT sight FROM decisions");
    let begins = "No field named sight. Valid fields are decisions.ledger, decisions.stream, ";
    assert!(sight.starts_with(begins) && !sight.contains('\n'), "{sight}");
    insta::assert_snapshot!(said("SELECT * FROM decision"), @"table 'decision' not found");
    insta::assert_snapshot!(said("SELEKT 1"), @"sql parser error: Expected: an SQL statement, found: SELEKT at Line: 1, Column: 1");
    insta::assert_snapshot!(said("SELECT 1; SELECT 2"), @"not supported: The context currently only supports a single SQL statement");
    assert!(
        said("SELECT frobnicate(1)").starts_with("Invalid function 'frobnicate'. Did you mean")
    );
    insta::assert_snapshot!(said("DROP TABLE entries"), @"only questions are answered: SELECT, WITH, VALUES, EXPLAIN and DESCRIBE");
}

#[test]
fn questions_of_every_kind_are_answered() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    for sql in [
        "WITH late AS (SELECT * FROM decisions WHERE status <> 'ok') SELECT count(*) FROM late",
        "EXPLAIN SELECT * FROM decisions",
        "DESCRIBE decisions",
        "SHOW TABLES",
        "VALUES (1)",
        "SELECT date_trunc('hour', began), avg(took_us) FROM decisions GROUP BY 1",
        "SELECT d.id, p.text FROM decisions d JOIN parts p ON p.decision = d.id WHERE p.role = 'rationale'",
        "SELECT id FROM decisions WHERE array_has(subjects, 'loan:1234')",
    ] {
        assert!(!ask(&twins, sql).is_empty(), "{sql}");
    }
}
