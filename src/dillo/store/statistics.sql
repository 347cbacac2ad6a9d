-- The reads behind the statistics API; `settled_us <= :pin_us` hides what came after the pin.

-- name: number_held
-- The number's id, if the customer holds it or ever held it.
SELECT numbers.id
FROM numbers JOIN number_holders ON number_holders.number_id = numbers.id
WHERE numbers.e164 = :number AND number_holders.customer_id = :customer_id
LIMIT 1

-- name: spans
SELECT starts_us, calls, earliest_settled_us, latest_settled_us
FROM call_tallies
WHERE number_id = :number_id AND customer_id = :customer_id AND span_s = :span_s
  AND starts_us >= :start_us AND starts_us < :end_us
ORDER BY starts_us DESC

-- name: seen
SELECT count(*)
FROM calls
WHERE number_id = :number_id AND customer_id = :customer_id
  AND created_us >= :start_us AND created_us < :end_us AND settled_us <= :pin_us

-- name: documents
-- The skip is small: it never exceeds the calls of one minute, or some pages of them.
SELECT document
FROM calls
WHERE number_id = :number_id AND customer_id = :customer_id
  AND created_us >= :start_us AND created_us < :end_us AND settled_us <= :pin_us
ORDER BY created_us DESC, id DESC
LIMIT :take OFFSET :skip

-- name: key_owner
SELECT customer_id
FROM api_keys
WHERE key_sha256 = :key_sha256 AND revoked_us IS NULL AND customer_id IS NOT NULL
  AND (expires_us IS NULL OR expires_us > :now_us)

-- name: recording_path
-- And whether its audio is gone, or should be by now.
SELECT path, deleted_us IS NOT NULL OR expires_us <= :now_us
FROM recordings
WHERE id = :recording_id AND customer_id = :customer_id
