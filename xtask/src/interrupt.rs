//! Ctrl-C and its kin: the programs that are running are asked to end, and whoever started them tidies up as usual.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::failure::{Outcome, While};
use crate::program::end_awaited;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// What a shell reports for a program that Ctrl-C ended.
const EXIT_CODE: i32 = 130;

pub fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// From here on an interrupt no longer ends this program at once, only the second one does.
pub fn listen() -> Outcome {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).while_doing(|| "listen for Ctrl-C".to_owned())?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                process::exit(EXIT_CODE);
            }
            end_awaited();
        }
    });
    Ok(())
}
