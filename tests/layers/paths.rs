//! The paths that a source file names.

use std::iter::Peekable;
use std::vec::IntoIter;

/// A path as written out in full, groups taken apart.
#[derive(Debug)]
pub struct Named {
    /// The line it stands in, within a group the line of its own part.
    pub line: usize,
    /// Its parts; a macro's name ends in `!`, a glob is `*`.
    pub parts: Vec<String>,
    /// How many inline modules it stands in.
    pub inline: usize,
    /// Whether it stands in a `#[cfg(test)]` module.
    pub in_tests: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Joint,
    Other(char),
}

type Tokens = Peekable<IntoIter<(usize, Token)>>;

/// A line and the parts of a path.
type Written = (usize, Vec<String>);

fn tokens(bare: &str) -> Tokens {
    let mut tokens = Vec::new();
    for (line, text) in bare.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (token, length) = if word > 0 {
                (Token::Word(rest[..word].to_owned()), word)
            } else if rest.starts_with("::") {
                (Token::Joint, 2)
            } else {
                (Token::Other(first), first.len_utf8())
            };
            if !first.is_whitespace() {
                tokens.push((line + 1, token));
            }
            rest = &rest[length..];
        }
    }
    tokens.into_iter().peekable()
}

/// Braces that are open, and which of them are modules.
#[derive(Default)]
struct Nest {
    /// For every open brace: whether it is a module, and whether that is for tests.
    open: Vec<(bool, bool)>,
}

impl Nest {
    fn modules(&self) -> usize {
        self.open.iter().filter(|(module, _)| *module).count()
    }

    fn in_tests(&self) -> bool {
        self.open.iter().any(|(_, tests)| *tests)
    }
}

/// Every path in a text that is already bare of comments and literals.
pub fn paths(bare: &str) -> Vec<Named> {
    let mut tokens = tokens(bare);
    let mut named = Vec::new();
    let mut nest = Nest::default();
    let mut recent: Vec<String> = Vec::new();
    while let Some((line, token)) = tokens.next() {
        match token {
            Token::Word(word) => {
                let mut written = Vec::new();
                path(line, vec![word.clone()], &mut tokens, &mut written);
                named.extend(written.into_iter().map(|(line, parts)| Named {
                    line,
                    parts,
                    inline: nest.modules(),
                    in_tests: nest.in_tests(),
                }));
                recent.push(word);
            }
            Token::Other('{') => {
                let module = recent.iter().rev().nth(1).is_some_and(|word| word == "mod");
                let has = |wanted: &str| recent.iter().any(|word| word == wanted);
                let tests = module && has("cfg") && has("test") && !has("not");
                nest.open.push((module, tests));
                recent.clear();
            }
            Token::Other(symbol @ ('}' | ';')) => {
                if symbol == '}' {
                    nest.open.pop();
                }
                recent.clear();
            }
            Token::Joint | Token::Other(_) => {}
        }
    }
    named
}

/// Takes the rest of a path whose beginning is known.
fn path(line: usize, mut parts: Vec<String>, tokens: &mut Tokens, named: &mut Vec<Written>) {
    while tokens.next_if(|(_, token)| *token == Token::Joint).is_some() {
        match tokens.peek().map(|(_, token)| token.clone()) {
            Some(Token::Word(word)) => {
                tokens.next();
                parts.push(word);
            }
            Some(Token::Other('{')) => {
                tokens.next();
                return group(&parts, tokens, named);
            }
            Some(Token::Other('*')) => {
                tokens.next();
                parts.push("*".to_owned());
            }
            _ => break,
        }
    }
    if tokens.peek().is_some_and(|(_, token)| *token == Token::Other('!')) {
        parts.last_mut().unwrap().push('!');
    }
    named.push((line, parts));
}

/// Takes a group `{a, b::c}` up to its closing brace.
fn group(before: &[String], tokens: &mut Tokens, named: &mut Vec<Written>) {
    while let Some((line, token)) = tokens.next() {
        match token {
            Token::Word(word) => path(line, [before, &[word]].concat(), tokens, named),
            Token::Other('*') => named.push((line, [before, &["*".to_owned()]].concat())),
            Token::Other('}') => return,
            Token::Joint | Token::Other(_) => {}
        }
    }
}
