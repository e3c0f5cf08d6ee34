ALTER TABLE "statuses" ADD COLUMN "is_local_only" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "held_until" timestamp (3) with time zone;
