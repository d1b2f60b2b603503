//! Who uses what: customers, Azure subscriptions, groups and resources, and where credit is lost.
//!
//! The estate depends on the seed, the number of customers and the month alone, never on the
//! number of lines.

use super::Kind;
use super::catalogue::{BY_DESIGN, Place, REGIONS, Service, USUAL};
use super::random::{Random, guid, mix};

const NAMES: [&str; 28] = [
    "Contoso",
    "Fabrikam",
    "Adatum",
    "Northwind Traders",
    "Woodgrove Bank",
    "Tailwind Traders",
    "Wide World Importers",
    "Proseware, Inc.",
    "Litware",
    "Alpine Ski House",
    "Blue Yonder Airlines",
    "City Power & Light",
    "Coho Vineyard",
    "Consolidated Messenger",
    "Fourth Coffee",
    "Graphic Design Institute",
    "Humongous Insurance",
    "Lucerne Publishing",
    "Margie's Travel",
    "Relecloud",
    "Southridge Video",
    "The Phone Company",
    "Trey Research",
    "VanArsdel, Ltd.",
    "Wingtip Toys",
    "Bellows College",
    "Lamna Healthcare",
    "Adventure Works",
];
const COUNTRIES: [(&str, bool); 8] =
    [("DE", true), ("US", false), ("NL", true), ("FR", true), ("GB", false), ("ES", true), ("US", false), ("AT", true)];
const WORKLOADS: [&str; 12] = ["web", "data", "core", "net", "app", "sap", "erp", "bi", "hub", "shop", "avd", "iot"];
/// Customers of each number of subscriptions, in percent: one to five.
const SUBSCRIPTIONS: [u64; 5] = [45, 28, 15, 8, 4];
/// One resource in so many is of each by-design service in turn.
const BY_DESIGN_EVERY: u32 = 11;
/// Days on which Azure credit covers the usage of the customer that has some.
pub(super) const CREDIT_DAYS: u8 = 12;
/// Kinds of loss with their share of the subscriptions that can show one, in thousandths.
const LOSSES: [(Kind, u64); 5] = [
    (Kind::SubscriptionGap, 30),
    (Kind::SubscriptionLost, 20),
    (Kind::SubscriptionNever, 20),
    (Kind::GroupWithoutAccess, 30),
    (Kind::ResourceWithoutAccess, 40),
];

pub(super) struct Customer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) country: &'static str,
    pub(super) euro: bool,
    /// Partner id of the reseller of record, blank without one.
    pub(super) reseller: String,
    pub(super) plan: String,
    pub(super) has_credit: bool,
    pub(super) subscriptions: Vec<Subscription>,
}

pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) groups: Vec<Group>,
    pub(super) loss: Option<Seeded>,
}

pub(super) struct Group {
    pub(super) name: String,
    /// Shown in capitals in the resource group column.
    pub(super) capitals: bool,
    pub(super) region: usize,
    pub(super) resources: Vec<Resource>,
}

impl Group {
    fn usual(&self) -> impl Iterator<Item = &Resource> {
        self.resources
            .iter()
            .filter(|resource| resource.service.is_usual() && matches!(resource.service.place, Place::Group(_)))
    }

    fn is_fit(&self) -> bool {
        self.usual().nth(1).is_some()
    }
}

pub(super) struct Resource {
    /// Its number in the whole estate.
    pub(super) number: u32,
    pub(super) service: &'static Service,
    /// First and last day of the month with usage.
    pub(super) days: (u8, u8),
}

/// A loss of access: where and from when to when (days of the month).
pub(super) struct Seeded {
    pub(super) kind: Kind,
    /// The place of the group without access, or with the resource without access.
    pub(super) group: Option<usize>,
    /// The number of the resource without access.
    pub(super) resource: Option<u32>,
    /// Day 0 stands for everything before the month.
    pub(super) from: u8,
    to: u8,
}

impl Seeded {
    /// Whether a resource of a group has no access on a day (0: before the month).
    pub(super) fn covers(&self, group: usize, resource: &Resource, day: u8) -> bool {
        let in_group = |of| of == group && matches!(resource.service.place, Place::Group(_));
        (self.from..=self.to).contains(&day)
            && self.group.is_none_or(in_group)
            && self.resource.is_none_or(|number| number == resource.number)
    }
}

pub(super) struct Estate {
    pub(super) customers: Vec<Customer>,
    /// Number of resource-days.
    pub(super) slots: u64,
}

impl Estate {
    pub(super) fn new(seed: u64, customers: u32, month_days: u8) -> Self {
        let mut number = 0;
        let mut estate = Self {
            customers: (0..customers.max(1)).map(|at| customer(seed, at, customers, month_days, &mut number)).collect(),
            slots: 0,
        };
        estate.seed_losses(seed, month_days);
        estate.slots = estate
            .subscriptions()
            .flat_map(|subscription| &subscription.groups)
            .flat_map(|group| &group.resources)
            .map(|resource| u64::from(resource.days.1 - resource.days.0) + 1)
            .sum();
        estate
    }

    fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        self.customers.iter().flat_map(|customer| &customer.subscriptions)
    }

    fn seed_losses(&mut self, seed: u64, month_days: u8) {
        let mut random = Random::new(mix(seed, 4));
        let fit =
            |subscription: &Subscription| subscription.groups.iter().filter(|group| group.is_fit()).nth(1).is_some();
        let mut fit: Vec<&mut Subscription> = self
            .customers
            .iter_mut()
            .flat_map(|customer| &mut customer.subscriptions)
            .filter(|subscription| fit(subscription))
            .collect();
        random.shuffle(&mut fit);
        let total = fit.len() as u64;
        let mut fit = fit.into_iter();
        for (kind, share) in LOSSES {
            let wanted = usize::try_from((total * share / 1000).max(1)).unwrap_or(1);
            for (turn, subscription) in fit.by_ref().take(wanted).enumerate() {
                let days = match (kind, turn) {
                    (Kind::SubscriptionGap, 0) => (4, 7),
                    (Kind::SubscriptionGap, _) => {
                        let from = 2 + small(random.below(18));
                        (from, from + small(random.below(7)))
                    }
                    (Kind::SubscriptionLost, _) => (3 + small(random.below(u64::from(month_days) - 9)), u8::MAX),
                    _ => (0, u8::MAX),
                };
                subscription.loss = Some(place_loss(kind, days, subscription, &mut random));
            }
        }
        let whole =
            |customer: &&mut Customer| customer.subscriptions.iter().all(|subscription| subscription.loss.is_none());
        if let Some(customer) = self.customers.iter_mut().find(whole) {
            customer.has_credit = true;
        } else if let Some(customer) = self.customers.last_mut() {
            customer.has_credit = true;
        }
    }
}

fn place_loss(kind: Kind, (from, to): (u8, u8), subscription: &Subscription, random: &mut Random) -> Seeded {
    let fit: Vec<usize> =
        subscription.groups.iter().enumerate().filter(|(_, group)| group.is_fit()).map(|(at, _)| at).collect();
    let group = random.pick(&fit);
    // A resource that lives all month shows its loss best.
    let group_resources = || subscription.groups.get(group).into_iter().flat_map(Group::usual);
    let whole_month = |resource: &&Resource| resource.days.0 == 1 && resource.days.1 > 27;
    let usual =
        group_resources().find(whole_month).or_else(|| group_resources().next()).map(|resource| resource.number);
    let one_resource = kind == Kind::ResourceWithoutAccess;
    let one_group = one_resource || kind == Kind::GroupWithoutAccess;
    Seeded { kind, group: one_group.then_some(group), resource: usual.filter(|_| one_resource), from, to }
}

fn small(value: u64) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn customer(seed: u64, at: u32, customers: u32, month_days: u8, number: &mut u32) -> Customer {
    let own = mix(mix(seed, 1), u64::from(at));
    let mut random = Random::new(own);
    let place = usize::try_from(at).unwrap_or(0);
    let base = NAMES.get(place % NAMES.len()).copied().unwrap_or_default();
    let name = match place / NAMES.len() {
        0 => base.to_owned(),
        round => format!("{base} {}", round + 1),
    };
    let domain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let (country, euro) = random.pick(&COUNTRIES);
    let resellers = u64::from(customers / 10 + 1);
    let reseller = if at % 2 == 1 {
        (5_000_000 + mix(mix(seed, 2), random.below(resellers)) % 1_000_000).to_string()
    } else {
        String::new()
    };
    let mut dice = random.below(100);
    let mut count = 1;
    for share in SUBSCRIPTIONS {
        if dice < share {
            break;
        }
        dice -= share;
        count += 1;
    }
    Customer {
        id: guid(own, 1),
        domain: format!("{}.onmicrosoft.com", domain.to_ascii_lowercase()),
        country,
        euro,
        reseller,
        plan: guid(own, 2),
        has_credit: false,
        subscriptions: (0..count)
            .map(|turn| subscription(&name, turn, mix(own, turn + 3), month_days, number))
            .collect(),
        name,
    }
}

fn subscription(customer: &str, turn: u64, own: u64, month_days: u8, number: &mut u32) -> Subscription {
    let mut random = Random::new(own);
    let kind = ["Production", "Development", "Shared Services", "Sandbox", "Test"]
        .get(usize::try_from(turn).unwrap_or(0))
        .copied()
        .unwrap_or_default();
    let groups = (0..=random.below(6)).map(|turn| group(turn, &mut random, month_days, number)).collect();
    Subscription { id: guid(own, 1), name: format!("{customer} {kind}"), groups, loss: None }
}

fn group(turn: u64, random: &mut Random, month_days: u8, number: &mut u32) -> Group {
    let workload = random.pick(&WORKLOADS);
    let stage = random.pick(&["prod", "dev", "test"]);
    let region = usize::try_from(random.below(REGIONS.len() as u64)).unwrap_or(0);
    let capitals = random.below(2) == 0;
    let resources = (0..2 + random.below(11)).map(|_| resource(random, month_days, number)).collect();
    Group { name: format!("rg-{workload}-{stage}-{:02}", turn + 1), capitals, region, resources }
}

fn resource(random: &mut Random, month_days: u8, number: &mut u32) -> Resource {
    *number += 1;
    let turn = usize::try_from(*number / BY_DESIGN_EVERY).unwrap_or(0);
    let service = if number.is_multiple_of(BY_DESIGN_EVERY) { BY_DESIGN.get(turn % BY_DESIGN.len()) } else { None };
    let from = if random.below(10) == 0 { 1 + small(random.below(20)) } else { 1 };
    let to = if random.below(10) == 0 { from + small(random.below(9)) } else { month_days };
    Resource {
        number: *number,
        service: service.unwrap_or_else(|| usual_service(random)),
        days: (from, to.min(month_days)),
    }
}

fn usual_service(random: &mut Random) -> &'static Service {
    let mut dice = random.below(USUAL.iter().map(|(weight, _)| weight).sum());
    let [(_, fallback), ..] = &USUAL;
    for (weight, service) in &USUAL {
        if dice < *weight {
            return service;
        }
        dice -= weight;
    }
    fallback
}

#[cfg(test)]
mod tests {
    use super::Estate;

    #[test]
    fn the_estate_has_about_two_subscriptions_a_customer_and_fifty_resources() {
        let estate = Estate::new(1, 400, 31);
        let subscriptions = estate.subscriptions().count();
        let resources = estate.subscriptions().flat_map(|s| &s.groups).map(|g| g.resources.len()).sum::<usize>();
        assert!((720..880).contains(&subscriptions), "{subscriptions}");
        assert!((17_000..23_000).contains(&resources), "{resources}");
    }

    #[test]
    fn half_of_the_customers_have_a_reseller() {
        let estate = Estate::new(3, 40, 30);
        assert_eq!(estate.customers.iter().filter(|customer| customer.reseller.is_empty()).count(), 20);
    }
}
