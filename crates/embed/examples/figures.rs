//! Figures of the built-in model: `cargo run --release -p cairn-embed --example figures`.
//!
//! Times are printed, not judged.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{hint::black_box, num::NonZero, time::Instant};

use cairn_embed::{Builtin, Embedder, Role};

fn main() {
    let started = Instant::now();
    let one = Builtin::new(NonZero::<usize>::MIN);
    one.embed(&["first"], Role::Query).unwrap();
    println!(
        "cold start to the first vector: {:.1} ms",
        milliseconds(started)
    );
    memory("loaded, one text");

    let query = "how do I keep slugs away from my lettuce in spring";
    let best = best_of(200, || one.embed(&[query], Role::Query).unwrap());
    println!("one query of 12 tokens: {best:.2} ms");

    for words in [28, 126, 254] {
        let passage = "tea ".repeat(words);
        let passages = vec![passage.as_str(); 8];
        let best = best_of(8, || one.embed(&passages, Role::Passage).unwrap());
        println!(
            "{} tokens, one thread: {:.1} passages/s",
            words + 2,
            8e3 / best
        );
    }
    let two = Builtin::new(NonZero::new(2).unwrap());
    let passage = "tea ".repeat(126);
    let passages = vec![passage.as_str(); 32];
    let best = best_of(4, || two.embed(&passages, Role::Passage).unwrap());
    println!("128 tokens, two threads: {:.1} passages/s", 32e3 / best);
    two.unload();
    memory("after embedding");
    one.unload();
    memory("unloaded");
    let started = Instant::now();
    one.embed(&["again"], Role::Query).unwrap();
    println!("loaded again: {:.1} ms", milliseconds(started));
    one.unload();
    memory("unloaded again");
}

fn best_of<T>(times: usize, mut what: impl FnMut() -> T) -> f64 {
    (0..times)
        .map(|_| {
            let started = Instant::now();
            black_box(what());
            milliseconds(started)
        })
        .fold(f64::INFINITY, f64::min)
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

/// What Linux says this process holds; nothing elsewhere.
fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |key: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    println!(
        "memory, {when}: {} MB, of which {} MB anonymous, at most {} MB",
        number("VmRSS:") / 1024,
        number("RssAnon:") / 1024,
        number("VmHWM:") / 1024
    );
}
