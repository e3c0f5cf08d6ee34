ALTER TABLE "received_activities" ADD COLUMN "said" text;--> statement-breakpoint
-- Nobody both follows and asks to any more; some did.
DELETE FROM "follow_requests" r USING "follows" f WHERE f."follower_id" = r."follower_id" AND f."target_id" = r."target_id";
