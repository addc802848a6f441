//! People.

use sophon_model::ports::UserRows;
use sophon_model::{Result, User, UserId};

use crate::engine::{Conn, Table};

const USERS: Table = Table::new("users", "user").taken("There is a user with this e-mail address already.");

impl UserRows for Conn {
    fn insert_user(&mut self, user: &User) -> Result<()> {
        self.insert(USERS, user)
    }

    fn update_user(&mut self, user: &User) -> Result<()> {
        self.update(USERS, user)
    }

    fn user(&self, id: &UserId) -> Result<Option<User>> {
        Ok(self.one("SELECT * FROM users WHERE id = $1", &[id.as_str().into()])?)
    }

    fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        Ok(self.one("SELECT * FROM users WHERE email = $1", &[email.into()])?)
    }

    fn first_user(&self) -> Result<Option<User>> {
        Ok(self.one("SELECT * FROM users ORDER BY created_at, id LIMIT 1", &[])?)
    }
}
