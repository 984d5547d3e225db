#!/bin/sh
# Cargo calls this in the compiler's place for the crates of this workspace, and for none of others: they are the same as
# in every build for development. Coverage of Locutory's own code leads the engine. All of these flags are stable.
exec "$@" -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
