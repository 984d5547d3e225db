//! Tells the kernel (landlock(7)).

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, path_beneath_rules,
};

use super::{Effect, reach::Reach};

/// The newest that was tried: files, ports (Linux 6.7), devices (6.10), signals (6.12).
const NEWEST: ABI = ABI::V6;

pub fn restrict(reach: &Reach) -> Result<Effect, RulesetError> {
    let read = AccessFs::from_read(NEWEST);
    let ports = |ports: &[u16], access: AccessNet| {
        let rule = move |port: &u16| Ok(NetPort::new(*port, access));
        ports.iter().map(rule).collect::<Vec<Result<_, RulesetError>>>()
    };
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::Signal)?
        .create()?
        .add_rules(path_beneath_rules(&reach.reads, read & !AccessFs::Execute))?
        .add_rules(path_beneath_rules(&reach.libraries, read))?
        .add_rules(path_beneath_rules(&reach.writes, AccessFs::from_all(NEWEST) & !AccessFs::Execute))?
        .add_rules(ports(&reach.binds, AccessNet::BindTcp))?
        .add_rules(ports(&reach.connects, AccessNet::ConnectTcp))?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Effect::Whole,
        RulesetStatus::PartiallyEnforced => Effect::Partly,
        RulesetStatus::NotEnforced => Effect::None,
    })
}
