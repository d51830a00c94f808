//! Writing and signing a mail, without sending it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use pressroom::domain::{Delivery, EmailAddress};

use crate::press::{FILE, configuration, message, open, runtime};
use crate::stand::cpu;
use crate::{ROUNDS, middle};

/// Milliseconds of CPU that writing and signing a mail takes, by kind of key.
pub fn signing(directory: &Path) {
    let config = configuration(directory, 1, 1, FILE);
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-out"])
        .arg(directory.join("rsa.pem"))
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    let text = fs::read_to_string(&config).unwrap();
    let line = ", dkim = [{ selector = \"s1\", key_file = \"key.pem\" }]";
    let mut bare = 0.0;
    for (name, keys) in [
        ("unsigned", String::new()),
        ("Ed25519", line.to_owned()),
        ("RSA-2048", line.replace("key.pem", "rsa.pem")),
    ] {
        fs::write(&config, text.replace(line, &keys)).unwrap();
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(runtime().block_on(writing(&config)));
        }
        let each = middle(rounds);
        bare = if name == "unsigned" { each } else { bare };
        println!(
            "writing a mail, {name}: {each:.3} ms of CPU, of which the signature {:.3}",
            each - bare
        );
    }
    println!("OpenSSL signs by RSA-2048 in {:.3} ms", openssl());
}

/// Milliseconds that OpenSSL takes for an RSA-2048 signature on this machine now.
fn openssl() -> f64 {
    let output = Command::new("openssl").args(["speed", "-seconds", "2", "rsa2048"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("rsa")).unwrap();
    line.split_whitespace().find_map(|word| word.strip_suffix('s')?.parse::<f64>().ok()).unwrap()
        * 1000.0
}

async fn writing(config: &str) -> f64 {
    let app = open(config).await;
    let context = app.context();
    let (message, now) = (message(), context.clock.now());
    let to = EmailAddress::new("reader@example.org").unwrap();
    let delivery = Delivery::new(message.id, to, now, context.mailer.domain());
    let (before, count) = (cpu().own, 1000);
    let stencil = context.mailer.stencil(&message);
    for _ in 0..count {
        context.mailer.compose(&stencil, &delivery, "token", now).unwrap();
    }
    let each = (cpu().own - before) * 1000.0 / f64::from(count);
    app.close().await;
    each
}
