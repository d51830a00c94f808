//! How every template is read and written: one syntax, one way to escape.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, Output, State, escape_formatter};

use super::guard;

/// An environment without templates yet.
pub(super) fn environment() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_syntax(by_line());
    templates.set_formatter(write_value);
    templates
}

/// A line that holds only a tag leaves no empty line in what is written.
fn by_line() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    syntax.build().expect("the usual delimiters stay as they are")
}

/// The library's own escaping writes `/` as a reference, which is legal and which programs that look for links miss.
fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => {
            out.write_str(&guard::escaped(text)).map_err(Error::from)
        }
        _ => escape_formatter(out, state, value),
    }
}
