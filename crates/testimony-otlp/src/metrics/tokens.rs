//! How many tokens calls take, as either version of the conventions measures it.

use opentelemetry::metrics::{Counter, Histogram, Meter};

use super::call::Call;
use crate::mapping::{Conventions, names};

/// The bounds that the conventions give histograms of tokens.
const BOUNDS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

pub(super) enum Tokens {
    V1_41(Histogram<u64>),
    Latest(Box<Latest>),
}

/// Counters for sums, and histograms for the two that matter of each call.
pub(super) struct Latest {
    usage: [Counter<u64>; 5],
    of_each: [Histogram<u64>; 2],
}

impl Tokens {
    pub(super) fn new(meter: &Meter, conventions: Conventions) -> Self {
        let histogram = |name| {
            let builder = meter.u64_histogram(name).with_unit("{token}");
            builder.with_boundaries(BOUNDS.to_vec()).build()
        };
        let counter = |name| meter.u64_counter(name).with_unit("{token}").build();
        match conventions {
            Conventions::V1_41 => Self::V1_41(histogram(names::TOKEN_USAGE)),
            Conventions::Latest => Self::Latest(Box::new(Latest {
                usage: [
                    names::USAGE_INPUT,
                    names::USAGE_OUTPUT,
                    names::USAGE_CACHE_READ,
                    names::USAGE_CACHE_WRITE,
                    names::USAGE_REASONING,
                ]
                .map(counter),
                of_each: [names::OPERATION_INPUT, names::OPERATION_OUTPUT].map(histogram),
            })),
        }
    }

    /// What an entry does not say is not measured, rather than as zero.
    pub(super) fn decided(&self, call: &Call) {
        match self {
            Self::V1_41(histogram) => {
                let sides = [(call.usage.input, "input"), (call.usage.output, "output")];
                for (tokens, side) in sides {
                    if let Some(tokens) = tokens {
                        histogram.record(tokens, &call.and(names::TOKEN_TYPE, side));
                    }
                }
            }
            Self::Latest(latest) if call.is_inference() => latest.decided(call),
            Self::Latest(_) => {}
        }
    }
}

impl Latest {
    fn decided(&self, call: &Call) {
        let usage = &call.usage;
        let counted =
            [usage.input, usage.output, usage.cache_read, usage.cache_creation, usage.reasoning];
        let attributes = call.and(names::TOKEN_MODALITY, "unknown");
        for (counter, tokens) in self.usage.iter().zip(counted) {
            if let Some(tokens) = tokens {
                counter.add(tokens, &attributes);
            }
        }
        for (histogram, tokens) in self.of_each.iter().zip(counted) {
            if let Some(tokens) = tokens {
                histogram.record(tokens, &call.attributes);
            }
        }
    }
}
