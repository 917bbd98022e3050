//! CommonMark blocks with byte ranges.
