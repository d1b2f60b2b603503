//! What kind of usage file an input is, told by its names.

use super::{Column, ReadErrorKind, cost_details, daily_usage, focus, normal};

/// A kind of file that shows the credit. The same name means different things in different kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Daily rated usage of Partner Center.
    #[default]
    DailyUsage,
    /// Cost details of Cost Management, at a scope of the partner.
    CostDetails,
    /// An export by FOCUS, of this version.
    Focus(FocusVersion),
}

/// As far as the columns tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FocusVersion {
    Preview,
    /// 1.0 and its second release, which have the same columns.
    One,
    OneTwo,
}

/// What a name is in a kind of file.
pub(super) enum Named {
    /// A column, and how good a name of it this is: 0 is the best.
    Column(Column, usize),
    /// It has no meaning here.
    Documented,
    Unknown,
}

impl FileKind {
    /// The kind of a file with these headers.
    ///
    /// # Errors
    ///
    /// Kinds that cannot show the credit are recognised, to say so.
    pub(super) fn of(headers: &[&str]) -> Result<Self, ReadErrorKind> {
        let headers: Vec<_> = headers.iter().map(|header| normal(header)).collect();
        let has = |name: &str| headers.iter().any(|header| header == name);
        let any = |names: &[&str]| names.iter().any(|name| has(name));
        let refused = |recognised| Err(ReadErrorKind::CannotShowCredit { recognised });
        if has("chargeperiodstart") && any(&["billedcost", "listcost", "effectivecost", "listunitprice"]) {
            return match FocusVersion::of(any) {
                version if any(&["xpartnercreditapplied", "xpartnercreditrate"]) => Ok(Self::Focus(version)),
                _ => refused("a FOCUS export without `x_PartnerCreditApplied` and `x_PartnerCreditRate`"),
            };
        }
        if has("entitlementid") || !any(&cost_details::TELLING) {
            return Ok(Self::DailyUsage);
        }
        if any(&["partnerearnedcreditapplied", "partnerearnedcreditrate"]) {
            return Ok(Self::CostDetails);
        }
        refused(
            "a Cost Management file without `partnerEarnedCreditApplied` and `partnerEarnedCreditRate`, \
             as subscriptions and resource groups give it, at retail prices",
        )
    }

    /// What it is called.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::DailyUsage => "daily rated usage",
            Self::CostDetails => "Cost Management cost details",
            Self::Focus(FocusVersion::Preview) => "FOCUS 1.0-preview",
            Self::Focus(FocusVersion::One) => "FOCUS 1.0",
            Self::Focus(FocusVersion::OneTwo) => "FOCUS 1.2",
        }
    }

    /// The columns with their names here; none of daily usage, which names its own.
    const fn names(self) -> &'static [(Column, &'static [&'static str])] {
        match self {
            Self::DailyUsage => &[],
            Self::CostDetails => &cost_details::NAMES,
            Self::Focus(_) => &focus::NAMES,
        }
    }

    pub(super) fn named(self, header: &str) -> Named {
        let name = normal(header);
        let documented = match self {
            Self::DailyUsage => {
                if let Some(column) = Column::named(header) {
                    return Named::Column(column, 0);
                }
                daily_usage::DOCUMENTED.contains(&name.as_ref())
            }
            Self::CostDetails => cost_details::DOCUMENTED.contains(&name.as_ref()),
            Self::Focus(_) => focus::documented(&name),
        };
        let rank = |names: &[&str]| names.iter().position(|known| normal(known) == name);
        let column = self.names().iter().find_map(|(column, names)| rank(names).map(|rank| (*column, rank)));
        match column {
            Some((column, rank)) => Named::Column(column, rank),
            None if documented => Named::Documented,
            None => Named::Unknown,
        }
    }

    /// What a cell is as a name: that of this column, or of another one that is documented; `None` where it is none.
    pub(crate) fn names_itself(self, column: Column, cell: &str) -> Option<bool> {
        match self.named(cell) {
            Named::Column(named, _) => Some(named == column),
            Named::Documented => Some(false),
            Named::Unknown => None,
        }
    }

    /// What Microsoft calls a column in this kind of file; in daily usage, where only that has it.
    pub(super) fn name(self, column: Column) -> &'static str {
        let named = self.names().iter().find(|(known, _)| *known == column);
        named.and_then(|(_, names)| names.first().copied()).unwrap_or_else(|| column.name())
    }

    /// Would a file of this kind without the column be told less about?
    pub(super) fn says_more(self, column: Column) -> bool {
        match self {
            Self::DailyUsage => column.says_more(),
            // What was paid with Azure credit no other kind tells.
            Self::CostDetails | Self::Focus(_) => {
                let asked = column.says_more() || matches!(column, Column::PricingModel | Column::PublisherType);
                column == Column::CreditType || (asked && self.names().iter().any(|(known, _)| *known == column))
            }
        }
    }

    /// What to export where needed columns are missing.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::DailyUsage => {
                "export daily rated usage with its header row (Partner Center > Billing > Billing history > Daily rated usage; \
                 the v2 export with attribute set `full`)"
            }
            Self::CostDetails => {
                "export cost and usage details (actual cost) of the billing account, the billing profile or a customer, \
                 signed in as the partner"
            }
            Self::Focus(_) => "export cost and usage details (FOCUS) of the billing account or the billing profile",
        }
    }
}

impl FocusVersion {
    fn of(any: impl Fn(&[&str]) -> bool) -> Self {
        if any(&["chargesubcategory", "usagequantity"]) {
            Self::Preview
        } else if any(&["skumeter", "invoiceid", "pricingcurrency", "servicesubcategory"]) {
            Self::OneTwo
        } else {
            Self::One
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Binding;

    const COST_DETAILS: [&str; 8] = [
        "date",
        "SubscriptionId",
        "PayGPrice",
        "unitPrice",
        "quantity",
        "costInPricingCurrency",
        "partnerEarnedCreditRate",
        "partnerEarnedCreditApplied",
    ];
    const FOCUS: [&str; 7] = [
        "ChargePeriodStart",
        "SubAccountId",
        "ListUnitPrice",
        "BilledCost",
        "PricingQuantity",
        "ConsumedQuantity",
        "x_PartnerCreditApplied",
    ];

    fn bound(binding: &Binding, header: &str, headers: &[&str]) -> Option<Column> {
        let at = headers.iter().position(|name| *name == header)?;
        binding.columns().get(at).copied().flatten()
    }

    #[test]
    fn a_name_means_what_it_means_in_its_kind() {
        let binding = Binding::new(COST_DETAILS).unwrap();
        assert_eq!(binding.kind(), FileKind::CostDetails);
        for (header, column) in [
            ("SubscriptionId", Some(Column::EntitlementId)),
            ("PayGPrice", Some(Column::UnitPrice)),
            ("unitPrice", None),
            ("costInPricingCurrency", Some(Column::PricingPreTaxTotal)),
        ] {
            assert_eq!(bound(&binding, header, &COST_DETAILS), column, "{header}");
        }
        let daily = ["UsageDate", "EntitlementId", "UnitPrice", "Quantity", "CreditType", "SubscriptionId"];
        let binding = Binding::new(daily).unwrap();
        assert_eq!(bound(&binding, "SubscriptionId", &daily), Some(Column::SubscriptionId));
    }

    #[test]
    fn the_better_name_is_taken_wherever_it_stands() {
        for headers in [FOCUS, {
            let mut turned = FOCUS;
            turned.reverse();
            turned
        }] {
            let binding = Binding::new(headers).unwrap();
            assert_eq!(bound(&binding, "PricingQuantity", &headers), Some(Column::Quantity));
            assert_eq!(bound(&binding, "ConsumedQuantity", &headers), None);
            assert_eq!(binding.spelled(Column::Quantity), "PricingQuantity");
            assert_eq!(binding.named("ConsumedQuantity"), (None, false));
        }
        let twice = FOCUS.into_iter().chain(["pricing quantity"]);
        assert!(matches!(Binding::new(twice), Err(ReadErrorKind::DuplicateColumn { .. })));
    }

    #[test]
    fn versions_of_focus() {
        for (column, version) in
            [("x_InvoiceId", "FOCUS 1.0"), ("ChargeSubcategory", "FOCUS 1.0-preview"), ("InvoiceId", "FOCUS 1.2")]
        {
            assert_eq!(Binding::new(FOCUS.into_iter().chain([column])).unwrap().kind().as_str(), version);
        }
    }

    #[test]
    fn retail_prices_are_recognised_and_refused() {
        let refused = |headers: &[&str]| match Binding::new(headers.iter().copied()) {
            Err(error @ ReadErrorKind::CannotShowCredit { .. }) => error.to_string(),
            other => panic!("{other:?}"),
        };
        let retail = refused(COST_DETAILS.get(..5).unwrap_or_default());
        assert!(retail.contains("retail") && retail.contains("billing account"), "{retail}");
        assert!(refused(FOCUS.get(..6).unwrap_or_default()).contains("FOCUS"));
    }
}
