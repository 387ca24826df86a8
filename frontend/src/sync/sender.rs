//! Which request is sent next, and when: a state machine that is told what happens and says what to do.
//!
//! Every tab sends what waits, in order: a request is answered alike however often and from wherever it comes, and is
//! done once. So no tab depends on another one that may be gone.

/// A request that has not been answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub request: String,
    /// The request that goes first.
    pub depends_on: Option<String>,
    /// A person is to decide about it.
    pub stuck: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something was asked for or decided, here or in another tab.
    Changed,
    /// The one that was sent is answered, and the answer is taken in.
    Answered,
    LineDown,
    LineUp,
    SignedOut,
    /// The same person has signed in again.
    SignedIn,
    /// They did not want to.
    Declined,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Todo {
    Send(String),
    AwaitLine,
    AskToSignIn,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Sending,
    LineIsDown,
    SigningIn,
    /// Until something else is asked for, or somebody signs in by themselves.
    Declined,
}

#[derive(Debug, Default)]
pub struct Sender {
    state: State,
    held: bool,
}

impl Sender {
    /// What is to be done now that this has happened, with what waits in its order.
    pub fn on(&mut self, event: Event, waiting: &[Waiting]) -> Option<Todo> {
        match (event, &self.state) {
            (Event::Changed, State::Idle) | (Event::Answered, State::Sending) => self.held = false,
            (Event::Changed | Event::SignedIn, State::Declined) => self.held = false,
            (Event::LineUp, State::LineIsDown) | (Event::SignedIn, State::SigningIn) => {}
            (Event::LineDown, State::Sending) => {
                (self.state, self.held) = (State::LineIsDown, true);
                return Some(Todo::AwaitLine);
            }
            (Event::SignedOut, State::Sending) => {
                (self.state, self.held) = (State::SigningIn, true);
                return Some(Todo::AskToSignIn);
            }
            (Event::Declined, State::SigningIn) => {
                self.state = State::Declined;
                return None;
            }
            _ => return None,
        }
        let next = next(waiting);
        self.held &= next.is_some();
        self.state = if next.is_some() { State::Sending } else { State::Idle };
        next.map(|next| Todo::Send(next.request.clone()))
    }

    /// What waits cannot be sent: the server is away, or the session has expired.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Something is under way, or will be by itself.
    pub fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle | State::Declined)
    }

    /// What waits is not sent before somebody signs in.
    pub fn is_declined(&self) -> bool {
        self.state == State::Declined
    }
}

/// The first that nothing stands before.
fn next(waiting: &[Waiting]) -> Option<&Waiting> {
    let is_there = |request: &String| waiting.iter().any(|other| other.request == *request);
    waiting.iter().find(|one| !one.stuck && !one.depends_on.as_ref().is_some_and(is_there))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(request: &str, depends_on: Option<&str>, stuck: bool) -> Waiting {
        Waiting { request: request.to_owned(), depends_on: depends_on.map(str::to_owned), stuck }
    }

    fn send(request: &str) -> Option<Todo> {
        Some(Todo::Send(request.to_owned()))
    }

    #[test]
    fn one_after_the_other_is_sent_and_what_is_stuck_holds_up_only_what_follows_it() {
        let all = [
            waiting("a", None, true),
            waiting("b", Some("a"), false),
            waiting("c", None, false),
            waiting("d", None, false),
        ];
        let mut sender = Sender::default();
        assert_eq!(sender.on(Event::Changed, &all), send("c"));
        assert_eq!(sender.on(Event::Changed, &all), None, "one at a time");
        assert_eq!(sender.on(Event::Answered, &all[3..]), send("d"));
        assert_eq!(sender.on(Event::Answered, &all[..2]), None);
        assert!(!sender.is_busy());
        assert_eq!(sender.on(Event::Changed, &all[1..2]), send("b"));
    }

    #[test]
    fn while_the_line_is_down_it_waits_and_is_sent_again_when_it_is_back() {
        let all = [waiting("a", None, false)];
        let mut sender = Sender::default();
        sender.on(Event::Changed, &all);
        assert_eq!(sender.on(Event::LineDown, &all), Some(Todo::AwaitLine));
        assert!(sender.is_held() && sender.is_busy());
        assert_eq!(sender.on(Event::Changed, &all), None);
        assert_eq!(sender.on(Event::LineUp, &all), send("a"));
        assert!(sender.is_held(), "until something is answered");
        assert_eq!(sender.on(Event::Answered, &[]), None);
        assert!(!sender.is_held());
    }

    #[test]
    fn who_does_not_want_to_sign_in_is_asked_again_with_the_next_thing_that_they_ask_for() {
        let all = [waiting("a", None, false)];
        let mut sender = Sender::default();
        sender.on(Event::Changed, &all);
        assert_eq!(sender.on(Event::SignedOut, &all), Some(Todo::AskToSignIn));
        assert_eq!(sender.on(Event::Declined, &all), None);
        assert!(sender.is_held() && sender.is_declined());
        assert_eq!(sender.on(Event::LineUp, &all), None);
        assert_eq!(sender.on(Event::Changed, &all), send("a"));
        sender.on(Event::SignedOut, &all);
        assert_eq!(sender.on(Event::SignedIn, &all), send("a"));
    }
}
