ALTER TABLE "access_tokens" ADD COLUMN "name" text;
--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "expires_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "last_address" text;
