//! The texts of keys: one spelling each, in which no byte is free.

use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::label::Label;
use testimony_record::tlog::{BadKey, SigningKey, VerifierKey, WitnessKey};

fn name() -> impl Strategy<Value = String> {
    "[^\\s\\p{Cc}+]{1,40}"
}

/// Every text that differs from `text` in one byte and is still UTF-8.
fn damaged(text: &str) -> impl Iterator<Item = String> {
    (0..text.len()).flat_map(move |at| {
        (0..=u8::MAX).filter_map(move |byte| {
            let mut bytes = text.as_bytes().to_vec();
            (bytes[at] != byte).then(|| bytes[at] = byte)?;
            String::from_utf8(bytes).ok()
        })
    })
}

fn refuses_every_damage<K: std::str::FromStr>(text: &str) {
    assert!(text.parse::<K>().is_ok(), "{text}");
    let mut refused = 0;
    for damaged in damaged(text) {
        assert!(damaged.parse::<K>().is_err(), "{damaged:?} was taken for {text}");
        refused += 1;
    }
    println!("key of {} bytes: {refused} damages of one byte refused", text.len());
    for (text, what) in [
        (format!("{text}\n"), "a newline behind"),
        (format!(" {text}"), "a space before"),
        (text[..text.len() - 1].to_owned(), "a byte less"),
        (text.replacen('+', "++", 1), "another plus"),
        (String::new(), "nothing"),
    ] {
        assert!(text.parse::<K>().is_err(), "{what}");
    }
}

#[test]
fn one_changed_byte_makes_a_key_unreadable() {
    let key = SigningKey::from_seed("loans.example", [1; 32]).unwrap();
    refuses_every_damage::<VerifierKey>(&key.verifier_key().to_string());
    refuses_every_damage::<WitnessKey>(&key.witness_key().to_string());
}

/// A damaged seed is another key, whose id another one.
#[test]
fn one_changed_byte_makes_a_secret_key_unreadable() {
    let key = SigningKey::from_seed("é.example", [1; 32]).unwrap();
    refuses_every_damage::<SigningKey>(&key.secret_text());
}

#[test]
fn an_id_in_upper_case_is_another_spelling() {
    let key = SigningKey::from_seed("loans.example", [1; 32]).unwrap().verifier_key().to_string();
    let fields: Vec<&str> = key.splitn(3, '+').collect();
    let upper = format!("{}+{}+{}", fields[0], fields[1].to_uppercase(), fields[2]);
    assert_ne!(upper, key);
    assert_eq!(upper.parse::<VerifierKey>(), Err(BadKey::Id));
}

#[test]
fn a_key_is_never_printed_by_its_debug_form() {
    let key = SigningKey::from_seed("loans.example", [0x5a; 32]).unwrap();
    let secret = key.secret_text();
    let secret = secret.rsplit('+').next().unwrap();
    let debug = format!("{key:?} {key:#?}");
    assert!(!debug.contains(secret) && !debug.contains("5a5a") && !debug.contains("90, 90"));
}

#[test]
fn the_longest_name_with_a_stream_behind_it_fits_a_label() {
    let longest = "n".repeat(SigningKey::MAX_NAME_BYTES);
    let key = SigningKey::from_seed(&longest, [1; 32]).unwrap().verifier_key();
    let text = key.for_stream(Uuid::max()).to_string();
    assert_eq!(Label::new(text.clone()).as_str(), text);
    let longer = "n".repeat(SigningKey::MAX_NAME_BYTES + 1);
    assert_eq!(SigningKey::from_seed(&longer, [1; 32]).unwrap_err(), BadKey::Name);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_are_read_back_as_they_were_written(name in name(), seed in any::<[u8; 32]>()) {
        let key = SigningKey::from_seed(&name, seed).unwrap();
        let again: SigningKey = key.secret_text().parse().unwrap();
        prop_assert_eq!(again.secret_text(), key.secret_text());
        let public = key.verifier_key();
        prop_assert_eq!(public.to_string().parse(), Ok(public));
        let witness = key.witness_key();
        prop_assert_eq!(witness.to_string().parse(), Ok(witness));
    }

    #[test]
    fn a_name_with_a_space_a_plus_or_a_control_character_is_refused(
        before in name(),
        bad in "[\\s\\p{Cc}+]",
        after in name(),
    ) {
        let name = format!("{before}{bad}{after}");
        prop_assert_eq!(SigningKey::from_seed(&name, [1; 32]).unwrap_err(), BadKey::Name);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in ".{0,80}") {
        let _keys = (text.parse::<VerifierKey>(), text.parse::<WitnessKey>(), text.parse::<SigningKey>());
    }
}
