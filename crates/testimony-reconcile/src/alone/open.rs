//! What copies by themselves leave open.

use testimony_record::verify::Trust;

use super::report::{AloneReport, CopiesReport, OpenQuestion};

pub(super) fn questions(report: &AloneReport, trust: &Trust) -> Vec<OpenQuestion> {
    let mut open: Vec<OpenQuestion> =
        report.streams.iter().flat_map(|stream| of_stream(stream, trust)).collect();
    let sum = |of: fn(&CopiesReport) -> u64| report.streams.iter().map(of).sum::<u64>();
    let copies = sum(|stream| stream.with_content);
    open.extend((copies > 0).then_some(OpenQuestion::ContentInCopies { copies }));
    let copies = sum(|stream| stream.entry_only);
    open.extend((copies > 0).then_some(OpenQuestion::UnknownMapping { copies }));
    let parts = report.unreadable_in_all;
    open.extend((parts > 0).then_some(OpenQuestion::Unreadable { parts }));
    open.extend([OpenQuestion::Contents, OpenQuestion::NeverExported, OpenQuestion::Truthfulness]);
    open
}

fn of_stream(report: &CopiesReport, trust: &Trust) -> Vec<OpenQuestion> {
    let (stream, chained) = (report.stream, report.chained);
    let mut open = Vec::new();
    let entries = report.before_the_first;
    open.extend((entries > 0).then_some(OpenQuestion::BeforeTheFirst { stream, entries }));
    open.extend(
        (chained < report.entries).then_some(OpenQuestion::BehindAHole { stream, chained }),
    );
    let out = report.heads_out_of_reach.iter();
    open.extend(out.map(|&size| OpenQuestion::HeadOutOfReach { stream, size }));
    let vouched = report.remembered.is_some() || report.signing.witnessed.is_some();
    open.extend((!vouched).then_some(OpenQuestion::NoHead(stream)));
    if let Some(signed) = report.signing.signed {
        open.extend((!trust.names_keys()).then_some(OpenQuestion::KeyNotGiven(stream)));
        let entries = chained.saturating_sub(signed.size);
        open.extend((entries > 0).then_some(OpenQuestion::AfterSignature { stream, entries }));
    }
    open.extend((!report.closed).then_some(OpenQuestion::NotClosed(stream)));
    open
}
