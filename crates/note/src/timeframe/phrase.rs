//! The grammar of time phrases: machine forms and durations.
//!
//! English only, and only what people and agents write to look back; not a general reader of dates.
//! Invariant: total; a text with one unknown word is not understood, rather than half understood.

use super::calendar::calendar;
use jiff::civil::{Date, DateTime, Time};
use jiff::{RoundMode, Span, Timestamp, ToSpan, Unit, Zoned, ZonedRound};

/// The longest phrase worth reading, in bytes.
const LONGEST: usize = 100;

/// Reads a phrase; `None` when it is not understood or leads out of the calendar.
pub(super) fn read(text: &str, now: &Zoned) -> Option<Zoned> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Some(moment) = machine(text, now) {
        return Some(moment);
    }
    let lower = text.to_lowercase();
    let tokens = tokens(&lower)?;
    let mut tokens = tokens.as_slice();
    while let [
        "since" | "the" | "on" | "at" | "from" | "earlier",
        rest @ ..,
    ] = tokens
    {
        tokens = rest;
    }
    relative(tokens, now).or_else(|| calendar(tokens, now))
}

/// The forms machines write: ISO dates and times, `2025/03/01`, `03/01/2025`, months, years, Unix time.
fn machine(text: &str, now: &Zoned) -> Option<Zoned> {
    let zone = now.time_zone();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.to_zoned(zone.clone()));
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return zone.to_zoned(civil).ok();
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match text.len() {
            4 => at(
                Date::new(i16::try_from(number).ok()?, 1, 1).ok()?,
                Time::midnight(),
                now,
            ),
            10 => Some(Timestamp::from_second(number).ok()?.to_zoned(zone.clone())),
            13 => Some(
                Timestamp::from_millisecond(number)
                    .ok()?
                    .to_zoned(zone.clone()),
            ),
            _ => None,
        };
    }
    let numbers: Option<Vec<i16>> = text
        .split(['-', '/', '.'])
        .map(|part| part.parse().ok())
        .collect();
    let (year, month, day) = match numbers?.as_slice() {
        [year @ 1000..=9999, month] => (*year, *month, 1),
        [year @ 1000..=9999, month, day] => (*year, *month, *day),
        [day @ 13..=31, month, year @ 1000..=9999] | [month, day, year @ 1000..=9999] => {
            (*year, *month, *day)
        }
        _ => return None,
    };
    at(
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?,
        Time::midnight(),
        now,
    )
}

/// Words, numbers (`1.5` is one) and the signs `: + -`; commas and full stops part, other signs are not understood.
fn tokens(text: &str) -> Option<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = |inside: fn(char) -> bool| {
            rest.find(|character| !inside(character))
                .unwrap_or(rest.len())
        };
        let length = match first {
            '0'..='9' => {
                let digits = end(|character| character.is_ascii_digit() || character == '.');
                rest[..digits].trim_end_matches('.').len()
            }
            'a'..='z' => end(|character| character.is_ascii_lowercase()),
            ':' | '+' | '-' => 1,
            ',' | '.' => {
                rest = &rest[1..];
                continue;
            }
            _ if first.is_whitespace() => {
                rest = &rest[first.len_utf8()..];
                continue;
            }
            _ => return None,
        };
        tokens.push(&rest[..length]);
        rest = &rest[length..];
    }
    Some(tokens)
}

/// Phrases that count from `now`.
fn relative(tokens: &[&str], now: &Zoned) -> Option<Zoned> {
    match tokens {
        ["now"] => Some(now.clone()),
        ["last" | "past" | "previous" | "this", period] if let Some(step) = unit(period) => {
            if tokens[0] == "this" {
                start_of(step, now)
            } else {
                shift(now, step.times("1")?, Direction::Past)
            }
        }
        ["next", period] => shift(now, unit(period)?.times("1")?, Direction::Future),
        ["last" | "past" | "previous" | "-", amounts @ ..] => {
            shift(now, total(amounts)?, Direction::Past)
        }
        ["in" | "+", amounts @ ..]
        | [amounts @ .., "from", "now"]
        | [amounts @ .., "hence" | "later"] => shift(now, total(amounts)?, Direction::Future),
        [amounts @ .., "ago" | "back" | "before" | "earlier"] | amounts => {
            shift(now, total(amounts)?, Direction::Past)
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Direction {
    Past,
    Future,
}

pub(super) fn shift(now: &Zoned, span: Span, direction: Direction) -> Option<Zoned> {
    match direction {
        Direction::Past => now.checked_sub(span).ok(),
        Direction::Future => now.checked_add(span).ok(),
    }
}

/// A unit of time, in the terms of the calendar.
#[derive(Clone, Copy)]
enum Step {
    Seconds(i64),
    Days(i64),
    Months(i64),
}

fn unit(word: &str) -> Option<Step> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Step::Seconds(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Step::Seconds(60),
        "h" | "hr" | "hrs" | "hour" | "hours" => Step::Seconds(3600),
        "d" | "day" | "days" => Step::Days(1),
        "w" | "wk" | "wks" | "week" | "weeks" => Step::Days(7),
        "fortnight" | "fortnights" => Step::Days(14),
        "mo" | "mos" | "mth" | "mths" | "month" | "months" => Step::Months(1),
        "quarter" | "quarters" => Step::Months(3),
        "y" | "yr" | "yrs" | "year" | "years" => Step::Months(12),
        _ => return None,
    })
}

impl Step {
    /// So many of the unit; `number` is decimal, and a part of a day counts in hours.
    fn times(self, number: &str) -> Option<Span> {
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let whole: i64 = whole.parse().ok().filter(|whole| *whole < 1_000_000)?;
        let thousandths = format!("{part:0<3}").parse::<i64>().ok()?;
        let span = Span::new();
        match self {
            Self::Seconds(seconds) => span
                .try_seconds(whole * seconds + thousandths * seconds / 1000)
                .ok(),
            Self::Days(days) => {
                let seconds = thousandths * days * 86_400 / 1000;
                span.try_days(whole * days).ok()?.try_seconds(seconds).ok()
            }
            Self::Months(months) => {
                let part = thousandths * months;
                (part % 1000 == 0).then(|| span.try_months(whole * months + part / 1000).ok())?
            }
        }
    }
}

/// `2 weeks and 3 days`, `a couple of days`, `1d12h`: the sum, in which no unit comes twice.
fn total<'t>(mut tokens: &'t [&'t str]) -> Option<Span> {
    let mut total = Span::new();
    let mut read = false;
    while !tokens.is_empty() {
        if read && tokens[0] == "and" {
            tokens = &tokens[1..];
        }
        let (number, rest) = amount(tokens)?;
        let (step, rest) = rest.split_first()?;
        let span = unit(step)?.times(number)?;
        total = total
            .try_months(i64::from(total.get_months()) + i64::from(span.get_months()))
            .and_then(|total| {
                total.try_days(i64::from(total.get_days()) + i64::from(span.get_days()))
            })
            .and_then(|total| total.try_seconds(total.get_seconds() + span.get_seconds()))
            .ok()?;
        tokens = rest;
        read = true;
    }
    read.then_some(total)
}

/// A number, in figures or a word, and what follows it.
fn amount<'t>(tokens: &'t [&'t str]) -> Option<(&'t str, &'t [&'t str])> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    const FIGURES: [&str; 12] = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
    ];
    match tokens {
        ["a", "couple", "of", rest @ ..]
        | ["a", "couple", rest @ ..]
        | ["couple", "of", rest @ ..] => Some(("2", rest)),
        ["a", "few", rest @ ..] | ["few", rest @ ..] => Some(("3", rest)),
        ["a" | "an", rest @ ..] => Some(("1", rest)),
        [number, rest @ ..] if number.starts_with(|character: char| character.is_ascii_digit()) => {
            Some((number, rest))
        }
        [word, rest @ ..] => {
            let at = WORDS.iter().position(|known| known == word)?;
            Some((FIGURES[at], rest))
        }
        [] => None,
    }
}

/// When the unit that `now` lies in began; weeks begin on Monday.
fn start_of(step: Step, now: &Zoned) -> Option<Zoned> {
    let today = now.date();
    let first = match step {
        Step::Seconds(3600) => {
            let round = ZonedRound::new()
                .smallest(Unit::Hour)
                .mode(RoundMode::Trunc);
            return now.round(round).ok();
        }
        Step::Seconds(_) => return Some(now.clone()),
        Step::Days(1) => today,
        Step::Days(_) => today
            .checked_sub(i32::from(today.weekday().to_monday_zero_offset()).days())
            .ok()?,
        Step::Months(1) => today.first_of_month(),
        Step::Months(3) => Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).ok()?,
        Step::Months(_) => today.first_of_year(),
    };
    at(first, Time::midnight(), now)
}

pub(super) fn at(date: Date, time: Time, now: &Zoned) -> Option<Zoned> {
    now.time_zone().to_zoned(date.to_datetime(time)).ok()
}
