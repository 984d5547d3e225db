//! Components that know no slice.
