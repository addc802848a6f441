//! A pretend entity. This file stands for the one that a new entity needs in the model, and the two beside it for its
//! migration: nothing else in the store has to know it.

use serde::{Deserialize, Serialize};
use sophon_model::ports::{
    Delete, Ends, Entity, Insert, Key, Order, Scoped, Table, ToValue, Tx, Update, Value,
};
use sophon_model::{Result, TenantId, Timestamp};

use super::specimens::{did, plain};
use super::{Ending, Placed, Specimen};
use crate::fixtures::at;
use crate::harness::{Engine, Place};

/// What names a widget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WidgetId(String);

impl ToValue for WidgetId {
    fn to_value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

/// A widget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    id: WidgetId,
    tenant_id: TenantId,
    label: Option<String>,
    is_round: bool,
    parts: Vec<f64>,
    made_at: Timestamp,
    broken_at: Option<Timestamp>,
}

impl Entity for Widget {
    const TABLE: &'static Table =
        &Table::new("widgets", "widget").json(&["parts"]).order(Order::newest_first(&["made_at", "id"]));
}

impl Insert for Widget {}
impl Update for Widget {}
impl Delete for Widget {}

impl Ends for Widget {
    const ENDED: &'static str = "broken_at";
}

impl Key for WidgetId {
    type Of = Widget;
}

impl Scoped for Widget {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

/// Does what a migration would.
pub fn make_table(place: &Place) {
    place.run(match place.engine {
        Engine::Sqlite => include_str!("sqlite.sql"),
        Engine::Postgres => include_str!("postgres.sql"),
    });
}

impl Specimen for Widget {
    plain!();

    type Name = WidgetId;

    fn name(&self) -> WidgetId {
        self.id.clone()
    }

    fn nth(n: i64) -> Self {
        Widget {
            id: WidgetId(format!("w{n}")),
            tenant_id: "home".into(),
            label: None,
            is_round: n % 2 == 0,
            parts: vec![0.5, 2.0],
            made_at: at(n / 2),
            broken_at: None,
        }
    }

    fn changed(self) -> Self {
        Widget {
            label: Some("ő".into()),
            is_round: !self.is_round,
            parts: Vec::new(),
            made_at: at(50),
            broken_at: Some(at(60)),
            ..self
        }
    }
}

impl Placed for Widget {
    fn home() -> TenantId {
        "home".into()
    }

    fn elsewhere() -> TenantId {
        "other".into()
    }
}

impl Ending for Widget {
    fn ended(self, millis: i64) -> Self {
        Widget { broken_at: Some(at(millis)), ..self }
    }
}
