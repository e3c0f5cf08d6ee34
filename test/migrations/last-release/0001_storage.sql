-- allows alters-several-tables: they are empty in a new database, and these settings rewrite nothing
-- Room in each page for the next version of a row: an update that changes no indexed column then stays in its page, and touches no index.
ALTER TABLE "status_stats" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "account_stats" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "accounts" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "hosts" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "deliveries" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);--> statement-breakpoint
ALTER TABLE "polls" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "poll_options" SET (fillfactor = 80);--> statement-breakpoint
-- Rows that come and go: vacuumed after a small share of them, or they grow far beyond what they hold.
ALTER TABLE "activities" SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "received_activities" SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "idempotency_keys" SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "attempts" SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
-- Large tables: a fifth of ten million rows is a long time to wait for new statistics, and for pages that index-only scans may trust.
ALTER TABLE "statuses" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "notifications" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "follows" SET (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
