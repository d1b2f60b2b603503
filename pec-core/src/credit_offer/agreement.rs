//! The agreement of an offer: its states, and which steps lead from one to another.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

use super::calendar::last_of_month;

/// Where an agreement stands. Source: Microsoft's deck, "Application & Approval" and questions (ACO6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// The request was not submitted yet.
    #[default]
    NotSubmitted,
    /// Quality and compliance are checked, and the channel sales manager looks at the deal.
    InReview,
    /// Microsoft asked for more details.
    DetailsRequested,
    /// Finance approves and operations make the agreement.
    InFinanceAndOperations,
    /// The customer may accept, until the end of the month of publication.
    Published,
    /// The customer accepted: the credit is applied.
    Accepted,
    /// The month of publication ended without acceptance.
    Expired,
    /// The agreement was withdrawn for a change, such as of the customer's contact.
    Withdrawn,
    /// Finance and operations approve once more.
    InReapproval,
    /// The request was rejected.
    Rejected,
}

/// What can happen to an agreement. It expires by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// The transacting partner submits the request.
    Submit,
    /// Microsoft asks for more details.
    RequestDetails,
    /// The partner provides them.
    ProvideDetails,
    /// Microsoft rejects the request.
    Reject,
    /// The request passes the review.
    PassReview,
    /// Operations publish the agreement to the customer.
    Publish,
    /// The customer accepts.
    Accept,
    /// The published agreement is withdrawn, which any change to it takes.
    Withdraw,
    /// Approval is asked for once more.
    RequestReapproval,
}

impl State {
    /// All states.
    pub const ALL: [Self; 10] = [
        Self::NotSubmitted,
        Self::InReview,
        Self::DetailsRequested,
        Self::InFinanceAndOperations,
        Self::Published,
        Self::Accepted,
        Self::Expired,
        Self::Withdrawn,
        Self::InReapproval,
        Self::Rejected,
    ];

    /// The steps that may be taken from here, each with the state it leads to.
    ///
    /// ```
    /// use pec_core::credit_offer::{State, Step};
    /// assert_eq!(State::Expired.allowed(), [(Step::RequestReapproval, State::InReapproval)]);
    /// ```
    #[must_use]
    pub const fn allowed(self) -> &'static [(Step, Self)] {
        match self {
            Self::NotSubmitted => &[(Step::Submit, Self::InReview)],
            Self::InReview => &[
                (Step::PassReview, Self::InFinanceAndOperations),
                (Step::RequestDetails, Self::DetailsRequested),
                (Step::Reject, Self::Rejected),
            ],
            Self::DetailsRequested => &[(Step::ProvideDetails, Self::InReview), (Step::Reject, Self::Rejected)],
            Self::InFinanceAndOperations | Self::InReapproval => &[(Step::Publish, Self::Published)],
            Self::Published => &[(Step::Accept, Self::Accepted), (Step::Withdraw, Self::Withdrawn)],
            Self::Expired | Self::Withdrawn => &[(Step::RequestReapproval, Self::InReapproval)],
            Self::Accepted | Self::Rejected => &[],
        }
    }

    /// The state that a step leads to, if it may be taken from here.
    #[must_use]
    pub fn after(self, step: Step) -> Option<Self> {
        self.allowed().iter().find(|(allowed, _)| *allowed == step).map(|(_, state)| *state)
    }

    /// The word as files and tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSubmitted => "not_submitted",
            Self::InReview => "in_review",
            Self::DetailsRequested => "details_requested",
            Self::InFinanceAndOperations => "in_finance_and_operations",
            Self::Published => "published",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::InReapproval => "in_reapproval",
            Self::Rejected => "rejected",
        }
    }
}

impl Step {
    /// All steps.
    pub const ALL: [Self; 9] = [
        Self::Submit,
        Self::RequestDetails,
        Self::ProvideDetails,
        Self::Reject,
        Self::PassReview,
        Self::Publish,
        Self::Accept,
        Self::Withdraw,
        Self::RequestReapproval,
    ];

    /// The word as files and tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::RequestDetails => "request_details",
            Self::ProvideDetails => "provide_details",
            Self::Reject => "reject",
            Self::PassReview => "pass_review",
            Self::Publish => "publish",
            Self::Accept => "accept",
            Self::Withdraw => "withdraw",
            Self::RequestReapproval => "request_reapproval",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An agreement and what happened to it so far.
///
/// ```
/// use pec_core::credit_offer::{Agreement, State, Step};
///
/// let mut agreement = Agreement::default();
/// for (step, day) in [(Step::Submit, "2023-07-10"), (Step::PassReview, "2023-07-13"), (Step::Publish, "2023-07-20")] {
///     agreement.take(step, day.parse()?)?;
/// }
/// assert_eq!(agreement.deadline(), Some("2023-07-31".parse()?));
/// let late = agreement.take(Step::Accept, "2023-08-01".parse()?).unwrap_err();
/// assert_eq!(late.to_string(), "`accept` on `2023-08-01` is not possible: the agreement is `expired` since `2023-08-01`; allowed: `request_reapproval`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    taken: Vec<StepTaken>,
}

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StepTaken {
    /// Which one.
    pub step: Step,
    /// On which day.
    #[serde(deserialize_with = "super::offer::day")]
    pub on: NaiveDate,
    #[serde(skip, default)]
    pub(super) to: State,
}

/// A step that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgreementError {
    /// The agreement does not stand where the step begins.
    #[error("`{step}` on `{on}` is not possible: the agreement is `{state}`{}; allowed: {}", since_text(*.since), Allowed(*.state))]
    NotAllowed {
        /// The step.
        step: Step,
        /// Its day.
        on: NaiveDate,
        /// Where the agreement stands on that day.
        state: State,
        /// Since when.
        since: Option<NaiveDate>,
    },
    /// The step lies before the one before it.
    #[error(
        "`{step}` on `{on}` is not possible: the step before it was on `{before}`; allowed: that day or a later one"
    )]
    OutOfOrder {
        /// The step.
        step: Step,
        /// Its day.
        on: NaiveDate,
        /// The day of the step before it.
        before: NaiveDate,
    },
}

fn since_text(day: Option<NaiveDate>) -> String {
    day.map(|day| format!(" since `{day}`")).unwrap_or_default()
}

/// The steps that may be taken from a state, as a list of words.
struct Allowed(State);

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (step, _)) in self.0.allowed().iter().enumerate() {
            write!(f, "{}`{step}`", if index == 0 { "" } else { ", " })?;
        }
        if self.0.allowed().is_empty() { f.write_str("nothing, this is the end") } else { Ok(()) }
    }
}

impl Agreement {
    /// Takes a step on a day.
    ///
    /// # Errors
    ///
    /// [`AgreementError`] where the step is not possible on that day; it says what is.
    pub fn take(&mut self, step: Step, on: NaiveDate) -> Result<(), AgreementError> {
        if let Some(last) = self.taken.last().filter(|last| on < last.on) {
            return Err(AgreementError::OutOfOrder { step, on, before: last.on });
        }
        let (state, since) = self.state(on);
        let to = state.after(step).ok_or(AgreementError::NotAllowed { step, on, state, since })?;
        self.taken.push(StepTaken { step, on, to });
        Ok(())
    }

    /// Where it stands at the end of a day, and since when, by the steps that were taken until then.
    #[must_use]
    pub fn state(&self, on: NaiveDate) -> (State, Option<NaiveDate>) {
        let Some(last) = self.taken.iter().rev().find(|taken| taken.on <= on) else {
            return (State::NotSubmitted, None);
        };
        let end = last_of_month(last.on);
        if last.to == State::Published && on > end {
            (State::Expired, end.succ_opt())
        } else {
            (last.to, Some(last.on))
        }
    }

    /// The last day on which the customer may accept: the last of the month of the newest publication (ACO6).
    #[must_use]
    pub fn deadline(&self) -> Option<NaiveDate> {
        self.taken.iter().rev().find(|taken| taken.step == Step::Publish).map(|taken| last_of_month(taken.on))
    }

    /// The steps that were taken, in order.
    #[must_use]
    pub fn taken(&self) -> &[StepTaken] {
        &self.taken
    }
}

/// Serialises to the list of steps.
impl Serialize for Agreement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.taken.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn agreement(steps: &[(Step, &str)]) -> Agreement {
        let mut agreement = Agreement::default();
        steps.iter().for_each(|(step, on)| agreement.take(*step, day(on)).unwrap());
        agreement
    }

    const PUBLISHED: [(Step, &str); 3] =
        [(Step::Submit, "2023-07-10"), (Step::PassReview, "2023-07-13"), (Step::Publish, "2023-07-20")];

    #[test]
    fn the_last_day_of_the_month_is_in_time() {
        let mut in_time = agreement(&PUBLISHED);
        assert_eq!(in_time.state(day("2023-07-31")), (State::Published, Some(day("2023-07-20"))));
        assert_eq!(in_time.state(day("2023-08-01")), (State::Expired, Some(day("2023-08-01"))));
        in_time.take(Step::Accept, day("2023-07-31")).unwrap();
        assert_eq!(in_time.state(day("2024-01-01")).0, State::Accepted);
        assert_eq!(in_time.state(day("2023-07-19")).0, State::InFinanceAndOperations, "as of a day before");
    }

    #[test]
    fn an_expired_or_withdrawn_agreement_is_approved_once_more() {
        let mut expired = agreement(&PUBLISHED);
        assert!(expired.take(Step::Withdraw, day("2023-08-01")).is_err());
        expired.take(Step::RequestReapproval, day("2023-08-01")).unwrap();
        expired.take(Step::Publish, day("2023-08-07")).unwrap();
        assert_eq!(expired.deadline(), Some(day("2023-08-31")));
        let mut changed = agreement(&PUBLISHED);
        changed.take(Step::Withdraw, day("2023-07-25")).unwrap();
        assert!(changed.take(Step::Accept, day("2023-07-26")).is_err());
        changed.take(Step::RequestReapproval, day("2023-07-26")).unwrap();
        assert_eq!(changed.state(day("2023-09-30")).0, State::InReapproval, "only what is published expires");
    }

    #[test]
    fn every_step_from_every_state_is_allowed_or_told() {
        for state in State::ALL {
            for step in Step::ALL {
                let allowed = state.allowed().iter().any(|(allowed, _)| *allowed == step);
                assert_eq!(state.after(step).is_some(), allowed);
            }
        }
        let told = |agreement: &Agreement, step, on| agreement.clone().take(step, day(on)).unwrap_err().to_string();
        assert_eq!(
            told(&Agreement::default(), Step::Accept, "2023-07-10"),
            "`accept` on `2023-07-10` is not possible: the agreement is `not_submitted`; allowed: `submit`"
        );
        assert_eq!(
            told(&agreement(&PUBLISHED), Step::Accept, "2023-07-19"),
            "`accept` on `2023-07-19` is not possible: the step before it was on `2023-07-20`; allowed: that day or a later one"
        );
        let rejected = agreement(&[(Step::Submit, "2023-07-10"), (Step::Reject, "2023-07-11")]);
        assert!(told(&rejected, Step::Submit, "2023-07-12").ends_with("allowed: nothing, this is the end"));
    }
}
