//! One mail to be sent, before anybody in particular receives it.

use serde::{Deserialize, Serialize};

use super::{EditionId, Language, MessageId};

/// Why a Message exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// An Edition of a Digest.
    Edition(EditionId),
    /// Asks a new Subscriber to confirm.
    Confirmation,
    /// Tells the operator something.
    Notice,
    /// A try-out to the operator.
    Test,
}

/// Stands in [`Message::text`] and [`Message::html`] wherever the reader's own token belongs (a link to the subscription, say),
/// and is replaced when the mail is written. Texts of others never hold it: control characters are taken out on their way in.
pub const READER_TOKEN: &str = "\u{1a}";

/// One mail to be sent; the same words go to each of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Derived from what makes it unique.
    pub id: MessageId,
    /// Why it exists.
    pub kind: MessageKind,
    /// Subject line; one line without control characters.
    pub subject: String,
    /// Language of the body.
    pub language: Language,
    /// Plain-text part.
    pub text: String,
    /// HTML part.
    pub html: String,
    /// Machine name of the list it belongs to (List-Id, RFC 2919): the digest's name.
    pub list: Option<String>,
}

impl Message {
    /// The id of the Message that carries an Edition to readers who share a `combination` of choices.
    pub fn id_of_edition(edition: EditionId, combination: &str) -> MessageId {
        MessageId::derive(&["edition", &edition.to_string(), combination])
    }
}
