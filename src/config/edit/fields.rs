//! Writes into a source's block where one of its fields stands.

use std::path::Path;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use super::super::ConfigError;
use super::{changed, parsed, wrong};
use crate::domain::{Placement, SourceId};

/// Writes `placement` into the block of `source`, over what is said of the field there. The file is replaced at once or not
/// at all, and only if the whole is right.
pub fn place_field(
    file: &Path,
    source: &SourceId,
    placement: &Placement,
) -> Result<(), ConfigError> {
    changed(file, |content| with_field(file, content, source, placement))
}

/// As it is written into the file.
pub fn field_block(placement: &Placement) -> String {
    let mut fields = Table::new();
    put(&mut fields, placement);
    let mut source = Table::new();
    source.set_implicit(true);
    source.insert("fields", Item::Table(fields));
    let mut document = DocumentMut::new();
    document.insert("source", Item::Table(source));
    document.to_string().trim().to_owned() + "\n"
}

fn with_field(
    file: &Path,
    content: &str,
    source: &SourceId,
    placement: &Placement,
) -> Result<String, ConfigError> {
    let mut document = parsed(file, content)?;
    let tables = document.get_mut("source").and_then(Item::as_array_of_tables_mut);
    let is_it =
        |table: &&mut Table| table.get("name").and_then(Item::as_str) == Some(source.as_str());
    let table = tables.and_then(|tables| tables.iter_mut().find(is_it));
    let no_block = || {
        let message = format!("there is no [[source]] with the name {:?} here", source.as_str());
        wrong(file, content, 0..0, message)
    };
    let table = table.ok_or_else(no_block)?;
    let fields = table.entry("fields").or_insert(Item::Table(Table::new()));
    match fields {
        Item::Table(fields) => put(fields, placement),
        Item::Value(Value::InlineTable(fields)) => put(fields, placement),
        _ => return Err(no_block()),
    }
    Ok(document.to_string())
}

fn put(fields: &mut dyn toml_edit::TableLike, placement: &Placement) {
    let rule = placement.rule.as_str();
    if placement.field == Placement::REMOVE {
        let known = fields.get("remove").and_then(Item::as_array).cloned();
        let mut removed = known.unwrap_or_else(Array::new);
        if !removed.iter().any(|known| known.as_str() == Some(rule)) {
            removed.push(rule);
        }
        fields.insert("remove", value(removed));
        return;
    }
    let mut inline = InlineTable::new();
    inline.insert(placement.way.as_str(), rule.into());
    if let Some(script) = &placement.script {
        inline.insert("in", script.as_str().into());
    }
    fields.insert(placement.field, value(inline));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(before: &str, field: &str, rule: &str) -> String {
        let placement = Placement::read(field, "css", rule, "").unwrap();
        let source = SourceId::new("b").unwrap();
        with_field(Path::new("p.toml"), before, &source, &placement).unwrap()
    }

    #[test]
    fn a_field_is_placed_in_its_sources_block_and_all_else_stays() {
        let before = "# mine\n[[source]]\nname = \"a\" # first\n\n[[source]]\nname = \"b\"\nkind = \"page\" # odd\n\n# later\n[[feed]]\nname = \"all\"\n";
        let after = written(before, "title", "h1 > \"b\"");
        let block = "kind = \"page\" # odd\n\n[source.fields]\ntitle = { css = 'h1 > \"b\"' }\n";
        assert_eq!(after, before.replace("kind = \"page\" # odd\n", block));
        let again = written(&after, "title", "h2");
        assert_eq!(again, after.replace("'h1 > \"b\"'", "\"h2\""));
        let removed = written(&written(&again, "remove", "aside"), "remove", "nav");
        assert!(removed.contains("\nremove = [\"aside\", \"nav\"]\n"), "{removed}");
    }

    #[test]
    fn the_block_is_what_one_would_copy() {
        let placement = Placement::read("published", "json", "/date", "state").unwrap();
        let block = "[source.fields]\npublished = { json = \"/date\", in = \"state\" }\n";
        assert_eq!(field_block(&placement), block);
    }
}
