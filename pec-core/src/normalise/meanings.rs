//! What the texts of daily rated usage mean, worked out once for each distinct text.

use crate::lookup::Meanings;
use crate::money::{Currency, Number, Rate};
use crate::product::{
    AdditionalInfo, Listing, ProductSignals, ReservationSignal, SpotSignal, is_marketplace, is_microsoft, names_spot,
};
use crate::read::{Column, Columns, Decimals, FileKind, Row};
use crate::usage::{BenefitType, ChargeType, CreditColumns, CreditType, Offer, PartnerEarnedCredit, PricingModel};

use super::{CellIssue, Read, percent, utf8};

#[derive(Debug, Default)]
pub(super) struct DailyUsage {
    kind: FileKind,
    decimals: Decimals,
    /// What the last row meant.
    pub(super) values: Values,
    named: ProductSignals,
    info: AdditionalInfo,
    currency: Meanings<Option<Currency>>,
    charge: Meanings<ChargeType>,
    offer: Meanings<Offer>,
    invoice: Meanings<Invoice>,
    partner_earned_credit: Meanings<Result<Option<PartnerEarnedCredit>, ()>>,
    has_partner_earned_credit: Meanings<Result<Option<PartnerEarnedCredit>, ()>>,
    credit: Meanings<Result<Option<PartnerEarnedCredit>, ()>>,
    credit_type: Meanings<CreditType>,
    benefit: Meanings<BenefitType>,
    other_publisher: Meanings<bool>,
    publisher_type: Meanings<bool>,
    pricing_model: Meanings<PricingModel>,
    pricing_subcategory: Meanings<PricingModel>,
    corrects: Meanings<bool>,
    unused: Meanings<bool>,
    spot: [Meanings<bool>; 4],
    additional_info: Meanings<AdditionalInfo>,
}

/// The values of a row.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) currency: Currency,
    pub(super) charge: ChargeType,
    pub(super) offer: Offer,
    pub(super) invoiced: bool,
    pub(super) product: ProductSignals,
    pub(super) credit: CreditColumns,
}

/// An invoice by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Invoice {
    #[default]
    None,
    /// Of the legacy commerce (R6).
    Legacy,
    Other,
}

impl Invoice {
    fn read(text: &str) -> Self {
        match text.as_bytes() {
            [] => Self::None,
            [b'D', ..] => Self::Legacy,
            _ => Self::Other,
        }
    }
}

impl Default for Values {
    fn default() -> Self {
        Self {
            currency: Currency::USD,
            charge: ChargeType::default(),
            offer: Offer::default(),
            invoiced: false,
            product: ProductSignals::default(),
            credit: CreditColumns::default(),
        }
    }
}

const CURRENCY: Columns = Columns::of(&[Column::PricingCurrency]);
pub(super) const CREDIT: Columns = Columns::of(&[
    Column::PartnerEarnedCreditPercentage,
    Column::HasPartnerEarnedCredit,
    Column::CreditPercentage,
    Column::CreditType,
]);
const CHARGE: Columns = Columns::of(&[Column::ChargeType, Column::ChargeClass, Column::CommitmentDiscountStatus]);
const OFFER: Columns = Columns::of(&[Column::InvoiceNumber, Column::SubscriptionDescription]);
const PRODUCT: Columns = Columns::of(&[
    Column::BenefitType,
    Column::PublisherName,
    Column::PublisherType,
    Column::PricingModel,
    Column::PricingSubcategory,
    Column::MeterName,
    Column::SkuName,
    Column::MeterSubCategory,
    Column::ProductName,
]);
const ADDITIONAL_INFO: Columns = Columns::of(&[Column::AdditionalInfo]);

/// A column, what it shows, and whether a text of it does.
type Signal<S> = (Column, S, fn(&str) -> bool);

const SPOT: [Signal<SpotSignal>; 4] = [
    (Column::MeterName, SpotSignal::MeterName, names_spot),
    (Column::SkuName, SpotSignal::SkuName, names_spot),
    (Column::MeterSubCategory, SpotSignal::MeterSubCategory, names_spot),
    (Column::ProductName, SpotSignal::ProductName, names_spot),
];

impl DailyUsage {
    pub(super) fn for_file(kind: FileKind, decimals: Decimals) -> Self {
        Self { kind, decimals, ..Self::default() }
    }

    /// Reads whether the charge is usage.
    pub(super) fn read_charge(&mut self, row: Row<'_>) -> Read<()> {
        self.values.charge = self.charge(row)?;
        Ok(())
    }

    /// Reads what changed of the columns that say in what and how the line was paid.
    pub(super) fn read_money(&mut self, row: Row<'_>, changed: Columns) -> Read<()> {
        if changed.any(CURRENCY) {
            self.values.currency = self.currency(row)?;
        }
        if changed.any(CREDIT) {
            self.values.credit = self.credit(row)?;
        }
        Ok(())
    }

    /// Reads what changed of the columns that say what the line is for.
    pub(super) fn read_product(&mut self, row: Row<'_>, changed: Columns) -> Read<()> {
        if changed.any(CHARGE) {
            self.values.charge = self.charge(row)?;
        }
        if changed.any(OFFER) {
            self.values.offer = self.offer(row)?;
        }
        if changed.any(PRODUCT) {
            self.named = self.product(row)?;
        }
        if changed.any(ADDITIONAL_INFO) {
            self.info = self.additional_info(row)?;
        }
        if changed.any(PRODUCT.with(ADDITIONAL_INFO)) {
            let (named, info) = (self.named, self.info);
            self.values.product = ProductSignals {
                spot: named.spot.or(info.spot.then_some(SpotSignal::AdditionalInfo)),
                reservation: info.reservation.then_some(ReservationSignal::AdditionalInfo).or(named.reservation),
                ..named
            };
        }
        Ok(())
    }

    /// The pricing currency; blank means USD, in which the Azure plan is priced (R80).
    fn currency(&mut self, row: Row<'_>) -> Read<Currency> {
        let column = Column::PricingCurrency;
        let read = |text: &str| if text.is_empty() { Some(Currency::USD) } else { text.parse().ok() };
        let currency = utf8(row, column, self.currency.of(row.cell(column), read))?;
        currency.ok_or_else(|| CellIssue::new(row, column, "a currency code of three letters, such as `USD`"))
    }

    fn charge(&mut self, row: Row<'_>) -> Read<ChargeType> {
        let column = Column::ChargeType;
        let charge = utf8(row, column, self.charge.of(row.cell(column), ChargeType::read))?;
        if self.kind == FileKind::DailyUsage {
            return Ok(charge);
        }
        let column = Column::ChargeClass;
        let corrects = utf8(row, column, self.corrects.of(row.cell(column), corrects_or_is_unused))?;
        let column = Column::CommitmentDiscountStatus;
        let unused = utf8(row, column, self.unused.of(row.cell(column), corrects_or_is_unused))?;
        Ok(if corrects || unused { ChargeType::Other } else { charge })
    }

    fn offer(&mut self, row: Row<'_>) -> Read<Offer> {
        let column = Column::InvoiceNumber;
        let invoice = utf8(row, column, self.invoice.of(row.cell(column), Invoice::read))?;
        self.values.invoiced = invoice != Invoice::None;
        if invoice == Invoice::Legacy {
            return Ok(Offer::LegacyInvoice);
        }
        let column = Column::SubscriptionDescription;
        utf8(row, column, self.offer.of(row.cell(column), Offer::read))
    }

    fn credit(&mut self, row: Row<'_>) -> Read<CreditColumns> {
        let issue = |column| CellIssue::new(row, column, percent::EXPECTED);
        let percent = match self.decimals {
            Decimals::Point => percent::read,
            Decimals::Comma => percent::read_with_comma,
        };
        let column = Column::PartnerEarnedCreditPercentage;
        let mut earned =
            utf8(row, column, self.partner_earned_credit.of(row.cell(column), percent))?.map_err(|()| issue(column))?;
        if earned.is_none() {
            let column = Column::HasPartnerEarnedCredit;
            earned = utf8(row, column, self.has_partner_earned_credit.of(row.cell(column), flag))?
                .map_err(|()| issue(column))?;
        } else if self.kind != FileKind::DailyUsage {
            earned = self.flagged(row, earned)?;
        }
        let column = Column::CreditPercentage;
        let credit = utf8(row, column, self.credit.of(row.cell(column), percent))?.map_err(|()| issue(column))?;
        let column = Column::CreditType;
        let credit_type = utf8(row, column, self.credit_type.of(row.cell(column), CreditType::read))?;
        let credit = credit.map(|credit| match credit {
            PartnerEarnedCredit::Rate(rate) => rate,
            PartnerEarnedCredit::Applied => Rate::ONE,
        });
        let told = earned.is_some() || !row.cell(column).is_blank();
        Ok(CreditColumns { partner_earned_credit: earned, credit, credit_type, told })
    }

    /// In cost details the flag says whether, and the rate how much: published records have a rate that was not applied.
    fn flagged(&mut self, row: Row<'_>, rate: Option<PartnerEarnedCredit>) -> Read<Option<PartnerEarnedCredit>> {
        let column = Column::HasPartnerEarnedCredit;
        let flag = utf8(row, column, self.has_partner_earned_credit.of(row.cell(column), flag))?
            .map_err(|()| CellIssue::new(row, column, percent::EXPECTED))?;
        let none = Some(PartnerEarnedCredit::Rate(Rate::ZERO));
        Ok(match (flag, rate) {
            (None, rate) => rate,
            (Some(flag), _) if Some(flag) == none => none,
            // Applied at no rate: the programme's.
            (Some(flag), rate) if rate == none => Some(flag),
            (Some(_), rate) => rate,
        })
    }

    /// What the columns with names tell.
    fn product(&mut self, row: Row<'_>) -> Read<ProductSignals> {
        let column = Column::BenefitType;
        let benefit = utf8(row, column, self.benefit.of(row.cell(column), BenefitType::read))?;
        let column = Column::PublisherName;
        let other = |text: &str| !text.is_empty() && !is_microsoft(text);
        let marketplace = utf8(row, column, self.other_publisher.of(row.cell(column), other))?;
        let named = ProductSignals {
            marketplace,
            listing: Listing::default(),
            spot: first_signal(row, &mut self.spot, &SPOT)?,
            reservation: (benefit == BenefitType::Reservation).then_some(ReservationSignal::BenefitType),
            savings_plan: benefit == BenefitType::SavingsPlan,
        };
        if self.kind == FileKind::DailyUsage { Ok(named) } else { self.priced(row, named) }
    }

    /// What the columns tell that only cost details have.
    fn priced(&mut self, row: Row<'_>, named: ProductSignals) -> Read<ProductSignals> {
        let column = Column::PublisherType;
        let marketplace = utf8(row, column, self.publisher_type.of(row.cell(column), is_marketplace))?;
        let column = Column::PricingModel;
        let model = utf8(row, column, self.pricing_model.of(row.cell(column), PricingModel::read))?;
        let column = Column::PricingSubcategory;
        let finer = utf8(row, column, self.pricing_subcategory.of(row.cell(column), PricingModel::read))?;
        let is = |wanted| model == wanted || finer == wanted;
        let savings_plan = named.savings_plan || is(PricingModel::SavingsPlan);
        // FOCUS calls both committed; where nothing else tells which, it is called a reservation.
        let reserved = is(PricingModel::Reservation) || (model == PricingModel::Committed && !savings_plan);
        Ok(ProductSignals {
            marketplace: named.marketplace || marketplace,
            spot: named.spot.or(is(PricingModel::Spot).then_some(SpotSignal::PricingModel)),
            reservation: named.reservation.or(reserved.then_some(ReservationSignal::PricingModel)),
            savings_plan,
            ..named
        })
    }

    fn additional_info(&mut self, row: Row<'_>) -> Read<AdditionalInfo> {
        let column = Column::AdditionalInfo;
        let cell = row.cell(column);
        if AdditionalInfo::may_tell(cell.raw()) {
            return utf8(row, column, self.additional_info.of(cell, AdditionalInfo::read));
        }
        Ok(AdditionalInfo::default())
    }
}

/// A flag of what was applied. Here `1` is no percentage.
fn flag(text: &str) -> Result<Option<PartnerEarnedCredit>, ()> {
    // Data frames write a flag with blanks among its values as `1.0`.
    match text.parse() {
        Ok(Number::ONE) => Ok(Some(PartnerEarnedCredit::Applied)),
        _ => percent::read(text),
    }
}

/// `ChargeClass` Correction is a refund; what was not used of a commitment is no usage either.
fn corrects_or_is_unused(text: &str) -> bool {
    ["Correction", "Refund", "Unused", "Unused Commitment"].iter().any(|other| text.eq_ignore_ascii_case(other))
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
