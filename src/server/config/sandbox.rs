//! Whether the program locks itself up at its start.

use super::{catalogue::SANDBOX_MODE, reader::Reader};

/// How much of the machine the running server can still reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// Whatever its user can.
    Off,
    /// As little as the kernel can be told to leave; a kernel that can do nothing is told in the log.
    BestEffort,
    /// The same, and a kernel that can do nothing is a reason not to start.
    On,
}

pub(super) fn read(reader: &mut Reader) -> Sandbox {
    reader.text(&SANDBOX_MODE, |text| match text {
        "off" => Ok(Sandbox::Off),
        "best-effort" => Ok(Sandbox::BestEffort),
        "on" => Ok(Sandbox::On),
        _ => Err(format!("must be \"off\", \"best-effort\" or \"on\", not {text:?}.")),
    })
}
