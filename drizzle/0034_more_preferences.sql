ALTER TABLE "users" ADD COLUMN "autoplays_loops" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "uses_single_keys" boolean DEFAULT true NOT NULL;