//! What the texts of daily rated usage mean, worked out once for each distinct text.

use crate::lookup::Meanings;
use crate::money::{Currency, Rate};
use crate::product::{AdditionalInfo, ProductSignals, ReservationSignal, SpotSignal, is_microsoft, names_spot};
use crate::read::{Column, Row};
use crate::usage::{BenefitType, ChargeType, CreditColumns, CreditType, Offer, PartnerEarnedCredit};

use super::{CellIssue, Read, percent, utf8};

#[derive(Debug, Default)]
pub(super) struct DailyUsage {
    currency: Meanings<Option<Currency>>,
    charge: Meanings<ChargeType>,
    offer: Meanings<Offer>,
    legacy_invoice: Meanings<bool>,
    partner_earned_credit: Meanings<Result<Option<PartnerEarnedCredit>, ()>>,
    has_partner_earned_credit: Meanings<Result<Option<PartnerEarnedCredit>, ()>>,
    credit: Meanings<Result<Option<PartnerEarnedCredit>, ()>>,
    credit_type: Meanings<CreditType>,
    benefit: Meanings<BenefitType>,
    other_publisher: Meanings<bool>,
    spot: [Meanings<bool>; 4],
    additional_info: Meanings<AdditionalInfo>,
}

/// A column, what it shows, and whether a text of it does.
type Signal<S> = (Column, S, fn(&str) -> bool);

const SPOT: [Signal<SpotSignal>; 4] = [
    (Column::MeterName, SpotSignal::MeterName, names_spot),
    (Column::SkuName, SpotSignal::SkuName, names_spot),
    (Column::MeterSubCategory, SpotSignal::MeterSubCategory, names_spot),
    (Column::ProductName, SpotSignal::ProductName, names_spot),
];

impl DailyUsage {
    /// The pricing currency; blank means USD, in which the Azure plan is priced (R80).
    pub(super) fn currency(&mut self, row: Row<'_>) -> Read<Currency> {
        let column = Column::PricingCurrency;
        let read = |text: &str| if text.is_empty() { Some(Currency::USD) } else { text.parse().ok() };
        let currency = utf8(row, column, self.currency.of(row.cell(column), read))?;
        currency.ok_or_else(|| CellIssue::new(row, column, "a currency code of three letters, such as `USD`"))
    }

    pub(super) fn charge(&mut self, row: Row<'_>) -> Read<ChargeType> {
        let column = Column::ChargeType;
        utf8(row, column, self.charge.of(row.cell(column), ChargeType::read))
    }

    pub(super) fn offer(&mut self, row: Row<'_>) -> Read<Offer> {
        let column = Column::InvoiceNumber;
        let legacy = |text: &str| text.starts_with('D');
        if utf8(row, column, self.legacy_invoice.of(row.cell(column), legacy))? {
            return Ok(Offer::LegacyInvoice);
        }
        let column = Column::SubscriptionDescription;
        utf8(row, column, self.offer.of(row.cell(column), Offer::read))
    }

    pub(super) fn credit(&mut self, row: Row<'_>) -> Read<CreditColumns> {
        let issue = |column| CellIssue::new(row, column, percent::EXPECTED);
        let column = Column::PartnerEarnedCreditPercentage;
        let mut earned = utf8(row, column, self.partner_earned_credit.of(row.cell(column), percent::read))?
            .map_err(|()| issue(column))?;
        if earned.is_none() {
            let column = Column::HasPartnerEarnedCredit;
            let flag = |text: &str| match text {
                "1" => Ok(Some(PartnerEarnedCredit::Applied)),
                "0" => Ok(Some(PartnerEarnedCredit::Rate(Rate::ZERO))),
                other => percent::read(other),
            };
            earned = utf8(row, column, self.has_partner_earned_credit.of(row.cell(column), flag))?
                .map_err(|()| issue(column))?;
        }
        let column = Column::CreditPercentage;
        let credit = utf8(row, column, self.credit.of(row.cell(column), percent::read))?.map_err(|()| issue(column))?;
        let column = Column::CreditType;
        let credit_type = utf8(row, column, self.credit_type.of(row.cell(column), CreditType::read))?;
        let credit = credit.map(|credit| match credit {
            PartnerEarnedCredit::Rate(rate) => rate,
            PartnerEarnedCredit::Applied => Rate::ONE,
        });
        Ok(CreditColumns { partner_earned_credit: earned, credit, credit_type })
    }

    pub(super) fn product(&mut self, row: Row<'_>) -> Read<ProductSignals> {
        let column = Column::BenefitType;
        let benefit = utf8(row, column, self.benefit.of(row.cell(column), BenefitType::read))?;
        let column = Column::PublisherName;
        let other = |text: &str| !text.is_empty() && !is_microsoft(text);
        let marketplace = utf8(row, column, self.other_publisher.of(row.cell(column), other))?;
        let column = Column::AdditionalInfo;
        let info = utf8(row, column, self.additional_info.of(row.cell(column), AdditionalInfo::read))?;
        let by_info = info.reservation.then_some(ReservationSignal::AdditionalInfo);
        let by_benefit = (benefit == BenefitType::Reservation).then_some(ReservationSignal::BenefitType);
        Ok(ProductSignals {
            marketplace,
            spot: first_signal(row, &mut self.spot, &SPOT)?.or(info.spot.then_some(SpotSignal::AdditionalInfo)),
            reservation: by_info.or(by_benefit),
            savings_plan: benefit == BenefitType::SavingsPlan,
        })
    }
}

/// The first column, in order, whose text gives its signal.
fn first_signal<S: Copy>(row: Row<'_>, meanings: &mut [Meanings<bool>], signals: &[Signal<S>]) -> Read<Option<S>> {
    for (meanings, (column, signal, shows)) in meanings.iter_mut().zip(signals) {
        if utf8(row, *column, meanings.of(row.cell(*column), shows))? {
            return Ok(Some(*signal));
        }
    }
    Ok(None)
}
