ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_once";--> statement-breakpoint
DROP INDEX "deliveries_due";--> statement-breakpoint
DROP INDEX "deliveries_next";--> statement-breakpoint
ALTER TABLE "hosts" ALTER COLUMN "next_try_at" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "hosts" ALTER COLUMN "next_try_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" DROP COLUMN "id";--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_activity_id_inbox_url_pk" PRIMARY KEY("activity_id","inbox_url");--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "inbox_missing_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "inbox_gone_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "followers_digest" text;--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "is_slow" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "turn_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "stopped_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "accounts_inbox" ON "accounts" USING hash ("inbox_url");--> statement-breakpoint
CREATE INDEX "deliveries_pending" ON "deliveries" USING btree ("host","activity_id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "hosts_due" ON "hosts" USING btree ("is_slow","next_try_at") WHERE next_try_at is not null and stopped_at is null;