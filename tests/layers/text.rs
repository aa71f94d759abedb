//! Source text without what only looks like code.

/// The text with comments, string and character literals blanked; every line keeps its number.
pub fn bare(source: &str) -> String {
    let mut rest = source;
    let mut bare = String::with_capacity(source.len());
    while let Some(first) = rest.chars().next() {
        let length = match foreign_run(rest) {
            0 if first.is_alphanumeric() || first == '_' => {
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                bare.push_str(&rest[..word]);
                rest = &rest[word..];
                continue;
            }
            0 => {
                bare.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            length => length,
        };
        bare.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    bare
}

/// Every string literal with the line it begins in, and whether a test module stands before it.
pub fn literals(source: &str) -> Vec<(usize, String, bool)> {
    let (mut rest, mut line, mut in_tests) = (source, 1, false);
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        in_tests |= rest.starts_with("mod tests {");
        let run = foreign_run(rest);
        let length = match run {
            0 if first.is_alphanumeric() || first == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            0 => first.len_utf8(),
            run => run,
        };
        let text = &rest[..length];
        if run > 0 && text.ends_with(['"', '#']) && !text.starts_with('/') {
            found.push((line, text.trim_matches(|c| "br#\"".contains(c)).to_owned(), in_tests));
        }
        line += text.matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The length of the comment or literal that the text begins with, zero if none.
fn foreign_run(text: &str) -> usize {
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        block_comment(text)
    } else if let Some(run) = raw_string(text) {
        run
    } else if text.starts_with('"') {
        quoted(text, '"')
    } else if is_character(text) {
        quoted(text, '\'')
    } else {
        0
    }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, _) in text.char_indices() {
        if text[at..].starts_with("/*") {
            depth += 1;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
    }
    text.len()
}

/// `r"..."`, `r#"..."#` and their byte forms.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(text.len() - body.len() + length)
}

/// A literal that ends at the next such quote that no backslash takes away.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character literal, not a lifetime.
fn is_character(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('\'')
        && match characters.next() {
            Some('\\') => true,
            Some(_) => characters.next() == Some('\''),
            None => false,
        }
}
