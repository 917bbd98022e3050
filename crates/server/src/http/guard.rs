//! Who may come in.
//!
//! Asked before anything of a request is read but its head. Invariant: a web page of another site reaches nothing,
//! whatever name it has this machine's address called by, and nobody learns a token from how long a refusal takes.

use super::{HttpOptions, Token, refusal};
use crate::wire::LARGEST_MESSAGE;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use std::io;
use std::net::IpAddr;
use subtle::ConstantTimeEq as _;

/// Who may come in.
#[derive(Debug)]
pub(super) struct Guard {
    host: IpAddr,
    token: Option<Token>,
    /// In lower case: a name, or a name and a port.
    allowed: Vec<String>,
}

impl Guard {
    /// Returns a guard.
    ///
    /// # Errors
    /// When the options would let anyone in who can reach this machine.
    pub(super) fn new(options: &HttpOptions) -> io::Result<Self> {
        let refused = |message| Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        match &options.token {
            None if !options.host.is_loopback() => {
                return refused(format!(
                    "other machines can reach {}, so a token is required: \
                     set `http_token`, for example to what `openssl rand -hex 32` prints, or listen on 127.0.0.1",
                    options.host
                ));
            }
            Some(Token(secret)) if secret.trim().is_empty() => {
                return refused("the token is empty; leave it out, or give one".to_owned());
            }
            _ => {}
        }
        Ok(Self {
            host: options.host,
            token: options.token.clone(),
            allowed: options
                .allowed_hosts
                .iter()
                .map(|host| host.trim().to_lowercase())
                .collect(),
        })
    }

    /// Returns the answer to a request that does not come in.
    pub(super) fn refused(&self, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        if !self.is_host(uri, headers) {
            return Some(refusal(
                StatusCode::FORBIDDEN,
                "The Host header names no host of this server; `allowed_hosts` adds one",
            ));
        }
        if !self.is_origin(headers) {
            return Some(refusal(
                StatusCode::FORBIDDEN,
                "The Origin header names a page of another site; `allowed_hosts` adds one",
            ));
        }
        if !self.is_known(headers) {
            let mut response = refusal(
                StatusCode::UNAUTHORIZED,
                "The header `Authorization: Bearer …` with this server's token is required",
            );
            response.headers_mut().insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"cairn\""),
            );
            return Some(response);
        }
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > LARGEST_MESSAGE as u64) {
            return Some(refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "A message may hold 16 MiB",
            ));
        }
        None
    }

    /// Whether the name the client reached this server by is one of its own. A page of another site can have its own
    /// name lead here, but not an address, nor `localhost`.
    fn is_host(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut named = headers.get_all(HOST).iter();
        let host = match (named.next(), named.next()) {
            (Some(host), None) => host.to_str().ok().and_then(|host| host.parse().ok()),
            (None, None) => uri.authority().cloned(),
            _ => None,
        };
        let is_own = |authority: &Authority| {
            let host = host_of(authority);
            is_local(&host) || host.parse::<IpAddr>().is_ok() || self.is_allowed(authority)
        };
        host.as_ref().is_some_and(is_own) && uri.authority().is_none_or(is_own)
    }

    /// Whether a request is from no web page, or from one of this machine.
    fn is_origin(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return true,
            (Some(origin), None) => origin.to_str().ok(),
            _ => None,
        };
        let authority = origin.and_then(|origin| {
            let (scheme, rest) = origin.split_once("://")?;
            let is_web =
                scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
            is_web.then(|| rest.parse::<Authority>().ok()).flatten()
        });
        authority.is_some_and(|authority| {
            let host = host_of(&authority);
            let is_bound = !self.host.is_unspecified() && host.parse() == Ok(self.host);
            is_local(&host) || is_bound || self.is_allowed(&authority)
        })
    }

    fn is_allowed(&self, authority: &Authority) -> bool {
        let host = host_of(authority);
        self.allowed
            .iter()
            .any(|allowed| *allowed == host || *allowed == authority.as_str().to_lowercase())
    }

    /// Whether a request has the token, where there is one.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let Some(Token(secret)) = &self.token else {
            return true;
        };
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (given.next(), given.next()) else {
            return false;
        };
        value
            .as_bytes()
            .split_at_checked("Bearer ".len())
            .is_some_and(|(scheme, given)| {
                scheme.eq_ignore_ascii_case(b"Bearer ")
                    && is_same(secret.as_bytes(), given.trim_ascii())
            })
    }
}

/// Whether two secrets are the same; how long that takes depends on the length of the given one alone.
fn is_same(secret: &[u8], given: &[u8]) -> bool {
    let mut is_same = secret.len().ct_eq(&given.len());
    for (at, byte) in given.iter().enumerate() {
        is_same &= byte.ct_eq(&secret[at % secret.len()]);
    }
    is_same.into()
}

/// The host of an authority in lower case, without brackets, port and final dot; nothing when it has a user too.
fn host_of(authority: &Authority) -> String {
    if authority.as_str().contains('@') {
        return String::new();
    }
    let host = authority.host().trim_end_matches('.');
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).to_lowercase()
}

fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_equal_secrets_are_the_same() {
        assert!(is_same(b"abc", b"abc"));
        for given in ["", "a", "ab", "abd", "abcabc", "abcd", "ABC"] {
            assert!(!is_same(b"abc", given.as_bytes()), "{given}");
        }
    }
}
