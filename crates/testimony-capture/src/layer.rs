//! The `tracing` layer. It opens a decision for each span that the macros or a `GenAI` library make, keeps track of which
//! one is current on each thread, and ends those of libraries when their span closes.
//!
//! It never holds a strong reference to the subscriber, never emits a span or event of its own, and does nothing for
//! spans outside decisions but ask whether there is one.

use std::fmt;
use std::sync::Arc;

use testimony_record::decision::Status;
use tracing::Subscriber;
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::current;
use crate::draft::Site;
use crate::ear::{Blindness, Ear, Settings};
use crate::ending::Ending;
use crate::genai::{self, Listen};
use crate::open::Open;
use crate::recorder::Recorder;
use crate::sink::Sink;

/// The field by which a decision's span is known; the macros put it there.
const MARK: &str = "testimony.decision";

/// Hears decisions and hands them to a [`Sink`].
#[derive(Clone)]
pub struct Layer {
    ear: Arc<Ear>,
}

/// What the layer keeps in a span's extensions.
struct Held {
    open: Arc<Open>,
    /// Whose span it is: a library's own, whose fields are listened to; or a span inside a decision, or a macro's.
    library: bool,
}

impl Layer {
    /// Makes a layer that hands to `sink` what it hears.
    #[must_use]
    pub fn new(sink: impl Sink, settings: Settings) -> Self {
        Self { ear: Ear::new(sink, settings) }
    }

    /// What could not be recorded.
    #[must_use]
    pub fn blindness(&self) -> Blindness {
        self.ear.blindness()
    }

    /// A recorder for decisions that are stated by hand; they go where the layer's go.
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        Recorder::new(self.ear())
    }

    pub(crate) fn ear(&self) -> Arc<Ear> {
        Arc::clone(&self.ear)
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let fields = attributes.metadata().fields();
        let ours = fields.field(MARK).is_some();
        let library = !ours && self.ear.settings.library_spans && genai::recognises(fields);
        let parent = enclosing(attributes, &context);
        let held = if ours || library {
            let site = Site::Span(attributes.metadata());
            let mut draft = self.ear.draft(site, parent.as_deref());
            if library {
                attributes.record(&mut Listen(&mut draft));
            }
            let open = Open::new(&self.ear, draft);
            if ours {
                current::set_begun(Arc::clone(&open));
            }
            Held { open, library }
        } else {
            let Some(open) = parent else { return };
            Held { open, library: false }
        };
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(held);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(Held { open, library: true }) = span.extensions().get::<Held>() {
            open.with(|draft| values.record(&mut Listen(draft)));
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let held =
            span.extensions().get::<Held>().map(|held| (Arc::clone(&held.open), held.library));
        let Some((open, library)) = held else { return };
        if library {
            open.find_own_span();
        }
        current::enter(id, open);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        current::exit(id);
        // A layer that traces and stands outside this one activates the span after `on_enter`, and still has it active here.
        let library = context.span(id).and_then(|span| {
            let extensions = span.extensions();
            let held = extensions.get::<Held>().filter(|held| held.library)?;
            Some(Arc::clone(&held.open))
        });
        if let Some(open) = library {
            open.find_own_span();
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let held = context.span(&id).and_then(|span| span.extensions_mut().remove::<Held>());
        if let Some(Held { open, library: true }) = held {
            let status = open.with(genai::conclude).unwrap_or(Status::Ok);
            open.end(Ending::of(if std::thread::panicking() { Status::Panicked } else { status }));
        }
    }
}

/// The decision inside which a span is made.
fn enclosing<S>(attributes: &Attributes<'_>, context: &Context<'_, S>) -> Option<Arc<Open>>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    if attributes.is_contextual() {
        return current::innermost();
    }
    let span = context.span(attributes.parent()?)?;
    let open = span.extensions().get::<Held>().map(|held| Arc::clone(&held.open));
    open.filter(|open| !open.has_ended())
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("settings", &self.ear.settings).finish_non_exhaustive()
    }
}
