//! Room for connections: each takes a file descriptor, of which the system lets a process have so many.

/// What the program needs beside connections: databases, files, letters, providers.
const RESERVE: u64 = 256;

/// Raises the soft limit as far as it must and may; returns how many connections there is room for.
#[must_use]
pub fn make_room(connections: usize) -> usize {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(RESERVE);
    // It never lowers the limit.
    let limit = match rlimit::increase_nofile_limit(wanted) {
        Ok(limit) => limit,
        Err(cause) => {
            tracing::warn!(%cause, "the system does not tell how many file descriptors there may be");
            return connections;
        }
    };
    let room = fitting(connections, limit);
    if room < connections {
        tracing::warn!(
            limit,
            connections = room,
            "limits.connections: the system lets this process have too few file descriptors (ulimit -Hn, LimitNOFILE=); fewer \
             connections are taken"
        );
    } else {
        tracing::info!(limit, connections = room, "room for connections");
    }
    room
}

fn fitting(connections: usize, limit: u64) -> usize {
    // Where there is next to nothing, half of it must do.
    let room = limit.saturating_sub(RESERVE).max(limit / 2);
    connections.min(usize::try_from(room).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        assert_eq!(fitting(4_096, 1_048_576), 4_096);
        assert_eq!(fitting(4_096, 1_024), 768);
        assert_eq!(fitting(4_096, 256), 128);
    }
}
