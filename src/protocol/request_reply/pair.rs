//! Pair of answers to one question, which count only where they agree.

/// First answer of a pair, while the second one is awaited.
#[derive(Debug)]
pub struct Pair<A> {
    first: Option<A>,
}

/// What an answer is to the one before it.
#[derive(Debug, PartialEq, Eq)]
pub enum Compared<A> {
    /// The first one: the question is asked once more, which is no retry.
    First,
    /// The same, which is what counts.
    Same(A),
    /// Another one: it is compared with the next.
    Different,
}

impl<A> Default for Pair<A> {
    fn default() -> Self {
        Self { first: None }
    }
}

impl<A: PartialEq> Pair<A> {
    /// Compares an answer with the one before it.
    pub fn compare(&mut self, answer: A) -> Compared<A> {
        match self.first.take() {
            Some(first) if first == answer => Compared::Same(answer),
            first => {
                self.first = Some(answer);
                if first.is_none() { Compared::First } else { Compared::Different }
            }
        }
    }
}

impl<A> Pair<A> {
    /// First answer, which is awaited no second one for; kept instead: `answer`.
    pub fn take_or_keep(&mut self, answer: A) -> Option<(A, A)> {
        if let Some(first) = self.first.take() {
            return Some((first, answer));
        }
        self.first = Some(answer);
        None
    }

    /// Forgets the first answer: another question is asked.
    pub fn forget(&mut self) {
        self.first = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_once_the_one_before_it_was_the_same() {
        let mut pair = Pair::default();
        assert_eq!(
            [1, 2, 2].map(|answer| pair.compare(answer)),
            [Compared::First, Compared::Different, Compared::Same(2)]
        );
        assert_eq!(pair.compare(2), Compared::First, "the next pair begins anew");
        pair.forget();
        assert_eq!(pair.compare(2), Compared::First);
    }
}
