ALTER TABLE "notifications" ADD COLUMN "strike_id" bigint;
--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_strike_id_strikes_id_fk" FOREIGN KEY ("strike_id") REFERENCES "public"."strikes"("id") ON DELETE cascade ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_with_status" CHECK ((type in ('follow', 'follow_request', 'admin.sign_up', 'admin.report', 'added_to_collection', 'severed_relationships', 'moderation_warning')) = (status_id is null)) NOT VALID;
--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_from_others" CHECK (account_id <> from_account_id or type in ('poll', 'severed_relationships', 'moderation_warning')) NOT VALID;
