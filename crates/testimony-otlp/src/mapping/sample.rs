//! Entries and spans for tests.

use opentelemetry_sdk::trace::SpanData;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Response, Status, TraceContext, Usage};
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry, FORMAT};

use super::{Mapper, Sealed};

pub(crate) const STREAM: Uuid = Uuid::from_u128(0x0198_c1d2_5a7e_7000_8000_0123_4567_89ab);
pub(crate) const ID: Uuid = Uuid::from_u128(0x0198_c1d2_5a80_7001_9002_abcd_ef01_2345);

/// A decision with everything that an entry can say of it, but parts.
pub(crate) fn full() -> Decision {
    Decision {
        operation: Some("chat".into()),
        provider: Some("openai".into()),
        model: Some("gpt-4o".into()),
        response: Some(Response {
            id: Some("resp-1".into()),
            model: Some("gpt-4o-2024-11-20".into()),
            finish_reasons: vec!["stop".into()],
        }),
        took_us: Some(1_500_000),
        usage: Some(Usage {
            input: Some(900),
            output: Some(120),
            cache_read: Some(400),
            cache_creation: Some(0),
            reasoning: Some(60),
        }),
        trace: Some(TraceContext { trace_id: [0xa1; 16], span_id: [0xb2; 8], own: false }),
        ..bare()
    }
}

/// A decision of which only the call site is known.
pub(crate) fn bare() -> Decision {
    Decision {
        id: ID,
        parent: None,
        causes: vec![],
        site: "loan_desk::underwrite".into(),
        operation: None,
        provider: None,
        model: None,
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 1_767_225_600_000_000,
        took_us: None,
        usage: None,
        trace: None,
        parts: vec![],
        more: None,
    }
}

pub(crate) fn sealed(decision: Decision) -> Sealed {
    sealed_body(Body::Decision(Box::new(decision)))
}

pub(crate) fn sealed_body(body: Body) -> Sealed {
    let entry = Entry {
        v: FORMAT,
        stream: STREAM,
        seq: 7,
        prev: Digest::plain(b"the entry before"),
        time_us: 1_767_225_602_000_000,
        body,
    };
    Sealed::read(entry.encode()).unwrap()
}

pub(crate) fn span_data() -> SpanData {
    Mapper::default().span(&sealed(full()), None)
}
