//! `[admin]`: who may sit down at the desk.

use std::net::IpAddr;

use super::super::Admin;
use super::super::raw::{RawAdmin, Text};
use super::Check;
use crate::domain::PasswordHash;

impl Check<'_> {
    pub(super) fn admin(&mut self, raw: &RawAdmin) -> Admin {
        Admin { password: self.password_hash(raw), proxy: self.door_keeper(raw) }
    }

    fn password_hash(&mut self, raw: &RawAdmin) -> Option<PasswordHash> {
        let file = raw.password_hash_file.as_ref();
        if let Some(text) = &raw.password_hash {
            if let Some(file) = file {
                let message = "admin.password_hash stands here already; leave one of the two out";
                self.problem(file.span(), message);
            }
            return self.parsed(text, "admin.password_hash", PasswordHash::parse);
        }
        let directory = self.directory.clone();
        self.parsed(file?, "admin.password_hash_file", |path| {
            let read = std::fs::read_to_string(directory.join(path));
            PasswordHash::parse(read.map_err(|error| error.to_string())?.trim())
        })
    }

    /// A header is worth as much as the addresses that it is believed from.
    fn door_keeper(&mut self, raw: &RawAdmin) -> Option<(String, Vec<IpAddr>)> {
        let from = self.proxies(&raw.proxy_from, "admin.proxy_from");
        let header = raw.proxy_header.as_ref()?;
        if raw.proxy_from.is_empty() {
            let message =
                "admin.proxy_header needs proxy_from beside it: anybody can send a header";
            self.problem(header.span(), message);
        }
        Some((self.header_name(header)?, from))
    }

    fn header_name(&mut self, text: &Text) -> Option<String> {
        let is_sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        self.parsed(text, "admin.proxy_header", |name| {
            let fits = !name.is_empty() && name.bytes().all(is_sign);
            if fits {
                Ok(name.to_ascii_lowercase())
            } else {
                Err("expected the name of a header such as X-Forwarded-User".into())
            }
        })
    }
}
