//! What an unquoted scalar means in YAML 1.1, by the patterns of PyYAML's resolver.
//!
//! No regular expressions: each type is told by its first byte and a walk over the rest.
//! Invariant: [`resolve`] is total; a text that only looks like a number or a date stays a text.

/// The meaning of a plain scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plain {
    /// Empty, `~` or `null`.
    Null,
    /// The merge key `<<`.
    Merge,
    /// A boolean, a number or a date, already as Python would print it.
    Typed(String),
    /// Has the shape of another type but no value of it (`2024-13-45`, `=`): a text that must be quoted when written.
    Lookalike,
    /// A text.
    Text,
}

/// Resolves a plain scalar.
pub(crate) fn resolve(text: &str) -> Plain {
    let Some(first) = text.as_bytes().first() else {
        return Plain::Null;
    };
    match first {
        b'0'..=b'9' | b'-' | b'+' | b'.' => number(text)
            .or_else(|| timestamp(text))
            .unwrap_or(Plain::Text),
        b'~' | b'<' | b'=' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o'
        | b'O'
            if text.len() <= 5 =>
        {
            word(text)
        }
        _ => Plain::Text,
    }
}

fn word(text: &str) -> Plain {
    match text {
        "~" | "null" | "Null" | "NULL" => Plain::Null,
        "<<" => Plain::Merge,
        "=" => Plain::Lookalike,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Plain::Typed("True".to_owned())
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Plain::Typed("False".to_owned())
        }
        _ => Plain::Text,
    }
}

/// The text of a JSON number as Python's `str()` gives it.
pub(crate) fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float_text(float),
        _ => number.to_string(),
    }
}

/// Python's `repr` of a float: shortest digits, an exponent below 1e-4 and from 1e16 on.
pub(super) fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific
        .split_once('e')
        .expect("`{:e}` always writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a decimal exponent");
    if value == 0.0 || (-4..16).contains(&exponent) {
        let text = value.to_string();
        return if text.contains('.') {
            text
        } else {
            text + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn number(text: &str) -> Option<Plain> {
    let (signed, negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, true, &text[1..]),
        Some(b'+') => (true, false, &text[1..]),
        _ => (false, false, text),
    };
    if rest.contains('.') {
        float(rest, signed, negative)
    } else {
        integer(rest, negative)
    }
}

fn integer(rest: &str, negative: bool) -> Option<Plain> {
    let bytes = rest.as_bytes();
    let all = |from: usize, ok: fn(&u8) -> bool| bytes.len() > from && bytes[from..].iter().all(ok);
    match bytes {
        [b'0'] => Some(Plain::Typed("0".to_owned())),
        [b'1'..=b'9'] if negative => Some(Plain::Typed(format!("-{rest}"))),
        [b'1'..=b'9'] => Some(Plain::Typed(rest.to_owned())),
        [b'0', b'b', ..] if all(2, |byte| matches!(byte, b'0' | b'1' | b'_')) => {
            Some(radix(&rest[2..], 2, negative))
        }
        [b'0', b'x', ..] if all(2, |byte| byte.is_ascii_hexdigit() || *byte == b'_') => {
            Some(radix(&rest[2..], 16, negative))
        }
        [b'0', ..] if all(1, |byte| matches!(byte, b'0'..=b'7' | b'_')) => {
            Some(radix(rest, 8, negative))
        }
        [b'1'..=b'9', ..] if all(1, |byte| byte.is_ascii_digit() || *byte == b'_') => {
            let digits = rest.replace('_', "");
            Some(Plain::Typed(if negative {
                format!("-{digits}")
            } else {
                digits
            }))
        }
        [b'1'..=b'9', ..] => sexagesimal(rest, negative),
        _ => None,
    }
}

fn radix(digits: &str, radix: u32, negative: bool) -> Plain {
    match u128::from_str_radix(&digits.replace('_', ""), radix) {
        Ok(value) if negative && value != 0 => Plain::Typed(format!("-{value}")),
        Ok(value) => Plain::Typed(value.to_string()),
        Err(_) => Plain::Lookalike,
    }
}

/// `1:30` is 90: YAML 1.1 counts minutes and seconds.
fn sexagesimal(rest: &str, negative: bool) -> Option<Plain> {
    let (head, parts) = sexagesimal_parts(rest)?;
    let mut value = head.replace('_', "").parse::<i128>().ok();
    for part in parts.split(':') {
        value = value.and_then(|sum| sum.checked_mul(60)?.checked_add(part.parse().ok()?));
    }
    Some(match value {
        Some(value) => Plain::Typed(if negative { -value } else { value }.to_string()),
        None => Plain::Lookalike,
    })
}

/// The number before the first `:` and the rest, when the rest is one or more of `[0-5]?[0-9]`.
fn sexagesimal_parts(text: &str) -> Option<(&str, &str)> {
    let (head, parts) = text.split_once(':')?;
    let head_is_number =
        head.starts_with(|first: char| first.is_ascii_digit()) && digits_or_underscores(head);
    let parts_are_small = parts.split(':').all(|part| match part.as_bytes() {
        [unit] => unit.is_ascii_digit(),
        [ten, unit] => (b'0'..=b'5').contains(ten) && unit.is_ascii_digit(),
        _ => false,
    });
    (head_is_number && parts_are_small).then_some((head, parts))
}

fn digits_or_underscores(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'_')
}

fn float(rest: &str, signed: bool, negative: bool) -> Option<Plain> {
    let sign = if negative { -1.0 } else { 1.0 };
    match rest {
        ".inf" | ".Inf" | ".INF" => return Some(Plain::Typed(float_text(sign * f64::INFINITY))),
        ".nan" | ".NaN" | ".NAN" if !signed => return Some(Plain::Typed("nan".to_owned())),
        _ => {}
    }
    let (whole, fraction) = rest.split_once('.')?;
    if whole.contains(':') {
        return sexagesimal_float(whole, fraction, sign);
    }
    let (digits, exponent) = match fraction.find(['e', 'E']) {
        Some(at) => (&fraction[..at], Some(&fraction[at + 1..])),
        None => (fraction, None),
    };
    let starts_well = if whole.is_empty() {
        !signed && digits.starts_with(|first: char| first.is_ascii_digit())
    } else {
        whole.starts_with(|first: char| first.is_ascii_digit())
    };
    let exponent_is_signed = exponent.is_none_or(|exponent| {
        exponent.strip_prefix(['+', '-']).is_some_and(|power| {
            !power.is_empty() && power.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    if !(starts_well
        && exponent_is_signed
        && digits_or_underscores(whole)
        && digits_or_underscores(digits))
    {
        return None;
    }
    let value: f64 = rest.replace('_', "").parse().ok()?;
    Some(Plain::Typed(float_text(sign * value)))
}

fn sexagesimal_float(whole: &str, fraction: &str, sign: f64) -> Option<Plain> {
    let (head, parts) = sexagesimal_parts(whole)?;
    if !digits_or_underscores(fraction) {
        return None;
    }
    let (parts, last) = parts
        .rsplit_once(':')
        .map_or(("", parts), |(parts, last)| (parts, last));
    let mut value: f64 = format!("{last}.{fraction}").replace('_', "").parse().ok()?;
    let mut base = 60.0;
    for part in parts
        .rsplit(':')
        .filter(|part| !part.is_empty())
        .chain([head])
    {
        value += part.replace('_', "").parse::<f64>().ok()? * base;
        base *= 60.0;
    }
    Some(Plain::Typed(float_text(sign * value)))
}

/// Reads the bytes of a timestamp from left to right.
struct Clock<'a> {
    rest: &'a [u8],
}

impl Clock<'_> {
    /// Between `least` and `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let length = self
            .rest
            .iter()
            .take(most)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        (length >= least).then(|| {
            digits
                .iter()
                .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
        })
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        (*first == wanted).then_some(())
    }

    fn blanks(&mut self) -> usize {
        let length = self
            .rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        self.rest = &self.rest[length..];
        length
    }
}

fn timestamp(text: &str) -> Option<Plain> {
    let mut clock = Clock {
        rest: text.as_bytes(),
    };
    let year = clock.number(4, 4)?;
    clock.byte(b'-')?;
    let month = clock.number(1, 2)?;
    clock.byte(b'-')?;
    let day = clock.number(1, 2)?;
    let date = date_text(year, month, day);
    if clock.rest.is_empty() {
        return (text.len() == 10).then_some(date.map_or(Plain::Lookalike, Plain::Typed));
    }
    let time = time_text(&mut clock)?;
    Some(match date.zip(time) {
        Some((date, time)) => Plain::Typed(format!("{date}T{time}")),
        None => Plain::Lookalike,
    })
}

fn date_text(year: u32, month: u32, day: u32) -> Option<String> {
    let date = jiff::civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    );
    (year >= 1 && date.is_ok()).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The outer option is whether this is a time at all, the inner one whether there is such a time.
fn time_text(clock: &mut Clock<'_>) -> Option<Option<String>> {
    match clock.rest {
        [b'T' | b't', rest @ ..] => clock.rest = rest,
        _ => (clock.blanks() > 0).then_some(())?,
    }
    let hour = clock.number(1, 2)?;
    clock.byte(b':')?;
    let minute = clock.number(2, 2)?;
    clock.byte(b':')?;
    let second = clock.number(2, 2)?;
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    if clock.rest.first() == Some(&b'.') {
        clock.rest = &clock.rest[1..];
        let length = clock
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let micros = (0..6).fold(0, |sum, at| {
            sum * 10
                + if at < length {
                    u32::from(clock.rest[at] - b'0')
                } else {
                    0
                }
        });
        clock.rest = &clock.rest[length..];
        if micros > 0 {
            text = format!("{text}.{micros:06}");
        }
    }
    let real = hour < 24 && minute < 60 && second < 60;
    if clock.rest.is_empty() {
        return Some(real.then_some(text));
    }
    clock.blanks();
    let offset = offset_text(clock)?;
    Some(offset.filter(|_| real).map(|offset| text + &offset))
}

/// `Z` or `±H[H][:MM]`; Python writes both with a colon and takes no offset of a day or more.
fn offset_text(clock: &mut Clock<'_>) -> Option<Option<String>> {
    let (sign, rest) = clock.rest.split_first()?;
    clock.rest = rest;
    if *sign == b'Z' {
        return clock.rest.is_empty().then(|| Some("+00:00".to_owned()));
    }
    matches!(sign, b'+' | b'-').then_some(())?;
    let mut minutes = clock.number(1, 2)? * 60;
    if !clock.rest.is_empty() {
        clock.byte(b':')?;
        minutes += clock.number(2, 2)?;
    }
    if !clock.rest.is_empty() {
        return None;
    }
    let sign = if *sign == b'-' && minutes > 0 {
        '-'
    } else {
        '+'
    };
    Some((minutes < 24 * 60).then(|| format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)))
}
