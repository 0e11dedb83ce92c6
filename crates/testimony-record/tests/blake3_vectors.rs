//! BLAKE3 as our digests use it, against the vectors of its authors.

mod common;

use serde_json::Value;
use testimony_record::digest::{Digest, Salt};

struct Case {
    input: Vec<u8>,
    outputs: Value,
}

impl Case {
    fn output(&self, mode: &str) -> &str {
        self.outputs[mode].as_str().unwrap()
    }
}

/// Key, context and cases of the vectors.
fn vectors() -> Option<([u8; 32], String, Vec<Case>)> {
    let vectors: Value =
        serde_json::from_str(&common::shared("blake3/test_vectors.json")?).unwrap();
    let key = vectors["key"].as_str().unwrap().as_bytes().try_into().unwrap();
    let context = vectors["context_string"].as_str().unwrap().to_owned();
    let case = |outputs: &Value| {
        let len = outputs["input_len"].as_u64().unwrap();
        let input = (0..=250).cycle().take(usize::try_from(len).unwrap()).collect();
        Case { input, outputs: outputs.clone() }
    };
    let cases = vectors["cases"].as_array().unwrap().iter().map(case).collect();
    Some((key, context, cases))
}

#[test]
fn plain_digests_are_the_first_32_bytes_of_the_vectors() {
    let Some((_, _, cases)) = vectors() else { return };
    for case in &cases {
        let digest = Digest::plain(&case.input).to_string();
        assert_eq!(digest, case.output("hash")[..64], "{} bytes", case.input.len());
    }
    assert_eq!(cases.len(), 35);
    println!("blake3: {} vectors of the plain mode", cases.len());
}

#[test]
fn all_131_bytes_of_each_mode_are_those_of_the_vectors() {
    let Some((key, context, cases)) = vectors() else { return };
    for case in &cases {
        let modes = [
            ("hash", blake3::Hasher::new()),
            ("keyed_hash", blake3::Hasher::new_keyed(&key)),
            ("derive_key", blake3::Hasher::new_derive_key(&context)),
        ];
        for (mode, mut hasher) in modes {
            let mut output = [0; 131];
            hasher.update(&case.input).finalize_xof().fill(&mut output);
            assert_eq!(
                hex::encode(output),
                case.output(mode),
                "{mode}, {} bytes",
                case.input.len()
            );
        }
    }
    println!("blake3: {} vectors of three modes", cases.len());
}

/// With [`all_131_bytes_of_each_mode_are_those_of_the_vectors`]: our digests are those modes under our contexts.
#[test]
fn digests_of_entries_nodes_and_blobs_are_made_of_those_modes() {
    let Some((_, _, cases)) = vectors() else { return };
    for Case { input, .. } in &cases {
        let derived = |context| Digest::from_bytes(blake3::derive_key(context, input));
        assert_eq!(Digest::of_entry(input), derived("testimony v1 entry"));
        assert_eq!(Digest::of_node(input), derived("testimony v1 node"));

        let key = blake3::derive_key("testimony v1 blob", &[7; 16]);
        let length = (input.len() as u64).to_le_bytes();
        let material =
            [b"\x0atext/plain", length.as_slice(), blake3::hash(input).as_bytes()].concat();
        let blob = Digest::from_bytes(*blake3::keyed_hash(&key, &material).as_bytes());
        assert_eq!(Digest::of_blob(&Salt::from_bytes([7; 16]), "text/plain", input), blob);
    }
    println!("blake3: {} inputs under our three contexts", cases.len());
}
