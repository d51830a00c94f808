//! `WebSub` §7: tells a hub which feeds have changed. What the hub does then is its own.

use std::time::Duration;

use url::Url;

use super::PublishError;

/// A hub answers at once, since it fetches later; what takes longer is down.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A hub to tell.
#[derive(Debug, Clone)]
pub struct Hub {
    url: Url,
    client: reqwest::Client,
}

impl Hub {
    /// The hub at `url`.
    pub fn new(url: Url) -> Result<Self, PublishError> {
        // One TLS provider in the process; a second call finds it installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build();
        let client = client.map_err(|error| failed(&url, &error))?;
        Ok(Self { url, client })
    }

    /// Says that `topics` have new content.
    pub async fn ping(&self, topics: &[String]) -> Result<(), PublishError> {
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form(topics));
        let answer = request.send().await.map_err(|error| failed(&self.url, &error))?;
        answer.error_for_status().map(|_| ()).map_err(|error| failed(&self.url, &error))
    }
}

fn form(topics: &[String]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.mode", "publish");
    for topic in topics {
        form.append_pair("hub.url", topic);
    }
    form.finish()
}

fn failed(url: &Url, error: &dyn std::fmt::Display) -> PublishError {
    PublishError::Hub { url: url.to_string(), reason: error.to_string() }
}
