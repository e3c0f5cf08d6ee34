ALTER TABLE "media" ADD COLUMN "draft_id" bigint;
--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_draft_id_drafts_id_fk" FOREIGN KEY ("draft_id") REFERENCES "public"."drafts"("id") ON DELETE set null ON UPDATE no action NOT VALID;
