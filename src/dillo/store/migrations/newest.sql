CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0019');
CREATE TABLE "api_keys" (
	id TEXT NOT NULL,
	customer_id TEXT,
	name TEXT NOT NULL,
	key_sha256 TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	last_used_us BIGINT,
	revoked_us BIGINT,
	role TEXT DEFAULT 'developer' NOT NULL,
	expires_us BIGINT,
	CONSTRAINT pk_api_keys PRIMARY KEY (id),
	CONSTRAINT fk_api_keys_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_api_keys_key_sha256 UNIQUE (key_sha256)
);
CREATE TABLE application_drafts (
	application_id TEXT NOT NULL,
	behavior TEXT NOT NULL,
	layout TEXT,
	saved_us BIGINT NOT NULL,
	saved_by TEXT NOT NULL,
	CONSTRAINT pk_application_drafts PRIMARY KEY (application_id),
	CONSTRAINT fk_application_drafts_application_id FOREIGN KEY(application_id) REFERENCES applications (id)
);
CREATE TABLE "application_versions" (
	id TEXT NOT NULL,
	application_id TEXT NOT NULL,
	version INTEGER,
	behavior TEXT NOT NULL,
	published_us BIGINT NOT NULL,
	layout TEXT,
	note TEXT,
	published_by TEXT,
	restored_from INTEGER,
	CONSTRAINT pk_application_versions PRIMARY KEY (id),
	CONSTRAINT fk_application_versions_application_id FOREIGN KEY(application_id) REFERENCES applications (id),
	CONSTRAINT uq_application_versions_application_id_version UNIQUE (application_id, version)
);
CREATE TABLE applications (
	id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	is_enabled BOOLEAN NOT NULL,
	current_version_id TEXT,
	created_us BIGINT NOT NULL, scenarios TEXT, requires_scenarios BOOLEAN, deleted_us BIGINT,
	CONSTRAINT pk_applications PRIMARY KEY (id),
	CONSTRAINT fk_applications_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_applications_customer_id_name UNIQUE (customer_id, name)
);
CREATE TABLE audit_log (
	id TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	actor TEXT NOT NULL,
	customer_id TEXT,
	action TEXT NOT NULL,
	subject TEXT NOT NULL, "before" TEXT, "after" TEXT,
	CONSTRAINT pk_audit_log PRIMARY KEY (id)
);
CREATE TABLE backfills (
	name TEXT NOT NULL,
	position TEXT NOT NULL,
	CONSTRAINT pk_backfills PRIMARY KEY (name)
);
CREATE TABLE balance_alerts (
	customer_id TEXT NOT NULL,
	threshold_micros BIGINT NOT NULL,
	url TEXT NOT NULL,
	email TEXT NOT NULL,
	CONSTRAINT pk_balance_alerts PRIMARY KEY (customer_id),
	CONSTRAINT fk_balance_alerts_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE call_dials (
	call_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	customer_id TEXT NOT NULL,
	telephone_number TEXT NOT NULL,
	status TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	CONSTRAINT pk_call_dials PRIMARY KEY (call_id, position),
	CONSTRAINT fk_call_dials_call_id FOREIGN KEY(call_id) REFERENCES calls (id)
);
CREATE TABLE call_digits (
	call_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	customer_id TEXT NOT NULL,
	storage_key TEXT NOT NULL,
	digits TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	CONSTRAINT pk_call_digits PRIMARY KEY (call_id, position),
	CONSTRAINT fk_call_digits_call_id FOREIGN KEY(call_id) REFERENCES calls (id)
);
CREATE TABLE call_rollups (
	customer_id TEXT NOT NULL,
	scope TEXT NOT NULL,
	span_s INTEGER NOT NULL,
	starts_us BIGINT NOT NULL,
	number_id TEXT NOT NULL,
	application_id TEXT NOT NULL,
	caller_country TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	calls BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	fallbacks BIGINT NOT NULL,
	duration_ms BIGINT NOT NULL,
	price_micros BIGINT NOT NULL,
	CONSTRAINT pk_call_rollups PRIMARY KEY (customer_id, scope, span_s, starts_us, number_id, application_id, caller_country, end_reason)
)
 WITHOUT ROWID

;
CREATE TABLE call_summaries (
	id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	number_id TEXT NOT NULL,
	application_id TEXT NOT NULL,
	version_id TEXT NOT NULL,
	caller TEXT NOT NULL,
	caller_country TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	answered_us BIGINT,
	ended_us BIGINT NOT NULL,
	duration_ms INTEGER NOT NULL,
	end_reason TEXT NOT NULL,
	sip_code INTEGER,
	is_fallback_executed BOOLEAN NOT NULL,
	currency TEXT NOT NULL,
	price_micros BIGINT NOT NULL,
	revision INTEGER NOT NULL,
	mos FLOAT,
	recordings INTEGER NOT NULL,
	digits INTEGER NOT NULL,
	dials INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	warnings INTEGER NOT NULL,
	settled_us BIGINT NOT NULL, is_test BOOLEAN DEFAULT 0 NOT NULL,
	CONSTRAINT pk_call_summaries PRIMARY KEY (id),
	CONSTRAINT fk_call_summaries_id FOREIGN KEY(id) REFERENCES calls (id)
);
CREATE TABLE call_tallies (
	number_id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	span_s INTEGER NOT NULL,
	starts_us BIGINT NOT NULL,
	calls INTEGER NOT NULL,
	earliest_settled_us BIGINT NOT NULL,
	latest_settled_us BIGINT NOT NULL,
	CONSTRAINT pk_call_tallies PRIMARY KEY (number_id, customer_id, span_s, starts_us)
)
 WITHOUT ROWID

;
CREATE TABLE calls (
	id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	number_id TEXT NOT NULL,
	caller TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	answered_us BIGINT,
	ended_us BIGINT NOT NULL,
	end_reason TEXT NOT NULL,
	is_fallback_executed BOOLEAN NOT NULL,
	currency TEXT NOT NULL,
	price_micros BIGINT NOT NULL,
	revision INTEGER NOT NULL,
	settled_us BIGINT NOT NULL,
	document TEXT NOT NULL,
	events TEXT NOT NULL,
	CONSTRAINT pk_calls PRIMARY KEY (id),
	CONSTRAINT fk_calls_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT fk_calls_number_id FOREIGN KEY(number_id) REFERENCES numbers (id)
);
CREATE TABLE charge_lines (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject_id TEXT NOT NULL,
	amount_micros BIGINT NOT NULL,
	explanation TEXT NOT NULL,
	created_us BIGINT NOT NULL, is_default_rate BOOLEAN,
	CONSTRAINT pk_charge_lines PRIMARY KEY (id),
	CONSTRAINT fk_charge_lines_call_id FOREIGN KEY(call_id) REFERENCES calls (id),
	CONSTRAINT uq_charge_lines_call_id_kind_subject_id UNIQUE (call_id, kind, subject_id)
);
CREATE TABLE customers (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	currency TEXT NOT NULL,
	is_prepaid BOOLEAN NOT NULL,
	balance_micros BIGINT NOT NULL,
	is_suspended BOOLEAN NOT NULL,
	max_concurrent_calls INTEGER NOT NULL,
	max_calls_per_second FLOAT NOT NULL,
	max_call_s FLOAT NOT NULL,
	created_us BIGINT NOT NULL, credit_micros BIGINT DEFAULT '0' NOT NULL, closed_us BIGINT,
	CONSTRAINT pk_customers PRIMARY KEY (id)
);
CREATE TABLE directory_revision (
	id INTEGER NOT NULL,
	revision BIGINT NOT NULL,
	CONSTRAINT pk_directory_revision PRIMARY KEY (id)
);
INSERT INTO "directory_revision" VALUES(1,0);
CREATE TABLE email_links (
	id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	purpose TEXT NOT NULL,
	password_hash TEXT,
	secret_sha256 TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	used_us BIGINT,
	CONSTRAINT pk_email_links PRIMARY KEY (id),
	CONSTRAINT fk_email_links_user_id FOREIGN KEY(user_id) REFERENCES users (id),
	CONSTRAINT uq_email_links_secret_sha256 UNIQUE (secret_sha256)
);
CREATE TABLE exports (
	id TEXT NOT NULL,
	customer_id TEXT,
	format TEXT NOT NULL,
	filters TEXT NOT NULL,
	status TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	rows INTEGER NOT NULL,
	expected INTEGER,
	size BIGINT,
	finished_us BIGINT,
	error TEXT,
	CONSTRAINT pk_exports PRIMARY KEY (id),
	CONSTRAINT fk_exports_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE idempotency_keys (
	scope TEXT NOT NULL,
	"key" TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	status INTEGER NOT NULL,
	body TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (scope, "key")
);
CREATE TABLE invitations (
	id TEXT NOT NULL,
	customer_id TEXT,
	email TEXT NOT NULL,
	role TEXT NOT NULL,
	invited_by TEXT NOT NULL,
	secret_sha256 TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	accepted_us BIGINT,
	revoked_us BIGINT,
	CONSTRAINT pk_invitations PRIMARY KEY (id),
	CONSTRAINT fk_invitations_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_invitations_secret_sha256 UNIQUE (secret_sha256)
);
CREATE TABLE job_requests (
	job TEXT NOT NULL,
	id TEXT NOT NULL,
	arguments TEXT NOT NULL,
	requested_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	handed_us BIGINT,
	CONSTRAINT pk_job_requests PRIMARY KEY (job, id)
);
CREATE TABLE ledger_entries (
	id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	kind TEXT NOT NULL,
	reference TEXT NOT NULL,
	amount_micros BIGINT NOT NULL,
	balance_micros BIGINT NOT NULL,
	CONSTRAINT pk_ledger_entries PRIMARY KEY (id),
	CONSTRAINT fk_ledger_entries_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_ledger_entries_kind_reference UNIQUE (kind, reference)
);
CREATE TABLE mails (
	id TEXT NOT NULL,
	recipient TEXT NOT NULL,
	subject TEXT NOT NULL,
	sealed_text TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	due_us BIGINT,
	attempts INTEGER NOT NULL,
	sent_us BIGINT,
	error TEXT,
	CONSTRAINT pk_mails PRIMARY KEY (id)
);
CREATE TABLE node_rollups (
	version_id TEXT NOT NULL,
	starts_us BIGINT NOT NULL,
	node TEXT NOT NULL,
	outcome TEXT NOT NULL,
	next_node TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	action_type TEXT NOT NULL,
	visits BIGINT NOT NULL,
	duration_ms BIGINT NOT NULL,
	CONSTRAINT pk_node_rollups PRIMARY KEY (version_id, starts_us, node, outcome, next_node, end_reason)
)
 WITHOUT ROWID

;
CREATE TABLE number_charges (
	id TEXT NOT NULL,
	holding_id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	month INTEGER NOT NULL,
	amount_micros BIGINT NOT NULL,
	explanation TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	CONSTRAINT pk_number_charges PRIMARY KEY (id),
	CONSTRAINT fk_number_charges_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT fk_number_charges_holding_id FOREIGN KEY(holding_id) REFERENCES number_holders (id),
	CONSTRAINT uq_number_charges_holding_id_kind_month UNIQUE (holding_id, kind, month)
);
CREATE TABLE number_holders (
	id TEXT NOT NULL,
	number_id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	until_us BIGINT, months_paid INTEGER DEFAULT '1' NOT NULL, paid_until_us BIGINT DEFAULT '0' NOT NULL, grace_until_us BIGINT,
	CONSTRAINT pk_number_holders PRIMARY KEY (id),
	CONSTRAINT fk_number_holders_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT fk_number_holders_number_id FOREIGN KEY(number_id) REFERENCES numbers (id)
);
CREATE TABLE numbers (
	id TEXT NOT NULL,
	e164 TEXT NOT NULL,
	country TEXT NOT NULL,
	number_type TEXT NOT NULL,
	customer_id TEXT,
	primary_application_id TEXT,
	fallback_application_id TEXT,
	max_concurrent_calls INTEGER,
	created_us BIGINT NOT NULL, max_calls_per_second FLOAT, max_call_s FLOAT, area TEXT, trunk TEXT, fee_currency TEXT, set_up_micros BIGINT, month_micros BIGINT, free_from_us BIGINT DEFAULT '0' NOT NULL,
	CONSTRAINT pk_numbers PRIMARY KEY (id),
	CONSTRAINT fk_numbers_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT fk_numbers_fallback_application_id FOREIGN KEY(fallback_application_id) REFERENCES applications (id),
	CONSTRAINT fk_numbers_primary_application_id FOREIGN KEY(primary_application_id) REFERENCES applications (id),
	CONSTRAINT uq_numbers_e164 UNIQUE (e164)
);
INSERT INTO "numbers" VALUES('00000000-0000-0000-0000-000000000000','test','','test',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE outbox (
	id TEXT NOT NULL,
	topic TEXT NOT NULL,
	reference TEXT NOT NULL,
	payload TEXT NOT NULL,
	created_us BIGINT NOT NULL, call_id TEXT, customer_id TEXT, url TEXT, method TEXT, due_us BIGINT, is_delivered BOOLEAN,
	CONSTRAINT pk_outbox PRIMARY KEY (id),
	CONSTRAINT uq_outbox_topic_reference UNIQUE (topic, reference)
);
CREATE TABLE prompts (
	id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	created_us BIGINT NOT NULL, size BIGINT, duration_ms INTEGER, format TEXT,
	CONSTRAINT pk_prompts PRIMARY KEY (id),
	CONSTRAINT fk_prompts_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_prompts_customer_id_sha256 UNIQUE (customer_id, sha256)
);
CREATE TABLE recordings (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	path TEXT NOT NULL,
	duration_ms INTEGER NOT NULL,
	size BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL, deleted_us BIGINT,
	CONSTRAINT pk_recordings PRIMARY KEY (id),
	CONSTRAINT fk_recordings_call_id FOREIGN KEY(call_id) REFERENCES calls (id),
	CONSTRAINT fk_recordings_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE recovery_codes (
	id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	code_sha256 TEXT NOT NULL,
	used_us BIGINT,
	CONSTRAINT pk_recovery_codes PRIMARY KEY (id),
	CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE sessions (
	id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	secret_sha256 TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	last_used_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	revoked_us BIGINT,
	address TEXT NOT NULL,
	user_agent TEXT NOT NULL,
	CONSTRAINT pk_sessions PRIMARY KEY (id),
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id),
	CONSTRAINT uq_sessions_secret_sha256 UNIQUE (secret_sha256)
);
CREATE TABLE settlement_clock (
	id INTEGER NOT NULL,
	settled_us BIGINT NOT NULL,
	CONSTRAINT pk_settlement_clock PRIMARY KEY (id)
);
INSERT INTO "settlement_clock" VALUES(1,0);
CREATE TABLE sign_in_failures (
	email_sha256 TEXT NOT NULL,
	failures INTEGER NOT NULL,
	last_us BIGINT NOT NULL,
	CONSTRAINT pk_sign_in_failures PRIMARY KEY (email_sha256)
);
CREATE TABLE tariffs (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	currency TEXT NOT NULL,
	effective_us BIGINT NOT NULL,
	body TEXT NOT NULL, created_us BIGINT DEFAULT '0' NOT NULL, prefixes INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_tariffs PRIMARY KEY (id),
	CONSTRAINT uq_tariffs_name_version UNIQUE (name, version)
);
CREATE TABLE transcriptions (
	id TEXT NOT NULL,
	recording_id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	status TEXT NOT NULL,
	language TEXT NOT NULL,
	wanted_engine TEXT,
	said TEXT DEFAULT '[]' NOT NULL,
	pieces_done INTEGER DEFAULT '0' NOT NULL,
	pieces INTEGER,
	engine TEXT,
	text TEXT,
	confidence FLOAT,
	error TEXT,
	price_micros BIGINT,
	finished_us BIGINT,
	revision INTEGER,
	CONSTRAINT pk_transcriptions PRIMARY KEY (id),
	CONSTRAINT fk_transcriptions_recording_id FOREIGN KEY(recording_id) REFERENCES recordings (id),
	CONSTRAINT fk_transcriptions_call_id FOREIGN KEY(call_id) REFERENCES calls (id),
	CONSTRAINT fk_transcriptions_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE trunk_prefixes (
	prefix TEXT NOT NULL,
	trunk_id TEXT NOT NULL,
	CONSTRAINT pk_trunk_prefixes PRIMARY KEY (prefix),
	CONSTRAINT fk_trunk_prefixes_trunk_id FOREIGN KEY(trunk_id) REFERENCES trunks (id)
);
CREATE TABLE trunks (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	hosts TEXT NOT NULL,
	username TEXT,
	sealed_password TEXT,
	created_us BIGINT NOT NULL,
	CONSTRAINT pk_trunks PRIMARY KEY (id),
	CONSTRAINT uq_trunks_name UNIQUE (name)
);
CREATE TABLE users (
	id TEXT NOT NULL,
	customer_id TEXT,
	email TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	verified_us BIGINT,
	sealed_totp TEXT,
	totp_confirmed_us BIGINT,
	totp_step BIGINT,
	last_login_us BIGINT,
	CONSTRAINT pk_users PRIMARY KEY (id),
	CONSTRAINT fk_users_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_users_email UNIQUE (email)
);
CREATE TABLE webhook_attempts (
	id TEXT NOT NULL,
	outbox_id TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	duration_ms INTEGER NOT NULL,
	status INTEGER,
	error TEXT,
	CONSTRAINT pk_webhook_attempts PRIMARY KEY (id),
	CONSTRAINT fk_webhook_attempts_outbox_id FOREIGN KEY(outbox_id) REFERENCES outbox (id)
);
CREATE TABLE webhook_secrets (
	customer_id TEXT NOT NULL,
	sealed_secret TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	CONSTRAINT pk_webhook_secrets PRIMARY KEY (customer_id),
	CONSTRAINT fk_webhook_secrets_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE INDEX ix_ledger_entries_customer_id ON ledger_entries (customer_id);
CREATE INDEX ix_prompts_customer_id ON prompts (customer_id);
CREATE INDEX ix_numbers_customer_id ON numbers (customer_id);
CREATE INDEX ix_calls_page ON calls (number_id, customer_id, created_us, id, settled_us);
CREATE INDEX ix_number_holders_number_id_customer_id ON number_holders (number_id, customer_id);
CREATE INDEX ix_recordings_call_id ON recordings (call_id);
CREATE INDEX ix_trunk_prefixes_trunk_id ON trunk_prefixes (trunk_id);
CREATE INDEX ix_outbox_call_id ON outbox (call_id);
CREATE INDEX ix_outbox_due_us ON outbox (due_us);
CREATE INDEX ix_webhook_attempts_outbox_id ON webhook_attempts (outbox_id);
CREATE INDEX ix_numbers_search ON numbers (country, number_type, e164);
CREATE INDEX ix_number_holders_paid_until_us ON number_holders (paid_until_us);
CREATE INDEX ix_charge_lines_is_default_rate ON charge_lines (is_default_rate, created_us);
CREATE INDEX ix_ledger_entries_page ON ledger_entries (customer_id, at_us, id);
CREATE INDEX ix_number_charges_customer_id ON number_charges (customer_id);
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'ledger_entries is only ever added to'); END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'ledger_entries is only ever added to'); END;
CREATE TRIGGER charge_lines_no_update BEFORE UPDATE ON charge_lines BEGIN SELECT RAISE(ABORT, 'charge_lines is only ever added to'); END;
CREATE TRIGGER tariffs_no_update BEFORE UPDATE ON tariffs BEGIN SELECT RAISE(ABORT, 'tariffs is only ever added to'); END;
CREATE TRIGGER number_charges_no_update BEFORE UPDATE ON number_charges BEGIN SELECT RAISE(ABORT, 'number_charges is only ever added to'); END;
CREATE INDEX ix_job_requests_waiting ON job_requests (handed_us, due_us);
CREATE INDEX ix_call_summaries_created ON call_summaries (created_us, id);
CREATE INDEX ix_call_summaries_application ON call_summaries (customer_id, application_id, created_us, id);
CREATE INDEX ix_call_summaries_country ON call_summaries (customer_id, caller_country, created_us, id);
CREATE INDEX ix_call_summaries_end_reason ON call_summaries (customer_id, end_reason, created_us, id);
CREATE INDEX ix_call_summaries_caller ON call_summaries (customer_id, caller, created_us, id);
CREATE INDEX ix_call_summaries_price ON call_summaries (customer_id, price_micros, id, created_us);
CREATE INDEX ix_call_summaries_duration ON call_summaries (customer_id, duration_ms, id, created_us);
CREATE INDEX ix_call_summaries_mos ON call_summaries (customer_id, mos, id, created_us);
CREATE INDEX ix_call_summaries_fallback ON call_summaries (customer_id, created_us, id) WHERE is_fallback_executed = 1;
CREATE INDEX ix_call_summaries_recorded ON call_summaries (customer_id, created_us, id) WHERE recordings > 0;
CREATE INDEX ix_call_summaries_failed ON call_summaries (customer_id, created_us, id) WHERE failures > 0;
CREATE INDEX ix_call_digits_value ON call_digits (customer_id, storage_key, digits, created_us, call_id);
CREATE INDEX ix_call_dials_status ON call_dials (customer_id, status, created_us, call_id);
CREATE INDEX ix_call_dials_number ON call_dials (customer_id, telephone_number, created_us, call_id);
CREATE INDEX ix_api_keys_customer_id ON api_keys (customer_id);
CREATE INDEX ix_audit_log_customer_id_id ON audit_log (customer_id, id);
CREATE INDEX ix_users_customer_id ON users (customer_id);
CREATE INDEX ix_recovery_codes_user_id ON recovery_codes (user_id);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_email_links_user_id ON email_links (user_id);
CREATE INDEX ix_invitations_customer_id_id ON invitations (customer_id, id);
CREATE INDEX ix_mails_due_us ON mails (due_us);
CREATE INDEX ix_idempotency_keys_created_us ON idempotency_keys (created_us);
CREATE INDEX ix_transcriptions_recording_id ON transcriptions (recording_id);
CREATE INDEX ix_transcriptions_call_id ON transcriptions (call_id);
CREATE INDEX ix_transcriptions_status ON transcriptions (status);
CREATE INDEX ix_recordings_expiring ON recordings (deleted_us, expires_us);
CREATE INDEX ix_exports_customer_id ON exports (customer_id, id);
CREATE INDEX ix_exports_expires_us ON exports (expires_us);
CREATE INDEX ix_transcriptions_customer_id ON transcriptions (customer_id, id);
CREATE INDEX ix_call_summaries_test ON call_summaries (customer_id, created_us, id) WHERE is_test = 1;
CREATE INDEX ix_outbox_customer ON outbox (customer_id, id);
CREATE INDEX ix_outbox_given_up ON outbox (customer_id, id) WHERE is_delivered = 0;
CREATE INDEX ix_recordings_customer ON recordings (customer_id, id);
CREATE INDEX ix_call_summaries_number ON call_summaries (number_id, created_us, id, customer_id);
CREATE INDEX ix_call_summaries_all_prices ON call_summaries (price_micros, id, created_us);
CREATE INDEX ix_call_summaries_all_durations ON call_summaries (duration_ms, id, created_us);
CREATE INDEX ix_call_summaries_customer ON call_summaries (customer_id, created_us, id);
