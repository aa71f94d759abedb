//! Whose turn it is among what waits.

use super::*;

fn wanted(job: u64, urgency: Urgency) -> Intent {
    let permit = Permit::of_a_person(Box::new(Nobody));
    let errand = Errand::raw_permitted(vec![job as u8], Duration::from_secs(1), permit);
    Intent::Run { job: JobId(job), errand: Box::new(errand.with_urgency(urgency)) }
}

#[tokio::test(start_paused = true)]
async fn the_most_urgent_goes_first_and_among_equals_what_was_asked_for_first() {
    let mut bench = Bench::open().await;
    let all = [
        (1, Urgency::Person),
        (2, Urgency::Poll),
        (3, Urgency::Repeat),
        (4, Urgency::Poll),
        (5, Urgency::Person),
        (6, Urgency::Person),
    ];
    for (job, urgency) in all {
        bench.handle.intents.send(wanted(job, urgency)).unwrap();
    }
    let mut order = Vec::new();
    for _ in all {
        order.extend(bench.sent().await);
    }
    assert_eq!(order, [1, 5, 6, 3, 2, 4]);
}

#[tokio::test(start_paused = true)]
async fn what_gives_way_before_it_has_begun_is_not_sent_and_is_told_as_cut() {
    let mut bench = Bench::open().await;
    bench.handle.intents.send(wanted(1, Urgency::Person)).unwrap();
    bench.handle.intents.send(wanted(2, Urgency::Poll)).unwrap();
    bench.handle.intents.send(Intent::GiveWay(JobId(2))).unwrap();
    assert_eq!(bench.sent().await, [1]);
    let mut told = Vec::new();
    while told.len() < 2 {
        if let BusEvent::Job(JobId(2), event) = bench.told().await {
            told.push(event);
        }
    }
    let is_cut = |event: &JobEvent| matches!(event, JobEvent::Answered { result: Err(failure), .. } if failure.fault == Fault::Cancelled);
    assert!(is_cut(&told[0]) && told[1] == JobEvent::Finished, "{told:?}");
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(bench.far.commands.is_empty());
}
