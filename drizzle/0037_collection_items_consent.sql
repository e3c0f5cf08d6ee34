ALTER TABLE "collection_items" ADD COLUMN "position" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "collection_items" ADD COLUMN "uri" text;
--> statement-breakpoint
ALTER TABLE "collection_items" ADD COLUMN "approval_uri" text;
--> statement-breakpoint
ALTER TABLE "collection_items" ADD COLUMN "request_uri" text;
