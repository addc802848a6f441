//! Discussions.

use sophon_model::ports::DiscussionRows;
use sophon_model::{Discussion, DiscussionId, Page, Paged, Position, Result, UserId};

use super::{Order, page};
use crate::engine::{Conn, Query, Table};

const DISCUSSIONS: Table = Table::new("discussions", "discussion").json(&["panelists", "judge"]);

impl DiscussionRows for Conn {
    fn insert_discussion(&mut self, discussion: &Discussion) -> Result<()> {
        self.insert(DISCUSSIONS, discussion)
    }

    fn update_discussion(&mut self, discussion: &Discussion) -> Result<()> {
        self.update(DISCUSSIONS, discussion)
    }

    fn delete_discussion(&mut self, id: &DiscussionId) -> Result<()> {
        // Its runs and their turns go with it: the tables say so.
        self.exec("DELETE FROM discussions WHERE id = $1", &[id.as_str().into()])?;
        Ok(())
    }

    fn discussion(&self, id: &DiscussionId) -> Result<Option<Discussion>> {
        // Held, or of two who change this and that, one would undo the other's work.
        let sql = format!("SELECT * FROM discussions WHERE id = $1 {}", self.held());
        Ok(self.one(sql.as_str(), &[id.as_str().into()])?)
    }

    fn discussions(&self, owner: &UserId, wanted: &Page) -> Result<Paged<Discussion>> {
        let mut query = Query::new("SELECT * FROM discussions WHERE owner_id = ");
        query.bind(owner.as_str());
        page(&mut query, "created_at", Order::NewestFirst, wanted);
        let position = |discussion: &Discussion| Position {
            at: discussion.created_at.as_millis(),
            id: discussion.id.to_string(),
        };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }
}
