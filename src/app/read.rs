//! Reading a meter once, from start to end: for programs that want its values and no screen.

use std::time::Duration;

use crate::bus::{BusEvent, Errand, Forbidden, Intent, JobEvent, JobId, LinkState, Standing};
use crate::link::{Endpoint, LinkName, NameError, OpenError};
use crate::meter::{self, AddressError, UnknownModel};
use crate::protocol::{Failure, IfSilent, Options};
use crate::reading::Reading;

use super::diagnosis::reason;
use super::session::{self, Opening, Recording, Role, Session, Simulation};
use super::target::Target;

/// The only job that is run.
const JOB: JobId = JobId(1);

/// Why a meter could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The link's name means nothing.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No such model.
    #[error(transparent)]
    Model(#[from] UnknownModel),
    /// The model has no such address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The link could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The model's own list holds a command that does more than read.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The meter did not answer, or not as it should, and nothing was read.
    #[error("{}: {}", .0.step, reason(&.0.fault))]
    Failed(Failure),
    /// The link was closed before the meter was read.
    #[error("the link was closed: {0}")]
    Closed(String),
    /// There is no runtime to wait in.
    #[error("cannot wait: {0}")]
    Runtime(#[from] std::io::Error),
}

/// What a meter answered.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Answers {
    /// What was read.
    pub readings: Vec<Reading>,
    /// What was asked and not read, and why.
    pub failures: Vec<Failure>,
}

impl Answers {
    /// The first failure where nothing was read.
    fn or_failure(mut self) -> Result<Self, ReadError> {
        if self.readings.is_empty() && !self.failures.is_empty() {
            return Err(ReadError::Failed(self.failures.swap_remove(0)));
        }
        Ok(self)
    }
}

/// Reads the default values of a meter: energy in total and by tariff first, then what it measures now.
///
/// Sends only the requests of the model that read, each within its bound, and closes the link. What was asked
/// and not read stands beside what was; where nothing was read, that is the error. Another master on the line does not
/// keep it from asking. Waits meanwhile; call it from a thread of its own where that matters.
///
/// `link` is any link's name (`serial:/dev/ttyUSB0`, `tcp://192.168.1.7:8899`), `model` an id of `meterscope models`,
/// `address` as a person writes it, empty for a meter without one.
///
/// # Errors
/// [`ReadError`] by who is at fault: the names given, the link, or the meter.
///
/// ```
/// # #[cfg(feature = "sim")]
/// # fn main() -> Result<(), meterscope::ReadError> {
/// for reading in meterscope::read("sim:", "mercury-206", "11200294")?.readings {
///     println!("{}", meterscope::frame::visible::reading(&reading));
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sim"))]
/// # fn main() {}
/// ```
pub fn read(link: &str, model: &str, address: &str) -> Result<Answers, ReadError> {
    let name: LinkName = link.parse()?;
    let model = meter::model(model)?;
    let address = model.resolve(address)?.into_iter().next().ok_or(AddressError::Missing)?.address;
    let target = Target { model, address, password: None, keys: Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut session = session::open(opening(name, &target));
        let read = run(&mut session, &target).await;
        session.end().await;
        read
    })
}

fn opening(name: LinkName, target: &Target) -> Opening {
    Opening {
        name,
        role: Role::Talk,
        line: target.model.line,
        decoder: Some(target.decoder()),
        recording: Recording::None,
        keys: Vec::new(),
        zone: target.zone(),
        simulation: Simulation::of(target.model),
        standing: Standing { is_wanted: true, ..Standing::default() },
        before: None,
    }
}

async fn run(session: &mut Session, target: &Target) -> Result<Answers, ReadError> {
    until_open(session).await?;
    let line = session.status.borrow().line.or(session.name.line).unwrap_or(target.model.line);
    let profile = target.profile(line, session.name.place.network_delay());
    let options = Options { if_silent: IfSilent::LeaveOut, ..Options::default() };
    let plan = target.plan(target.default_reads(), options, profile);
    let errand = Errand::reading(target.decoder(), plan)?;
    session.send(Intent::Run { job: JOB, errand: Box::new(errand) });
    gather(session).await
}

/// Waits until the link is open; one that is dialled into, for as long as a converter may take.
async fn until_open(session: &mut Session) -> Result<(), ReadError> {
    let patience = match session.name.place {
        Endpoint::Listen(..) => session::DIAL_IN,
        _ => Duration::MAX,
    };
    let Session { status, events, name, .. } = session;
    let opened = async {
        while status.borrow_and_update().link == LinkState::Opening {
            tokio::select! {
                Ok(()) = status.changed() => {}
                event = events.recv() => match event {
                    Some(BusEvent::Ended(ended)) => {
                        ended?;
                        return Err(ReadError::Closed(name.to_string()));
                    }
                    Some(_) => {}
                    // The bus is gone without a word: nothing more comes.
                    None => return Err(ReadError::Closed(name.to_string())),
                },
            }
        }
        Ok(())
    };
    let late = |_| ReadError::Closed(format!("{name}: nobody dialled in within {} s", patience.as_secs()));
    tokio::time::timeout(patience, opened).await.unwrap_or_else(|elapsed| Err(late(elapsed)))
}

/// What the job gives, up to its end.
async fn gather(session: &mut Session) -> Result<Answers, ReadError> {
    let mut answers = Answers::default();
    while let Some(event) = session.events.recv().await {
        match event {
            BusEvent::Job(JOB, JobEvent::Reading(reading, _)) => answers.readings.push(reading),
            BusEvent::Job(JOB, JobEvent::Answered { result: Err(failure), .. }) => {
                answers.failures.push(failure);
            }
            BusEvent::Job(JOB, JobEvent::Finished) => return answers.or_failure(),
            BusEvent::Ended(ended) => {
                ended?;
                break;
            }
            _ => {}
        }
    }
    Err(ReadError::Closed(session.name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Fault;
    use crate::reading::{Measured, Quantity, Unit};

    #[test]
    fn names_that_mean_nothing_are_told_before_anything_is_opened() {
        assert!(matches!(read("tcp://", "mercury-206", "1"), Err(ReadError::Name(_))));
        assert!(matches!(read("sim:", "mercury-2066", "1"), Err(ReadError::Model(_))));
        assert!(matches!(read("sim:", "mercury-206", "x"), Err(ReadError::Address(_))));
    }

    #[test]
    fn what_was_not_read_is_told_beside_what_was() {
        let failure = || Failure { step: "a step", fault: Fault::Cancelled };
        let nothing = Answers { readings: Vec::new(), failures: vec![failure()] };
        assert!(matches!(nothing.or_failure(), Err(ReadError::Failed(_))));
        let reading =
            Reading::unnamed(Quantity::VERSION, Measured::Text((&b"1"[..]).into()), Unit::None, &[]);
        let partly = Answers { readings: vec![reading], failures: vec![failure()] };
        assert_eq!(partly.or_failure().unwrap().failures.len(), 1);
    }
}
