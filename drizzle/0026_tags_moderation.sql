ALTER TABLE "tags" ADD COLUMN "is_usable" boolean DEFAULT true NOT NULL;
--> statement-breakpoint
ALTER TABLE "tags" ADD COLUMN "is_listable" boolean DEFAULT true NOT NULL;