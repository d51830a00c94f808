//! Which files a source means: patterns, directories and single files; what cannot be read is named beside what can.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::files::by_extension;
use super::{FetchError, Found, Place};

/// The files that `patterns` mean, each once, in order of their paths. References are relative to `root`, so that moving the
/// whole changes no identity.
pub(super) fn places(patterns: &[String], root: &Path) -> Found {
    let mut paths = Vec::new();
    let mut failures = Vec::new();
    for pattern in patterns {
        let (before, failed) = (paths.len(), failures.len());
        matching(pattern, root, &mut paths, &mut failures);
        if paths.len() == before && failures.len() == failed {
            failures.push(FetchError::NothingMatches { pattern: root.join(pattern) });
        }
    }
    let mut paths: Vec<PathBuf> = paths.into_iter().map(settled).collect();
    paths.sort();
    paths.dedup();
    let place = |path: PathBuf| Place::File {
        reference: reference(path.strip_prefix(root).unwrap_or(&path)),
        path,
    };
    Found { places: paths.into_iter().map(place).collect(), failures }
}

/// The documents in a directory and below it; references begin with the directory as it was given.
pub(super) fn directory(path: &Path) -> Found {
    let (mut paths, mut failures) = (Vec::new(), Vec::new());
    walk(path, &mut paths, &mut failures);
    paths.sort();
    let place = |path: PathBuf| Place::File { reference: reference(&path), path };
    Found { places: paths.into_iter().map(place).collect(), failures }
}

fn matching(pattern: &str, root: &Path, paths: &mut Vec<PathBuf>, failures: &mut Vec<FetchError>) {
    let literal = root.join(pattern);
    if literal.is_dir() {
        return walk(&literal, paths, failures);
    }
    if literal.is_file() {
        return paths.push(literal);
    }
    // The operator's directory is no pattern, whatever characters its name has.
    let whole = if Path::new(pattern).is_absolute() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(&root.to_string_lossy()))
    };
    let matches = match glob::glob(&whole) {
        Ok(matches) => matches,
        Err(error) => {
            let reason = error.to_string();
            return failures.push(FetchError::Pattern { pattern: pattern.into(), reason });
        }
    };
    for found in matches {
        match found {
            Ok(path) if path.is_file() => paths.push(path),
            Ok(_) => {}
            Err(error) => failures
                .push(FetchError::File { path: error.path().to_owned(), source: error.into() }),
        }
    }
}

/// Files of the kinds that are read. Hidden ones are not meant; a linked directory may lead back here.
fn walk(directory: &Path, paths: &mut Vec<PathBuf>, failures: &mut Vec<FetchError>) {
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        let failed = |source| FetchError::File { path: directory.clone(), source };
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) => {
                failures.push(failed(error));
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_directory && !is_hidden {
                waiting.push(path);
            } else if !is_hidden && path.is_file() && by_extension(&path).is_some() {
                paths.push(path);
            }
        }
    }
}

/// One file has one path, however the pattern reached it.
fn settled(path: PathBuf) -> PathBuf {
    let directory = path.parent().and_then(|parent| parent.canonicalize().ok());
    match (directory, path.file_name()) {
        (Some(directory), Some(name)) => directory.join(name),
        _ => path,
    }
}

/// A path as text; bytes that are none are written so that different names stay different.
fn reference(path: &Path) -> String {
    let encoded = |name: &OsStr| {
        name.as_encoded_bytes().utf8_chunks().fold(String::new(), |mut out, chunk| {
            out.push_str(chunk.valid());
            out.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
            out
        })
    };
    path.to_str().map_or_else(|| encoded(path.as_os_str()), str::to_owned)
}
