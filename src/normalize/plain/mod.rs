//! Content as plain as the sanitiser would leave it → Sections, in one pass and without a parser's tree.
//!
//! Most feeds carry paragraphs, headings, lists, links and pictures, each closed where it was opened. For those, this
//! gives what the long way gives (parse, tidy, sanitise, cut), but for the order of attributes and inline elements around nothing. What a parser had to
//! read is written by it in that order, and its second half, to sanitise and to cut, is mostly short again. Whatever is not on
//! the short list of elements, or not in order, is declined and goes the long way: nothing is judged safe here but
//! what is written anew from the list.

mod around;
mod cutter;
mod scan;
mod vocabulary;
mod writer;

use url::Url;

use crate::domain::Section;
use cutter::Cutter;

/// Whose hand wrote the content, and with it what else the long way would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// As somebody sent it: it would be tidied, and further reading would be taken out of it.
    Sender,
    /// As a parser wrote it after both was done.
    Parser,
}

/// The sections of `html`, or nothing where it takes a parser to read it.
pub(super) fn sections(html: &str, hand: Hand, base: Option<&Url>) -> Option<Vec<Section>> {
    let mut cutter = Cutter::new(hand, base);
    for piece in scan::Pieces::of(html) {
        cutter.take(piece?)?;
    }
    cutter.finish()
}

#[cfg(test)]
mod tests;
