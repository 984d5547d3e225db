//! What the process takes from itself: before anything is read, what no command needs
//! ([`drop_what_nobody_needs`]); before the server serves, all of the machine but what its settings name
//! ([`enter`]), where the kernel has Landlock.

#[cfg(target_os = "linux")]
mod landlock;
mod reach;
#[cfg(test)]
mod tests;

use super::{
    config::{Config, Sandbox, catalogue::SANDBOX_MODE},
    start_error::StartError,
};

/// How far a sandbox took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The kernel cannot do it.
    None,
    /// An older kernel: some of it, such as files without ports.
    Partly,
    Whole,
}

/// What was to be dropped, and what the system said to that.
type Dropped = (&'static str, rustix::io::Result<()>);

/// What the system would not take from the process, and why.
#[must_use]
#[derive(Debug)]
pub struct Kept(Vec<(&'static str, rustix::io::Errno)>);

impl Kept {
    /// Warns whoever serves.
    pub fn tell(&self) {
        for (what, cause) in &self.0 {
            tracing::warn!(%cause, "{what} could not be turned off");
        }
    }
}

/// Files that others can read, core dumps, tracing by processes of the same user, and more rights by programs
/// that are started.
///
/// Nothing is logged yet when this is called, so what it could not drop is [told](Kept::tell) later.
pub fn drop_what_nobody_needs() -> Kept {
    use rustix::process::{Resource, Rlimit, setrlimit};

    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let no_core = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let mut kept = vec![("core dumps, which would hold secrets,", no_core)];
    kept.extend(drop_on_linux());
    Kept(kept.into_iter().filter_map(|(what, result)| result.err().map(|cause| (what, cause))).collect())
}

#[cfg(target_os = "linux")]
fn drop_on_linux() -> [Dropped; 2] {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    [
        ("tracing by others", set_dumpable_behavior(DumpableBehavior::NotDumpable)),
        ("gaining rights", rustix::thread::set_no_new_privs(true)),
    ]
}

#[cfg(not(target_os = "linux"))]
const fn drop_on_linux() -> [Dropped; 0] {
    []
}

/// Warns whoever serves as root: what is broken into then is the machine.
pub fn warn_of_root() {
    if rustix::process::geteuid().is_root() {
        tracing::warn!(
            "the server runs as root and needs none of that. Give it a user of its own, as deploy/locutory.service does; for \
             ports below 1024 there are locutory.socket and AmbientCapabilities=CAP_NET_BIND_SERVICE"
        );
    }
}

/// Closes everything but what the settings name to this thread and all that it starts from now on. It has to
/// be called before there are other threads.
///
/// # Errors
/// `sandbox.mode` is `on`, and the kernel cannot do it.
pub fn enter(config: &Config) -> Result<(), StartError> {
    if config.sandbox == Sandbox::Off {
        return Ok(());
    }
    let effect = restrict(&reach::Reach::of(config)).map_err(refused)?;
    match (effect, config.sandbox) {
        (Effect::Whole, _) => tracing::info!("the sandbox took effect as a whole: files, ports and signals"),
        (Effect::Partly, _) => tracing::warn!("the sandbox took effect in part: this kernel cannot restrict all of it"),
        (Effect::None, Sandbox::On) => return Err(refused("this kernel has no Landlock, or it is turned off".to_owned())),
        (Effect::None, _) => tracing::warn!("the sandbox took no effect: this kernel has no Landlock, or it is turned off"),
    }
    Ok(())
}

fn refused(cause: String) -> StartError {
    StartError::Setting {
        setting: SANDBOX_MODE.key,
        complaint: format!(
            "{cause}. Boot with Landlock (Linux 5.13 or newer, `lsm=landlock,…`), or set \"best-effort\" or \"off\"."
        ),
    }
}

#[cfg(target_os = "linux")]
fn restrict(reach: &reach::Reach) -> Result<Effect, String> {
    landlock::restrict(reach).map_err(|cause| cause.to_string())
}

#[cfg(not(target_os = "linux"))]
fn restrict(_reach: &reach::Reach) -> Result<Effect, String> {
    Ok(Effect::None)
}
