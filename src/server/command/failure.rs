//! Why a command ended with exit code 1.

use std::io;

use thiserror::Error;

use crate::server::operator::OperatorError;
use crate::server::start_error::StartError;

#[derive(Debug, Error)]
pub enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),

    /// The act itself was refused: nobody of that name, the last admin, and the like.
    #[error(transparent)]
    Refused(#[from] OperatorError),

    #[error("{0}")]
    Input(&'static str),

    #[error("the answer could not be read or written: {0}.")]
    Terminal(#[from] io::Error),
}
