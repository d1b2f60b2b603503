//! The Azure Credit Offer (ACO): how much credit a deal gets, what that is worth, who must do what by when, how long it lasts.
//!
//! - [`Sizing`]: credit from the estimated incremental ACR (Azure consumed revenue) of 12 months, and [`Value`], the two ways side by side.
//! - [`MonthlyDrawdown`]: the table of Microsoft's deck, month by month, for any credit and any ACR; [`Forecast`]: when a balance ends.
//! - [`prerequisites`]: what customer, partner and request must fulfil; [`Agreement`]: the states of the agreement and the days
//!   on which its steps are due. Both are answered from an [`Offer`] by [`Plan`].
//!
//! Days are arguments and "today" is one of them. Nothing here reads usage: it plans, from figures that are given.

mod agreement;
mod amounts;
mod calendar;
mod forecast;
mod offer;
mod plan;
mod prerequisites;
mod sizing;
mod table;
mod timeline;
mod value;

pub use agreement::{Agreement, AgreementError, State, Step, StepTaken};
pub use calendar::BusinessCalendar;
pub use forecast::{BalanceEnd, Forecast};
pub use offer::{Customer, Deal, Offer, OfferFileError, Request, Scenario, Segment, TransactingPartner};
pub(crate) use offer::{expected, line_text, parsed, word};
pub use plan::{Plan, Readiness};
pub use prerequisites::{Answer, Owner, Prerequisite, PrerequisiteFinding, PrerequisiteId, prerequisites};
pub use sizing::Sizing;
pub use table::{Mode, Month, MonthlyDrawdown, Table, Totals};
pub use timeline::{ShortestSigning, Timeline, Window};
pub use value::{Side, Value};

use crate::money::AmountError;
use crate::programme::ProgrammeError;

/// Why a figure of the offer cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CreditOfferError {
    /// Not an amount that can be planned with.
    #[error(
        "{what} is `{found}`; expected US dollars of 0 or more, below 10,000,000,000,000 and with at most 40 decimals"
    )]
    Amount {
        /// Which one.
        what: &'static str,
        /// What was given.
        found: String,
    },
    /// No month was given.
    #[error("there is no month; give the ACR of at least one")]
    NoMonths,
    /// More months than anybody plans.
    #[error("found `{found}` months, expected at most {limit}; give fewer")]
    TooManyMonths {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A month that is not a first day.
    #[error("the first month begins on `{0}`; give the first day of a month")]
    NotFirstOfMonth(chrono::NaiveDate),
    /// A day without a business day after it.
    #[error("no business day follows `{0}`; give an earlier day or fewer holidays")]
    EndOfCalendar(chrono::NaiveDate),
    /// A ratio that does not divide the ACR in a finite number of decimals.
    #[error("`{acr}` divided by the ratio `{ratio}` has no end; give a programme whose ratio divides exactly")]
    Inexact {
        /// The ACR.
        acr: String,
        /// The ratio of the programme.
        ratio: String,
    },
    /// The offer is not known on that day.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// A sum does not fit.
    #[error(transparent)]
    Sum(#[from] AmountError),
}
