//! Decisions by a text that is for people: a label, a title, a remark, the name of a quantity, a code as a word.

/// What ends in a text for people.
const TEXTS: [&str; 7] =
    ["label", ".title", ".note", ".code", "quantity.name()", "layer.name", "kind.name()"];

/// The lines that compare such a text with a literal, or a label with anything.
pub fn decisions(source: &str) -> Vec<(usize, &str)> {
    let own = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source);
    let lines = (1..).zip(own.lines().map(str::trim));
    lines.filter(|(_, line)| !line.starts_with("//") && decides(line)).collect()
}

fn decides(line: &str) -> bool {
    let compares = |text: &str| {
        [" == ", " != "].iter().any(|sign| {
            let by_literal = line.contains(&format!("{text}{sign}\""));
            let by_label = line.contains(&format!("{text}{sign}Label::"));
            by_literal || by_label || line.contains(&format!("{text}{sign}&\""))
        })
    };
    TEXTS.iter().any(|text| compares(text)) || line.contains("has_problem(\"")
}

#[test]
fn a_decision_by_a_text_is_found() {
    let found = decisions(
        "if field.label == Label::Name(\"x\") {\n// .note == \"\"\nr.quantity.name() == \"m\"\na == \"b\"",
    );
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3]);
}
