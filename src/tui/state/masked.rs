//! Text being typed that nobody may see: neither in a debug print nor left behind in memory.

use std::fmt;

use tui_input::Input;
use zeroize::Zeroize as _;

/// Characters that are typed without the text being moved to another place in memory.
const ROOM: usize = 256;

/// A line of secret text being typed.
#[derive(Clone)]
pub(crate) struct Masked(Input);

impl Masked {
    /// What is typed into, and drawn as stars.
    #[must_use]
    pub(crate) const fn input(&self) -> &Input {
        &self.0
    }

    /// What is typed into.
    pub(crate) const fn input_mut(&mut self) -> &mut Input {
        &mut self.0
    }

    /// What was typed, to be made a secret of and nothing else.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        self.0.value()
    }
}

impl Default for Masked {
    fn default() -> Self {
        Self(Input::new(String::with_capacity(ROOM)))
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(********)")
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        self.0.value_and_reset().zeroize();
    }
}
