//! What evidence says of access, worked out once for each place and day: a month has far more lines than these.

use std::collections::BTreeMap;

use crate::access::{Access, AccessDay, AccessExplanation, Reach, Target};
use crate::lookup::{Table, Texts};
use crate::programme::Programme;
use crate::usage::UsageLine;

/// The places and days that were asked about.
#[derive(Default)]
pub(super) struct AccessDays {
    texts: Texts,
    /// The number of what reaches a place, by those of the texts that name the place.
    places: Table<[u32; 5], Option<u32>>,
    numbers: BTreeMap<Reach, u32>,
    /// The place of the last line.
    last: Option<u32>,
    days: Table<u64, Option<AccessDay>>,
}

impl AccessDays {
    /// Access to the line's resource on its day; `moved` tells that the line is of another place than the last one.
    pub(super) fn on(
        &mut self,
        access: &Access,
        programme: &Programme,
        line: &UsageLine<'_>,
        moved: bool,
    ) -> AccessDay {
        let Self { texts, places, numbers, last, days } = self;
        let target = target(line);
        if moved {
            *last = None;
        }
        let number = *last.get_or_insert_with(|| {
            let Target { customer, subscription, resource_group, resource, reseller } = target;
            let place = [customer, subscription, resource_group, resource, reseller].map(|text| texts.number(text));
            *places.entry(place).get_or_insert_with(|| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry(access.reach(target)).or_insert(next)
            })
        });
        let key = u64::from(number) << 16 | u64::from(line.day.number());
        *days.entry(key).get_or_insert_with(|| access_day(access, programme, line))
    }
}

/// Access to the line's resource on its day.
pub(super) fn access_day(access: &Access, programme: &Programme, line: &UsageLine<'_>) -> AccessDay {
    let reach = access.reach(target(line));
    // Nothing is decided on a day before the programme.
    programme.on(line.day.date()).map_or(AccessDay::NO_EVIDENCE, |programme| access.on(&reach, line.day, &programme))
}

/// What was considered of access to the line's resource on its day.
pub(super) fn explanation(access: &Access, programme: &Programme, line: &UsageLine<'_>) -> Option<AccessExplanation> {
    let in_force = programme.on(line.day.date()).ok()?;
    let reach = access.reach(target(line));
    let mut explained = access.explain(&reach, line.day, &in_force);
    access.explain_around(&mut explained, &reach, line.day, programme);
    Some(explained)
}

/// Where the line's charge arose.
pub(super) fn target<'l>(line: &UsageLine<'l>) -> Target<'l> {
    Target {
        customer: line.customer.as_str(),
        subscription: line.subscription.as_str(),
        resource_group: line.resource_group,
        resource: line.resource,
        reseller: line.reseller.as_str(),
    }
}
