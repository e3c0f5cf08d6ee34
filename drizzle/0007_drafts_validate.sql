-- outside of a transaction
ALTER TABLE "users" VALIDATE CONSTRAINT "users_undo_seconds";
--> statement-breakpoint
ALTER TABLE "media" VALIDATE CONSTRAINT "media_draft_id_drafts_id_fk";
