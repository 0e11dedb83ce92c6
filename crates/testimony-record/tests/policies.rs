//! Policies: read by the letter of tlog-policy, refused at the line that breaks a rule, and met by the witnesses they name.

use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::tlog::{
    BadKey, Policy, PolicyFault, SignedHead, SigningKey, VerifierKey, WitnessKey,
};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("key.example", [seed; 32]).unwrap()
}

fn log(seed: u8) -> VerifierKey {
    key(seed).verifier_key()
}

fn witness(seed: u8) -> WitnessKey {
    key(seed).witness_key()
}

fn parse(text: &str) -> Policy {
    Policy::parse(text.as_bytes()).unwrap_or_else(|bad| panic!("{text}: {bad:?}"))
}

/// Whether the witnesses of these seeds meet a policy.
fn is_met(policy: &Policy, seeds: &[u8]) -> bool {
    let keys: Vec<WitnessKey> = seeds.iter().map(|&seed| witness(seed)).collect();
    policy.is_met_by(&keys)
}

/// The two levels of groups that the specification shows.
fn two_organisations() -> String {
    let [x1, x2, x3, y1, y2, y3] = [1, 2, 3, 11, 12, 13].map(witness);
    let log = log(40);
    format!(
        "log {log}\n\nwitness X1 {x1}\nwitness X2 {x2}\nwitness X3 {x3}\ngroup X-witnesses 2 X1 X2 X3\n\n\
         witness Y1 {y1}\nwitness Y2 {y2}\nwitness Y3 {y3}\ngroup Y-witnesses any Y1 Y2 Y3\n\n\
         group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    )
}

#[test]
fn two_of_one_group_and_any_of_another_are_enough_together_only() {
    let policy = parse(&two_organisations());
    assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 6));
    assert!(policy.needs_witnesses());
    for seeds in [&[1, 2, 11][..], &[3, 1, 13], &[1, 2, 3, 11, 12, 13]] {
        assert!(is_met(&policy, seeds), "{seeds:?}");
    }
    for seeds in [&[][..], &[1, 2, 3], &[1, 11], &[11, 12, 13], &[1, 1, 11], &[1, 50, 11]] {
        assert!(!is_met(&policy, seeds), "{seeds:?}");
    }
}

#[test]
fn a_heads_cosigners_are_the_policys_witnesses_among_them() {
    let policy = parse(&two_organisations());
    let head = SignedHead::sign(Uuid::nil(), 5, &[3; 32], &[&key(40)]).unwrap();
    let lines = [1, 2, 11, 50].map(|seed| key(seed).cosign(&head, 1_700_000_000));
    let cosigned = head.clone().with_signatures(lines).unwrap();
    let cosigners = policy.cosigners(&cosigned).unwrap();
    let names: Vec<&[u8]> = cosigners.iter().map(|witness| witness.name.as_slice()).collect();
    assert_eq!(names, [b"X1".as_slice(), b"X2", b"Y1"]);
    assert!(policy.is_met_by(cosigners.iter().map(|witness| &witness.key)));

    let other = SignedHead::sign(Uuid::nil(), 6, &[3; 32], &[&key(40)]).unwrap();
    let spoiled = cosigned.with_signatures([key(3).cosign(&other, 1)]).unwrap();
    assert_eq!(policy.cosigners(&spoiled).unwrap_err().witness, "key.example");
    assert!(policy.cosigners(&head).unwrap().is_empty());
}

#[test]
fn a_quorum_of_none_needs_nobody_and_one_of_a_witness_needs_it() {
    let none = parse("quorum none\n");
    assert!(!none.needs_witnesses() && is_met(&none, &[]) && none.logs().is_empty());
    let one = parse(&format!("witness w {}\nwitness v {}\nquorum w\n", witness(1), witness(2)));
    assert!(is_met(&one, &[1]) && !is_met(&one, &[2]) && !is_met(&one, &[]));
}

#[test]
fn space_tabs_comments_and_order_do_not_matter() {
    let (log, witness) = (log(1), witness(2));
    let text = format!(
        " # a comment\n\t\n  witness\tw \t{witness}   https://w.example/\t\nquorum w\n#\nlog {log}\n"
    );
    let policy = parse(&text);
    assert_eq!(policy.logs()[0].key, log);
    assert_eq!(policy.logs()[0].url, None);
    assert_eq!(policy.witnesses()[0].key, witness);
    assert_eq!(policy.witnesses()[0].url.as_deref(), Some(b"https://w.example/".as_slice()));
}

#[test]
fn names_and_urls_are_octets() {
    let key = witness(1);
    let text =
        [b"witness \xff\xfe ", key.to_string().as_bytes(), b" \x80\nquorum \xff\xfe\n"].concat();
    let policy = Policy::parse(&text).unwrap();
    assert_eq!(policy.witnesses()[0].name, b"\xff\xfe");
    assert_eq!(policy.witnesses()[0].url.as_deref(), Some(b"\x80".as_slice()));
    // U+212A, the Kelvin sign, is another name than K; U+00A0 is no space.
    let text = format!("witness \u{212a} {key}\nquorum K\n");
    assert_eq!(Policy::parse(text.as_bytes()).unwrap_err().fault, PolicyFault::NameUnknown);
    assert!(Policy::parse(format!("witness a\u{a0}b {key}\nquorum a\u{a0}b\n").as_bytes()).is_ok());
}

#[test]
fn a_policy_that_breaks_a_rule_is_refused_at_its_line() {
    use PolicyFault as Fault;
    let (l, l2, w, v) = (log(1), log(2), witness(3), witness(4));
    let renamed = SigningKey::from_seed("other.example", [3; 32]).unwrap().witness_key();
    let ml_dsa = "w.example+6eb49a4e+Bg==";
    let two = format!("witness w {w}\nwitness v {v}\n");
    let cases = [
        (String::new(), 1, Fault::NoQuorum),
        (format!("log {l}\n"), 2, Fault::NoQuorum),
        ("quorum none".to_owned(), 1, Fault::Unfinished),
        (format!("{two}group g all w v\nquorum w"), 4, Fault::Unfinished),
        ("quorum none\r\n".to_owned(), 1, Fault::Octet),
        ("# \u{7f}\nquorum none\n".to_owned(), 1, Fault::Octet),
        ("#\0\nquorum none\n".to_owned(), 1, Fault::Octet),
        ("quorum none\nquorum none\n".to_owned(), 2, Fault::SecondQuorum),
        ("quorum w\n".to_owned(), 1, Fault::NameUnknown),
        (format!("quorum w\nwitness w {w}\n"), 1, Fault::NameUnknown),
        ("quorum\n".to_owned(), 1, Fault::Form),
        ("quorum none none\n".to_owned(), 1, Fault::Form),
        ("Quorum none\n".to_owned(), 1, Fault::Form),
        (format!("log {l} url url\n"), 1, Fault::Form),
        ("log\n".to_owned(), 1, Fault::Form),
        (format!("witness {w}\n"), 1, Fault::Form),
        ("log key\n".to_owned(), 1, Fault::Key(BadKey::Form)),
        (format!("log {w}\n"), 1, Fault::Key(BadKey::Algorithm(0x04))),
        (format!("witness w {l}\n"), 1, Fault::Key(BadKey::Algorithm(0x01))),
        (format!("witness w {ml_dsa}\n"), 1, Fault::Key(BadKey::Algorithm(0x06))),
        (format!("log {l}\nlog {l2}\nlog {l}\n"), 3, Fault::DuplicateKey),
        (format!("witness w {w}\nwitness v {w}\n"), 2, Fault::DuplicateKey),
        (format!("witness w {w}\nwitness v {renamed}\n"), 2, Fault::DuplicateKey),
        (format!("witness w {w}\nwitness w {v}\n"), 2, Fault::NameTaken),
        (format!("witness none {w}\n"), 1, Fault::NameTaken),
        (format!("{two}group w all v\n"), 3, Fault::NameTaken),
        (format!("{two}group none all v\n"), 3, Fault::NameTaken),
        (format!("{two}group g all none\n"), 3, Fault::NameUnknown),
        (format!("{two}group g all g\n"), 3, Fault::NameUnknown),
        (format!("{two}group g all w w\n"), 3, Fault::InTwoGroups),
        (format!("{two}group g all w\ngroup h any w v\n"), 4, Fault::InTwoGroups),
        (format!("{two}group g all\n"), 3, Fault::Threshold),
        (format!("{two}group g\n"), 3, Fault::Form),
        (format!("{two}group g 0 w v\n"), 3, Fault::Threshold),
        (format!("{two}group g 3 w v\n"), 3, Fault::Threshold),
        (format!("{two}group g -1 w v\n"), 3, Fault::Threshold),
        (format!("{two}group g +1 w v\n"), 3, Fault::Threshold),
        (format!("{two}group g 99999999999999999999 w v\n"), 3, Fault::Threshold),
        (format!("{two}group g some w v\n"), 3, Fault::Threshold),
    ];
    for (text, line, fault) in &cases {
        let bad = Policy::parse(text.as_bytes()).expect_err(text);
        assert_eq!((bad.line, bad.fault), (*line, *fault), "{text}");
    }
    println!("policy: {} broken rules refused at their lines", cases.len());
}

#[test]
fn a_policy_of_256_of_each_is_read_and_one_more_is_not() {
    let line = |n: u16, what: &str| {
        let mut seed = [0; 32];
        seed[..2].copy_from_slice(&n.to_le_bytes());
        let key = SigningKey::from_seed("key.example", seed).unwrap();
        match what {
            "log" => format!("log {}\n", key.verifier_key()),
            "witness" => format!("witness w{n} {}\n", key.witness_key()),
            _ => format!(
                "group g{n} any {}\n",
                if n == 0 { "w0".to_owned() } else { format!("g{}", n - 1) }
            ),
        }
    };
    for most in ["log", "witness", "group"] {
        let many = |what: &str| {
            let count = if what == most { 257 } else { 256 };
            (0..count).map(|n| line(n, what)).collect::<Vec<_>>()
        };
        let lines = [many("log"), many("witness"), many("group")].concat();
        let faulty = Policy::parse((lines.concat() + "quorum g255\n").as_bytes()).unwrap_err();
        assert_eq!(faulty.fault, PolicyFault::TooMany, "{most}");
    }
    let lines =
        ["log", "witness", "group"].map(|what| (0..256).map(|n| line(n, what)).collect::<String>());
    let policy = parse(&(lines.concat() + "quorum g255\n"));
    assert!(policy.is_met_by([&policy.witnesses()[0].key]), "through 256 groups in one another");
    assert!(!policy.is_met_by([&policy.witnesses()[1].key]));
}

/// A rule as a tree, to be written as a policy and judged on its own.
#[derive(Debug, Clone)]
enum Rule {
    Witness,
    Group(usize, Vec<Rule>),
}

fn rule() -> impl Strategy<Value = Rule> {
    Just(Rule::Witness).prop_recursive(3, 24, 4, |inner| {
        prop::collection::vec(inner, 1..5)
            .prop_flat_map(|members| (1..=members.len(), Just(members)))
            .prop_map(|(least, members)| Rule::Group(least, members))
    })
}

/// Writes the lines of a rule and gives its name; witnesses get the seeds 1, 2, 3 …
fn write(rule: &Rule, text: &mut String, seeds: &mut u8) -> String {
    let (line, name) = match rule {
        Rule::Witness => {
            *seeds += 1;
            (format!("witness w{seeds} {}\n", witness(*seeds)), format!("w{seeds}"))
        }
        Rule::Group(least, members) => {
            let names: Vec<String> =
                members.iter().map(|member| write(member, text, seeds)).collect();
            let name = format!("g{}", text.lines().count());
            (format!("group {name} {least} {}\n", names.join(" ")), name)
        }
    };
    text.push_str(&line);
    name
}

/// Whether the witnesses of these seeds satisfy a rule, taking seeds in the order of [`write`].
fn holds(rule: &Rule, seeds: &[u8], next: &mut u8) -> bool {
    match rule {
        Rule::Witness => {
            *next += 1;
            seeds.contains(next)
        }
        Rule::Group(least, members) => {
            let held: Vec<bool> = members.iter().map(|member| holds(member, seeds, next)).collect();
            held.iter().filter(|held| **held).count() >= *least
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_is_met_exactly_where_its_rule_holds(
        rule in rule(),
        seeds in prop::collection::vec(1..30_u8, 0..20),
    ) {
        let mut text = String::new();
        let name = write(&rule, &mut text, &mut 0);
        let policy = parse(&format!("{text}quorum {name}\n"));
        prop_assert_eq!(is_met(&policy, &seeds), holds(&rule, &seeds, &mut 0));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _refused = Policy::parse(&bytes);
    }
}
