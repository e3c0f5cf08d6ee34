ALTER TABLE "accounts" ADD COLUMN "sensitized_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "purge_at" timestamp (3) with time zone;
