ALTER TABLE "account_stats" ADD COLUMN "remote_statuses_count" integer;--> statement-breakpoint
ALTER TABLE "account_stats" ADD COLUMN "remote_followers_count" integer;--> statement-breakpoint
ALTER TABLE "account_stats" ADD COLUMN "remote_following_count" integer;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "refresh_queued_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "missing_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "backfill_due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "status_stats" ADD COLUMN "remote_reblogs_count" integer;--> statement-breakpoint
ALTER TABLE "status_stats" ADD COLUMN "remote_favourites_count" integer;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "replies_url" text;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "context_uri" text;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "replies_fetched_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "account_stats" ADD CONSTRAINT "account_stats_remote_not_negative" CHECK (remote_statuses_count >= 0 and remote_followers_count >= 0 and remote_following_count >= 0);--> statement-breakpoint
ALTER TABLE "status_stats" ADD CONSTRAINT "status_stats_remote_not_negative" CHECK (remote_reblogs_count >= 0 and remote_favourites_count >= 0);