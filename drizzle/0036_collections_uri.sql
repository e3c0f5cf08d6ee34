ALTER TABLE "collections" ADD COLUMN "uri" text;
--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "url" text;
