-- breaks before 0001_storage
-- allows alters-several-tables: nobody runs an older release
-- allows rewrites-table: nobody runs an older release
-- allows column-is-required: nobody runs an older release
-- allows constraint-scans: nobody runs an older release
-- allows index-holds-up-writes: nobody runs an older release
DROP INDEX "account_stats_followers";--> statement-breakpoint
ALTER TABLE "account_stats" ADD COLUMN "popularity" smallint GENERATED ALWAYS AS (case when followers_count > 0 then floor(2 * ln(followers_count::float8) / ln(2::float8)) end::smallint) STORED;--> statement-breakpoint
CREATE INDEX "account_stats_popularity" ON "account_stats" USING btree ("popularity","account_id") WHERE popularity is not null;--> statement-breakpoint
DROP TABLE "received_activities";--> statement-breakpoint
CREATE TABLE "received_activities" (
	"key" uuid PRIMARY KEY NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"said" uuid
);
--> statement-breakpoint
ALTER TABLE "received_activities" SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
-- Drizzle knows no partitions: an hour's rows go to the partition of its slot, which is emptied as a whole.
DROP TABLE "events";--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"event" jsonb NOT NULL,
	"slot" smallint DEFAULT ((extract(epoch from clock_timestamp())::bigint / 3600) % 3)::smallint NOT NULL
) PARTITION BY LIST ("slot");
--> statement-breakpoint
CREATE TABLE "events_0" PARTITION OF "events" FOR VALUES IN (0);--> statement-breakpoint
CREATE TABLE "events_1" PARTITION OF "events" FOR VALUES IN (1);--> statement-breakpoint
CREATE TABLE "events_2" PARTITION OF "events" FOR VALUES IN (2);--> statement-breakpoint
CREATE INDEX "events_transaction" ON "events" USING btree ("transaction");
