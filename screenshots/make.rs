//! Makes the pictures of the README: starts the demo in a real terminal, drives it with keys, draws the screen.
//!
//! `cargo build --release && cargo run --release --example screenshots`

#![expect(clippy::expect_used, reason = "a picture that cannot be made must stop the task")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use support::svg::{self, DARK, LIGHT, Paper};
use support::{Start, Terminal};

/// A picture: the keys that lead to it, each with a text that must be on the screen before it is pressed.
struct Scene {
    name: &'static str,
    args: &'static [&'static str],
    size: (u16, u16),
    keys: &'static [(&'static str, &'static str)],
    /// What must be on the screen when the picture is taken.
    ready: &'static str,
}

const SIZE: (u16, u16) = (120, 36);

const SCENES: &[Scene] = &[
    Scene { name: "connect", args: &["demo"], size: SIZE, keys: &[("Commands", "1")], ready: "Ports" },
    Scene {
        name: "bench",
        args: &["demo"],
        size: SIZE,
        keys: &[("Commands", "\r")],
        ready: "after the request",
    },
    Scene {
        name: "trace",
        args: &["demo"],
        size: SIZE,
        keys: &[("Commands", "5"), ("nothing was read", "\r"), ("equal", "4")],
        ready: "2979.64 kWh",
    },
    Scene {
        name: "readings",
        args: &["sim:", "--model", "mercury-206", "--address", "11200294"],
        size: SIZE,
        keys: &[("Commands", "5"), ("nothing was read", "p")],
        ready: "sum",
    },
    Scene {
        name: "session",
        args: &["sim:", "--model", "neva-mt324"],
        size: SIZE,
        keys: &[("Commands", "\r"), ("sign-off", "s\r")],
        ready: "9600 7E1",
    },
    Scene {
        name: "archive",
        args: &["sim:", "--model", "neva-mt324"],
        size: SIZE,
        keys: &[("Commands", "6"), ("Enter reads", ">+\r")],
        ready: "24:00",
    },
    Scene {
        name: "telegram",
        args: &["sim:", "--model", "kaifa-ma309"],
        size: SIZE,
        keys: &[("Telegram 1", "jjjj")],
        ready: "active energy import",
    },
    Scene {
        name: "wide",
        args: &["demo"],
        size: (200, 60),
        keys: &[("Commands", "5"), ("nothing was read", "\r"), ("equal", "4")],
        ready: "2979.64 kWh",
    },
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for scene in SCENES.iter().filter(|s| wanted.is_empty() || wanted.iter().any(|w| w == s.name)) {
        for (theme, paper) in [("dark", DARK), ("light", LIGHT)] {
            let picture = take(scene, theme, paper);
            let path = Path::new("screenshots").join(format!("{}-{theme}.svg", scene.name));
            std::fs::write(&path, picture).expect("the picture is written");
            println!("{}", path.display());
        }
    }
}

fn take(scene: &Scene, theme: &str, paper: Paper) -> String {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path().to_str().expect("a plain name");
    let mut args = vec!["--theme", theme];
    args.extend(scene.args);
    let env = [("HOME", home), ("XDG_CONFIG_HOME", home), ("XDG_STATE_HOME", home)];
    let start = Start { program: program(), args: &args, size: scene.size, env: &env };
    let mut terminal = Terminal::start(&start);
    for (text, keys) in scene.keys {
        terminal.see(text);
        terminal.keys(keys);
    }
    terminal.see(scene.ready);
    terminal.settle(Duration::from_millis(500));
    let picture = terminal.picture();
    svg::draw(picture.screen(), paper)
}

/// The release build of the program, next to the one of this example.
fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let folder = own.ancestors().nth(2).expect("a target folder");
    folder.join("meterscope")
}
