ALTER TABLE "users" ADD COLUMN "default_format" text DEFAULT 'plain' NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "default_interaction_policies" jsonb DEFAULT '{}'::jsonb NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "undo_seconds" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "description_rule" text DEFAULT 'remind' NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "media_display" text DEFAULT 'default' NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "expands_warnings" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "appearance" text DEFAULT 'system' NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "text_size" text DEFAULT 'medium' NOT NULL;
--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_undo_seconds" CHECK (undo_seconds between 0 and 120) NOT VALID;
