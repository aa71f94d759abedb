//! Sound frames that are not the answer, or that come from somebody else (F24, F29 to F31, F40, F53).

use std::time::Duration;

use meterscope::frame::Direction;
use meterscope::link::Endpoint;
use meterscope::protocol::laws::pieces;
use meterscope::protocol::{Address, Fault, Integrity, Options, PieceKind, Source, Unfit};
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, PATIENT, TWICE, assert_true, suffers};
use super::scripted::{body, frame, meter};

#[rstest]
#[tokio::test(start_paused = true)]
async fn f29_an_answer_from_another_address_is_named_and_never_a_value(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let (bench, outcome) = suffers(kind, &["misaddress=1:2"], PATIENT, "unexpected").await;
    assert!(outcome.warned("other-meter"));
    assert_eq!(outcome.answered(), 0);
    let (expected, found) = (kind.address(), kind.address() + 2);
    assert_eq!(outcome.fault(), Some(&Fault::Unexpected(Unfit::Address { expected, found })));
    let told = bench.diagnosis(outcome.fault().unwrap(), &Endpoint::Sim);
    assert!(
        told.headline.contains(&format!("answer from address {found} while asking {expected}")),
        "{told:?}"
    );
    assert!(told.look_at[0].contains("another meter"), "{told:?}");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f29_after_another_meters_answer_the_right_one_is_still_awaited(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let mut other = body(kind);
    // The last byte of the meter's address.
    other[3] ^= 0x10;
    let both = [frame(kind, &other), frame(kind, &body(kind))].concat();
    let mut bench = Bench::with(kind, vec![meter(kind, &[both])], &[]);
    let outcome = bench.carry_out(kind.plan_of(&kind.asked()[..1], ONCE)).await;
    assert_true(kind, &outcome);
    assert_eq!((bench.code(&outcome), outcome.warnings), ("good", vec!["other-meter"]));
}

#[tokio::test(start_paused = true)]
async fn f30_the_answer_to_another_command_is_named_by_both_codes() {
    let (_, outcome) = suffers(Kind::Mercury, &["stale=#2"], ONCE, "unexpected").await;
    let unfit = Unfit::Command { expected: 0x63, found: 0x27 };
    assert_eq!(outcome.fault(), Some(&Fault::Unexpected(unfit)));
    assert_eq!(outcome.answered(), 2);
}

/// The answer about the sum, given when T1 is asked for, fits in every byte: only asking twice helps, and the
/// model says so.
#[tokio::test(start_paused = true)]
async fn f30_the_answer_about_another_tariff_is_found_by_asking_twice() {
    let kind = Kind::Ce;
    assert!(kind.model().ambiguous_replies);
    let mut bench = Bench::new(kind, &["stale=#2"]);
    let once = bench.carry_out(kind.plan(ONCE)).await;
    assert_eq!(once.values()[1], ["T1 1634.20 kWh"], "nothing in the frame tells: {once:?}");
    let (_, twice) = suffers(kind, &["stale=#3"], TWICE, "good").await;
    assert_eq!(twice.values(), kind.truth());
}

#[rstest]
#[case::one_too_few(-1)]
#[case::one_too_many(1)]
#[tokio::test(start_paused = true)]
async fn an_answer_of_the_wrong_length_is_no_value_although_its_checksum_fits(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] change: isize,
) {
    let mut wrong = body(kind);
    let length = wrong.len().saturating_add_signed(change);
    wrong.resize(length, 0x01);
    if kind == Kind::Ce {
        // The count of data bytes stands in the service byte.
        wrong[5] = wrong[5].saturating_add_signed(change as i8);
    }
    let mut bench = Bench::with(kind, vec![meter(kind, &[frame(kind, &wrong)])], &[]);
    let outcome = bench.carry_out(kind.plan_of(&kind.asked()[..1], ONCE)).await;
    assert!(outcome.values().concat().is_empty(), "{outcome:?}");
    assert!(matches!(outcome.fault(), Some(Fault::Unexpected(Unfit::Length { .. }))), "{outcome:?}");
    assert_eq!(bench.code(&outcome), "unexpected");
}

#[tokio::test(start_paused = true)]
async fn f24_a_length_that_lies_is_damage_although_the_checksum_fits() {
    let mut lying = body(Kind::Ce);
    lying[5] = 0x54;
    let mut bench = Bench::with(Kind::Ce, vec![meter(Kind::Ce, &[frame(Kind::Ce, &lying)])], &[]);
    let outcome = bench.carry_out(Kind::Ce.plan_of(&Kind::Ce.asked()[..1], ONCE)).await;
    assert_eq!(bench.code(&outcome), "damaged");
    let what = "the service byte tells 4 data bytes, there are 7".to_owned();
    assert_eq!(outcome.fault(), Some(&Fault::Damaged { what }));
}

/// The first two bytes of the energy are the CRC of what stands before them, as one answer in 65 536 has it: the
/// first seven bytes are a sound frame by themselves, and the request at that.
#[tokio::test(start_paused = true)]
async fn f31_an_answer_that_begins_like_a_whole_frame_is_not_taken_for_less_than_it_is() {
    let kind = Kind::Mercury;
    let (address, beginning) = (1..100_000)
        .map(|address: u32| (address, frame(kind, &[&address.to_be_bytes()[..], &[0x27]].concat())))
        .find(|(_, sealed)| sealed[5..].iter().all(|byte| byte & 0x0F < 10 && byte >> 4 < 10))
        .unwrap();
    let answer = frame(kind, &[&beginning[..], &[0, 1], &[0; 12]].concat());
    assert_eq!((answer.len(), &answer[..7]), (23, &beginning[..]));
    let judged = pieces(kind.decoder().family, Source::Replies, &answer, &[1, 7, 8]);
    assert_eq!(judged, [(PieceKind::Frame(Integrity::Good), answer.clone())]);
    let mut plan = kind.plan_of(&kind.asked()[..1], ONCE);
    plan.profile.address = Address::numeric(address.to_string(), address.into());
    for fault in [&[] as &[&str], &["split=1:7+16/9ms"], &["split=1:1/3ms"]] {
        let mut bench = Bench::with(kind, vec![meter(kind, std::slice::from_ref(&answer))], fault);
        let outcome = bench.carry_out(plan.clone()).await;
        // Its beginning looks like an echo; the CRC over both tells that it is none.
        assert_eq!((bench.code(&outcome), outcome.values().concat().len()), ("good", 4), "{outcome:?}");
    }
}

/// Another master asks another meter, and what it hears back is not for us.
#[rstest]
#[tokio::test(start_paused = true)]
async fn f40_another_masters_traffic_is_shown_as_such_and_spoils_no_value(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let (request, reply): (&[u8], &[u8]) = match kind {
        Kind::Ce => (
            &[0x48, 99, 0, 0xFD, 0, 0, 0, 0, 0, 0xD2, 0x01, 0x30, 0, 0],
            &[0x48, 0xFD, 0, 99, 0, 0x57, 0x01, 0x30, 0, 0, 0, 1, 2, 3, 0],
        ),
        Kind::Iec => panic!("its meters have no addresses in their answers"),
        Kind::Mercury => (&[0, 0, 0, 99, 0x28], &[0, 0, 0, 99, 0x28, 1, 2, 3, 4, 5, 6, 7]),
    };
    let foreign = [frame(kind, request), frame(kind, reply)].concat();
    let fault = format!("idle=1:{}/900ms", meterscope::frame::hex::spaced(&foreign).replace(' ', ""));
    let mut bench = Bench::new(kind, &[&fault]);
    for _ in 0..10 {
        let outcome = bench.read(PATIENT).await;
        assert!(matches!(bench.code(&outcome), "good" | "damaged" | "unexpected"), "{outcome:?}");
        tokio::time::sleep(Duration::from_millis(770)).await;
    }
    assert!(bench.deeds("idle").len() >= 5);
    assert_eq!(bench.others, ["Another master asks on this line (99)"]);
    bench.recovers().await;
    assert_foreign_requests_are_known(&bench, &frame(kind, request));
}

fn assert_foreign_requests_are_known(bench: &Bench, request: &[u8]) {
    let trace = bench.trace.lock();
    let heard = (0..trace.len()).filter_map(|number| trace.entry(number));
    let foreign: Vec<_> = heard.filter(|entry| *trace.bytes_of(entry) == *request).collect();
    assert!(foreign.len() >= 5, "{foreign:?}");
    assert!(foreign.iter().all(|entry| entry.relation.direction == Direction::Request), "{foreign:?}");
}

#[tokio::test(start_paused = true)]
async fn f53_a_refusal_is_named_and_disables_nothing() {
    let kind = Kind::Ce;
    let refusal = frame(kind, &[0x48, 0xFD, 0, 0x96, 0x34, 0x71, 0x01, 0x30, 0x02]);
    let answer = frame(kind, &body(kind));
    let mut bench = Bench::with(kind, vec![meter(kind, &[refusal, answer])], &[]);
    let plan =
        kind.plan_of(&kind.asked()[..1], Options { retries: 2, read_twice: false, ..Options::default() });
    let refused = bench.carry_out(plan.clone()).await;
    assert_eq!(bench.code(&refused), "refused");
    assert!(matches!(refused.fault(), Some(Fault::Refused { code: Some(2), .. })), "{refused:?}");
    let outcome = bench.carry_out(plan).await;
    assert_true(kind, &outcome);
    assert_eq!(bench.code(&outcome), "good", "asked again, it is answered");
}

#[tokio::test(start_paused = true)]
async fn f53_a_refusal_that_noise_has_made_does_not_hide_the_value() {
    let kind = Kind::Ce;
    let refusal = frame(kind, &[0x48, 0xFD, 0, 0x96, 0x34, 0x71, 0x01, 0x30, 0x20]);
    let answer = frame(kind, &body(kind));
    let mut bench = Bench::with(kind, vec![meter(kind, &[refusal, answer])], &[]);
    let plan =
        kind.plan_of(&kind.asked()[..1], Options { retries: 1, read_twice: false, ..Options::default() });
    let outcome = bench.carry_out(plan).await;
    assert_true(kind, &outcome);
    assert_eq!(bench.code(&outcome), "good");
}
