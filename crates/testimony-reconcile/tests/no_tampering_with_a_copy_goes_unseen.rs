//! Whatever is changed in a copy, in an attribute or beside one, reconciling it finds a difference.

mod support;

use std::sync::LazyLock;

use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use proptest::prelude::*;
use support::{Desk, exported, exported_with_content};
use testimony_otlp::mapping::Conventions;

/// A ledger, and its copies as each kind of exporter would send them.
static DESK: LazyLock<(Desk, [Vec<Span>; 3])> = LazyLock::new(|| {
    let desk = Desk::signed();
    let copies = [
        exported(&desk.ledger(), Conventions::V1_41),
        exported(&desk.ledger(), Conventions::Latest),
        exported_with_content(&desk.ledger()),
    ];
    (desk, copies)
});

#[derive(Debug, Clone)]
enum Tampering {
    /// Another text, number or list.
    Change(prop::sample::Index),
    /// One character of a text.
    Flip(prop::sample::Index, prop::sample::Index),
    Cut(prop::sample::Index),
    Remove(prop::sample::Index),
    Twice(prop::sample::Index),
    Add(&'static str),
    Name,
    Kind,
    Status,
    Start,
    End,
    SpanId,
    Parent,
}

fn tampering() -> impl Strategy<Value = Tampering> {
    use Tampering as T;
    let index = any::<prop::sample::Index>;
    prop_oneof![
        index().prop_map(T::Change),
        (index(), index()).prop_map(|(at, within)| T::Flip(at, within)),
        index().prop_map(T::Cut),
        index().prop_map(T::Remove),
        index().prop_map(T::Twice),
        prop::sample::select(vec![
            "testimony.made_up",
            "gen_ai.made_up",
            "testimony.entry.9",
            "error.type",
        ])
        .prop_map(T::Add),
        prop::sample::select(vec![
            T::Name,
            T::Kind,
            T::Status,
            T::Start,
            T::End,
            T::SpanId,
            T::Parent
        ]),
    ]
}

fn change(value: &mut AnyValue) {
    value.value = match value.value.take() {
        Some(any_value::Value::StringValue(text)) => {
            Some(any_value::Value::StringValue(format!("{text} ")))
        }
        Some(any_value::Value::IntValue(number)) => Some(any_value::Value::IntValue(number + 1)),
        Some(any_value::Value::DoubleValue(number)) => {
            Some(any_value::Value::DoubleValue(number + 1.0))
        }
        _ => Some(any_value::Value::BoolValue(true)),
    };
}

/// Says whether it changed anything.
fn tamper(span: &mut Span, tampering: &Tampering) -> bool {
    let attributes = &mut span.attributes;
    match tampering {
        Tampering::Change(at) => {
            let pair = at.index(attributes.len());
            change(attributes[pair].value.as_mut().unwrap());
        }
        Tampering::Flip(at, within) => {
            let pair = at.index(attributes.len());
            let value = attributes[pair].value.as_mut().unwrap();
            let Some(any_value::Value::StringValue(text)) = &mut value.value else { return false };
            if text.is_empty() {
                return false;
            }
            let at = within.index(text.chars().count());
            let flipped = |(here, c)| if here == at { if c == '7' { '8' } else { '7' } } else { c };
            *text = text.chars().enumerate().map(flipped).collect();
        }
        Tampering::Cut(at) => {
            let pair = at.index(attributes.len());
            let value = attributes[pair].value.as_mut().unwrap();
            let Some(any_value::Value::StringValue(text)) = &mut value.value else { return false };
            return text.pop().is_some();
        }
        Tampering::Remove(at) => drop(attributes.remove(at.index(attributes.len()))),
        Tampering::Twice(at) => {
            let mut pair = attributes[at.index(attributes.len())].clone();
            change(pair.value.as_mut().unwrap());
            attributes.push(pair);
        }
        Tampering::Add(name) => {
            let added = !attributes.iter().any(|pair| pair.key == *name);
            support::set(span, name, "made up");
            return added;
        }
        Tampering::Name => span.name.push('!'),
        Tampering::Kind => span.kind = span.kind % 5 + 1,
        Tampering::Status => {
            span.status = Some(Status { code: 1, message: "made up".to_owned() });
        }
        Tampering::Start => span.start_time_unix_nano += 1,
        Tampering::End => span.end_time_unix_nano += 1,
        Tampering::SpanId => span.span_id[7] ^= 1,
        Tampering::Parent => span.parent_span_id = vec![7; 8],
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reconciling_finds_it(
        which in 0..3_usize,
        at in any::<prop::sample::Index>(),
        tampering in tampering(),
    ) {
        let (desk, copies) = &*DESK;
        let mut spans = copies[which].clone();
        let victim = at.index(spans.len());
        if !tamper(&mut spans[victim], &tampering) {
            return Ok(());
        }
        let report = desk.reconcile(&spans);
        prop_assert!(!report.same() || !report.could_compare(), "{tampering:?} of entry {victim}: {:?}", spans[victim]);
    }
}

#[test]
fn before_any_tampering_all_are_the_same() {
    let (desk, copies) = &*DESK;
    for spans in copies {
        let report = desk.reconcile(spans);
        assert!(report.same() && report.could_compare(), "{report:?}");
    }
}
