//! From TOML to a palette, with every fault named by file, line and column.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::colour::ANSI;
use super::{Palette, Rgb, Shade, Token, shipped};
use crate::frame::{near, visible};

/// A fault of a theme file and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeError {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 when the file could not be read.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub what: String,
}

impl std::error::Error for ThemeError {}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible::string(&self.file))?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}", visible::string(&self.what))
    }
}

/// A fault before its place is turned into line and column.
struct Fault(Range<usize>, String);

type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

/// Reads a theme. What it leaves out comes from the theme that `base` names, else from "dark".
///
/// # Errors
/// [`ThemeError`] for what is not TOML, an unknown key, token or colour.
pub fn parse(file: &str, text: &str) -> Result<Palette, ThemeError> {
    placed(file, text, read(text, None))
}

/// Like [`parse`], but what the theme leaves out comes from `under`.
pub(super) fn parse_over(under: Palette, file: &str, text: &str) -> Result<Palette, ThemeError> {
    placed(file, text, read(text, Some(under)))
}

fn placed(file: &str, text: &str, read: Result<Palette, Fault>) -> Result<Palette, ThemeError> {
    read.map_err(|Fault(place, what)| {
        let (line, column) = position(text, place.start);
        ThemeError { file: file.to_owned(), line, column, what }
    })
}

fn read(text: &str, under: Option<Palette>) -> Result<Palette, Fault> {
    let document = DeTable::parse(text)
        .map_err(|error| Fault(error.span().unwrap_or(0..0), error.message().to_owned()))?;
    let table = document.get_ref();
    let mut palette = match under {
        Some(under) => under,
        None => base(table)?,
    };
    for entry in table {
        apply(&mut palette, entry)?;
    }
    Ok(palette)
}

fn base(table: &DeTable<'_>) -> Result<Palette, Fault> {
    let Some(value) = table.get("base") else {
        return Ok(shipped::fallback());
    };
    let name = string(value)?;
    shipped::find(name).ok_or_else(|| {
        let what = format!("no theme \"{name}\" to build on{}", near::known(name, shipped::names()));
        Fault(value.span(), what)
    })
}

fn apply(palette: &mut Palette, (key, value): Entry<'_, '_>) -> Result<(), Fault> {
    match key.get_ref().as_ref() {
        "base" => {}
        "name" => string(value)?.clone_into(&mut palette.name),
        "background" => palette.background = rgb(value)?.ok_or_else(|| no_colour(value))?,
        "tokens" => {
            for entry in table(value)? {
                let (token, shade) = token(entry)?;
                palette.set(token, shade);
            }
        }
        other => {
            let what = format!(
                "unknown key \"{other}\"{}",
                near::known(other, ["name", "base", "background", "tokens"])
            );
            return Err(Fault(key.span(), what));
        }
    }
    Ok(())
}

fn token((key, value): Entry<'_, '_>) -> Result<(Token, Shade), Fault> {
    let name = key.get_ref();
    let token = Token::named(name).ok_or_else(|| {
        Fault(
            key.span(),
            format!("unknown token \"{name}\"{}", near::known(name, Token::ALL.iter().map(|t| t.name()))),
        )
    })?;
    let mut shade = Shade::DEFAULT;
    for (key, value) in table(value)? {
        match key.get_ref().as_ref() {
            "rgb" => shade.rgb = rgb(value)?,
            "ansi" => shade.ansi = ansi(value)?,
            other => {
                let what = format!("unknown key \"{other}\"{}", near::known(other, ["rgb", "ansi"]));
                return Err(Fault(key.span(), what));
            }
        }
    }
    Ok((token, shade))
}

fn rgb(value: &Spanned<DeValue<'_>>) -> Result<Option<Rgb>, Fault> {
    match string(value)? {
        "default" => Ok(None),
        text => Rgb::parse(text).map(Some).ok_or_else(|| no_colour(value)),
    }
}

fn ansi(value: &Spanned<DeValue<'_>>) -> Result<ratatui::style::Color, Fault> {
    let text = string(value)?;
    let found = ANSI.iter().find(|(name, _)| *name == text);
    found.map(|(_, colour)| *colour).ok_or_else(|| {
        let known = near::known(text, ANSI.iter().map(|(name, _)| *name));
        Fault(value.span(), format!("unknown colour \"{text}\"{known}"))
    })
}

fn no_colour(value: &Spanned<DeValue<'_>>) -> Fault {
    Fault(value.span(), "not a colour; write it like \"#56B4E9\", or \"default\" for a token".to_owned())
}

fn string<'a>(value: &'a Spanned<DeValue<'_>>) -> Result<&'a str, Fault> {
    value.get_ref().as_str().ok_or_else(|| Fault(value.span(), "expected a text in quotes".to_owned()))
}

fn table<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Result<&'a DeTable<'i>, Fault> {
    value.get_ref().as_table().ok_or_else(|| Fault(value.span(), "expected a table".to_owned()))
}

/// Line and column, both from 1, of a place in a text.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        parse("mine.toml", text).expect_err("refused").to_string()
    }

    #[test]
    fn what_a_theme_leaves_out_comes_from_its_base() {
        let mine =
            parse("mine.toml", "name = \"mine\"\nbase = \"light\"\n[tokens]\ngood = { rgb = \"#000080\" }\n")
                .expect("reads");
        let light = shipped::find("light").expect("shipped");
        assert_eq!(mine.name, "mine");
        assert_eq!(mine.shade(Token::Good).rgb, Some(Rgb(0, 0, 0x80)));
        assert_eq!(mine.shade(Token::Bad), light.shade(Token::Bad));
        assert_eq!(mine.background, light.background);
    }

    #[test]
    fn every_fault_is_named_with_its_place_and_what_is_known() {
        assert_eq!(
            fault("name = \"x\"\n[tokens]\n  god = { rgb = \"#000000\" }\n"),
            format!(
                "mine.toml:3:3: unknown token \"god\"; near it: good; known: {}",
                Token::ALL.iter().map(|token| token.name()).collect::<Vec<_>>().join(", ")
            )
        );
        assert_eq!(
            fault("[tokens]\ngood = { rbg = \"#000000\" }\n"),
            "mine.toml:2:10: unknown key \"rbg\"; near it: rgb; known: rgb, ansi"
        );
        assert_eq!(
            fault("colours = 1\n"),
            "mine.toml:1:1: unknown key \"colours\"; known: name, base, background, tokens"
        );
        assert!(
            fault("base = \"sepia\"")
                .starts_with("mine.toml:1:8: no theme \"sepia\" to build on; known: dark")
        );
        assert!(
            fault("[tokens]\ngood = { ansi = \"teal\" }")
                .starts_with("mine.toml:2:17: unknown colour \"teal\"; known: default, black")
        );
        assert!(fault("[tokens]\ngood = { rgb = \"#12345\" }").starts_with("mine.toml:2:16: not a colour"));
        assert!(fault("background = \"default\"").starts_with("mine.toml:1:14: not a colour"));
        assert!(fault("name = \n").starts_with("mine.toml:1:"), "TOML's own faults have their place too");
    }

    #[test]
    fn a_fault_cannot_carry_control_characters() {
        let message = fault("[tokens]\n\"a\\u001b[2J\" = {}\n");
        assert!(!message.chars().any(char::is_control), "{message}");
    }
}
