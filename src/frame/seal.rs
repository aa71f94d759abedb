//! Hiding what would give a secret away: a checksum over a password tells as much of it as it has bits.

use std::borrow::Cow;

use super::{Dissection, Field, Layer, Problem, Value, Verdict};

/// What stands for a remark that was made of the frame's figures.
const HIDDEN: &str = "more is not told: it may give the secret in this frame away";

impl Dissection {
    /// Whether a password or key stands in the frame.
    #[must_use]
    pub fn keeps_secret(&self) -> bool {
        self.layers.iter().flat_map(|layer| &layer.fields).any(|field| field.value.is_secret())
    }

    /// The same, but with a secret in it every checksum becomes a part of the secret: its bytes, what it should
    /// be, and every remark made of the frame's figures. [`Dissection::told`] gives back what was hidden.
    #[must_use]
    pub fn sealed(self) -> Self {
        if self.bare.is_some() || !self.keeps_secret() {
            return self;
        }
        let bare = self.clone();
        self.sealed_over(bare)
    }

    /// The same for a dissection of which more was hidden than its family hides; `bare` is what it was before.
    #[must_use]
    pub fn sealed_over(mut self, bare: Self) -> Self {
        if !self.keeps_secret() {
            return self;
        }
        self.layers.iter_mut().for_each(seal_layer);
        self.problems.iter_mut().for_each(seal_problem);
        self.checksum = self.checksum.map(super::Checksum::hidden);
        self.verdict = self.verdict.hidden();
        self.bare = Some(Box::new(bare));
        self
    }

    /// The dissection to show: itself, or with `reveal` the one that hides no checksum.
    #[must_use]
    pub fn told(&self, reveal: bool) -> &Self {
        self.bare.as_deref().filter(|_| reveal).unwrap_or(self)
    }
}

fn seal_layer(layer: &mut Layer) {
    layer.fields.iter_mut().for_each(seal_field);
}

fn seal_field(field: &mut Field) {
    if let Value::Checksum(..) = field.value {
        field.value = Value::Secret;
        field.verdict = field.verdict.hidden();
    }
}

/// A fixed sentence tells nothing; one that was put together may.
fn seal_problem(problem: &mut Problem) {
    if let Cow::Owned(_) = problem.text {
        problem.text = HIDDEN.into();
    }
}

impl Verdict {
    /// The same without the figures it was made of.
    #[must_use]
    pub const fn hidden(self) -> Self {
        match self {
            Self::Bad(mismatch) => Self::Bad(mismatch.hidden()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Checksum, Mask, ProblemCode, Span};
    use super::*;
    use crate::frame::checksum::CheckKind;

    /// `31 32 6B`: a password of two bytes and a wrong checksum over it.
    fn frame(password: Value) -> Dissection {
        let sum = Checksum::new(CheckKind::Xor7, 0x6B, 0x03, 2);
        let mut dissection = Dissection::unexplained("x", &[0x31, 0x32, 0x6B], "Password");
        dissection.layers[0].fields = vec![
            Field::new("password", Span::new(0, 2), password),
            Field::new("BCC", Span::new(2, 3), Value::Checksum(0x6B, 2)).verdict(sum.verdict()),
        ];
        dissection.checksum = Some(sum);
        dissection.verdict = sum.verdict();
        let text = "6B, expected 03".to_owned().into();
        dissection.problems.push(Problem { code: ProblemCode::Checksum, text, span: None });
        dissection
    }

    fn hex(dissection: &Dissection) -> String {
        let Layer { bytes, .. } = &dissection.layers[0];
        Mask::of(dissection, 0).spaced_hex(bytes)
    }

    #[test]
    fn a_checksum_over_a_secret_is_hidden_with_all_that_is_said_of_it() {
        let sealed = frame(Value::Secret).sealed();
        assert_eq!(hex(&sealed), "** ** **");
        assert_eq!(sealed.summary(), "Password: BCC xor7 **, expected **");
        assert_eq!(sealed.problems[0].text, HIDDEN);
        let sum = sealed.checksum.unwrap();
        assert_eq!((sum.found_text(), sum.expected_text()), ("**".into(), "**".into()));
        assert_eq!(sealed.layers[0].text_of(&sealed.layers[0].fields[1]), "********");
        assert!(sealed.verdict.is_bad());
    }

    #[test]
    fn what_was_hidden_is_there_when_it_is_to_be_revealed() {
        let sealed = frame(Value::Secret).sealed();
        assert_eq!(sealed.told(true), &frame(Value::Secret));
        assert_eq!(sealed.told(false), &sealed);
        assert_eq!(sealed.clone().sealed(), sealed, "sealing twice changes nothing");
    }

    #[test]
    fn a_frame_without_a_secret_keeps_its_checksum() {
        let open = frame(Value::Bytes);
        assert_eq!(open.clone().sealed(), open);
        assert_eq!(hex(&open), "31 32 6B");
        assert_eq!(open.summary(), "Password: BCC xor7 6B, expected 03");
    }
}
