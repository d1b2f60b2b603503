//! When the steps that are still to come are due.

use chrono::NaiveDate;
use serde::Serialize;

use super::agreement::{Agreement, State, Step};
use super::calendar::{BusinessCalendar, last_of_month};

/// Business days of a stretch of the way: the least and the most.
type Span = (u32, u32);

/// "Application Review (1-5 Business Days)": deck, Application & Approval.
const REVIEW: Span = (1, 5);
/// "Finance & Operation (3-7 Business Days)", and as long for an approval once more: deck, Application & Approval, and questions.
const FINANCE_AND_OPERATIONS: Span = (3, 7);

/// What is still to come, as seen on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Timeline {
    /// Where the agreement stands.
    pub state: State,
    /// Since when; `None` before it was submitted.
    pub since: Option<NaiveDate>,
    /// The steps that may be taken next.
    pub allowed: Vec<Step>,
    /// The steps of the shortest way to acceptance, each with its days.
    pub windows: Vec<Window>,
    /// The publication that leaves the customer the fewest days to sign, of all that may come.
    pub shortest_signing: Option<ShortestSigning>,
}

/// The days on which a step is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Window {
    /// The step.
    pub step: Step,
    /// The earliest day.
    pub earliest: NaiveDate,
    /// The latest day, if everything before it is in time; `None` where it is up to you.
    pub latest: Option<NaiveDate>,
    /// Has the latest day passed already?
    pub overdue: bool,
}

/// The month end closest behind a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ShortestSigning {
    /// The day of publication.
    pub published: NaiveDate,
    /// The last day to sign.
    pub deadline: NaiveDate,
    /// How many days there are, both included.
    pub days: i64,
}

impl Timeline {
    /// What is to come after `today`; steps that the agreement took later are not known yet. `None` past the end of the calendar.
    #[must_use]
    pub fn new(agreement: &Agreement, calendar: &BusinessCalendar, today: NaiveDate) -> Option<Self> {
        let (state, since) = agreement.state(today);
        let way = Way { calendar, today, since: since.unwrap_or(today) };
        let windows = way.windows(state)?;
        let publish = windows.iter().find(|window| window.step == Step::Publish);
        Some(Self {
            state,
            since,
            allowed: state.allowed().iter().map(|(step, _)| *step).collect(),
            shortest_signing: publish.and_then(|publish| way.shortest_signing(publish)),
            windows,
        })
    }
}

/// What a way to acceptance depends on.
struct Way<'a> {
    calendar: &'a BusinessCalendar,
    today: NaiveDate,
    since: NaiveDate,
}

impl Way<'_> {
    /// The windows from a state on; none where nothing leads to acceptance any more.
    fn windows(&self, state: State) -> Option<Vec<Window>> {
        let mut windows = Vec::new();
        let first = match state {
            State::Accepted | State::Rejected => return Some(windows),
            State::NotSubmitted => Some(Step::Submit),
            State::DetailsRequested => Some(Step::ProvideDetails),
            State::Expired | State::Withdrawn => Some(Step::RequestReapproval),
            State::InReview | State::InFinanceAndOperations | State::InReapproval | State::Published => None,
        };
        // A step of the partner may be taken today; what follows is reckoned from there.
        let mut from = (self.since, self.since);
        if let Some(step) = first {
            windows.push(Window { step, earliest: self.today, latest: None, overdue: false });
            from = (self.today, self.today);
        }
        if matches!(state, State::NotSubmitted | State::DetailsRequested | State::InReview) {
            from = self.push(&mut windows, Step::PassReview, from, REVIEW)?;
        }
        if state == State::Published {
            let deadline = last_of_month(self.since);
            windows.push(Window { step: Step::Accept, earliest: self.today, latest: Some(deadline), overdue: false });
        } else {
            let (earliest, latest) = self.push(&mut windows, Step::Publish, from, FINANCE_AND_OPERATIONS)?;
            let latest = Some(last_of_month(latest));
            windows.push(Window { step: Step::Accept, earliest, latest, overdue: false });
        }
        Some(windows)
    }

    /// A step of Microsoft's, so many business days after the one before it; what did not come until today cannot be earlier.
    fn push(
        &self,
        windows: &mut Vec<Window>,
        step: Step,
        (earliest, latest): (NaiveDate, NaiveDate),
        (least, most): Span,
    ) -> Option<(NaiveDate, NaiveDate)> {
        let still = self.calendar.after(self.today, 0)?;
        let promised = self.calendar.after(latest, most)?;
        let (earliest, latest) = (self.calendar.after(earliest, least)?.max(still), promised.max(still));
        windows.push(Window { step, earliest, latest: Some(latest), overdue: promised < self.today });
        Some((earliest, latest))
    }

    fn shortest_signing(&self, publish: &Window) -> Option<ShortestSigning> {
        let days = self.calendar.days_from(publish.earliest).take_while(|day| Some(*day) <= publish.latest);
        let signing = days.map(|published| {
            let deadline = last_of_month(published);
            ShortestSigning { published, deadline, days: (deadline - published).num_days() + 1 }
        });
        signing.min_by_key(|signing| (signing.days, signing.published))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn seen(steps: &[(Step, &str)], holidays: &[&str], today: &str) -> Timeline {
        let mut agreement = Agreement::default();
        steps.iter().for_each(|(step, on)| agreement.take(*step, day(on)).unwrap());
        Timeline::new(&agreement, &holidays.iter().map(|text| day(text)).collect(), day(today)).unwrap()
    }

    fn windows(timeline: &Timeline) -> Vec<String> {
        let shown = |window: &Window| {
            let latest = window.latest.map_or_else(String::new, |day| day.to_string());
            format!("{} {}..{latest}{}", window.step, window.earliest, if window.overdue { " overdue" } else { "" })
        };
        timeline.windows.iter().map(shown).collect()
    }

    #[test]
    fn all_steps_from_a_submission_today() {
        let timeline = seen(&[], &[], "2023-07-10");
        assert_eq!(
            windows(&timeline),
            [
                "submit 2023-07-10..",
                "pass_review 2023-07-11..2023-07-17",
                "publish 2023-07-14..2023-07-26",
                "accept 2023-07-14..2023-07-31",
            ]
        );
        assert_eq!(timeline.shortest_signing.map(|signing| signing.days), Some(6));
    }

    #[test]
    fn holidays_push_everything_behind_them() {
        let timeline = seen(&[(Step::Submit, "2023-06-30")], &["2023-07-03", "2023-07-04"], "2023-06-30");
        assert_eq!(
            windows(&timeline),
            ["pass_review 2023-07-05..2023-07-11", "publish 2023-07-10..2023-07-20", "accept 2023-07-10..2023-07-31"]
        );
    }

    #[test]
    fn a_publication_at_the_end_of_a_month_leaves_a_day() {
        let timeline = seen(&[(Step::Submit, "2023-07-19")], &[], "2023-07-19");
        assert_eq!(windows(&timeline)[2], "accept 2023-07-25..2023-08-31");
        let signing = timeline.shortest_signing.unwrap();
        assert_eq!((signing.published, signing.days), (day("2023-07-31"), 1));
    }

    #[test]
    fn what_is_late_is_told_and_nothing_is_due_in_the_past() {
        let timeline = seen(&[(Step::Submit, "2023-07-10")], &[], "2023-07-18");
        assert_eq!(windows(&timeline)[0], "pass_review 2023-07-18..2023-07-18 overdue");
        assert_eq!(windows(&timeline)[1], "publish 2023-07-21..2023-07-27");
        assert!(!seen(&[(Step::Submit, "2023-07-10")], &[], "2023-07-17").windows[0].overdue);
    }

    #[test]
    fn an_expired_agreement_begins_again_and_an_accepted_one_is_done() {
        let published = [(Step::Submit, "2023-07-10"), (Step::PassReview, "2023-07-11"), (Step::Publish, "2023-07-14")];
        let open = seen(&published, &[], "2023-07-31");
        assert_eq!(windows(&open), ["accept 2023-07-31..2023-07-31"]);
        let expired = seen(&published, &[], "2023-08-01");
        assert_eq!((expired.state, expired.since), (State::Expired, Some(day("2023-08-01"))));
        assert_eq!(
            windows(&expired),
            ["request_reapproval 2023-08-01..", "publish 2023-08-04..2023-08-10", "accept 2023-08-04..2023-08-31"]
        );
        let mut accepted = published.to_vec();
        accepted.push((Step::Accept, "2023-07-31"));
        assert!(windows(&seen(&accepted, &[], "2023-08-01")).is_empty());
    }
}
