//! `Casebook::why`: decisions as a story, in which each chapter goes on from the ones before.

mod support;

use support::{carry_over, decision, id, loan_1234, write, write_another};
use testimony_forensics::{About, Casebook, Chapter, Content, Continues, Messages, NotFound};
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

fn opened(events: Vec<Unsealed>) -> (tempfile::TempDir, Casebook) {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), events);
    let casebook = Casebook::open(dir.path()).unwrap();
    (dir, casebook)
}

fn asked(chapter: &Chapter) -> (Option<Continues>, Vec<String>) {
    let Content::Messages(Messages { continues, messages }) = &chapter.asked[0].content else {
        panic!("not a list of messages: {:?}", chapter.asked)
    };
    let texts =
        messages.iter().flat_map(|message| &message.parts).map(|part| match &part.content {
            Content::Text { text, .. } => text.clone(),
            other => format!("{other:?}"),
        });
    (*continues, texts.collect())
}

#[test]
fn a_subjects_story_has_a_chapter_for_each_decision_with_broken_rules_first() {
    let (_dir, casebook) = opened(loan_1234());
    let story = casebook.why("loan:1234").unwrap();
    assert_eq!(story.about, About::Subject("loan:1234".to_owned()));
    let [score, refusal] = story.chapters.as_slice() else { panic!("two chapters") };
    assert_eq!((score.id, refusal.id), (id(1), id(2)));
    let rules: Vec<_> = refusal.constraints.iter().map(|part| part.held).collect();
    assert_eq!(rules, [Some(false), Some(true)]);
    assert_eq!((refusal.why.len(), refusal.decided.len(), refusal.outcomes.len()), (1, 1, 1));
    assert_eq!((refusal.bearings.causes.len(), refusal.bearings.children.len()), (1, 1));
}

#[test]
fn an_id_gets_the_story_of_that_decision_alone_and_in_full() {
    let talk = [("system", "Be kind."), ("user", "Well?")];
    let calls =
        [1, 2].map(|n| decision(n).subject("talk").messages(Role::Prompt, &talk).done()).to_vec();
    let (_dir, casebook) = opened(calls);
    let story = casebook.why("0198c1d2-5a72").unwrap();
    assert_eq!(story.about, About::Decision(id(2)));
    let (continues, texts) = asked(&story.chapters[0]);
    assert_eq!((continues, texts.len()), (None, 2));
}

#[test]
fn a_chapter_goes_on_after_the_list_of_an_earlier_one_and_its_answer() {
    let talk =
        [("system", "Be kind."), ("user", "Well?"), ("assistant", "Yes."), ("user", "Sure?")];
    let first = decision(1)
        .subject("talk")
        .messages(Role::Prompt, &talk[..2])
        .messages(Role::Decision, &talk[2..3]);
    let second = decision(2).subject("talk").messages(Role::Prompt, &talk);
    let (_dir, casebook) = opened(vec![first.done(), second.done()]);
    let story = casebook.why("talk").unwrap();
    assert_eq!(asked(&story.chapters[0]).1, ["Be kind.", "Well?"]);
    let (continues, texts) = asked(&story.chapters[1]);
    let expected = Continues { decision: id(1), messages: 2, left_out: 0, answer: 1 };
    assert_eq!((continues, texts), (Some(expected), vec!["Sure?".to_owned()]));
}

#[test]
fn what_was_dropped_from_the_models_memory_is_not_passed_over() {
    let long = [("system", "Be kind."), ("user", "I am allergic."), ("user", "Hungry.")];
    let short = [("system", "Be kind."), ("user", "Hungry.")];
    let calls = [
        decision(1).subject("talk").messages(Role::Prompt, &long),
        decision(2).subject("talk").messages(Role::Prompt, &short),
    ];
    let (_dir, casebook) = opened(calls.map(support::Draft::done).to_vec());
    let (continues, texts) = asked(&casebook.why("talk").unwrap().chapters[1]);
    let expected = Continues { decision: id(1), messages: 1, left_out: 2, answer: 0 };
    assert_eq!((continues, texts), (Some(expected), vec!["Hungry.".to_owned()]));
}

#[test]
fn branches_that_share_a_subject_each_go_on_from_their_own_beginning() {
    let left = [("system", "Be kind."), ("user", "left"), ("user", "left again")];
    let right = [("system", "Be kind."), ("user", "right"), ("user", "right again")];
    let calls = [
        decision(1).subject("talk").messages(Role::Prompt, &left[..2]),
        decision(2).subject("talk").messages(Role::Prompt, &right[..2]),
        decision(3).subject("talk").messages(Role::Prompt, &left),
        decision(4).subject("talk").messages(Role::Prompt, &right),
    ];
    let (_dir, casebook) = opened(calls.map(support::Draft::done).to_vec());
    let story = casebook.why("talk").unwrap();
    let from: Vec<_> = story.chapters.iter().map(|c| asked(c).0.map(|c| c.decision)).collect();
    assert_eq!(from, [None, Some(id(1)), Some(id(1)), Some(id(2))]);
    assert_eq!(asked(&story.chapters[3]).1, ["right again"]);
}

#[test]
fn a_long_document_is_told_once_and_a_short_one_as_often_as_it_was_given() {
    let document = "The policy. ".repeat(30);
    let call = |n| {
        decision(n)
            .subject("talk")
            .text(Role::Context, "policy", &document)
            .text(Role::Context, "region", "EU")
            .text(Role::Decision, "", &document)
            .done()
    };
    let (_dir, casebook) = opened(vec![call(1), call(2)]);
    let second = &casebook.why("talk").unwrap().chapters[1];
    let bytes = document.len();
    assert_eq!(second.given[0].content, Content::Told { decision: id(1), bytes });
    assert!(matches!(second.given[1].content, Content::Text { .. }));
    assert!(
        matches!(second.decided[0].content, Content::Text { .. }),
        "decisions are told in full"
    );
}

#[test]
fn a_subject_is_found_under_every_digest_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    write(dir.path(), vec![decision(1).subject("loan:1234").done()]);
    write_another(other.path(), vec![decision(2).subject("loan:1234").done()]);
    carry_over(other.path(), dir.path());
    let casebook = Casebook::open(dir.path()).unwrap();
    assert_eq!(casebook.why("loan:1234").unwrap().chapters.len(), 2);
}

#[test]
fn an_unknown_subject_is_answered_with_similar_ones() {
    let (_dir, casebook) = opened(loan_1234());
    let error = casebook.why("loan:1243").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"loan:1243\" is no subject here, no trace, nor the beginning of a decision's id, and no outcome or decision says it; similar subjects: \"loan:1234\""
    );
    assert!(
        matches!(casebook.why("1234"), Err(NotFound::Subject { near, .. }) if near == ["loan:1234"])
    );
    assert!(
        matches!(casebook.why("zebra"), Err(NotFound::Subject { near, .. }) if near.is_empty())
    );
}

#[test]
fn nobody_hides_a_decision_behind_a_subject_that_is_spelt_like_its_id() {
    let mask = id(1).to_string();
    let calls = vec![decision(1).done(), decision(2).subject(&mask).done()];
    let (_dir, casebook) = opened(calls);
    assert_eq!(casebook.why(&mask).unwrap().about, About::Decision(id(1)));
}
