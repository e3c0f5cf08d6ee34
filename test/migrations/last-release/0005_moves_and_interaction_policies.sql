ALTER TABLE "accounts" ADD COLUMN "also_known_as" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "moved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "favourites" ADD COLUMN "is_pending" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "favourites" ADD COLUMN "approval_uri" text;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "interaction_policy" jsonb;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "consent" text;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "approval_uri" text;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_policy_object" CHECK (jsonb_typeof(interaction_policy) = 'object');