//! Everything that can be done with a key, as one table.

use super::Context;

/// Something a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Show the links.
    GoConnect,
    /// Show the models.
    GoMeter,
    /// Show the bench.
    GoBench,
    /// Show the trace.
    GoTrace,
    /// Show the readings.
    GoReadings,
    /// Show the load profile.
    GoArchive,
    /// Read a day more.
    MoreDays,
    /// Read a day less.
    FewerDays,
    /// Begin a day earlier.
    Earlier,
    /// Begin a day later.
    Later,
    /// Write what was read into a file.
    Export,
    /// Move on to the next pane.
    NextPane,
    /// Move back to the pane before.
    PreviousPane,
    /// One up.
    Up,
    /// One down.
    Down,
    /// One to the left.
    Left,
    /// One to the right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// Do what this place is for.
    Activate,
    /// Step back: close what is open, leave what is being typed.
    Back,
    /// Search here.
    Search,
    /// Send on a link that is listened to.
    SendAllTheSame,
    /// Copy as hex.
    Copy,
    /// Show masked bytes until the next key.
    Reveal,
    /// Type the key of a meter that encrypts.
    EnterKey,
    /// Give the focused pane the whole screen, or take it back.
    Maximise,
    /// Switch the mouse on or off.
    Mouse,
    /// The next theme.
    NextTheme,
    /// Show what was written to meters.
    Writes,
    /// List the keys.
    Help,
    /// Type a command.
    Prompt,
    /// Draw everything anew.
    Redraw,
    /// Arm the session for one command that writes, or disarm it.
    Arm,
    /// Stop the running job.
    Cancel,
    /// Close the link.
    Disconnect,
    /// Leave.
    Quit,
    /// Leave at once.
    ForceQuit,
    /// Stop the program until the shell continues it.
    Suspend,
    /// Forget a saved link.
    Forget,
    /// Keep a link among the saved ones.
    Save,
    /// The other address that a serial number may mean.
    OtherAddress,
    /// Send again and again.
    Repeat,
    /// Put the request among those that Readings polls, or take it out.
    Pin,
    /// Ask for a code found by a few letters.
    Codes,
    /// Read everything twice and compare, or once.
    Twice,
    /// Bytes typed by hand instead of a command.
    Raw,
    /// Show the reply in the trace.
    ToTrace,
    /// Look at the steps of the session.
    Steps,
    /// Show the telegrams that come by themselves.
    Watch,
    /// Show what can be asked instead of the telegrams.
    Requests,
    /// Let the telegram stand still while others come.
    Hold,
    /// Show the newest telegram as it comes.
    Newest,
    /// The telegram before.
    Older,
    /// The next telegram.
    Newer,
    /// Show the telegram in the trace.
    TelegramToTrace,
    /// Follow what comes.
    Follow,
    /// Let the list stand still while recording goes on.
    Freeze,
    /// The next match.
    NextMatch,
    /// The match before.
    PreviousMatch,
    /// From a request to its reply and back.
    Partner,
    /// Show or hide where the chunks of the link begin.
    Chunks,
    /// The next view of the bytes.
    NextLayer,
    /// Copy as text with what the bytes mean.
    CopyText,
    /// Poll the pinned requests, or stop.
    Poll,
    /// Poll more often.
    Faster,
    /// Poll less often.
    Slower,
    /// Take what was typed.
    Accept,
    /// Stop typing.
    Leave,
    /// Complete what was typed.
    Complete,
    /// Close the box.
    Close,
    /// Do what the box asks.
    Confirm,
}

/// What is known of an action.
#[derive(Debug)]
pub struct Info {
    /// The action.
    pub action: Action,
    /// Its name in the command prompt and in the configuration.
    pub id: &'static str,
    /// Where it can be done.
    pub context: Context,
    /// Its keys by default.
    pub keys: &'static [&'static str],
    /// A word or two for the footer; empty where the footer need not tell it.
    pub label: &'static str,
    /// What it does, for the help.
    pub about: &'static str,
    /// Whether it may make bytes go to the meter.
    pub sends: bool,
}

macro_rules! actions {
    ($($context:ident { $($action:ident $id:literal $keys:tt $label:literal $about:literal $($sends:ident)?;)+ })+) => {
        /// Every action, in the order of the help.
        pub static ACTIONS: &[Info] = &[$($(Info {
            action: Action::$action,
            id: $id,
            context: Context::$context,
            keys: &$keys,
            label: $label,
            about: $about,
            sends: actions!(@sends $($sends)?),
        },)+)+];
    };
    (@sends sends) => { true };
    (@sends) => { false };
}

actions! {
    Connect {
        Save "save-link" ["s"] "save" "keep this link among the saved ones, or take it out";
        Forget "forget-link" ["delete"] "forget" "forget this saved or recent link";
    }
    Meter {
        OtherAddress "other-address" ["a"] "other address" "take the other address that the serial number may mean";
    }
    Bench {
        Repeat "repeat" ["r"] "repeat" "send again and again, until pressed once more" sends;
        Pin "pin" ["p"] "pin" "poll this request on Readings, or no longer";
        Codes "codes" ["o"] "code" "ask for any code (OBIS or the maker's name), found by code or name";
        Raw "raw" ["x"] "raw" "bytes and text typed by hand, instead of a command";
        Twice "read-twice" ["d"] "twice" "read every value twice and take it only when both answers agree";
        Steps "steps" ["s"] "steps" "the steps of the session; Enter opens one to its frames";
        ToTrace "to-trace" ["t"] "to trace" "show the reply in the trace";
        Watch "watch" ["u"] "telegrams" "watch the telegrams that come by themselves";
    }
    Telegram {
        Hold "hold" ["space"] "hold" "let this telegram stand still; those that come are kept";
        Newest "newest" ["f"] "newest" "follow the newest telegram again";
        Older "older" ["["] "before" "the telegram before; Page Up does the same";
        Newer "newer" ["]"] "" "the next telegram; Page Down does the same";
        TelegramToTrace "telegram-to-trace" ["t"] "to trace" "show the telegram in the trace";
        Requests "requests" ["u"] "" "what can be asked, instead of telegrams";
    }
    Trace {
        Follow "follow" ["f"] "follow" "follow what comes, or stop following";
        Freeze "freeze" ["space"] "freeze" "let the list stand still; recording goes on";
        NextMatch "next-match" ["n"] "next" "the next match of the search";
        PreviousMatch "previous-match" ["N"] "" "the match before";
        Partner "partner" ["r"] "request/reply" "from a request to its reply and back";
        Chunks "chunks" ["b"] "" "show where the link's chunks begin in the bytes, or no longer";
        CopyText "copy-text" ["Y"] "" "copy the frame with what its bytes mean";
    }
    Readings {
        Poll "poll" ["p"] "poll" "poll the pinned requests again and again, or stop" sends;
        Faster "faster" ["+", "="] "faster" "poll more often";
        Slower "slower" ["-"] "slower" "poll less often";
    }
    Archive {
        MoreDays "more-days" ["+", "="] "more" "read a day more, of the last 128";
        FewerDays "fewer-days" ["-"] "fewer" "read a day less";
        Earlier "earlier" ["<", ","] "earlier" "begin a day earlier";
        Later "later" [">", "."] "later" "begin a day later";
        Export "export" ["e"] "CSV" "write what was read as CSV into a file in the present folder";
    }
    Global {
        Activate "activate" ["enter"] "" "do what this place is for: connect, choose, send, read" sends;
        NextPane "next-pane" ["tab"] "pane" "on to the next pane";
        PreviousPane "previous-pane" ["shift-tab"] "" "back to the pane before";
        Search "search" ["/"] "find" "search this list";
        Copy "copy" ["y"] "copy hex" "copy the bytes as hex to the clipboard";
        NextLayer "next-layer" ["L"] "" "the next view of the bytes: wire, unstuffed";
        Reveal "reveal" ["v"] "" "show masked bytes until the next key";
        EnterKey "key" ["K"] "key" "type the key of a meter that encrypts; nobody sees it";
        Maximise "maximise" ["z"] "maximise" "give this pane the whole screen, or take it back";
        Cancel "cancel" ["c"] "" "stop what is being waited for";
        Arm "arm" ["w"] "" "allow one command that writes, for a minute; once more: reads only again";
        Back "back" ["esc"] "" "close what is open; never quits";
        Up "up" ["up", "k"] "" "one up";
        Down "down" ["down", "j"] "" "one down";
        Left "left" ["left", "h"] "" "one to the left: the byte before, the choice before";
        Right "right" ["right", "l"] "" "one to the right: the next byte, the next choice";
        PageUp "page-up" ["pageup"] "" "a page up";
        PageDown "page-down" ["pagedown"] "" "a page down";
        First "first" ["home", "g"] "" "to the first";
        Last "last" ["end", "G"] "" "to the last; the trace follows again";
        GoConnect "connect" ["1"] "" "the links";
        GoMeter "meter" ["2"] "" "the models and the address";
        GoBench "bench" ["3"] "" "make, send and read requests";
        GoTrace "trace" ["4"] "" "everything that went over the link";
        GoReadings "readings" ["5"] "" "the values";
        GoArchive "archive" ["6"] "" "the load profile of a meter that keeps one";
        Writes "writes" ["W"] "" "what was written to meters, by any run, and what came of it";
        Disconnect "disconnect" [] "" "close the link";
        NextTheme "next-theme" ["T"] "" "the next theme";
        Mouse "mouse" ["M"] "" "switch the mouse on or off; off, the terminal selects text (or hold Shift)";
        Redraw "redraw" ["ctrl-l"] "" "draw everything anew";
        Help "help" ["?"] "keys" "list the keys of this screen";
        Prompt "command" [":"] "command" "type a command";
        Suspend "suspend" ["ctrl-z"] "" "stop the program; fg brings it back";
        Quit "quit" ["q"] "" "leave; asks only when something would be lost";
        ForceQuit "force-quit" ["ctrl-c"] "" "leave at once";
    }
    Input {
        Accept "accept" ["enter"] "take" "take what was typed" sends;
        Leave "leave" ["esc"] "leave" "stop typing";
    }
    Question {
        SendAllTheSame "send-all-the-same" ["y"] "send" "send although another master asks on this line" sends;
    }
    Popup {
        Confirm "confirm" ["enter"] "confirm" "do what the box asks" sends;
        Complete "complete" ["tab"] "" "complete what is typed";
        Close "close" ["esc"] "close" "close the box, nothing is done";
    }
}
