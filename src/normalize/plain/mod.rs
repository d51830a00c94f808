//! Content as plain as the sanitiser would leave it → Sections, in one pass and without a parser's tree.
//!
//! Most feeds carry paragraphs, headings, lists, links and pictures, each closed where it was opened. For those, this
//! gives what the long way gives (parse, tidy, sanitise, cut), byte for byte. What a parser had to read is written by it in that
//! order, and its second half is short again. Whatever is not on the short list of
//! elements and attributes, or not in order, is declined and goes the long way: nothing is judged safe here but
//! what is written anew from the list.

mod around;
mod cutter;
mod scan;
mod vocabulary;
mod writer;

use url::Url;

use crate::domain::Section;
use cutter::Cutter;

/// The sections of `html`, or nothing where it takes a parser to read it.
pub(super) fn sections(html: &str, base: Option<&Url>) -> Option<Vec<Section>> {
    let mut cutter = Cutter::new(base);
    for piece in scan::Pieces::of(html) {
        cutter.take(piece?)?;
    }
    cutter.finish()
}

#[cfg(test)]
mod tests;
