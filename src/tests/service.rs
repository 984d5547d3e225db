//! The unit that systemd runs the program by.

use std::{path::Path, process::Command};

/// At most; 10 is a service that may do everything.
const HIGHEST_EXPOSURE: f64 = 1.5;

fn unit(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

#[test]
fn the_unit_keeps_its_hardening() {
    let service = unit("locutory.service");
    for line in [
        "User=locutory",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=~@privileged @resources",
        "UMask=0077",
        "LimitCORE=0",
        "StateDirectoryMode=0700",
    ] {
        assert!(service.lines().any(|written| written == line), "{line} is missing");
    }
    assert!(unit("locutory.socket").contains("ListenStream=443"));
}

/// Where systemd is not installed there is nothing that could judge; the lines above are held everywhere.
#[test]
fn systemd_finds_little_to_complain_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "./locutory.service"])
        .current_dir(folder)
        .output();
    let Ok(output) = judged else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    let exposure = text.lines().find_map(|line| line.split_once("locutory.service: ")?.1.split(' ').next()?.parse::<f64>().ok());
    let exposure = exposure.unwrap_or_else(|| panic!("no verdict in {text}{}", String::from_utf8_lossy(&output.stderr)));
    assert!(exposure <= HIGHEST_EXPOSURE, "{exposure}\n{text}");
}
