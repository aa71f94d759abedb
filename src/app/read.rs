//! Reading a meter once, from start to end: for programs that want its values and no screen.

use crate::bus::{BusEvent, Errand, Forbidden, Intent, JobEvent, JobId, LinkState, Standing};
use crate::link::{LinkName, NameError, OpenError};
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
    /// The meter did not answer, or not as it should, and nothing was read before that.
    #[error("{}: {}", .0.step, reason(&.0.fault))]
    Failed(Failure),
    /// The link was closed before the meter was read.
    #[error("the link was closed: {0}")]
    Closed(String),
    /// There is no runtime to wait in.
    #[error("cannot wait: {0}")]
    Runtime(#[from] std::io::Error),
}

/// Reads the default values of a meter: energy in total and by tariff first, then what it measures now.
///
/// Sends only the requests of the model that read, each within its bound, and closes the link. What came before a
/// failure is given; a failure before the first value is the error. Waits meanwhile; call it from a thread of its own
/// where that matters.
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
/// for reading in meterscope::read("sim:", "mercury-206", "11200294")? {
///     println!("{}", meterscope::frame::visible::reading(&reading));
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sim"))]
/// # fn main() {}
/// ```
pub fn read(link: &str, model: &str, address: &str) -> Result<Vec<Reading>, ReadError> {
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

async fn run(session: &mut Session, target: &Target) -> Result<Vec<Reading>, ReadError> {
    until_open(session).await?;
    let line = session.status.borrow().line.or(session.name.line).unwrap_or(target.model.line);
    let profile = target.profile(line, session.name.place.network_delay());
    let options = Options { if_silent: IfSilent::LeaveOut, ..Options::default() };
    let plan = target.plan(target.default_reads(), options, profile);
    let errand = Errand::reading(target.decoder(), plan)?;
    session.send(Intent::Run { job: JOB, errand: Box::new(errand) });
    gather(session).await
}

async fn until_open(session: &mut Session) -> Result<(), ReadError> {
    while session.status.borrow_and_update().link == LinkState::Opening {
        tokio::select! {
            _ = session.status.changed() => {}
            event = session.events.recv() => if let Some(BusEvent::Ended(ended)) = event {
                ended?;
            },
        }
    }
    Ok(())
}

/// The readings of the job, up to its end.
async fn gather(session: &mut Session) -> Result<Vec<Reading>, ReadError> {
    let mut readings = Vec::new();
    let mut failed = None;
    while let Some(event) = session.events.recv().await {
        match event {
            BusEvent::Job(JOB, JobEvent::Reading(reading, _)) => readings.push(reading),
            BusEvent::Job(JOB, JobEvent::Answered { result: Err(failure), .. }) => {
                failed = failed.or(Some(failure));
            }
            BusEvent::Job(JOB, JobEvent::Finished) => break,
            BusEvent::Ended(ended) => {
                ended?;
                return Err(ReadError::Closed(session.name.to_string()));
            }
            _ => {}
        }
    }
    match failed {
        Some(failure) if readings.is_empty() => Err(ReadError::Failed(failure)),
        _ => Ok(readings),
    }
}
