//! The few lines that each fix changed, as they stand in this crate.
//!
//! A test finds every line in the source, so the page cannot show code that is not run.

/// The first anti-pattern.
pub const EAGER: &str = r#"let message = format!(
    "retry: calling {} with args: {}, kwargs: {{}}, attempt #{attempt}",
    self.name, self.args
);
log_attempt(attempt, format_args!("{message}"));"#;

/// Its fix.
pub const LAZY: &str = r#"log_attempt(
    attempt,
    format_args!(
        "retry: calling {} with args: {}, kwargs: {{}}, attempt #{attempt}",
        self.name, self.args
    ),
);"#;

/// The second anti-pattern.
pub const EVERY_CALL: &str = "return get_exchange_folder(exchange);";

/// Its fix.
pub const ONCE: &str = "match self.memo.entry(exchange.clone()) {
    Entry::Occupied(known) => Ok(known.get().clone()),
    Entry::Vacant(unknown) => Ok(unknown.insert(get_exchange_folder(exchange)?).clone()),
}";

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_is_run(shown: &str, source: &str) {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat(source).contains(&flat(shown)), "{shown}");
    }

    #[test]
    fn the_code_shown_is_the_code_that_runs() {
        let retry = include_str!("../../exchange/retry.rs");
        let folder = include_str!("../../exchange/folder.rs");
        shown_is_run(EAGER, retry);
        shown_is_run(LAZY, retry);
        shown_is_run(EVERY_CALL, folder);
        shown_is_run(ONCE, folder);
    }
}
