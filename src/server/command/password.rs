//! Reads a new password: twice from the terminal without showing it, or once from standard input.
//! Never from an argument, which every user of the machine can see.

use std::io::{self, BufRead};

use clap::Args;
use zeroize::Zeroizing;

use super::failure::Failure;
use crate::accounts::model::Secret;

/// Bytes; the longest password that an account takes is shorter.
const LONGEST_INPUT: u64 = 4_096;

#[derive(Args, Debug)]
pub struct PasswordInput {
    /// Read the password from the first line of standard input instead of asking on the terminal
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordInput {
    /// # Errors
    /// When nothing can be read, the line is empty, or the two answers differ.
    pub fn read(&self) -> Result<Secret, Failure> {
        if self.password_stdin { first_line(io::stdin().lock()) } else { twice(rpassword::prompt_password) }
    }
}

fn first_line(input: impl BufRead) -> Result<Secret, Failure> {
    let mut line = Zeroizing::new(String::new());
    input.take(LONGEST_INPUT).read_line(&mut line)?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(Failure::Input("standard input holds no password. Write it on the first line."));
    }
    Ok(Secret::new(password.to_owned()))
}

fn twice(mut ask: impl FnMut(&'static str) -> io::Result<String>) -> Result<Secret, Failure> {
    let no_terminal = |_| Failure::Input("there is no terminal to ask on. Give the password with --password-stdin.");
    let first = Secret::new(ask("New password: ").map_err(no_terminal)?);
    let second = Secret::new(ask("The same again: ").map_err(no_terminal)?);
    if first != second {
        return Err(Failure::Input("the two passwords differ, so nothing was changed. Run the command again."));
    }
    if first.expose().is_empty() {
        return Err(Failure::Input("no password was given, so nothing was changed."));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_from_the_first_line_exactly_as_written() {
        for (input, password) in [
            ("correct horse \nmore", "correct horse "),
            ("correct horse\r\n", "correct horse"),
            (" correct horse", " correct horse"),
        ] {
            assert_eq!(first_line(input.as_bytes()).unwrap().expose(), password);
        }
        assert!(first_line("\n".as_bytes()).is_err());
        assert!(first_line("".as_bytes()).is_err());
    }

    #[test]
    fn the_terminal_is_asked_twice_and_both_answers_must_agree() {
        let answering = |answers: [&'static str; 2]| {
            let mut answers = answers.into_iter();
            twice(move |_| Ok(answers.next().unwrap().to_owned()))
        };
        assert_eq!(answering(["secret", "secret"]).unwrap().expose(), "secret");
        assert!(answering(["secret", "secre"]).is_err());
        assert!(answering(["", ""]).is_err());
    }

    #[test]
    fn without_a_terminal_the_other_way_is_named() {
        let refusal = twice(|_| Err(io::Error::other("no terminal"))).unwrap_err();
        assert!(refusal.to_string().contains("--password-stdin"));
    }
}
