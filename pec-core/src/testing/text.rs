//! The texts of one resource: ids, tags and additional information.

use super::catalogue::{Meter, Place, Plan, Service};
use super::estate::{Group, Resource, Subscription};
use super::random::{Random, code, guid, mix};

/// The seed of everything that Microsoft's catalogue gives, the same in every file.
const CATALOGUE: u64 = 0x5EED;

/// What the columns of a resource say.
pub(super) struct ResourceText {
    /// Shown in the resource group column.
    pub(super) group: String,
    pub(super) uri: String,
    /// The same id as some meters report it.
    pub(super) lower_uri: String,
    pub(super) tags: String,
}

impl ResourceText {
    pub(super) fn new(seed: u64, subscription: &Subscription, group: &Group, resource: &Resource) -> Self {
        let own = mix(mix(seed, 5), u64::from(resource.number));
        let id = &subscription.id;
        let (name, uri) = match resource.service.place {
            Place::Group(path) => {
                let path = path.replace('*', &format!("{:05}", resource.number));
                (group.name.as_str(), format!("/subscriptions/{id}/resourceGroups/{}/providers/{path}", group.name))
            }
            Place::Subscription(path) => ("", format!("/subscriptions/{id}/providers/{path}")),
            Place::None => ("", String::new()),
        };
        Self {
            group: if group.capitals { name.to_uppercase() } else { name.to_owned() },
            lower_uri: uri.to_lowercase(),
            uri,
            tags: if name.is_empty() { String::new() } else { tags(own) },
        }
    }
}

fn tags(own: u64) -> String {
    let mut random = Random::new(own);
    let dice = random.below(100);
    let cost = 1000 + random.below(9000);
    let stage = random.pick(&["prod", "dev", "test", "qa"]);
    let team = random.pick(&["platform", "finance", "data", "web shop", "back office"]);
    let source = random.pick(&["terraform", "bicep", "portal"]);
    let common = format!(
        r#"{{"env": "{stage}","costCenter": "CC-{cost}","contract": "A-471108","managedBy": "Proseware Cloud Distribution""#
    );
    match dice {
        0..18 => String::new(),
        18..50 => format!("{common}}}"),
        50..80 => {
            let review = 10 + cost % 20;
            format!(
                r#"{common},"owner": "{team}@example.com","team": "{team}","createdBy": "{source}","lastReview": "2025-06-{review}","application": "{team} {stage}"}}"#
            )
        }
        80..94 => format!(
            r#"{common},"owner": "{team}, {source}","note": "owner said \"keep\", ask before stopping","createdBy": "{source}"}}"#
        ),
        _ => format!("{},\n\"team\": \"{team}\"\n}}", common.replace(",\"", ",\n\"")),
    }
}

/// Beginning of the additional information of a resource's meter, without its closing brace.
pub(super) fn info(seed: u64, service: &Service, meter: &Meter, resource: &Resource) -> String {
    let own = mix(mix(seed, 6), u64::from(resource.number));
    let host = format!("\"vm-{:05}\"", resource.number);
    let text = service.info.replace("\"VMName\":null", &format!("\"VMName\":{host}"));
    if meter.plan == Plan::Reservation {
        let (order, id) = (guid(own / 64, 1), guid(own / 64, 2));
        format!(r#"{text},"ReservationOrderId":"{order}","ReservationId":"{id}""#)
    } else if meter.plan == Plan::Spot {
        format!(r#"{text},"Priority":"Spot""#)
    } else {
        text
    }
}

/// Ids of a meter in a region.
pub(super) struct MeterText {
    pub(super) id: String,
    pub(super) product: String,
    pub(super) sku: String,
    pub(super) availability: String,
    pub(super) product_name: String,
    pub(super) meter_type: String,
}

impl MeterText {
    pub(super) fn new(meter: &Meter, region: usize) -> Self {
        let key = mix(meter.key(region), CATALOGUE);
        let product_name = match meter.sub_category {
            "" => meter.category,
            text => text,
        };
        Self {
            id: if meter.plan == Plan::Marketplace { "4core".to_owned() } else { guid(key, 1) },
            product: format!("DZH318{}", code(mix(key, 2), 6)),
            sku: format!("00{}", code(mix(key, 3), 2)),
            availability: format!("DZH318{}", code(mix(key, 4), 6)),
            product_name: product_name.to_owned(),
            meter_type: format!("{} - {}", meter.unit, meter.category),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tags;

    #[test]
    fn tags_come_in_every_shape() {
        let all: Vec<String> = (0..400).map(tags).collect();
        assert!(all.iter().any(String::is_empty));
        assert!(all.iter().any(|tags| tags.contains('\n')));
        assert!(all.iter().any(|tags| tags.contains("\\\"keep\\\",")));
    }
}
