//! The password for an MQTT broker: from the environment or a file, never from a link's name.

use std::path::Path;

use super::config;
use crate::frame::{Secret, visible};
use crate::link::OpenError;
use crate::link::mqtt::SignOn;
use crate::trace::regular::{self, FileFault};

const VARIABLE: &str = "METERSCOPE_MQTT_PASSWORD";
const FILE_VARIABLE: &str = "METERSCOPE_MQTT_PASSWORD_FILE";

/// How to sign on to a broker: with the password in the variable `METERSCOPE_MQTT_PASSWORD`; else the first line of the file that
/// `METERSCOPE_MQTT_PASSWORD_FILE` names; else none.
///
/// # Errors
/// When that file cannot be read, or others can read it too.
pub fn sign_on() -> Result<SignOn, OpenError> {
    password().map(|password| SignOn { password })
}

fn password() -> Result<Option<Secret>, OpenError> {
    if let Some(password) = std::env::var_os(VARIABLE) {
        return Ok(Some(Secret::new(password.into_encoded_bytes())));
    }
    std::env::var_os(FILE_VARIABLE).map(|path| from_file(Path::new(&path))).transpose()
}

fn from_file(path: &Path) -> Result<Secret, OpenError> {
    let text = regular::secret_text(path, config::LARGEST).map_err(|fault| refused(path, &fault))?;
    Ok(Secret::new(text.lines().next().unwrap_or_default().as_bytes().to_vec()))
}

fn refused(path: &Path, fault: &FileFault) -> OpenError {
    let link = visible::file(path);
    let what = match fault {
        FileFault::Open { mode } => format!("the file is open to others (mode {mode:04o}) and was not read"),
        fault => fault.to_string(),
    };
    let hint = match fault {
        FileFault::Open { .. } => format!("close it with: chmod 600 {link}"),
        _ => format!("{FILE_VARIABLE} names the file with the broker's password in its first line"),
    };
    match fault {
        FileFault::Open { .. } | FileFault::Foreign { .. } => OpenError::Refused { link, what, hint },
        _ => OpenError::Missing { link, what, hint },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_first_line_of_a_closed_file_is_the_password_and_an_open_one_is_not_read() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broker");
        std::fs::write(&path, "geheim\nmore\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(from_file(&path).unwrap(), Secret::new(b"geheim".to_vec()));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let said = from_file(&path).unwrap_err().to_string();
        assert!(said.contains("chmod 600") && !said.contains("geheim"), "{said}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let said = from_file(Path::new("/nowhere/broker")).unwrap_err().to_string();
        assert!(said.contains("/nowhere/broker") && said.contains(FILE_VARIABLE), "{said}");
    }
}
