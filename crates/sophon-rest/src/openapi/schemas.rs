//! What is true of all components, and what a type cannot say of itself.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{ArrayBuilder, OneOf, Schema};
use utoipa::openapi::{Ref, RefOr};

pub(super) fn complete(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    for (name, schema) in schemas {
        refer_to_items(name, schema);
        if let RefOr::T(schema) = schema {
            describe_properties(schema);
        }
    }
}

/// A list's schema contains that of its items; it is to name it instead, so that generated types do too.
fn refer_to_items(name: &str, schema: &mut RefOr<Schema>) {
    if let (Some(item), RefOr::T(Schema::Object(list))) = (name.strip_prefix("List_"), schema) {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(item))
            .description(Some("The items, in order."))
            .build();
        list.properties.insert("items".into(), items.into());
    }
}

/// What is said of a property that may be null stands beside the alternatives, not in the one that is not null.
fn describe_properties(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            for property in object.properties.values_mut() {
                if let RefOr::T(Schema::OneOf(alternatives)) = property {
                    lift_description(alternatives);
                }
            }
        }
        Schema::AllOf(parts) => {
            for part in &mut parts.items {
                if let RefOr::T(part) = part {
                    describe_properties(part);
                }
            }
        }
        _ => {}
    }
}

fn lift_description(alternatives: &mut OneOf) {
    for alternative in &mut alternatives.items {
        if let RefOr::Ref(reference) = alternative
            && !reference.description.is_empty()
        {
            alternatives.description = Some(std::mem::take(&mut reference.description));
        }
    }
}
