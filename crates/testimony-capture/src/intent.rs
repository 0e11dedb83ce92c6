//! Intents: what is known of a decision before its call is made, copied out of the draft, which goes on.

use std::time::SystemTime;

use testimony_record::Uuid;
use testimony_record::decision::Intent;
use testimony_record::label::Label;
use testimony_record::unsealed::{Event, Unsealed};

use crate::draft::{Contents, Draft, Site, micros};

/// An intent on its way.
#[derive(Debug)]
pub(crate) struct IntentDraft {
    id: Uuid,
    site: Site,
    operation: Option<Label>,
    provider: Option<Label>,
    model: Option<Label>,
    began: SystemTime,
    contents: Contents,
}

impl IntentDraft {
    pub(crate) fn of(draft: &Draft) -> Self {
        Self {
            id: draft.id,
            site: draft.site.clone(),
            operation: draft.operation.clone(),
            provider: draft.provider.clone(),
            model: draft.model.clone(),
            began: draft.began,
            contents: draft.contents.copy(),
        }
    }

    pub(crate) fn size(&self) -> usize {
        256 + self.contents.size()
    }

    pub(crate) fn unseal(self) -> Unsealed {
        let Self { id, site, operation, provider, model, began, contents } = self;
        let (site, began_us) = (site.label(), micros(began));
        let (parts, more) = (Vec::new(), None);
        let intent = Intent { id, site, operation, provider, model, began_us, parts, more };
        Unsealed { event: Event::Intent(intent), parts: contents.unseal() }
    }
}
