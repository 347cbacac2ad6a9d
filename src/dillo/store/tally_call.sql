-- Count more calls in a span of time. The settling transactions of a number stamp ever greater
-- moments, so the newest call is also the latest settled one.
INSERT INTO call_tallies
    (number_id, customer_id, span_s, starts_us, calls, earliest_settled_us, latest_settled_us)
VALUES (:number_id, :customer_id, :span_s, :starts_us, :calls, :earliest_us, :latest_us)
ON CONFLICT (number_id, customer_id, span_s, starts_us) DO UPDATE SET
    calls = call_tallies.calls + excluded.calls,
    latest_settled_us = excluded.latest_settled_us
