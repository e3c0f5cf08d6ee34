ALTER TABLE "accounts" ADD COLUMN "featured_collections_url" text;
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "can_feature" text[];
