ALTER TABLE "tags" ADD COLUMN "is_open" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "tags" SET "is_open" = true WHERE EXISTS (
  SELECT FROM "status_tags" st JOIN "statuses" s ON s."id" = st."status_id"
  WHERE st."tag_id" = "tags"."id" AND s."visibility" IN ('public', 'unlisted') AND s."deleted_at" IS NULL AND (s."consent" IS NULL OR s."consent" = 'unproven'));--> statement-breakpoint
UPDATE "tags" SET "display_name" = "name" WHERE NOT "is_open";
