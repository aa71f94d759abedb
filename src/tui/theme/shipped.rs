//! The themes in the program, and themes of the user's in a folder.

use std::path::Path;

use super::load::{self, ThemeError};
use super::{Palette, Rgb};
use crate::frame::near;
use crate::trace::regular;

/// Largest theme that is read.
const LARGEST: u64 = 1 << 20;

/// Name and text of every theme in the program; the first is the one taken when nothing else is known.
pub const SHIPPED: &[(&str, &str)] = &[
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// A theme of the program's by name.
#[must_use]
pub fn find(name: &str) -> Option<Palette> {
    if name == DARK {
        return Some(fallback());
    }
    let (file, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
    load::parse(file, text).ok()
}

const DARK: &str = "dark";

/// The dark theme. It is read over a plain palette, being the one all others may be built on.
#[must_use]
pub fn fallback() -> Palette {
    static DARK_PALETTE: std::sync::OnceLock<Palette> = std::sync::OnceLock::new();
    DARK_PALETTE
        .get_or_init(|| {
            let plain = Palette::plain(DARK, Rgb(0, 0, 0));
            let text = SHIPPED.first().map_or("", |(_, text)| *text);
            load::parse_over(plain.clone(), DARK, text).unwrap_or(plain)
        })
        .clone()
}

/// The names of the themes in the program.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The names to choose from: the program's, then those of the files in the folder, sorted.
#[must_use]
pub fn available(folder: Option<&Path>) -> Vec<String> {
    let files = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut own: Vec<String> = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .filter(|name| is_plain_name(name) && SHIPPED.iter().all(|(shipped, _)| shipped != name))
        .collect();
    own.sort_unstable();
    SHIPPED.iter().map(|(name, _)| (*name).to_owned()).chain(own).collect()
}

/// The theme of a name: `<name>.toml` in the folder if there is such a file, else the program's.
///
/// # Errors
/// [`ThemeError`] when the file cannot be read or has a fault, and when the name is known nowhere.
pub fn load(name: &str, folder: Option<&Path>) -> Result<Palette, ThemeError> {
    if let Some(file) = folder.filter(|_| is_plain_name(name)).map(|f| f.join(format!("{name}.toml")))
        && file.exists()
    {
        return load_file(&file);
    }
    find(name).ok_or_else(|| {
        let place =
            folder.map_or(String::new(), |f| format!(", and there is no {name}.toml in {}", f.display()));
        let all = available(folder);
        let near = near::hint(name, all.iter().map(String::as_str));
        let what = format!("unknown theme{near}; known: {}{place}", names().collect::<Vec<_>>().join(", "));
        ThemeError { file: name.to_owned(), line: 0, column: 0, what }
    })
}

/// The theme in a file.
///
/// # Errors
/// [`ThemeError`] when the file cannot be read or has a fault.
pub fn load_file(file: &Path) -> Result<Palette, ThemeError> {
    let shown = file.display().to_string();
    match regular::text(file, LARGEST) {
        Ok(text) => load::parse(&shown, &text),
        Err(error) => Err(ThemeError { file: shown, line: 0, column: 0, what: error.to_string() }),
    }
}

/// A name cannot lead out of the folder.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Token;

    #[test]
    fn every_token_is_given_in_every_shipped_theme_and_no_other() {
        for (name, text) in SHIPPED {
            let file: toml::Table = text.parse().expect("is TOML");
            let tokens = file["tokens"].as_table().expect("has tokens");
            let given: Vec<&str> =
                Token::ALL.iter().map(|t| t.name()).filter(|n| tokens.contains_key(*n)).collect();
            let all: Vec<&str> = Token::ALL.iter().map(|t| t.name()).collect();
            assert_eq!(given, all, "{name}");
            assert_eq!(tokens.len(), Token::COUNT, "{name}");
            for (token, shade) in tokens {
                assert!(shade.get("rgb").is_some() && shade.get("ansi").is_some(), "{name}: {token}");
            }
            let palette = load::parse(name, text).expect("loads");
            assert_eq!(palette.name, *name);
        }
    }

    #[test]
    fn nothing_in_a_shipped_theme_is_hard_to_read() {
        for (name, _) in SHIPPED {
            let palette = find(name).expect("shipped");
            assert_eq!(palette.weak(), [], "{name}");
            for (token, selection) in [Token::Good, Token::Bad, Token::Warn, Token::SelectionText]
                .into_iter()
                .filter_map(|t| Some((palette.shade(t).rgb?, palette.shade(Token::Selection).rgb?)))
            {
                assert!(
                    token.contrast(selection) >= Palette::LEAST_CONTRAST,
                    "{name}: {token:?} when selected"
                );
            }
        }
    }

    #[test]
    fn good_and_bad_are_blue_and_orange_never_green_and_red() {
        for (name, _) in SHIPPED.iter().filter(|(name, _)| *name != "mono") {
            let palette = find(name).expect("shipped");
            let Rgb(red, green, blue) = palette.shade(Token::Good).rgb.expect("a colour");
            assert!(blue > green && green > red, "{name}: good is a blue");
            let Rgb(red, green, blue) = palette.shade(Token::Bad).rgb.expect("a colour");
            assert!(red > green && green > blue && green >= 0x40, "{name}: bad is an orange");
        }
    }

    #[test]
    fn a_file_in_the_folder_comes_before_the_theme_of_that_name() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("dark.toml"), "name = \"my dark\"").expect("written");
        assert_eq!(load("dark", Some(folder.path())).map(|p| p.name), Ok("my dark".to_owned()));
        assert_eq!(load("light", Some(folder.path())).map(|p| p.name), Ok("light".to_owned()));
    }

    #[test]
    fn themes_of_the_folder_can_be_chosen_too() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["zinc.toml", "amber.toml", "light.toml", "notes.txt", "a b.toml"] {
            std::fs::write(folder.path().join(file), "").expect("written");
        }
        let names = available(Some(folder.path()));
        assert_eq!(names, ["dark", "light", "high-contrast", "colour-blind", "mono", "amber", "zinc"]);
        assert_eq!(available(None).len(), SHIPPED.len());
    }

    #[test]
    fn an_unknown_theme_is_refused_with_the_known_ones() {
        let message = load("sepia", None).expect_err("refused").to_string();
        assert_eq!(message, "sepia: unknown theme; known: dark, light, high-contrast, colour-blind, mono");
        assert!(load("../dark", Some(Path::new("/"))).is_err(), "a name is no path");
    }
}
