"""Golden moments of time phrases, from the Python package `dateparser`.

    pip install dateparser==1.5.0
    python dateparser.py > crates/note/tests/data/timeframe/phrases.tsv

Each phrase is read at 2025-03-12 15:30 UTC, a Wednesday, in English. Phrases that dateparser does not understand, or
that we read otherwise on purpose, are in the test's own table.
"""

import datetime
import pathlib
import sys

# A script of this name would find itself instead of the package.
sys.path = [entry for entry in sys.path if pathlib.Path(entry or ".").resolve() != pathlib.Path(__file__).resolve().parent]
import dateparser  # noqa: E402

NOW = datetime.datetime(2025, 3, 12, 15, 30)

PHRASES = """
1d|3d|7d|7 d|30d|365d|1h|12h|36h|90s|5m|3mo|1y|1d12h|-7d|+7d
1 day|3 days|1 week|2 weeks|1 month|6 months|1 year|1.5 days|1.5 hours ago|2 hours|45 minutes
1 day ago|3 days ago|30 days ago|1 week ago|1 wk ago|2 weeks ago|1 month ago|6 months ago|12 months ago|1 year ago
10 minutes ago|2 mins ago|3 secs ago|5 m ago|1 hr ago|24 hours ago|100 hours ago|2 years ago
a day ago|an hour ago|a week ago|a month ago|one week ago|two weeks ago|three months ago
2 weeks and 3 days ago|1 week 2 days ago
now|today|yesterday|the day before yesterday|day before yesterday|tomorrow|in 2 days|2 days from now|next week|in 3 months
last week|last month|last year|LAST WEEK|1 Week Ago| last  week |last night|this morning
monday|tuesday|wednesday|thursday|friday|saturday|sunday|sat|tues|Sunday|on friday|last monday|last sunday|last wednesday|next monday
yesterday at 5pm|monday 10:00|12:30|noon|10am
march 5|Mar 5|5 march|1st of march|feb 28|march 5 2024|5 mar 2024|March 5th, 2024|Wed, 05 Mar 2025|mar 5, 2025 10:00|5 December 2024
2025-03-01|2025/03/01|03/01/2025|2025.03.01|01.03.2025|25/12/2024|2024-02-29
2025-03-01T10:00:00Z|2025-03-01T10:00:00+02:00|2025-03-01 10:00|2025-03-01T10:00|2025-03-01 10:00:30|1700000000
""".replace("\n", "|").strip("|").split("|")


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print("# phrase\tmoment in UTC, read at 2025-03-12T15:30:00Z")
    for phrase in PHRASES:
        moment = dateparser.parse(phrase, languages=["en"], settings={"RELATIVE_BASE": NOW, "TIMEZONE": "UTC"})
        if moment is None:
            print(f"dateparser does not understand {phrase!r}", file=sys.stderr)
            continue
        if moment.tzinfo:
            moment = moment.astimezone(datetime.timezone.utc)
        print(f"{phrase}\t{moment:%Y-%m-%dT%H:%M:%SZ}")


main()
