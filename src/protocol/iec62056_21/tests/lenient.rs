//! What a reader of any meter must survive.
use super::vectors::lines;
use crate::frame::{Direction, visible};
use crate::protocol::iec62056_21::{EKT, GENERIC, Iec};
use crate::protocol::{Context, Dialect, Family as _, PieceKind, Source, laws};

fn show(name: &str, bytes: &[u8], dialect: Dialect) {
    println!("== {name}");
    for (kind, frame) in laws::pieces(&Iec, Source::Replies, bytes, &[]) {
        println!("  {kind:?} {} bytes: {}", frame.len(), visible::text(&frame[..frame.len().min(60)]));
        if matches!(kind, PieceKind::Frame(_)) {
            let context = Context { direction: Direction::Unknown, dialect, ..Context::default() };
            let d = Iec.dissect(&frame, &context);
            println!("   {:?} {} {:?}", d.verdict, d.title, d.problems);
            for r in d.readings.iter().take(12) {
                println!("     {:?} {} {} {:?} at {:?}", r.code.map(|c| c.to_string()), r.quantity.name(), visible::measured(&r.value), r.unit, r.at);
            }
        }
    }
}

#[test]
fn look() {
    for id in ["ident-lg-zmd120","ident-aux-sx330","iskra-mt174-long","lg-e350-m26","iskra-mt171-0033","easymeter-q3d-negative","kamstrup-382-modeA-lines","iskra-am550-nested","iskra-mt174-0002","lg-e350-m27-crlf-mangled","ace3000-echo-garbage","ace3000-repaired","lg-zmd120-echo","iskra-me162-08","emh-lzqj-table4-lines","emh-lzqj-p01-rep","emh-lzqj-table-req","emh-lzqj-r5-p01-req","kamstrup-382-modeA-ident"] {
        let line = lines().into_iter().find(|line| line.id == id).unwrap();
        show(id, &line.bytes, GENERIC);
    }
    for id in ["wb-ce102m-12","ce301-05-rep"] {
        let line = lines().into_iter().find(|line| line.id == id).unwrap();
        show(id, &line.bytes, EKT);
    }
    show("emh second value", b"1.6.1(0.482*kW)(1190711111500)\r\n!\r\n", GENERIC);
    show("block emh", b"\x021.6.1(0.482*kW)(1190711111500)\r\n1.6.1(0.482*kW&1190711111500)\r\n0.9.1(1185411)\r\n0.9.2(1190711)\r\n1.8.1(1,5*kWh)\r\nC.1.0(TD/3511)\r\n1.8.0*01(00012.3*kWh)\r\n0.0(          120858)\r\nP.01(ERROR)\r\n!\r\n\x03\x00", GENERIC);
    show("slash ident", b"/TD-3511/x\r\n", GENERIC);
    show("slash ident2", b"/ABC5TD/3511\r\n", GENERIC);
}
