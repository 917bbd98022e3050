//! Time phrases against the golden table of Python's `dateparser`, and against our own.

use cairn_note::timeframe::{TimeframeError, moment, normalise, since};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use proptest::prelude::*;

const GOLDEN: &str = include_str!("data/timeframe/phrases.tsv");
const OURS: &str = include_str!("data/timeframe/ours.tsv");
const UNKNOWN: &str = include_str!("data/timeframe/unknown.txt");

/// A Wednesday.
fn now() -> Zoned {
    date(2025, 3, 12)
        .at(15, 30, 0, 0)
        .to_zoned(TimeZone::UTC)
        .expect("a moment")
}

/// A zone with summer time, written out so that no time zone database is needed.
fn new_york() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("a zone")
}

fn moments(table: &str) -> impl Iterator<Item = (&str, Timestamp)> {
    cairn_testkit::rows(table).map(|[phrase, wanted]| (phrase, wanted.parse().expect("a moment")))
}

#[test]
fn agrees_with_dateparser_to_within_a_day() {
    let mut exact = 0;
    let mut wrong = Vec::new();
    let mut all = 0;
    for (phrase, wanted) in moments(GOLDEN) {
        let got = moment(phrase, &now());
        all += 1;
        exact += usize::from(got == Ok(wanted));
        match got {
            Ok(got) if got.duration_since(wanted).abs() <= SignedDuration::from_hours(24) => {}
            other => wrong.push(format!("{phrase}: {other:?}, not {wanted}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        all >= 60 && exact >= all - 4,
        "{exact} of {all} are the same to the second"
    );
}

#[test]
fn reads_what_dateparser_does_not() {
    for (phrase, wanted) in moments(OURS) {
        assert_eq!(moment(phrase, &now()), Ok(wanted), "{phrase}");
    }
}

#[test]
fn understands_nothing_by_halves() {
    for phrase in UNKNOWN.lines() {
        assert_eq!(
            moment(phrase, &now()),
            Err(TimeframeError::Unknown(phrase.trim().to_owned()))
        );
    }
}

#[test]
fn a_window_is_a_day_to_a_year() {
    let day_back = now().checked_sub(1.day()).expect("a moment").timestamp();
    for phrase in [
        "now",
        "today",
        "1h",
        "5 minutes ago",
        "yesterday",
        "1d",
        "5pm",
        "this hour",
    ] {
        assert_eq!(since(phrase, &now()), Ok(day_back), "{phrase}");
        assert_eq!(normalise(phrase, &now()).as_deref(), Ok("1d"), "{phrase}");
    }
    for (phrase, days) in [
        ("7d", "7d"),
        ("2 weeks", "14d"),
        ("36h", "1d"),
        ("last month", "28d"),
        ("2025-03-01", "11d"),
        ("monday", "2d"),
        ("365 days", "365d"),
        ("last year", "365d"),
        ("2024-03-12", "365d"),
    ] {
        assert_eq!(normalise(phrase, &now()).as_deref(), Ok(days), "{phrase}");
    }
    for phrase in ["366d", "2 years", "2023-01-01", "13 months ago"] {
        assert_eq!(
            since(phrase, &now()),
            Err(TimeframeError::TooFar(phrase.to_owned()))
        );
        assert!(moment(phrase, &now()).is_ok());
    }
    for phrase in ["tomorrow", "in 2 days", "2026-01-01"] {
        assert_eq!(
            since(phrase, &now()),
            Err(TimeframeError::Future(phrase.to_owned()))
        );
        assert!(moment(phrase, &now()).is_ok());
    }
}

#[test]
fn a_year_with_a_leap_day_is_a_year() {
    let now = date(2024, 12, 31)
        .at(12, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .expect("a moment");
    assert_eq!(normalise("1y", &now).as_deref(), Ok("366d"));
    assert_eq!(since("366d", &now), since("1y", &now));
    assert!(since("367d", &now).is_err());
}

#[test]
fn summer_time_moves_no_window() {
    // Clocks went forward on 9 March 2025 and back on 2 November 2025.
    for (year, month, day) in [(2025, 3, 12), (2025, 11, 5)] {
        let now = date(year, month, day)
            .at(10, 0, 0, 0)
            .to_zoned(new_york())
            .expect("a moment");
        assert_eq!(normalise("7d", &now).as_deref(), Ok("7d"));
        let began = since("7d", &now).expect("a window").to_zoned(new_york());
        assert_eq!(
            began.datetime(),
            now.datetime().checked_sub(7.days()).expect("a day")
        );
    }
    // A wall-clock time that was skipped is read as the one after.
    let now = date(2025, 3, 10)
        .at(2, 30, 0, 0)
        .to_zoned(new_york())
        .expect("a moment");
    let yesterday = moment("yesterday", &now)
        .expect("a moment")
        .to_zoned(new_york());
    assert_eq!(yesterday.datetime(), date(2025, 3, 9).at(3, 30, 0, 0));
    assert_eq!(
        moment("yesterday at 2:30 am", &now),
        moment("yesterday", &now)
    );
}

#[test]
fn a_date_is_read_in_the_zone_of_now() {
    let now = date(2025, 3, 12)
        .at(10, 0, 0, 0)
        .to_zoned(new_york())
        .expect("a moment");
    assert_eq!(
        moment("2025-03-01", &now),
        Ok("2025-03-01T05:00:00Z".parse().expect("a moment"))
    );
    assert_eq!(
        moment("2025-03-01T00:00:00Z", &now),
        Ok("2025-03-01T00:00:00Z".parse().expect("a moment"))
    );
}

proptest! {
    #[test]
    fn reading_is_total(text in any::<String>()) {
        prop_assert!(since(&text, &now()).is_err() || moment(&text, &now()).is_ok());
    }

    #[test]
    fn reading_words_is_total(
        words in proptest::collection::vec(
            prop_oneof![
                Just("last"), Just("this"), Just("next"), Just("past"), Just("week"), Just("days"), Just("ago"), Just("in"), Just("a"),
                Just("monday"), Just("march"), Just("999999"), Just("2025"), Just("31"), Just("1.5"), Just("years"), Just("at"), Just("pm"),
                Just(":"), Just("-"), Just("th"), Just("and"), Just("yesterday"), Just("hours"), Just("9999999999999"), Just("of"),
            ],
            0..7,
        ),
    ) {
        let text = words.join(" ");
        let now = now();
        if let Ok(began) = since(&text, &now) {
            let day_back = now.checked_sub(1.day()).expect("a moment").timestamp();
            prop_assert!(began <= day_back);
            prop_assert!(began >= now.checked_sub(367.days()).expect("a moment").timestamp());
            let days = normalise(&text, &now).expect("what has a beginning has a length");
            prop_assert!(since(&days, &now).is_ok(), "{} {}", text, days);
        }
    }
}
