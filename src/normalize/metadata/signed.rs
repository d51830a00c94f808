//! Names that stand alone in the first paragraphs of the text: Chinese pages often have no other byline.

use crate::normalize::{authors, signatures};

/// Characters of a byline, or of a line of the introduction that may stand above it.
const MAX_LINE: usize = 60;

/// Fills in who signed the first `lines`, or adds those who signed beside the ones known.
pub(super) fn complete(names: &mut Vec<String>, lines: &[String]) {
    // The names stand in the lines before the prose begins.
    let short = lines.iter().take_while(|line| line.chars().count() <= MAX_LINE);
    let signed: Vec<String> = short.flat_map(|line| signers(line)).collect();
    if names.iter().all(|name| signed.contains(name)) && signed.len() > names.len() {
        *names = signed;
    }
}

fn signers(line: &str) -> Vec<String> {
    let alone = line.trim();
    if authors::is_chinese_name(alone) {
        return vec![alone.to_owned()];
    }
    // Several names with a stroke between them are no heading.
    let parts: Vec<&str> = alone.split('/').map(str::trim).collect();
    if parts.len() > 1 && parts.iter().all(|part| authors::is_name_alone(part)) {
        return parts.into_iter().map(str::to_owned).collect();
    }
    signatures::reporters(alone)
}
