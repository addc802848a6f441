//! People.

use sophon_model::ports::UserRows;
use sophon_model::{Result, User};

use crate::engine::Conn;

impl UserRows for Conn {
    fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        Ok(self.that("email = $1", &[email.into()])?)
    }

    fn first_user(&self) -> Result<Option<User>> {
        Ok(self.that("TRUE ORDER BY created_at, id LIMIT 1", &[])?)
    }
}
