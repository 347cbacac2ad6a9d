"""Writes opening-hours.json: `python opening_hours.py > opening-hours.json`."""

import sys

from dillo.behavior.build import build, menu, record, say, switch

LONDON = "Europe/London"

goodbye = say("Goodbye.")
message = record(
    max_length=60, storage_key="Message", storage_period="3-M", silence_timeout=4, then=goodbye
)
closed = say("We are closed. Please speak after the tone.", then=message)
sales = say("Sales is open from nine to half past five.", then=goodbye)

main = menu(
    "For sales press 1. To leave a message press 2. To hear this again press the star key.",
    {"1": sales, "2": message},
    timeout=5,
    attempts=2,
    storage_key="Choice",
    then=goodbye,
)
main.on("*", main)

hours = switch(default=closed)
hours.case(closed, public_holiday=("GB", "ENG"), time_zone=LONDON)
hours.case(
    main,
    local_time=("09:00", "17:30"),
    weekdays=["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    time_zone=LONDON,
)

if __name__ == "__main__":
    sys.stdout.write(build(hours) + "\n")
