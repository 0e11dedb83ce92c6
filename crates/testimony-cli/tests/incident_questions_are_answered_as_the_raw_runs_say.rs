//! The five questions of an incident, asked of 100 recorded runs. A script that reads the raw file and knows nothing of ledgers
//! judges the answers, and finds each one that has been tampered with.

mod support;

use std::collections::HashMap;

use serde_json::{Value, json};
use support::{Desk, runs};

/// Of so many runs, one is asked where a question costs a pass over the ledger. No factor of the 25 tasks, so that each time it is
/// another task.
const EVERY: usize = 7;

/// The runs of the raw file, the ledger that was made of it, and what its command has answered so far.
struct Inquiry {
    desk: Desk,
    runs: Vec<Value>,
    lines: Vec<Value>,
}

impl Inquiry {
    fn of(file: &std::path::Path) -> Self {
        let desk = Desk::empty();
        let import = desk.ask(&["import", "--openai-chat", file.to_str().unwrap()]);
        assert_eq!(import.code, 0, "{}", import.error());
        let raw = std::fs::read_to_string(file).unwrap();
        let runs = raw.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let log = desk.ask(&["log", "--limit", "0", "--json"]);
        let log: Vec<Value> =
            log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let lines = vec![json!({"asked": ["log", "--limit", "0"], "answer": log})];
        Self { desk, runs, lines }
    }

    fn ask(&mut self, asked: &[&str]) -> &mut Value {
        let answer = self.desk.ask(&[asked, &["--json"]].concat());
        assert_eq!(answer.code, 0, "{asked:?}: {}", answer.error());
        self.lines.push(json!({"asked": asked, "answer": answer.json()}));
        self.lines.last_mut().unwrap()
    }

    fn who_was_given(&mut self, name: &str, text: &str) {
        self.desk.file(name, text);
        self.ask(&["blast", name])["text"] = text.into();
    }

    /// Each run's name as a subject, and the messages in it.
    fn told(&self) -> Vec<(String, Vec<Value>)> {
        let run = |run: &Value| {
            let subject = format!("run:{}", run["run"].as_str().unwrap());
            (subject, run["messages"].as_array().unwrap().clone())
        };
        self.runs.iter().map(run).collect()
    }

    fn ask_everything(&mut self) {
        let runs = self.told();
        self.who_was_given("policy.md", runs[0].1[0]["content"].as_str().unwrap());
        for (number, (_, messages)) in runs.iter().enumerate().step_by(EVERY) {
            let result = messages.iter().find(|message| message["role"] == "tool");
            let Some(result) = result else { continue };
            self.who_was_given(
                &format!("result-{number}.json"),
                result["content"].as_str().unwrap(),
            );
        }
        for (number, (subject, _)) in runs.iter().enumerate() {
            let lookup = first_lookup(&self.ask(&["why", subject])["answer"]);
            if let Some(lookup) = lookup.filter(|_| number % EVERY == 0) {
                self.ask(&["blast", "--decision", &lookup]);
            }
        }
        for (one, other) in pairs(&runs) {
            self.ask(&["diff", one, other]);
        }
    }

    /// What the script says of the answers; `None` where it cannot run.
    fn judged(&self) -> Option<support::Answer> {
        let mut script = runs::script("check_incident.py")?;
        let lines: Vec<String> = self.lines.iter().map(Value::to_string).collect();
        self.desk.file("answers.jsonl", lines.join("\n"));
        script.arg(runs::file()?).arg(self.desk.path().join("answers.jsonl"));
        Some(support::answer(&mut script))
    }

    /// The answer to a question, to be tampered with.
    fn answer(&mut self, asked: &str) -> &mut Value {
        let is = |line: &&mut Value| words(line).starts_with(asked);
        &mut self.lines.iter_mut().find(is).unwrap_or_else(|| panic!("nobody asked {asked}"))["answer"]
    }
}

fn words(line: &Value) -> String {
    let words = line["asked"].as_array().unwrap().iter();
    words.map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// The id of the first call of a story that looks a reservation up.
fn first_lookup(story: &Value) -> Option<String> {
    let looks = |chapter: &&Value| {
        let decided = chapter["decided"].to_string();
        decided.contains(r#""name":"get_reservation_details""#)
    };
    let chapter = story["chapters"].as_array().unwrap().iter().find(looks)?;
    Some(chapter["id"].as_str().unwrap().to_owned())
}

/// Every two trials of one task: runs are called `run:TASK-TRIAL`.
fn pairs(runs: &[(String, Vec<Value>)]) -> Vec<(&str, &str)> {
    let mut trials: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut pairs = Vec::new();
    for (subject, _) in runs {
        let earlier = trials.entry(subject.rsplit_once('-').unwrap().0).or_default();
        pairs.extend(earlier.iter().map(|&one| (one, subject.as_str())));
        earlier.push(subject);
    }
    pairs
}

/// One change to each of some answers, and the beginning of the command that was so answered.
fn tampered(inquiry: &mut Inquiry) -> Vec<&'static str> {
    let changes: [(&str, &str, Value); 12] = [
        ("why run:airline-0-0", "/chapters/14/outcomes/0/parts/0/content/text/text", "1.0".into()),
        (
            "why run:airline-2-0",
            "/chapters/3/decided/0/content/messages/messages/0/role",
            "x".into(),
        ),
        (
            "why run:airline-4-1",
            "/chapters/2/asked/0/content/messages/messages/0/parts/0/content/text/text",
            "No.".into(),
        ),
        ("why run:airline-6-0", "/chapters/5/bearings/causes", json!([])),
        (
            "why run:airline-8-0",
            "/chapters/7/asked/0/content/messages/continues/left_out",
            1.into(),
        ),
        ("why run:airline-12-1", "/chapters/5", Value::Null),
        ("diff run:airline-4-0 run:airline-4-1", "/parts/1/how/messages/shared", 2.into()),
        ("diff run:airline-6-0 run:airline-6-1", "/facts", json!([])),
        (
            "diff run:airline-8-0 run:airline-8-1",
            "/parts/1/how/messages/turns/0",
            json!({"same": 1}),
        ),
        ("blast policy.md", "/direct/700", Value::Null),
        ("blast result-0.json", "/direct/0", Value::Null),
        ("blast --decision", "/downstream/0", Value::Null),
    ];
    for (asked, place, value) in &changes {
        let answer = inquiry.answer(asked);
        let (parent, last) = place.rsplit_once('/').unwrap();
        match (answer.pointer_mut(parent).unwrap(), value) {
            (Value::Array(items), Value::Null) => drop(items.remove(last.parse().unwrap())),
            _ => *answer.pointer_mut(place).unwrap() = value.clone(),
        }
    }
    changes.into_iter().map(|(asked, ..)| asked).collect()
}

#[test]
fn all_five_questions_are_answered_as_the_raw_file_says_and_no_tampered_answer_passes() {
    let Some(file) = runs::file() else { return };
    if runs::script("check_incident.py").is_none() {
        return;
    }
    let mut inquiry = Inquiry::of(&file);
    inquiry.ask_everything();
    let checked = inquiry.judged().unwrap();
    eprintln!("{}", checked.text());
    assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.error());
    for question in [
        "why did this run end as it did: 100 answers, 0 differ",
        "what changed between two trials of one task: 150 answers, 0 differ",
        "who was given this policy text: 1 answers, 0 differ",
    ] {
        assert!(checked.text().contains(&format!("\n{question}\n")), "{question}");
    }

    let tampered = tampered(&mut inquiry);
    let caught = inquiry.judged().unwrap();
    let wrong: Vec<&str> =
        caught.text().lines().filter_map(|line| line.strip_prefix("WRONG testimony ")).collect();
    assert_eq!((caught.code, wrong.len()), (1, tampered.len()), "{wrong:#?}{}", caught.error());
    for asked in tampered {
        assert!(wrong.iter().any(|line| line.starts_with(asked)), "{asked} passed as right");
    }
}
