//! Exchanges that would send for ever, and the bus that does not let them.

use std::collections::VecDeque;

use super::*;
use crate::meter;
use crate::protocol::{
    Access, Action, Address, Allowance, Bound, ComposeError, Context, Dialect, DialectProfile, Event, Excess,
    Exchange, Family, FamilyProfile, Framer, Limit, LineSettings, MasterRequest, Options, Plan, Profile,
    Request, Responder, Setup, SetupError, Source, Tracker, energomera_ce::Ce,
};

/// A family whose exchange sends on whatever it is told, and never waits.
struct Wild(Bound);

static ASKS: Wild = Wild(Bound::Requests(Allowance { unanswered: 3, total: 5, longest: 40 }));
static REPLIES: Wild = Wild(Bound::Replies);

const SILENCE: Duration = Duration::from_millis(250);

/// Sends without end, changes the line beside it, and takes no notice of the loss of the link.
struct Runaway {
    bound: Bound,
    request: Vec<u8>,
    actions: VecDeque<Action>,
}

impl Exchange for Runaway {
    fn bound(&self) -> Bound {
        self.bound
    }

    fn handle(&mut self, event: Event<'_>, _: crate::frame::At) {
        if event != Event::LineRefused {
            self.actions.push_back(Action::SetLine(LineSettings::e71(300)));
        }
        self.actions.push_back(Action::Send(self.request.clone()));
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}

impl Family for Wild {
    fn profile(&self) -> &'static FamilyProfile {
        static PROFILE: FamilyProfile = FamilyProfile::plain("wild", "Wild", DialectProfile::plain("", &[]));
        &PROFILE
    }
    fn framer(&self, source: Source, line: LineSettings) -> Box<dyn Framer> {
        Ce.framer(source, line)
    }
    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Ce.tracker(dialect)
    }
    fn explain(&self, frame: &[u8], context: &Context<'_>) -> crate::frame::Dissection {
        Ce.explain(frame, context)
    }
    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        Ce.compose(profile, request)
    }
    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        Ce.with_checksum(body)
    }
    fn access(&self, frame: &[u8], dialect: Dialect) -> Option<Access> {
        Ce.access(frame, dialect)
    }
    fn request_at(&self, bytes: &[u8]) -> Option<MasterRequest> {
        Ce.request_at(bytes)
    }
    fn silence(&self, _: LineSettings) -> Duration {
        SILENCE
    }
    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        let request = self.compose(&plan.profile, &plan.requests[0])?.swap_remove(0);
        Ok(Box::new(Runaway { bound: self.0, request, actions: VecDeque::new() }))
    }
    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        Ce.responder(setup)
    }
}

fn plan() -> Plan {
    let model = meter::model("energomera-ce307").unwrap();
    let command =
        Ce.profile().dialect(model.dialect).commands.iter().find(|command| command.id == "version").unwrap();
    let request = Request { command, arguments: command.arguments([]).unwrap() };
    let profile = Profile {
        model: model.id,
        dialect: model.dialect,
        address: Address::numeric("13462", 13462),
        password: None,
        line: model.line,
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    };
    Plan { profile, requests: vec![request], options: Options::default() }
}

/// An answer that a CE307 gives.
fn answer() -> Vec<u8> {
    let frame = "C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0";
    crate::frame::hex::parse(frame).unwrap()
}

struct Rig {
    handle: Handle,
    far: FarEnd,
    clock: Clock,
    line: Option<LineSettings>,
    sent: Vec<crate::frame::At>,
}

impl Rig {
    async fn with(line: Option<LineSettings>, family: &'static Wild) -> Self {
        let clock = Clock::of_tests();
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (near, far) = with_far_end();
        let (handle, ends) = channel();
        tokio::spawn(run(ends, Port::Full(near), trace, clock, None, InitialLine::default()));
        let rig = Self { handle, far, clock, line, sent: Vec::new() };
        rig.open().await;
        let decoder = Decoder::of(family);
        let errand = Errand::reading(decoder, plan()).unwrap();
        rig.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
        rig
    }

    async fn tell(&self, event: LinkEvent) {
        self.far.events.send(event).await.unwrap();
    }

    async fn open(&self) {
        self.tell(LinkEvent::Opened { peer: String::new(), line: self.line, at: self.clock.now() }).await;
    }

    /// The fault that it ends with. The far end settles every change of the line and says `after` so many messages.
    async fn fault(&mut self, after: impl AsyncFn(&Self, usize)) -> Fault {
        loop {
            tokio::select! {
                Some(command) = self.far.commands.recv() => self.obey(command, &after).await,
                Some(event) = self.handle.events.recv() => {
                    if let BusEvent::Job(_, JobEvent::Answered { result, .. }) = event {
                        return result.unwrap_err().fault;
                    }
                }
            }
        }
    }

    async fn obey(&mut self, command: LinkCommand, after: &impl AsyncFn(&Self, usize)) {
        let at = self.clock.now();
        match command {
            LinkCommand::Send(_) => {
                self.sent.push(at);
                self.tell(LinkEvent::Sent { at }).await;
                after(self, self.sent.len()).await;
            }
            LinkCommand::SetLine(line) if self.line.is_some() => {
                self.tell(LinkEvent::LineSet { line, at }).await;
            }
            LinkCommand::SetLine(line) => {
                let why = "fixed".to_owned();
                self.tell(LinkEvent::LineRefused { asked: line, why, at }).await;
            }
            LinkCommand::Renew | LinkCommand::Close => {}
        }
    }

    fn is_paced(&self) -> bool {
        self.sent.windows(2).all(|pair| pair[1].since(pair[0]) >= SILENCE)
    }

    /// What it has asked of the link since.
    fn more(&mut self) -> Vec<LinkCommand> {
        std::iter::from_fn(|| self.far.commands.try_recv().ok())
            .filter(|command| matches!(command, LinkCommand::Send(_)))
            .collect()
    }
}

fn limit(fault: &Fault) -> Limit {
    let Fault::Overrun(Excess { limit, .. }) = *fault else { panic!("{fault:?}") };
    limit
}

const LINES: [Option<LineSettings>; 2] = [Some(LineSettings::n81(9600)), None];

#[tokio::test(start_paused = true)]
async fn what_sends_without_end_is_ended_by_name_after_what_its_plan_allows_and_in_its_pace() {
    for line in LINES {
        let mut rig = Rig::with(line, &ASKS).await;
        assert_eq!(limit(&rig.fault(async |_, _| ()).await), Limit::Unanswered(3), "{line:?}");
        assert!(rig.sent.len() <= 3 && rig.is_paced(), "{:?}", rig.sent);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(rig.more(), [], "{line:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn answers_earn_more_up_to_what_the_plan_may_send_in_all() {
    let mut rig = Rig::with(None, &ASKS).await;
    let answers = async |rig: &Rig, _| rig.tell(LinkEvent::received(answer(), rig.clock.now())).await;
    assert_eq!(limit(&rig.fault(answers).await), Limit::Total(5));
    assert!(rig.sent.len() <= 5, "{:?}", rig.sent);
}

#[tokio::test(start_paused = true)]
async fn noise_and_damage_earn_nothing() {
    let mut rig = Rig::with(None, &ASKS).await;
    let mut damaged = answer();
    damaged[9] ^= 1;
    let noise = async |rig: &Rig, _| {
        rig.tell(LinkEvent::received(vec![0x55; 40], rig.clock.now())).await;
        rig.tell(LinkEvent::received(damaged.clone(), rig.clock.now())).await;
    };
    assert_eq!(limit(&rig.fault(noise).await), Limit::Unanswered(3));
    assert!(rig.sent.len() <= 3, "{:?}", rig.sent);
}

#[tokio::test(start_paused = true)]
async fn the_loss_of_the_link_gives_nothing_back() {
    let mut rig = Rig::with(None, &ASKS).await;
    let loses = async |rig: &Rig, count| {
        if count == 2 {
            let at = rig.clock.now();
            rig.tell(LinkEvent::Lost { why: "cut".to_owned(), retry_in: Duration::ZERO, at }).await;
            rig.open().await;
        }
    };
    assert_eq!(limit(&rig.fault(loses).await), Limit::Unanswered(3));
    assert!(rig.sent.len() <= 3 && rig.is_paced(), "{:?}", rig.sent);
}

#[tokio::test(start_paused = true)]
async fn replies_are_bounded_by_what_was_heard() {
    let mut rig = Rig::with(None, &REPLIES).await;
    assert_eq!(limit(&rig.fault(async |_, _| ()).await), Limit::Heard(0));
    assert_eq!(rig.sent, []);
}

#[tokio::test(start_paused = true)]
async fn jobs_that_follow_each_other_keep_the_silence_between_them() {
    let mut rig = Rig::with(None, &ASKS).await;
    let decoder = Decoder { family: &ASKS, dialect: Dialect::default() };
    for job in 2..6 {
        let errand = Errand::reading(decoder, plan()).unwrap();
        rig.handle.intents.send(Intent::Run { job: JobId(job), errand: Box::new(errand) }).unwrap();
    }
    for _ in 1..6 {
        assert_eq!(limit(&rig.fault(async |_, _| ()).await), Limit::Unanswered(3));
    }
    assert!(rig.sent.len() <= 15 && rig.sent.len() >= 5 && rig.is_paced(), "{:?}", rig.sent);
}
