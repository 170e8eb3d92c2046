//! Text with gaps, `{{name}}`, and the one rule for what goes into them.
//!
//! Gaps are filled in one pass, so that a value is never searched for gaps itself.
//! Templates are part of this program: a gap without a value is a bug, and panics.

/// Fills every gap of a template; the values are markup already.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, gap)) = rest.split_once("{{") {
        let (name, after) = gap.split_once("}}").expect("every gap is closed");
        let (_, value) = values
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("the template's gap `{name}` has a value"));
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Makes text safe inside an element and inside a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_not_searched_for_gaps() {
        let filled = fill("{{a}} and {{b}}.", &[("a", "{{b}}"), ("b", "2")]);
        assert_eq!(filled, "{{b}} and 2.");
    }

    #[test]
    #[should_panic(expected = "gap `c` has a value")]
    fn a_gap_without_a_value_is_a_bug() {
        fill("{{c}}", &[]);
    }

    #[test]
    fn nothing_escapes_from_an_attribute() {
        assert_eq!(
            escape(r#"<a href='x' title="y">&amp;"#),
            "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;"
        );
    }
}
