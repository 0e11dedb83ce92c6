//! Who speaks: the OpenTelemetry resource of every exported span.

use opentelemetry::Key;
use opentelemetry_sdk::Resource;

/// What the SDK's detectors find; the operator's `service.name` goes before the code's.
pub(crate) fn resource(service: Option<&str>) -> Resource {
    named(Resource::builder().build(), service)
}

fn named(detected: Resource, service: Option<&str>) -> Resource {
    let name = detected.get(&Key::from_static_str("service.name"));
    // The SDK's stand-in where nobody named the service.
    let unknown = name.is_none_or(|name| name.as_str().starts_with("unknown_service"));
    let Some(service) = service.filter(|_| unknown) else { return detected };
    let detected = detected.iter().map(|(key, value)| (key.clone(), value.clone()));
    let detected = detected.map(|(key, value)| opentelemetry::KeyValue::new(key, value));
    Resource::builder_empty()
        .with_attributes(detected)
        .with_service_name(service.to_owned())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(resource: &Resource) -> String {
        resource.get(&Key::from_static_str("service.name")).unwrap().to_string()
    }

    #[test]
    fn the_operators_service_name_goes_before_the_codes() {
        let unknown = || Resource::builder_empty().with_service_name("unknown_service:x").build();
        let said = || Resource::builder_empty().with_service_name("by operator").build();
        assert_eq!(name_of(&named(unknown(), Some("by code"))), "by code");
        assert_eq!(name_of(&named(unknown(), None)), "unknown_service:x");
        assert_eq!(name_of(&named(said(), Some("by code"))), "by operator");
    }
}
