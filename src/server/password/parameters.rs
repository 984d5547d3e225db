//! How much work a password hash costs, and the limits of that.

use std::{fmt, num::NonZeroUsize, ops::RangeInclusive};

use argon2::Params;

/// The cost of one hash, and how many are computed at the same time.
///
/// All of them together take `memory_kib` × `at_once` of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Argon2's `m`, in KiB.
    pub memory_kib: u32,
    /// Argon2's `t`.
    pub iterations: u32,
    /// Argon2's `p`.
    pub parallelism: u32,
    pub at_once: NonZeroUsize,
}

/// A parameter that would make hashes weak, or one that cannot be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParametersError {
    /// In KiB.
    Memory(u32),
    Iterations(u32),
    Parallelism(u32),
}

impl Parameters {
    /// In KiB. The lower end is the floor of the OWASP Password Storage Cheat Sheet for two
    /// iterations; the upper end, 4 GiB, is what RFC 9106 proposes for a backend server.
    pub const MEMORY_KIB: RangeInclusive<u32> = 19_456..=4_194_304;
    pub const ITERATIONS: RangeInclusive<u32> = 2..=64;
    pub const PARALLELISM: RangeInclusive<u32> = 1..=64;

    /// The cheapest parameters that are allowed, one hash at a time.
    #[must_use]
    pub const fn floor() -> Self {
        Self {
            memory_kib: *Self::MEMORY_KIB.start(),
            iterations: *Self::ITERATIONS.start(),
            parallelism: *Self::PARALLELISM.start(),
            at_once: NonZeroUsize::MIN,
        }
    }

    pub(super) fn checked(self) -> Result<Params, ParametersError> {
        if !Self::MEMORY_KIB.contains(&self.memory_kib) {
            return Err(ParametersError::Memory(self.memory_kib));
        }
        if !Self::ITERATIONS.contains(&self.iterations) {
            return Err(ParametersError::Iterations(self.iterations));
        }
        if !Self::PARALLELISM.contains(&self.parallelism) {
            return Err(ParametersError::Parallelism(self.parallelism));
        }
        Ok(Params::new(self.memory_kib, self.iterations, self.parallelism, Some(Params::DEFAULT_OUTPUT_LEN))
            .expect("every parameter within our limits is within Argon2's"))
    }
}

impl fmt::Display for ParametersError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, unit, value, allowed) = match self {
            Self::Memory(value) => ("memory", " KiB", value, Parameters::MEMORY_KIB),
            Self::Iterations(value) => ("number of iterations", "", value, Parameters::ITERATIONS),
            Self::Parallelism(value) => ("parallelism", "", value, Parameters::PARALLELISM),
        };
        let (least, most) = allowed.into_inner();
        write!(formatter, "the {what} of password hashing is {value}{unit}; please set it between {least} and {most}{unit}")
    }
}

impl std::error::Error for ParametersError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_allowed_and_nothing_below_it_is() {
        let floor = Parameters::floor();
        assert!(floor.checked().is_ok());
        let cases = [
            (Parameters { memory_kib: 19_455, ..floor }, ParametersError::Memory(19_455)),
            (Parameters { iterations: 1, ..floor }, ParametersError::Iterations(1)),
            (Parameters { parallelism: 0, ..floor }, ParametersError::Parallelism(0)),
            (Parameters { memory_kib: u32::MAX, ..floor }, ParametersError::Memory(u32::MAX)),
        ];
        for (parameters, error) in cases {
            assert_eq!(parameters.checked().unwrap_err(), error);
        }
    }

    #[test]
    fn the_far_corners_of_the_limits_are_parameters_that_argon2_takes() {
        for memory_kib in [*Parameters::MEMORY_KIB.start(), *Parameters::MEMORY_KIB.end()] {
            for parallelism in [*Parameters::PARALLELISM.start(), *Parameters::PARALLELISM.end()] {
                assert!(Parameters { memory_kib, parallelism, ..Parameters::floor() }.checked().is_ok());
            }
        }
    }

    #[test]
    fn the_operator_is_told_what_to_set() {
        assert_eq!(
            ParametersError::Memory(1_024).to_string(),
            "the memory of password hashing is 1024 KiB; please set it between 19456 and 4194304 KiB"
        );
    }
}
