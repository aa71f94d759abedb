//! Which key does what: the defaults, with what the person has changed.

use std::collections::BTreeMap;

use super::{ACTIONS, Action, BadKey, Chord, Context, Info};
use crate::app::config::KeyNames;
use crate::frame::{near, visible};

/// What is wrong with configured keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// There is no such action.
    #[error("unknown action \"{}\"{} (the help, key ?, and the command prompt list them)", visible::string(.0), near::hint(.0, ACTIONS.iter().map(|info| info.id)))]
    UnknownAction(String),
    /// That is no key.
    #[error("{action}: {source}")]
    BadKey {
        /// The action it was for.
        action: &'static str,
        /// What is wrong.
        source: BadKey,
    },
    /// The action belongs to another context.
    #[error("{action} belongs under [keys.{belongs}], not [keys.{}]", visible::string(.found))]
    Elsewhere {
        /// The action.
        action: &'static str,
        /// Where it belongs.
        belongs: &'static str,
        /// Where it was found.
        found: String,
    },
    /// Two actions want one key.
    #[error("{first} and {second} both want the key {key}")]
    Taken {
        /// The key.
        key: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// The keys in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    bound: Vec<(Chord, &'static Info)>,
}

impl Default for Keymap {
    /// The keys of the table. A test holds that they are keys and do not meet.
    fn default() -> Self {
        let keys = |info: &'static Info| {
            info.keys.iter().filter_map(|key| key.parse().ok()).map(move |chord| (chord, info))
        };
        Self { bound: ACTIONS.iter().flat_map(keys).collect() }
    }
}

impl Keymap {
    /// The defaults with other keys for some actions: pairs of an action's id and its keys with spaces between
    /// them. No keys takes an action off the keyboard; the command prompt still has it.
    ///
    /// # Errors
    /// [`KeymapError`] names an unknown action, a text that is no key, or the two actions that want one key.
    pub fn with<'a>(changes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, KeymapError> {
        let mut keymap = Self::default();
        for (id, keys) in changes {
            let info = ACTIONS.iter().find(|info| info.id == id);
            let info = info.ok_or_else(|| KeymapError::UnknownAction(id.to_owned()))?;
            keymap.bound.retain(|(_, bound)| bound.action != info.action);
            for key in keys.split_whitespace() {
                let chord = key.parse().map_err(|source| KeymapError::BadKey { action: info.id, source })?;
                keymap.bound.push((chord, info));
            }
        }
        keymap.check()
    }

    /// The defaults changed as the configuration has it: by context, then by action.
    ///
    /// # Errors
    /// [`KeymapError`] as of [`Keymap::with`], and for an action that is not of its context.
    pub fn configured(keys: &BTreeMap<String, BTreeMap<String, KeyNames>>) -> Result<Self, KeymapError> {
        let mut changes = Vec::new();
        for (context, actions) in keys {
            for (action, names) in actions {
                let known = ACTIONS.iter().find(|info| info.id == action);
                let known = known.ok_or_else(|| KeymapError::UnknownAction(action.clone()))?;
                if known.context.id() != context {
                    let (action, belongs) = (known.id, known.context.id());
                    return Err(KeymapError::Elsewhere { action, belongs, found: context.clone() });
                }
                changes.push((action.as_str(), names.iter().collect::<Vec<_>>().join(" ")));
            }
        }
        Self::with(changes.iter().map(|(action, keys)| (*action, keys.as_str())))
    }

    fn check(self) -> Result<Self, KeymapError> {
        for (index, (chord, info)) in self.bound.iter().enumerate() {
            let rest = self.bound.get(index + 1..).unwrap_or_default();
            let other = rest.iter().find(|(other, with)| {
                other == chord && with.context.meets(info.context) && with.action != info.action
            });
            if let Some((_, other)) = other {
                let key = chord.to_string();
                return Err(KeymapError::Taken { key, first: info.id, second: other.id });
            }
        }
        Ok(self)
    }

    /// What a key does in the first of these contexts that knows it. A Cyrillic letter that is not bound
    /// itself counts as the key it lies on.
    #[must_use]
    pub fn action(&self, chord: Chord, contexts: &[Context]) -> Option<Action> {
        let exact = |chord: Chord| contexts.iter().find_map(|context| self.bound_in(chord, *context));
        exact(chord).or_else(|| exact(chord.latin()?))
    }

    /// The first key of an action, as it is shown; `None` when it has none.
    #[must_use]
    pub fn key(&self, action: Action) -> Option<String> {
        self.bound.iter().find(|(_, info)| info.action == action).map(|(chord, _)| chord.to_string())
    }

    /// All keys of an action, as they are shown.
    #[must_use]
    pub fn keys(&self, action: Action) -> Vec<String> {
        self.bound
            .iter()
            .filter(|(_, info)| info.action == action)
            .map(|(chord, _)| chord.to_string())
            .collect()
    }

    fn bound_in(&self, chord: Chord, context: Context) -> Option<Action> {
        let found = self.bound.iter().find(|(bound, info)| *bound == chord && info.context == context);
        found.map(|(_, info)| info.action)
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    fn letter(character: char) -> Chord {
        Chord::plain(KeyCode::Char(character))
    }

    #[test]
    fn the_defaults_are_keys_and_none_is_taken_twice() {
        for info in ACTIONS {
            for key in info.keys {
                assert!(key.parse::<Chord>().is_ok(), "{}: {key}", info.id);
            }
        }
        assert!(Keymap::default().check().is_ok());
    }

    #[test]
    fn every_action_has_one_line_in_the_table_and_an_id_of_its_own() {
        for (index, info) in ACTIONS.iter().enumerate() {
            let rest = &ACTIONS[index + 1..];
            assert!(
                rest.iter().all(|other| other.action != info.action && other.id != info.id),
                "{}",
                info.id
            );
        }
    }

    #[test]
    fn a_key_wanted_by_two_actions_is_refused_with_both_names() {
        let error = Keymap::with([("follow", "q")]).unwrap_err().to_string();
        assert_eq!(error, "quit and follow both want the key q");
        let error = Keymap::with([("fly", "x")]).unwrap_err().to_string();
        assert!(error.starts_with("unknown action \"fly\""));
        let error = Keymap::with([("quit", "hyper-x")]).unwrap_err().to_string();
        assert!(error.starts_with("quit: \"hyper-x\" is no key"));
    }

    #[test]
    fn a_changed_key_replaces_the_default_and_is_the_one_shown() {
        let keymap = Keymap::with([("quit", "ctrl-q f10")]).unwrap();
        assert_eq!(keymap.action(letter('q'), &[Context::Global]), None);
        assert_eq!(keymap.key(Action::Quit).as_deref(), Some("Ctrl-q"));
        assert_eq!(keymap.keys(Action::Quit), ["Ctrl-q", "F10"]);
    }

    #[test]
    fn the_russian_layout_drives_commands_unless_its_letter_is_bound() {
        let keymap = Keymap::default();
        assert_eq!(keymap.action(letter('й'), &[Context::Global]), Some(Action::Quit));
        let ctrl_c = Chord { code: KeyCode::Char('с'), modifiers: KeyModifiers::CONTROL };
        assert_eq!(keymap.action(ctrl_c, &[Context::Global]), Some(Action::ForceQuit));
        let keymap = Keymap::with([("help", "й")]).unwrap();
        assert_eq!(keymap.action(letter('й'), &[Context::Global]), Some(Action::Help));
    }

    #[test]
    fn escape_never_quits() {
        let esc = Chord::plain(KeyCode::Esc);
        for context in [Context::Global, Context::Popup, Context::Input, Context::Bench] {
            let action = Keymap::default().action(esc, &[context]);
            assert!(!matches!(action, Some(Action::Quit | Action::ForceQuit)), "{context:?}");
        }
    }
}
