//! What is known of one thing over time: held, not held, or not told.
//!
//! A snapshot proves what it lists at the moment it was taken and since that thing was made. What it does not list was not
//! there at that moment; when it went is not told. Logs tell both, within the stretch they cover.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use crate::day::{Interval, IntervalSet};
use crate::partner::Assumptions;

use super::facts::Instant;

const BEGINNING: Instant = DateTime::<Utc>::MIN_UTC;
const END: Instant = DateTime::<Utc>::MAX_UTC;

/// Something that is told of a moment. At equal moments the order of the variants is taken: what was revoked and granted
/// again at one moment is held after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Ended.
    Revoked,
    /// Not in a snapshot that would list it.
    Missing,
    /// Began.
    Granted,
    /// In a snapshot; with the time it was made, where it is told.
    Seen(Option<Instant>),
}

impl Told {
    const fn order(self) -> (u8, bool, Option<Instant>) {
        match self {
            Self::Revoked => (0, false, None),
            Self::Missing => (1, false, None),
            Self::Granted => (2, false, None),
            Self::Seen(made) => (3, made.is_none(), made),
        }
    }

    const fn held_before(self) -> bool {
        matches!(self, Self::Revoked | Self::Seen(_))
    }

    const fn held_after(self) -> bool {
        matches!(self, Self::Granted | Self::Seen(_))
    }
}

/// What a snapshot tells that lists something. What was made after it was taken moves the snapshot: its clock was wrong.
pub(crate) fn sighting(taken_at: Instant, made: Option<Instant>) -> impl Iterator<Item = (Instant, Told)> {
    let seen = (made.map_or(taken_at, |made| made.max(taken_at)), Told::Seen(made));
    made.map(|made| (made, Told::Granted)).into_iter().chain([seen])
}

/// Is it held?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Held,
    NotHeld,
    /// It changed at a time that nothing tells, or what came before is not told.
    Changed,
    /// Nothing was exported after.
    After,
}

/// A stretch in which the state is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The moment after its last.
    pub(crate) until: Instant,
    pub(crate) state: State,
    /// Rests on the assumption that nothing changed unseen.
    pub(crate) assumed: bool,
}

/// Stretches one after the other, from the beginning to the end of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Track(Vec<Stretch>);

impl Track {
    /// What these events tell; `logged` are the stretches in which a log would show every change.
    pub(crate) fn new(events: &mut Vec<(Instant, Told)>, logged: &IntervalSet, assumptions: Assumptions) -> Self {
        // Of two sightings of one moment the one that tells when it was made is kept.
        events.sort_by_key(|(at, told)| (*at, told.order()));
        events.dedup_by(|later, earlier| {
            later.0 == earlier.0 && std::mem::discriminant(&later.1) == std::mem::discriminant(&earlier.1)
        });
        keep_proven(events);
        let mut track = Builder { stretches: Vec::new(), begun: BEGINNING, assumptions };
        let (Some((first, told)), Some((last, told_last))) = (events.first(), events.last()) else {
            track.push(END, State::After, false);
            return Self(track.stretches);
        };
        let reaching = log_start(logged, *first).unwrap_or(*first);
        match told.held_before() {
            _ if in_either_order(events) => track.push(*first, State::Changed, false),
            true => track.push(reaching, State::Changed, false),
            false => track.assume(reaching, State::NotHeld),
        }
        track.push(*first, state(told.held_before()), false);
        for pair in events.windows(2) {
            if let [(from, earlier), (until, later)] = pair {
                track.between((*from, *earlier), (*until, *later), logged);
            }
        }
        track.push(log_end(logged, *last).unwrap_or(*last), state(told_last.held_after()), false);
        if let Some(until) = assumptions.unchanged_until.filter(|_| assumptions.unchanged) {
            track.push(until, state(told_last.held_after()), true);
        }
        track.push(END, State::After, false);
        Self(track.stretches)
    }

    /// The stretch that holds this moment.
    pub(crate) fn at(&self, at: Instant) -> Stretch {
        let place = self.0.partition_point(|stretch| stretch.until <= at);
        let after = Stretch { until: END, state: State::After, assumed: false };
        self.0.get(place).copied().unwrap_or(after)
    }

    /// The moments between two at which a stretch ends.
    pub(crate) fn cuts(&self, from: Instant, until: Instant) -> impl Iterator<Item = Instant> {
        let start = self.0.partition_point(|stretch| stretch.until <= from);
        let rest = self.0.get(start..).unwrap_or_default();
        rest.iter().map(|stretch| stretch.until).take_while(move |cut| *cut < until)
    }

    /// A moment of each stretch in which it is held, or may be.
    pub(crate) fn told(&self) -> impl Iterator<Item = Instant> {
        let begun = std::iter::once(BEGINNING).chain(self.0.iter().map(|stretch| stretch.until));
        begun.zip(&self.0).filter(|(_, stretch)| stretch.state != State::NotHeld).map(|(from, _)| from)
    }

    /// The stretches in which it is held, with those of an open end cut there.
    pub(crate) fn held(&self) -> impl Iterator<Item = (Instant, Instant)> {
        let begun = std::iter::once(BEGINNING).chain(self.0.iter().map(|stretch| stretch.until));
        begun
            .zip(&self.0)
            .filter(|(_, stretch)| stretch.state == State::Held)
            .map(|(from, stretch)| (from, stretch.until))
    }
}

/// From when something was made until it was seen, for each sighting that tells when it was made.
pub(crate) fn proven(events: &[(Instant, Told)]) -> IntervalSet {
    let of_sighting = |(at, told): &(Instant, Told)| match told {
        Told::Seen(made) => made.and_then(|made| Interval::new(made, *at)),
        Told::Revoked | Told::Missing | Told::Granted => None,
    };
    events.iter().filter_map(of_sighting).collect()
}

/// What was made at one time and is seen at another was there between, whatever else is told: made again it would have a new
/// time. What is told of the time between is dropped, also sightings that do not say when it was made.
fn keep_proven(events: &mut Vec<(Instant, Told)>) {
    let proven = proven(events);
    events.retain_mut(|(at, told)| {
        let seen = matches!(told, Told::Seen(_));
        match proven.iter().find(|held| held.from() <= *at && *at <= held.until()) {
            Some(held) if *at == held.until() => {
                *told = Told::Seen(Some(held.from()));
                seen
            }
            Some(held) => *at == held.from() && !seen,
            None => true,
        }
    });
}

/// Was it first revoked and granted at one moment, with nothing that tells which came first? What was made then came last.
fn in_either_order(events: &[(Instant, Told)]) -> bool {
    let [(revoked, Told::Revoked), (granted, Told::Granted), ..] = events else { return false };
    revoked == granted && !events.iter().any(|(_, told)| *told == Told::Seen(Some(*granted)))
}

const fn state(held: bool) -> State {
    if held { State::Held } else { State::NotHeld }
}

/// Where the log that covers this moment ends.
fn log_end(logged: &IntervalSet, at: Instant) -> Option<Instant> {
    logged.iter().find(|log| log.from() <= at && at < log.until()).map(|log| log.until())
}

/// Where the log that reaches up to this moment begins.
fn log_start(logged: &IntervalSet, at: Instant) -> Option<Instant> {
    logged.iter().find(|log| log.from() < at && at <= log.until()).map(|log| log.from())
}

/// Puts stretches one after the other.
struct Builder {
    stretches: Vec<Stretch>,
    begun: Instant,
    assumptions: Assumptions,
}

impl Builder {
    /// The state until a moment; nothing where that has passed.
    fn push(&mut self, until: Instant, state: State, assumed: bool) {
        if until <= self.begun {
            return;
        }
        self.begun = until;
        match self.stretches.last_mut() {
            Some(last) if last.state == state && last.assumed == assumed => last.until = until,
            _ => self.stretches.push(Stretch { until, state, assumed }),
        }
    }

    fn assume(&mut self, until: Instant, state: State) {
        let state = if self.assumptions.unchanged { state } else { State::Changed };
        self.push(until, state, self.assumptions.unchanged);
    }

    fn between(&mut self, earlier: (Instant, Told), later: (Instant, Told), logged: &IntervalSet) {
        let ((from, earlier), (until, later)) = (earlier, later);
        let (after, before) = (earlier.held_after(), later.held_before());
        let made = match (earlier, later) {
            (Told::Granted, Told::Seen(made)) => made == Some(from),
            (Told::Seen(first), Told::Seen(second)) => first.is_some() && first == second,
            _ => false,
        };
        let known_until = log_end(logged, from).map_or(from, |end| end.min(until));
        let known_from = log_start(logged, until).map_or(until, |start| start.max(from));
        match (after == before, known_until.cmp(&known_from)) {
            (true, _) if made => self.push(until, state(after), false),
            (true, Ordering::Less) => {
                self.push(known_until, state(after), false);
                self.assume(known_from, state(after));
                self.push(until, state(after), false);
            }
            (true, _) => self.push(until, state(after), false),
            (false, Ordering::Less) => {
                self.push(known_until, state(after), false);
                self.push(known_from, State::Changed, false);
                self.push(until, state(before), false);
            }
            // The log would show the change and does not.
            (false, _) => self.push(until, State::Changed, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Interval;
    use chrono::TimeDelta;

    fn hour(hour: i64) -> Instant {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn log(from: i64, until: i64) -> IntervalSet {
        Interval::new(hour(from), hour(until)).into_iter().collect()
    }

    /// A letter for each of ten hours: held, not held, changed, after; upper case where proven.
    fn track(events: &[(i64, Told)], logged: &IntervalSet, unchanged: bool) -> String {
        let mut events = events.iter().map(|(at, told)| (hour(*at), *told)).collect();
        let track = Track::new(&mut events, logged, Assumptions { unchanged, unchanged_until: None });
        let letter = |at: i64| match track.at(hour(at)) {
            Stretch { state: State::Held, assumed, .. } => {
                if assumed {
                    'h'
                } else {
                    'H'
                }
            }
            Stretch { state: State::NotHeld, assumed, .. } => {
                if assumed {
                    'n'
                } else {
                    'N'
                }
            }
            Stretch { state: State::Changed, .. } => '?',
            Stretch { state: State::After, .. } => '.',
        };
        (0..10).map(letter).collect()
    }

    #[test]
    fn snapshots() {
        use Told::{Granted, Missing, Seen};
        let none = IntervalSet::default();
        let made = |at| Seen(Some(hour(at)));
        assert_eq!(track(&[], &none, true), "..........");
        assert_eq!(track(&[(2, Granted), (5, made(2))], &none, true), "nnHHH.....");
        assert_eq!(track(&[(2, Granted), (5, made(2)), (7, made(2))], &none, false), "??HHHHH...");
        assert_eq!(track(&[(5, Seen(None))], &none, true), "?????.....");
        assert_eq!(track(&[(5, Seen(None)), (8, Seen(None))], &none, true), "?????hhh..");
        assert_eq!(track(&[(5, Seen(None)), (8, Seen(None))], &none, false), "????????..");
        assert_eq!(track(&[(2, Granted), (5, made(2)), (8, Missing)], &none, true), "nnHHH???..");
        assert_eq!(track(&[(4, Missing), (8, Missing)], &none, true), "nnnnnnnn..");
        // More that is seen between makes nothing less certain.
        let seen_between = [(2, Granted), (4, Seen(None)), (6, made(2)), (8, Seen(None))];
        assert_eq!(track(&seen_between, &none, false), "??HHHH??..");
        assert_eq!(track(&[(2, Granted), (2, Seen(None)), (6, made(2))], &none, false), "??HHHH....");
        assert_eq!(track(&[(2, Granted), (3, Granted), (5, made(3)), (6, made(2))], &none, false), "??HHHH....");
        // Deleted and made again: a new creation time.
        assert_eq!(track(&[(1, Granted), (3, made(1)), (6, Granted), (8, made(6))], &none, true), "nHH???HH..");
    }

    #[test]
    fn logs() {
        use Told::{Granted, Missing, Revoked, Seen};
        let none = IntervalSet::default();
        let made = |at| Seen(Some(hour(at)));
        assert_eq!(track(&[(2, Granted), (6, Revoked)], &log(0, 8), true), "NNHHHHNN..");
        assert_eq!(track(&[(2, Granted), (5, made(2)), (6, Revoked), (8, Missing)], &none, true), "nnHHHhnn..");
        // A log that begins after the loss leaves it open, one that covers it and shows none contradicts the snapshots.
        assert_eq!(track(&[(1, Granted), (3, made(1)), (8, Missing)], &log(6, 9), true), "nHH???NNN.");
        assert_eq!(track(&[(1, Granted), (3, made(1)), (8, Missing)], &log(2, 9), true), "nHH?????N.");
        assert_eq!(track(&[(6, Revoked)], &log(4, 9), true), "????HHNNN.");
        assert_eq!(track(&[(8, Missing)], &log(4, 8), false), "????NNNN..");
        // Granted and revoked at one moment, in whichever order; unless it is listed as made then.
        assert_eq!(track(&[(5, Granted), (5, Revoked), (8, Missing)], &log(0, 9), true), "????????N.");
        assert_eq!(track(&[(5, Granted), (5, Revoked), (8, made(5))], &log(0, 9), true), "HHHHHHHHH.");
        assert_eq!(track(&[(2, Granted), (5, Granted), (5, Revoked)], &log(0, 9), true), "NNHHHHHHH.");
    }

    #[test]
    fn what_the_last_snapshot_shows_can_be_taken_to_hold() {
        let assumptions = Assumptions { unchanged: true, unchanged_until: Some(hour(9)) };
        let track = Track::new(&mut vec![(hour(5), Told::Missing)], &IntervalSet::default(), assumptions);
        assert_eq!(track.at(hour(8)), Stretch { until: hour(9), state: State::NotHeld, assumed: true });
        assert_eq!(track.at(hour(9)).state, State::After);
        assert_eq!(track.cuts(hour(1), hour(20)).collect::<Vec<_>>(), [hour(9)]);
    }
}
