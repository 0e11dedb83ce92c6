//! Blast: from what a decision was given or put out to the later decisions that it reached.

mod support;

use std::path::Path;

use support::{carry_over, decision, id, message, write, write_another};
use testimony_forensics::Casebook;
use testimony_forensics::blast::{Blast, Edge, How, NoBlast, Options, Origin};
use testimony_record::Uuid;
use testimony_record::part::Role;
use testimony_record::unsealed::{
    Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedMessagePart,
};

const POLICY: &str = "Lend to anybody who asks politely.";
const LETTER: &str = "Dear customer, we are pleased to lend you the sum.";

fn blast(dir: &Path, origin: &Origin) -> Blast {
    Casebook::open(dir).unwrap().blast(origin, &Options::default()).unwrap()
}

fn of(events: Vec<Unsealed>, origin: &Origin) -> Blast {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), events);
    blast(dir.path(), origin)
}

fn policy() -> Origin {
    Origin::Content(POLICY.into())
}

fn direct(blast: &Blast) -> Vec<Uuid> {
    blast.direct.iter().map(|direct| direct.id).collect()
}

/// Which decision was reached by which edge from which, and how deep.
fn downstream(blast: &Blast) -> Vec<(Uuid, Edge, Uuid, usize)> {
    blast.downstream.iter().map(|fed| (fed.id, fed.edge, fed.from, fed.depth)).collect()
}

#[test]
fn a_document_leads_to_those_who_were_given_it_and_to_those_whom_they_fed() {
    let found = of(
        vec![
            decision(1)
                .text(Role::Context, "policy", POLICY)
                .text(Role::Decision, "", LETTER)
                .done(),
            decision(2).text(Role::Prompt, "", "Something else.").done(),
            decision(3)
                .text(Role::Context, "draft", LETTER)
                .text(Role::Decision, "", "sent")
                .done(),
            decision(4).with(|decision| decision.causes = vec![id(3)]).done(),
        ],
        &policy(),
    );
    assert_eq!(direct(&found), [id(1)]);
    assert_eq!(
        (found.direct[0].how, found.direct[0].via.as_deref()),
        (How::Given, Some("context:policy"))
    );
    assert_eq!(
        downstream(&found),
        [(id(3), Edge::Content, id(1), 1), (id(4), Edge::Cause, id(3), 2)]
    );
    let digest = found.downstream[0].digest.unwrap();
    assert_eq!(found.checked.sealed, 3);
    assert_eq!((found.downstream[1].digest, found.counts.by_depth[&2]), (None, 1));

    let further = of(
        vec![
            decision(1).text(Role::Output, "", LETTER).done(),
            decision(3).text(Role::Context, "draft", LETTER).done(),
        ],
        &Origin::Digest(digest),
    );
    assert_eq!((direct(&further), further.origin.put_out_by), (vec![id(3)], vec![id(1)]));
}

#[test]
fn a_document_in_another_role_than_what_was_given_reaches_nobody() {
    let found = of(
        vec![
            decision(1).text(Role::Decision, "", POLICY).done(),
            decision(2).text(Role::Constraint, "", POLICY).subject(POLICY).done(),
        ],
        &policy(),
    );
    assert!(found.direct.is_empty() && found.downstream.is_empty());
    assert_eq!(found.origin.put_out_by, [id(1)]);
}

#[test]
fn a_content_inside_a_conversation_is_found_in_every_call_that_goes_on_from_it() {
    let talk =
        [("system", "Be kind."), ("tool", POLICY), ("assistant", LETTER), ("user", "Thanks!")];
    let found = of(
        vec![
            decision(1).messages(Role::Prompt, &talk[..1]).done(),
            decision(2)
                .messages(Role::Prompt, &talk[..2])
                .messages(Role::Decision, &talk[2..3])
                .done(),
            decision(3).messages(Role::Prompt, &talk).done(),
            decision(4).messages(Role::Prompt, &talk[2..]).done(),
        ],
        &policy(),
    );
    assert_eq!(direct(&found), [id(2), id(3)]);
    assert_eq!(downstream(&found), [(id(4), Edge::Content, id(2), 1)]);
}

#[test]
fn the_arguments_of_a_tool_call_and_its_result_are_contents() {
    let arguments = UnsealedMessagePart {
        kind: "tool_call".into(),
        id: Some("call_1".into()),
        name: Some("lend".into()),
        blob: UnsealedBlob::json(r#"{"to":"anybody","sum":1000}"#),
    };
    let call =
        || UnsealedMessage { role: "assistant".into(), name: None, parts: vec![arguments.clone()] };
    let answer = message("tool", "lent, number 4711, at noon");
    let found = of(
        vec![
            decision(1).part(Role::Decision, "", UnsealedContent::Messages(vec![call()])).done(),
            decision(2)
                .part(Role::Prompt, "", UnsealedContent::Messages(vec![call(), answer]))
                .done(),
        ],
        &Origin::Decision(id(1).to_string()),
    );
    assert_eq!(downstream(&found), [(id(2), Edge::Content, id(1), 1)]);
}

#[test]
fn equal_content_is_followed_under_other_digests_and_media_types_and_into_other_streams() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(
        one.path(),
        vec![
            decision(1)
                .text(Role::Context, "", POLICY)
                .bytes(Role::Output, "", LETTER.as_bytes())
                .done(),
        ],
    );
    write_another(
        two.path(),
        vec![
            decision(2).text(Role::Context, "", POLICY).done(),
            decision(3).text(Role::Prompt, "", LETTER).done(),
        ],
    );
    carry_over(two.path(), one.path());
    let found = blast(one.path(), &policy());
    assert_eq!((found.origin.digests.len(), direct(&found)), (2, vec![id(1), id(2)]));
    assert_eq!(downstream(&found), [(id(3), Edge::Content, id(1), 1)]);
}

#[test]
fn what_was_made_inside_a_decision_was_reached_with_it() {
    let inside =
        |decision: &mut testimony_record::decision::Decision| decision.parent = Some(id(1));
    let found = of(
        vec![
            decision(2).with(inside).done(),
            decision(1)
                .with(|decision| decision.took_us = Some(9_000_000))
                .text(Role::Prompt, "", POLICY)
                .done(),
        ],
        &policy(),
    );
    assert_eq!(downstream(&found), [(id(2), Edge::Parent, id(1), 1)]);
}

#[test]
fn a_result_made_inside_a_decision_feeds_it_although_it_began_first() {
    let found = of(
        vec![
            decision(2).text(Role::Prompt, "", POLICY).text(Role::Decision, "", LETTER).done(),
            decision(1)
                .with(|d| d.took_us = Some(9_000_000))
                .text(Role::Context, "", LETTER)
                .done(),
        ],
        &policy(),
    );
    assert_eq!(downstream(&found), [(id(1), Edge::Content, id(2), 1)]);
}

#[test]
fn nothing_flows_backwards_not_even_through_what_encloses_it() {
    // 3 gives its letter to 1 when 2, made inside 1, is long over.
    let found = of(
        vec![
            decision(2).with(|d| d.parent = Some(id(1))).done(),
            decision(5).text(Role::Prompt, "", POLICY).text(Role::Decision, "", LETTER).done(),
            decision(1)
                .with(|d| d.took_us = Some(9_000_000))
                .text(Role::Context, "", LETTER)
                .done(),
        ],
        &policy(),
    );
    assert_eq!(downstream(&found), [(id(1), Edge::Content, id(5), 1)]);
    let told: Vec<_> = found.unfollowed.iter().filter_map(|one| one.id).collect();
    assert_eq!(told, [id(2)], "the link that would have led backwards is told");
}

#[test]
fn what_reached_a_decision_late_by_a_short_way_and_early_by_a_long_one_reached_it_early() {
    let letter = |n: u8| format!("Letter number {n}, of some length.");
    let found = of(
        vec![
            decision(1).text(Role::Prompt, "", POLICY).text(Role::Decision, "", &letter(1)).done(),
            decision(2)
                .text(Role::Prompt, "", &letter(1))
                .text(Role::Decision, "", &letter(2))
                .done(),
            // Inside 9, after 2 has ended and before 6 has begun.
            decision(4).with(|d| d.parent = Some(id(9))).done(),
            decision(6).text(Role::Prompt, "", POLICY).text(Role::Decision, "", &letter(6)).done(),
            decision(9)
                .with(|d| (d.began_us, d.took_us) = (support::NOON, Some(20_000_000)))
                .text(Role::Context, "", &letter(2))
                .text(Role::Context, "", &letter(6))
                .done(),
        ],
        &policy(),
    );
    assert_eq!(direct(&found), [id(1), id(6)]);
    assert_eq!(
        downstream(&found),
        [
            (id(2), Edge::Content, id(1), 1),
            (id(9), Edge::Content, id(6), 1),
            (id(4), Edge::Parent, id(9), 3),
        ]
    );
}

#[test]
fn a_long_chain_is_followed_to_its_end() {
    const LINKS: usize = 2_000;
    let id = |n: usize| Uuid::from_u128(0x0198_c1d2_5a70_7000_8000_0000_0000_0000 + n as u128);
    let link = |n: usize| {
        decision(0)
            .with(|decision| {
                decision.id = id(n);
                decision.causes = (0..n).last().map(id).into_iter().collect();
            })
            .done()
    };
    let found = of((0..LINKS).map(link).collect(), &Origin::Decision(id(0).to_string()));
    assert_eq!((found.counts.downstream, found.counts.by_depth.len()), (LINKS - 1, LINKS));
}

#[test]
fn at_equal_times_the_order_of_the_entries_decides() {
    let at_noon = |n: u8| decision(n).with(|d| (d.began_us, d.took_us) = (support::NOON, None));
    let found = of(
        vec![
            at_noon(1).text(Role::Prompt, "", LETTER).done(),
            at_noon(2).text(Role::Decision, "", LETTER).done(),
        ],
        &Origin::Decision(id(2).to_string()),
    );
    assert!(found.downstream.is_empty());
    let found = of(
        vec![
            at_noon(2).text(Role::Decision, "", LETTER).done(),
            at_noon(1).text(Role::Prompt, "", LETTER).done(),
        ],
        &Origin::Decision(id(2).to_string()),
    );
    assert_eq!(downstream(&found), [(id(1), Edge::Content, id(2), 1)]);
}

#[test]
fn a_model_a_site_and_a_configuration_are_origins_as_well() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        vec![
            decision(1).text(Role::Config, "template", POLICY).done(),
            decision(2).text(Role::Prompt, "", POLICY).with(|d| d.causes = vec![id(1)]).done(),
            decision(3).with(|d| d.model = Some("gpt-4o-2024-08-06".into())).done(),
            decision(4).with(|d| d.site = "loan_desk::letters::write".into()).done(),
        ],
    );
    let found = |origin| direct(&blast(dir.path(), &origin));
    let casebook = Casebook::open(dir.path()).unwrap();
    let digest = casebook.show(&id(1).to_string()).unwrap().parts[0].digest.unwrap();
    assert_eq!(found(Origin::Config(digest)), [id(1)]);
    assert_eq!(found(Origin::Prompt(digest)), [id(2)]);
    assert_eq!(found(Origin::Digest(digest)), [id(1), id(2)]);
    assert_eq!(found(Origin::Model("gpt-4o".into())), [id(1), id(2), id(4)]);
    assert_eq!(found(Origin::Model("gpt-4o@2024-08-06".into())), [id(3)]);
    assert_eq!(found(Origin::Site("loan_desk::letters".into())), [id(4)]);
    let nobody = casebook.blast(&Origin::Site("loan".into()), &Options::default()).unwrap_err();
    assert_eq!(
        nobody.to_string(),
        r#"no decision here has the site "loan"; there are "loan_desk::letters::write", "loan_desk::underwrite""#
    );
    let nothing = Origin::Digest(testimony_record::digest::Digest::plain(b"no such thing"));
    let nothing = casebook.blast(&nothing, &Options::default());
    assert!(matches!(nothing, Err(NoBlast::NoObject(_))));
}

#[test]
fn the_answer_counts_sites_models_outcomes_and_subjects() {
    let found = of(
        vec![
            decision(1).subject("loan:1").text(Role::Prompt, "", POLICY).done(),
            decision(2).subject("loan:1").subject("loan:2").text(Role::Prompt, "", POLICY).done(),
            support::outcome(2, "overridden").done(),
            support::outcome(2, "executed").done(),
        ],
        &policy(),
    );
    let counts = &found.counts;
    assert_eq!((counts.by_site["loan_desk::underwrite"], counts.by_model["gpt-4o"]), (2, 2));
    assert_eq!((counts.by_outcome["overridden"], counts.by_outcome["executed"]), (1, 1));
    assert_eq!((counts.without_outcome, counts.by_status["ok"], counts.by_depth[&0]), (1, 2, 2));
    let subjects: Vec<_> =
        found.subjects.iter().map(|s| (s.subject.as_str(), s.decisions)).collect();
    assert_eq!(subjects, [("loan:1", 2), ("loan:2", 1)]);
}
