//! What reacts in the browser: the composer, and the thread that brings it to the comment one answers.
//! Both are plain links and forms until they wake.

mod composer;
mod thread;

pub use composer::Composer;
pub use thread::Thread;
