//! The nouns of pressroom and their rules. No I/O, no async, no clock: `now` is always an argument.
//!
//! | word | file |
//! |---|---|
//! | [`Source`], [`Access`], [`IdentityRule`] | `source.rs` |
//! | [`Intake`] | `intake.rs` |
//! | [`Standing`], [`Health`], [`Outcome`], [`Pace`] | `standing.rs` |
//! | [`Quiet`] | `quiet.rs` |
//! | [`Document`], [`Known`] | `document.rs` |
//! | [`Article`], [`Section`], [`Media`], [`Facts`] | `article.rs` |
//! | [`Block`] | `block.rs` |
//! | [`Provenance`] | `provenance.rs` |
//! | [`RelatedItem`] | `related.rs` |
//! | [`Link`] | `link.rs` |
//! | [`OtherReport`] | `story.rs` |
//! | [`Sketch`], [`Outline`] | `likeness.rs` |
//! | [`Moment`], [`Precision`] | `moment.rs` |
//! | [`Summary`], [`Sentence`] | `summary.rs` |
//! | [`Language`], [`Locale`] | `language.rs` |
//! | [`Feed`] | `feed.rs` |
//! | [`Query`], [`Term`] | `search.rs` |
//! | [`Selection`], [`Refusal`] | `selection.rs` |
//! | [`Wording`] | `words.rs` |
//! | [`OtherReport`] | `story.rs` |
//! | [`Digest`], [`Cadence`], [`Weights`] | `digest.rs` |
//! | [`Edition`], [`Group`], [`LeftOut`] | `edition.rs` |
//! | [`Brief`] | `brief.rs` |
//! | [`Message`] | `message.rs` |
//! | [`Subscriber`], [`EmailAddress`] | `subscriber.rs` |
//! | [`Confirmation`], [`Token`] | `confirmation.rs` |
//! | [`Delivery`] | `delivery.rs` |
//! | [`ReaderKey`], [`MailDomain`] | `reader_key.rs` |
//! | [`MailStatus`] | `status.rs` |
//! | [`Suppression`] | `suppression.rs` |
//! | [`Slot`], [`Decision`] | `slot.rs` |
//! | [`Keep`] | `keep.rs` |

mod act;
mod article;
mod block;
mod brief;
pub mod bytes;
mod confirmation;
mod delivery;
mod digest;
mod document;
mod edition;
mod feed;
mod fingerprint;
mod ids;
mod intake;
mod keep;
mod language;
mod likeness;
mod link;
mod message;
mod moment;
mod password;
mod placement;
mod provenance;
mod quiet;
mod reader_key;
mod related;
mod search;
mod selection;
mod slot;
mod source;
mod standing;
mod status;
mod story;
mod subscriber;
mod summary;
mod suppression;
mod visit;
mod words;

pub use act::Act;
pub use article::{Article, Facts, Media, Section, place_of, text_of};
pub use block::{Block, BlockKind};
pub use brief::{Brief, SectionBrief, Why};
pub use confirmation::{Confirmation, Purpose, Spent, Token};
pub use delivery::{Delivery, DeliveryState, IllegalTransition, Verdict};
pub use digest::{Cadence, Digest, Grouping, Weights};
pub use document::{Document, Known, MediaType, Note, Validators};
pub use edition::{
    Edition, Group, LeftOut, OVERLAP, Reason, Window, edition_name, parse_edition_name,
};
pub use feed::{Feed, FeedFormat, INDEX, Site};
pub use fingerprint::{Fingerprint, fingerprint, fingerprint_hex, sha256_hex};
pub use ids::{
    ArticleId, DIGEST_FEED, DigestId, EditionId, FeedId, InvalidName, MessageId, SourceId,
};
pub use intake::Intake;
pub use keep::Keep;
pub use language::{Language, Locale};
pub use likeness::{Outline, Sketch};
pub use link::Link;
pub use message::{Message, MessageKind, READER_TOKEN};
pub use moment::{Moment, Precision};
pub use password::PasswordHash;
pub use placement::{InvalidPlacement, Placement, Way};
pub use provenance::Provenance;
pub use quiet::Quiet;
pub use reader_key::{MailDomain, ReaderKey};
pub use related::{RelatedGroup, RelatedItem};
pub use search::{Query, Term};
pub use selection::{Criteria, Refusal, Selection};
pub use slot::{Decision, Slot};
pub use source::{Access, Credentials, IdentityRule, Republish, Secret, Source, SourceKind};
pub use standing::{News, Pace, Standing};
pub use status::MailStatus;
pub use story::OtherReport;
pub use subscriber::{
    Choices, EmailAddress, InvalidAddress, Subscriber, SubscriberState, SubscriptionError,
};
pub use summary::{Origin, Sentence, Summary, repeats};
pub use suppression::{Suppression, SuppressionReason};
pub use visit::{Health, Outcome};
pub use words::{InvalidWording, Wording};
