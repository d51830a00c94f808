//! DKIM signatures under keys made by openssl, verified by dkimpy, which shares no line with what signs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::world::{World, page, prose, stderr, tool_is_missing};

/// Prints what dkimpy says of each signature: of the mail, with another subject put on top, with a word more at its end, and
/// carried over by a relay that folds and pads as relaxed canonicalization allows.
const DKIMPY: &str = r#"
import dkim, json, nacl, sys
keys = json.loads(sys.argv[1])
mail = open(sys.argv[2], "rb").read()
def dns(name, timeout=5):
    return keys.get((name.decode() if isinstance(name, bytes) else name).rstrip("."))
def verify(mail):
    count = sum(name.lower() == b"dkim-signature" for name, _ in dkim.rfc822_parse(mail)[0])
    def one(index):
        try:
            return dkim.DKIM(mail).verify(idx=index, dnsfunc=dns)
        except Exception as error: # by dkim's own, or by nacl's for a key of another kind
            return str(error)
    return [one(index) for index in range(count)]
print(json.dumps({
    "whole": verify(mail),
    "subject": verify(b"Subject: Another\r\n" + mail),
    "unsubscribe": verify(b"List-Unsubscribe: <https://evil.example/>\r\n" + mail),
    "body": verify(mail + b"more\r\n"),
    "carried": verify(mail.replace(b"\r\nSubject: ", b"\r\nSubject:  \t") + b"\r\n\r\n")}))
"#;

/// A key made by openssl in `file`, and what DNS says of it; `None` where there is no openssl.
fn key(file: &Path, algorithm: &[&str], kind: &str) -> Option<String> {
    let made =
        Command::new("openssl").arg("genpkey").args(algorithm).arg("-out").arg(file).output();
    let made = made.inspect_err(|error| tool_is_missing("openssl", error)).ok()?;
    assert!(made.status.success(), "{}", stderr(&made));
    let public = Command::new("openssl")
        .args(["pkey", "-pubout", "-outform", "DER", "-in"])
        .arg(file)
        .output()
        .unwrap()
        .stdout;
    // RFC 8463 §4: of an Ed25519 key the 32 bytes alone.
    let public = if kind == "ed25519" { &public[public.len() - 32..] } else { &public };
    Some(format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(public)))
}

/// What dkimpy says; Debian's python3 has it.
pub fn dkimpy(keys: &BTreeMap<String, String>, mail: &Path) -> Option<Value> {
    let keys = serde_json::to_string(keys).unwrap();
    let output =
        Command::new("/usr/bin/python3").args(["-c", DKIMPY, &keys]).arg(mail).output().ok()?;
    if !output.status.success() {
        tool_is_missing("dkimpy", &stderr(&output));
        return None;
    }
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Configuration with a key of each kind.
pub const KEYS: &str = "[[mail.dkim]]\nselector = \"press1\"\nkey_file = \"press1.pem\"\n\
    [[mail.dkim]]\nselector = \"press2\"\nkey_file = \"press2.pem\"\n";

/// The two keys, made in `world`, and what DNS says of them.
pub fn keys(world: &World) -> Option<BTreeMap<String, String>> {
    let rsa = ["-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"];
    let mut keys = BTreeMap::new();
    for (name, algorithm, kind) in
        [("press1", &rsa[..], "rsa"), ("press2", &["-algorithm", "ed25519"][..], "ed25519")]
    {
        let record = key(&world.path(&format!("{name}.pem")), algorithm, kind)?;
        keys.insert(format!("{name}._domainkey.press.example"), record);
    }
    Some(keys)
}

#[tokio::test]
async fn both_signatures_hold_and_break_when_anything_signed_changes() {
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("bridge.html", page("新的大桥今天通车", &prose("bridge 大桥")))
        .with(KEYS);
    let Some(keys) = keys(&world) else { return };
    world.pass().await;
    let mail = world.mails().remove(0);
    let path = world.path("signed.eml");
    std::fs::write(&path, &mail).unwrap();
    let Some(said) = dkimpy(&keys, &path) else { return };
    assert_eq!(said["whole"], serde_json::json!([true, true]), "{said}");
    assert_eq!(said["carried"], serde_json::json!([true, true]), "{said}");
    for changed in ["subject", "unsubscribe", "body"] {
        let signatures = said[changed].as_array().unwrap();
        assert!(signatures.len() == 2 && signatures.iter().all(|one| *one != true), "{said}");
    }
    let other = keys.values().rev().cloned();
    let swapped = keys.keys().cloned().zip(other).collect();
    let said = dkimpy(&swapped, &path).unwrap();
    assert!(said["whole"].as_array().unwrap().iter().all(|one| *one != true), "{said}");
}
