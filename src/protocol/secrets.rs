//! Passwords and keys by their place in bytes that no checksum vouches for: noise, damaged frames, and frames of
//! another protocol than the one they are taken for.
//!
//! A sound frame is explained by its family, which knows where its passwords are. Of all other bytes every family
//! of the registry is asked at once ([`Family::secrets`]), since nobody knows whose they are. The model of damage
//! is one flipped bit, a lost head or a lost tail; what one flipped bit makes a sound frame without a password is
//! taken for that frame, so that masks do not cover what no password stands in.

mod cover;
pub mod near;
mod suspect;

pub use suspect::{Surroundings, Suspect};

use std::ops::Range;
use std::sync::LazyLock;

use super::context::Context;
use super::family::Family;
use super::{registry, sealed};
use crate::frame::checksum::CheckKind;
use crate::frame::{Checksum, Dissection, Mask, Value, Values, Verdict};

/// Bytes before and behind an entry that are looked at with it: the longest way from the head of a message to the
/// end of its password.
pub const REACH: usize = 128;

/// Hex digits of a checksum that one flip in 256 passes.
const WEAK: u8 = 2;

/// The shortest run of sent secret bytes that is searched for; shorter ones stand everywhere by chance.
const SHORTEST_SENT: usize = 4;

/// Which bytes that are no sound frame are secret, as every family sees it.
#[must_use]
pub fn mask(bytes: &[u8], around: Surroundings<'_>) -> Mask {
    let joined = [around.before, bytes, around.after].concat();
    let entry = around.before.len()..around.before.len() + bytes.len();
    let mut mask = Mask::default();
    let is_all = [around.before, around.after].map(|side| side.len() < REACH);
    ask_all(&Suspect { bytes: &joined, entry: entry.clone(), is_all, is_sound: false }, &mut mask);
    for secret in around.sent.iter().filter(|secret| secret.len() >= SHORTEST_SENT) {
        let found = memchr::memmem::find_iter(&joined, secret);
        found.for_each(|at| mask.hide(at..at + secret.len()));
    }
    mask.part(entry.start, bytes.len())
}

/// The bytes as spaced hex, those of secrets as `**`, whoever they are of.
#[must_use]
pub fn masked_hex(bytes: &[u8]) -> String {
    mask(bytes, Surroundings::default()).spaced_hex(bytes)
}

/// The families whose sound messages may carry secrets under a check, by the place of the check in
/// [`CheckKind::ALL`].
static UNDER: LazyLock<[Vec<&'static dyn Family>; CheckKind::ALL.len()]> = LazyLock::new(|| {
    let carries = |kind: CheckKind| {
        let families = registry::FAMILIES.iter().copied();
        families.filter(|family| family.profile().secret_checks.contains(&kind)).collect()
    };
    CheckKind::ALL.map(carries)
});

/// The families that are asked about a frame: those of its check where marks or a question vouch for it as
/// well, else all of them. Among bytes of another protocol a check without marks fits by chance.
fn asked(checksum: Option<Checksum>, is_proved: bool) -> &'static [&'static dyn Family] {
    let under = checksum.filter(|_| is_proved).and_then(|sum| UNDER.get(sum.kind as usize));
    under.map_or(registry::FAMILIES, Vec::as_slice)
}

/// Tells which bytes of a sound frame, or of what was unpacked from one, are secret, also in another protocol than
/// its own.
fn find_in_sound(asked: &[&dyn Family], bytes: &[u8], hide: &mut dyn FnMut(Range<usize>)) {
    let suspect = Suspect { bytes, entry: 0..bytes.len(), is_all: [true; 2], is_sound: true };
    for family in asked {
        family.secrets(&suspect, hide);
    }
}

fn mask_of_sound(asked: &[&dyn Family], bytes: &[u8]) -> Mask {
    let mut mask = Mask::default();
    find_in_sound(asked, bytes, &mut |range| mask.hide(range));
    mask
}

/// Whether a secret stands in any view of a frame.
fn holds_secret(asked: &[&dyn Family], explained: &Dissection) -> bool {
    let mut found = false;
    for layer in &explained.layers {
        find_in_sound(asked, &layer.bytes, &mut |_| found = true);
    }
    found
}

fn ask_all(suspect: &Suspect<'_>, mask: &mut Mask) {
    for family in registry::FAMILIES {
        family.secrets(suspect, &mut |range| mask.hide(range));
    }
}

impl dyn Family + '_ {
    /// Explains one frame; secrets of whichever family, and what would give them away, are hidden.
    #[must_use]
    pub fn dissect(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        let mut explained = self.explain(frame, context);
        let is_proved = self.profile().has_marks || context.request.is_some();
        hide(&mut explained, is_proved, context);
        explained
    }

    /// What one frame says, for polling: the verdict, readings and problems that `dissect` finds, and none of its
    /// fields.
    #[must_use]
    pub fn values(&self, frame: &[u8], context: &Context<'_>) -> Values {
        let is_open = |values: &Values| {
            values.verdict == Verdict::Good || !mask(frame, context.around).hides_anything()
        };
        let quick = self.quick_values(frame, context).filter(is_open);
        quick.unwrap_or_else(|| self.dissect(frame, context).into())
    }
}

/// A frame as its family explains it, with everything secret in it hidden.
///
/// Of a damaged frame the places decide alone: what its family says of it may be wrong.
fn hide(explained: &mut Dissection, is_proved: bool, context: &Context<'_>) {
    let is_sound = is_sound(explained);
    let asked = if is_sound { asked(explained.checksum, is_proved) } else { registry::FAMILIES };
    if !is_sound || explained.keeps_secret() || holds_secret(asked, explained) {
        *explained = hide_places(explained.clone(), asked, context);
    }
}

/// What [`hide`] does for the few frames that hold a secret or are not sound.
#[cold]
#[inline(never)]
fn hide_places(explained: Dissection, asked: &[&dyn Family], context: &Context<'_>) -> Dissection {
    let is_sound = is_sound(&explained);
    let Some(wire) = explained.wire() else { return explained };
    let masks: Vec<Mask> =
        explained.layers.iter().skip(1).map(|layer| mask_of_sound(asked, &layer.bytes)).collect();
    let mask = if is_sound { mask_of_sound(asked, &wire.bytes) } else { mask(&wire.bytes, context.around) };
    let judges_alone = explained.verdict.is_bad() && context.request.is_none();
    let hides = mask.hides_anything() || masks.iter().any(Mask::hides_anything);
    let may_show = judges_alone && explained.keeps_secret();
    if !(hides || may_show) {
        return explained.sealed();
    }
    let mut hidden = explained.clone();
    if judges_alone {
        hidden.layers.iter_mut().flat_map(|layer| &mut layer.fields).for_each(uncover);
    }
    cover::cover(&mut hidden, &mask, &masks);
    hidden.sealed_over(explained)
}

/// Whether a checksum vouches for what a frame is, opened or not. One of 8 bits or fewer passes by chance, which shows
/// in what cannot be explained behind it; that a key is missing shows nothing.
fn is_sound(explained: &Dissection) -> bool {
    let fits = explained.checksum.is_some_and(|sum| sum.verdict() == Verdict::Good);
    let is_vouched_for = match explained.verdict {
        Verdict::Good => true,
        Verdict::Unchecked(_) => fits,
        Verdict::Bad(_) | Verdict::Malformed(_) => false,
    };
    let is_strong = explained.checksum.is_some_and(|sum| sum.digits > WEAK);
    let is_explained = || explained.problems.iter().all(|problem| sealed::lock(problem.code).is_some());
    is_vouched_for && (is_strong || is_explained())
}

fn uncover(field: &mut crate::frame::Field) {
    if field.value.is_secret() {
        field.value = Value::Bytes;
    }
}

/// Bytes that are no frame, with what is secret in them hidden.
#[must_use]
pub fn unexplained(bytes: &[u8], title: &'static str, mask: &Mask) -> Dissection {
    let bare = Dissection::unexplained("", bytes, title);
    let mut hidden = bare.clone();
    cover::cover(&mut hidden, mask, &[]);
    hidden.sealed_over(bare)
}
