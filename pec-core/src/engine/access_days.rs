//! What evidence says of access, worked out once for each place and day: a month has far more lines than these.

use std::collections::BTreeMap;

use crate::access::{Access, AccessDay, AccessExplanation, Reach, Target};
use crate::lookup::Table;
use crate::programme::Programme;
use crate::usage::UsageLine;

/// The days that were asked about.
#[derive(Default)]
pub(super) struct AccessDays {
    reaches: BTreeMap<Reach, u32>,
    /// What reaches the place of the last line.
    last: Option<(u32, Reach)>,
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
        let Self { reaches, last, days } = self;
        if moved {
            *last = None;
        }
        let (number, reach) = last.get_or_insert_with(|| {
            let reach = access.reach(target(line));
            let next = u32::try_from(reaches.len()).unwrap_or(u32::MAX);
            (*reaches.entry(reach.clone()).or_insert(next), reach)
        });
        let key = u64::from(*number) << 16 | u64::from(line.day.number());
        *days.entry(key).get_or_insert_with(|| day(access, programme, reach, line))
    }
}

/// Access to the line's resource on its day.
pub(super) fn access_day(access: &Access, programme: &Programme, line: &UsageLine<'_>) -> AccessDay {
    day(access, programme, &access.reach(target(line)), line)
}

/// What was considered of access to the line's resource on its day.
pub(super) fn explanation(access: &Access, programme: &Programme, line: &UsageLine<'_>) -> Option<AccessExplanation> {
    let programme = programme.on(line.day.date()).ok()?;
    Some(access.explain(&access.reach(target(line)), line.day, &programme))
}

fn day(access: &Access, programme: &Programme, reach: &Reach, line: &UsageLine<'_>) -> AccessDay {
    // Nothing is decided on a day before the programme.
    programme.on(line.day.date()).map_or(AccessDay::NO_EVIDENCE, |programme| access.on(reach, line.day, &programme))
}

fn target<'l>(line: &UsageLine<'l>) -> Target<'l> {
    Target {
        customer: line.customer.as_str(),
        subscription: line.subscription.as_str(),
        resource_group: line.resource_group,
        resource: line.resource,
        reseller: line.reseller.as_str(),
    }
}
