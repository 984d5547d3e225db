//! The settings that are numbers: what a password hash costs, how long a session lives, how much
//! one visitor may do. Each has a floor below which the program is not safe or not usable.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::catalogue::{
    LIMITS_BODY_KIB, LIMITS_CHALLENGE_BITS, LIMITS_CONNECTIONS, LIMITS_CONNECTIONS_PER_NETWORK,
    LIMITS_FAILED_SIGN_INS_BEFORE_CHALLENGE, LIMITS_FORM_SECONDS, LIMITS_REGISTRATIONS_BEFORE_CHALLENGE,
    LIMITS_REGISTRATIONS_PER_HOUR, LIMITS_REQUEST_SECONDS, LIMITS_REQUESTS_AT_ONCE, LIMITS_RESETS_BEFORE_CHALLENGE,
    LIMITS_SIGN_IN_FREE_TRIES, LIMITS_SLOW_LANE_PER_MINUTE, PASSWORD_AT_ONCE, PASSWORD_ITERATIONS, PASSWORD_MEMORY_KIB,
    PASSWORD_PARALLELISM, SESSION_MEMBER_ABSOLUTE_HOURS, SESSION_MEMBER_IDLE_HOURS, SESSION_PROOF_MINUTES,
    SESSION_SHORT_ABSOLUTE_HOURS, SESSION_SHORT_IDLE_MINUTES, SESSION_STAFF_ABSOLUTE_HOURS, SESSION_STAFF_IDLE_MINUTES, Setting,
};
use super::reader::{Reader, Shown};
use crate::accounts::model::Puzzle;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const HOURS_IN_A_YEAR: u64 = 365 * 24;

/// What one Argon2id hash costs (RFC 9106). The floors are those of the OWASP Password Storage
/// Cheat Sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
    /// Hashes computed at the same time; each takes `memory_kib` of memory.
    pub at_once: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLife {
    pub member_idle: Duration,
    pub member_absolute: Duration,
    /// For members who did not ask to be kept signed in, or who have a second factor.
    pub short_idle: Duration,
    pub short_absolute: Duration,
    pub staff_idle: Duration,
    pub staff_absolute: Duration,
    /// How long a proof of the password is good for sensitive acts.
    pub proof: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in the body of one request.
    pub body: usize,
    /// Failed sign-ins per account before waiting begins; four times as many per network.
    pub sign_in_free_tries: u32,
    pub registrations_per_hour: u32,
    /// On the whole site within ten minutes: more of them, and who is not known has to solve a challenge.
    pub failed_sign_ins_before_challenge: u32,
    pub registrations_before_challenge: u32,
    pub resets_before_challenge: u32,
    /// Forms on the whole site that are taken without a solved challenge while there is pressure.
    pub slow_lane_per_minute: u32,
    /// How old a form is that a person has filled in; zero where that is not looked at.
    pub form_age: Duration,
    /// The work of a challenge, as a power of two.
    pub challenge_bits: u32,
    /// Open connections per IPv4 address or IPv6 /64.
    pub connections_per_network: usize,
    /// Open connections in all.
    pub connections: usize,
    /// Pages and forms that are worked on at the same time; a quarter is for people who are signed in.
    pub requests_at_once: usize,
    /// From the end of a request's head to the beginning of its answer.
    pub request: Duration,
}

impl PasswordCost {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            memory_kib: small(reader, &PASSWORD_MEMORY_KIB, 19_456, 4_194_304),
            iterations: small(reader, &PASSWORD_ITERATIONS, 2, 64),
            parallelism: small(reader, &PASSWORD_PARALLELISM, 1, 64),
            at_once: at_once(reader),
        }
    }
}

fn at_once(reader: &mut Reader) -> usize {
    by_cores(reader, &PASSWORD_AT_ONCE, 1..=1_024, 1)
}

/// A page in work waits for the database more than it computes.
fn requests_at_once(reader: &mut Reader) -> usize {
    by_cores(reader, &LIMITS_REQUESTS_AT_ONCE, 4..=100_000, 32)
}

/// A number that, unless it is written, is so many for each processor core.
fn by_cores(reader: &mut Reader, setting: &'static Setting, range: RangeInclusive<u64>, each: u64) -> usize {
    let number = reader.optional_number(setting, range).unwrap_or_else(|| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let number = u64::try_from(cores).unwrap_or(1) * each;
        reader.derive(setting, Shown::Number(number), "the processor cores");
        number
    });
    usize::try_from(number).unwrap_or(1)
}

impl SessionLife {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let life = Self {
            member_idle: span(reader, &SESSION_MEMBER_IDLE_HOURS, HOURS_IN_A_YEAR, HOUR),
            member_absolute: span(reader, &SESSION_MEMBER_ABSOLUTE_HOURS, HOURS_IN_A_YEAR, HOUR),
            short_idle: span(reader, &SESSION_SHORT_IDLE_MINUTES, 24 * 60, MINUTE),
            short_absolute: span(reader, &SESSION_SHORT_ABSOLUTE_HOURS, 30 * 24, HOUR),
            staff_idle: span(reader, &SESSION_STAFF_IDLE_MINUTES, 24 * 60, MINUTE),
            staff_absolute: span(reader, &SESSION_STAFF_ABSOLUTE_HOURS, 30 * 24, HOUR),
            proof: span(reader, &SESSION_PROOF_MINUTES, 24 * 60, MINUTE),
        };
        for (idle, absolute, setting, other) in [
            (life.member_idle, life.member_absolute, &SESSION_MEMBER_IDLE_HOURS, &SESSION_MEMBER_ABSOLUTE_HOURS),
            (life.short_idle, life.short_absolute, &SESSION_SHORT_IDLE_MINUTES, &SESSION_SHORT_ABSOLUTE_HOURS),
            (life.staff_idle, life.staff_absolute, &SESSION_STAFF_IDLE_MINUTES, &SESSION_STAFF_ABSOLUTE_HOURS),
        ] {
            if idle > absolute && !reader.has_problem_in(&["session"]) {
                let complaint = format!("must not be longer than {}.", other.key);
                reader.complain(setting, complaint);
            }
        }
        life
    }
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            body: size(reader, &LIMITS_BODY_KIB, 16..=16_384) * 1_024,
            sign_in_free_tries: small(reader, &LIMITS_SIGN_IN_FREE_TRIES, 1, 100),
            registrations_per_hour: small(reader, &LIMITS_REGISTRATIONS_PER_HOUR, 1, 1_000_000),
            failed_sign_ins_before_challenge: small(reader, &LIMITS_FAILED_SIGN_INS_BEFORE_CHALLENGE, 1, 100_000),
            registrations_before_challenge: small(reader, &LIMITS_REGISTRATIONS_BEFORE_CHALLENGE, 1, 100_000),
            resets_before_challenge: small(reader, &LIMITS_RESETS_BEFORE_CHALLENGE, 1, 100_000),
            slow_lane_per_minute: small(reader, &LIMITS_SLOW_LANE_PER_MINUTE, 1, 10_000),
            form_age: Duration::from_secs(reader.number(&LIMITS_FORM_SECONDS, 0..=60)),
            challenge_bits: small(reader, &LIMITS_CHALLENGE_BITS, 1, Puzzle::MOST_BITS),
            connections_per_network: size(reader, &LIMITS_CONNECTIONS_PER_NETWORK, 1..=100_000),
            connections: size(reader, &LIMITS_CONNECTIONS, 1..=1_000_000),
            requests_at_once: requests_at_once(reader),
            request: Duration::from_secs(reader.number(&LIMITS_REQUEST_SECONDS, 1..=600)),
        }
    }
}

fn small(reader: &mut Reader, setting: &'static Setting, least: u32, most: u32) -> u32 {
    let number = reader.number(setting, u64::from(least)..=u64::from(most));
    u32::try_from(number).expect("the range ends at a u32")
}

fn size(reader: &mut Reader, setting: &'static Setting, range: RangeInclusive<u64>) -> usize {
    usize::try_from(reader.number(setting, range)).expect("the ranges end far below 4 billion")
}

fn span(reader: &mut Reader, setting: &'static Setting, most: u64, seconds: u64) -> Duration {
    Duration::from_secs(reader.number(setting, 1..=most) * seconds)
}
