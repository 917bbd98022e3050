//! The grammar of phrases that name a day: weekdays, months, times of day.
//!
//! Part of [`super::phrase`]; nothing here counts units of time.
//! Invariant: a day named without its year, and a weekday, is the latest that was.

use super::phrase::{Direction, at, shift};
use jiff::civil::{Date, Time, Weekday, time};
use jiff::{ToSpan, Zoned};

/// Phrases that name a day, with a time of day or without.
pub(super) fn calendar(tokens: &[&str], now: &Zoned) -> Option<Zoned> {
    let today = now.date();
    let back = |days: i32| today.checked_sub(days.days()).ok();
    let (date, rest) = match tokens {
        // Without a time of day these two keep the one it is now, so that they are whole days away.
        ["yesterday"] => return shift(now, 1.day(), Direction::Past),
        ["tomorrow"] => return shift(now, 1.day(), Direction::Future),
        ["day", "before", "yesterday"] => return shift(now, 2.days(), Direction::Past),
        ["today", rest @ ..] => (today, rest),
        ["yesterday", rest @ ..] => (back(1)?, rest),
        ["tomorrow", rest @ ..] => (back(-1)?, rest),
        ["day", "before", "yesterday", rest @ ..] => (back(2)?, rest),
        ["last", "night"] => return at(back(1)?, time(20, 0, 0, 0), now),
        ["this", "morning"] => return at(today, Time::midnight(), now),
        ["last" | "past" | "previous", name] if let Some(weekday) = weekday(name) => (
            back(
                days_since(weekday, today).max(1) + if weekday == today.weekday() { 6 } else { 0 },
            )?,
            &[][..],
        ),
        ["next", name] if let Some(weekday) = weekday(name) => {
            (back(days_since(weekday, today) - 7)?, &[][..])
        }
        ["this", name] if let Some(weekday) = weekday(name) => {
            (back(days_since(weekday, today))?, &[][..])
        }
        ["last" | "past" | "previous", rest @ ..] => month_day(rest, today)?,
        _ => month_day(tokens, today)
            .or_else(|| {
                let (name, rest) = tokens.split_first()?;
                Some((back(days_since(weekday(name)?, today))?, rest))
            })
            .unwrap_or((today, tokens)),
    };
    if rest.is_empty() && !tokens.is_empty() {
        return at(date, Time::midnight(), now);
    }
    let time = time_of_day(rest)?;
    let moment = at(date, time, now)?;
    // A time alone is the last one that was.
    let alone = rest.len() == tokens.len();
    if alone && moment > *now {
        at(back(1)?, time, now)
    } else {
        Some(moment)
    }
}

fn days_since(weekday: Weekday, today: Date) -> i32 {
    i32::from(today.weekday().since(weekday))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tues" | "tuesday" => Weekday::Tuesday,
        "wed" | "weds" | "wednesday" => Weekday::Wednesday,
        "thu" | "thur" | "thurs" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = MONTHS.iter().position(|name| {
        *name == word || name[..3] == *word || (word == "sept" && *name == "september")
    });
    at.and_then(|at| i8::try_from(at + 1).ok())
}

/// `march`, `5 march`, `march 5th, 2025`, `wed 5 mar 2025`: the day, the latest that was when no year is given, and what
/// follows.
fn month_day<'t>(tokens: &'t [&'t str], today: Date) -> Option<(Date, &'t [&'t str])> {
    let (mut named, mut day, mut year) = (None, None, None);
    let mut rest = match tokens {
        [name, rest @ ..] if weekday(name).is_some() => rest,
        _ => tokens,
    };
    loop {
        match rest {
            ["of" | "the", after @ ..] => rest = after,
            [_, ":" | "am" | "pm", ..] => break,
            [number, "st" | "nd" | "rd" | "th", after @ ..] if day.is_none() => {
                day = Some(number.parse::<i8>().ok()?);
                rest = after;
            }
            [number, after @ ..] if number.len() == 4 && year.is_none() && named.is_some() => {
                match number.parse::<i16>() {
                    Ok(number) => {
                        year = Some(number);
                        rest = after;
                    }
                    Err(_) => break,
                }
            }
            [number, after @ ..] if day.is_none() && number.parse::<i8>().is_ok() => {
                day = number.parse::<i8>().ok();
                rest = after;
            }
            [name, after @ ..] if named.is_none() && month(name).is_some() => {
                named = month(name);
                rest = after;
            }
            _ => break,
        }
    }
    let (month, day) = (named?, day.unwrap_or(1));
    let date = match year {
        Some(year) => Date::new(year, month, day).ok()?,
        None => (0..=8)
            .filter_map(|back| Date::new(today.year() - back, month, day).ok())
            .find(|date| *date <= today)?,
    };
    Some((date, rest))
}

/// `5pm`, `5:30 pm`, `17:30`, `17:30:15`, `noon`, `midnight`.
fn time_of_day(tokens: &[&str]) -> Option<Time> {
    let tokens = if let ["at", rest @ ..] = tokens {
        rest
    } else {
        tokens
    };
    let number = |text: &str| text.parse::<i8>().ok();
    let (hour, minute, second, half) = match tokens {
        ["noon"] => (12, 0, 0, None),
        ["midnight"] => (0, 0, 0, None),
        [hour, half @ ("am" | "pm")] => (number(hour)?, 0, 0, Some(*half)),
        [hour, ":", minute, half @ ("am" | "pm")] => {
            (number(hour)?, number(minute)?, 0, Some(*half))
        }
        [hour, ":", minute] => (number(hour)?, number(minute)?, 0, None),
        [hour, ":", minute, ":", second] => (number(hour)?, number(minute)?, number(second)?, None),
        _ => return None,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("am") => hour % 12,
        Some(_) => hour % 12 + 12,
    };
    Time::new(hour, minute, second, 0).ok()
}
