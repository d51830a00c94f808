//! Changes a configuration file: what stands there, its comments and its order stay as they are.

mod fields;

use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{Config, ConfigError, Problem};
pub use fields::{field_block, place_field};

/// A `[[source]]` to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Its name.
    pub name: String,
    /// `feed`, `listing`, `page` or `sitemap`.
    pub kind: &'static str,
    /// Its address.
    pub url: String,
    /// Whether its host may stand in a private network.
    pub allow_private: bool,
    /// Whether it is read whatever its host's robots.txt says.
    pub ignore_robots: bool,
    /// Whether the pages of its entries are fetched, where that is not the rule.
    pub follow: bool,
}

impl NewSource {
    fn table(&self) -> Table {
        let mut table = Table::new();
        table.insert("name", value(&self.name));
        table.insert("kind", value(self.kind));
        table.insert("url", value(&self.url));
        if self.allow_private {
            table.insert("allow_private", value(true));
        }
        if self.ignore_robots {
            table.insert("ignore_robots", value(true));
        }
        if self.follow {
            table.insert("follow", value(true));
        }
        table
    }

    /// As it is written into the file.
    pub fn block(&self) -> String {
        let mut document = DocumentMut::new();
        document.insert("source", Item::ArrayOfTables(ArrayOfTables::from_iter([self.table()])));
        document.to_string().trim().to_owned() + "\n"
    }
}

/// A name that no source has: `wanted` made fit, with a number where it is taken.
pub fn free_name(wanted: &str, taken: &[&str]) -> String {
    let fit: String = wanted
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let parts: Vec<&str> = fit.split('-').filter(|part| !part.is_empty()).collect();
    let mut name = parts.join("-");
    name.truncate(48);
    let name = if name.is_empty() { "source".to_owned() } else { name };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone())
        .chain(numbered)
        .find(|name| !taken.contains(&name.as_str()))
        .unwrap_or(name)
}

/// Writes `sources` into `file`, behind those it has. The file is replaced at once or not at all, and only if the whole
/// is right.
pub fn add_sources(file: &Path, sources: &[NewSource]) -> Result<(), ConfigError> {
    changed(file, |content| with_sources(file, content, sources))
}

/// Puts what `edit` makes of the file in its place, if it is right.
fn changed(
    file: &Path,
    edit: impl FnOnce(&str) -> Result<String, ConfigError>,
) -> Result<(), ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: file.to_owned(), source };
    let edited = edit(&std::fs::read_to_string(file).map_err(unreadable)?)?;
    Config::parse(file, &edited, &|name| std::env::var(name).ok())?;
    replace(file, &edited)
        .map_err(|source| ConfigError::Unwritable { path: file.to_owned(), source })
}

fn parsed(file: &Path, content: &str) -> Result<DocumentMut, ConfigError> {
    content.parse().map_err(|error: toml_edit::TomlError| {
        wrong(file, content, error.span().unwrap_or(0..0), error.message().to_owned())
    })
}

fn wrong(file: &Path, content: &str, span: Range<usize>, message: String) -> ConfigError {
    ConfigError::Wrong(vec![Problem::at(file, content, span, message)])
}

fn with_sources(file: &Path, content: &str, sources: &[NewSource]) -> Result<String, ConfigError> {
    let mut document = parsed(file, content)?;
    let known = document.entry("source").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(tables) = known.as_array_of_tables_mut() else {
        let message =
            "source is written as a list; write each as [[source]] so that one can be added";
        return Err(wrong(file, content, 0..0, message.to_owned()));
    };
    let after = tables.iter().last().and_then(last_position);
    for source in sources {
        let mut table = source.table();
        table.decor_mut().set_prefix("\n");
        // At the place of the one before it: tables of equal position stand in the order in which they were added.
        if let Some(position) = after {
            table.set_position(Some(position));
        }
        tables.push(table);
    }
    Ok(document.to_string())
}

/// The position of a table, or of the last table within it.
fn last_position(table: &Table) -> Option<isize> {
    let inner = table.iter().filter_map(|(_, item)| item.as_table()).filter_map(last_position);
    inner.chain(table.position()).max()
}

/// Through a file beside it that takes its place; who may read it stays the same.
fn replace(file: &Path, content: &str) -> std::io::Result<()> {
    // A link is followed, so that the file it leads to is replaced and not the link.
    let file = file.canonicalize()?;
    let directory = file.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(directory)?;
    temporary.write_all(content.as_bytes())?;
    temporary.as_file().set_permissions(std::fs::metadata(&file)?.permissions())?;
    temporary.as_file().sync_all()?;
    temporary.persist(&file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> NewSource {
        NewSource {
            ignore_robots: false,
            name: name.into(),
            kind: "listing",
            url: "https://valley.example/news?a=1".into(),
            allow_private: false,
            follow: false,
        }
    }

    #[test]
    fn a_source_is_added_behind_the_others_and_every_comment_stays() {
        let before = "# mine\n[[source]] # first\nname = \"a\"\n[source.fields]\ntitle = { css = \"h1\" } # odd\n\n# later\n[[feed]]\nname = \"all\" # keep\n";
        let after = with_sources(Path::new("p.toml"), before, &[source("b"), source("c")]).unwrap();
        let block = |name: &str| {
            format!(
                "\n[[source]]\nname = \"{name}\"\nkind = \"listing\"\nurl = \"https://valley.example/news?a=1\"\n"
            )
        };
        let (head, tail) = before.split_at(before.find("\n# later").unwrap());
        assert_eq!(after, format!("{head}{}{}{tail}", block("b"), block("c")));
        assert_eq!(source("b").block(), block("b").trim_start());
    }

    #[test]
    fn names_are_made_fit_and_free() {
        assert_eq!(free_name("The Valley Courier!", &[]), "the-valley-courier");
        assert_eq!(free_name("河口", &["source"]), "source-2");
        assert_eq!(free_name("a", &["a", "a-2"]), "a-3");
    }
}
