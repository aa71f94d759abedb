//! Member of a poll: a meter, its commands, and which of them stayed silent.

/// A meter with its commands.
#[derive(Debug, Clone)]
pub(super) struct Member<M, C> {
    pub(super) meter: M,
    pub(super) commands: Vec<C>,
    /// The commands that have once stayed silent, in the order in which they did.
    marked: Vec<Mark<C>>,
    /// Whether its last round ended with the first request.
    pub(super) is_left_out: bool,
}

/// A command that has once stayed silent.
#[derive(Debug, Clone)]
struct Mark<C> {
    command: C,
    /// Whether it was silent when it was asked last.
    is_silent: bool,
}

impl<M, C: Clone + PartialEq> Member<M, C> {
    /// A meter, with what was known of it before.
    pub(super) fn new(meter: M, commands: Vec<C>, before: Option<Self>) -> Self {
        let (mut marked, is_left_out) =
            before.map(|before| (before.marked, before.is_left_out)).unwrap_or_default();
        marked.retain(|mark| commands.contains(&mark.command));
        Self { meter, commands, marked, is_left_out }
    }

    pub(super) fn mark(&mut self, place: usize) {
        let Some(command) = self.commands.get(place) else { return };
        match self.marked.iter_mut().find(|mark| mark.command == *command) {
            Some(mark) => mark.is_silent = true,
            None => self.marked.push(Mark { command: command.clone(), is_silent: true }),
        }
    }

    /// It was answered: it keeps its place, and gets its tries back.
    pub(super) fn unmark(&mut self, place: usize) {
        let Some(command) = self.commands.get(place) else { return };
        if let Some(mark) = self.marked.iter_mut().find(|mark| mark.command == *command) {
            mark.is_silent = false;
        }
    }

    /// Whether a command was silent when it was asked last.
    pub(super) fn is_silent(&self, place: usize) -> bool {
        let command = self.commands.get(place);
        self.marked.iter().any(|mark| mark.is_silent && Some(&mark.command) == command)
    }

    /// The places of the commands in the order in which they are asked: those that were silent last.
    pub(super) fn order(&self) -> Vec<usize> {
        let mark_of = |place: &usize| {
            let command = self.commands.get(*place);
            self.marked.iter().position(|mark| Some(&mark.command) == command)
        };
        let mut order: Vec<usize> = (0..self.commands.len()).collect();
        order.sort_by_key(|place| (self.is_silent(*place), mark_of(place)));
        order
    }
}
