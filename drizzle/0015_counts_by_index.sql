ALTER TABLE "active_days" DROP CONSTRAINT "active_days_once";--> statement-breakpoint
DROP INDEX "active_days_account";--> statement-breakpoint
CREATE INDEX "active_days_day" ON "active_days" USING btree ("day");--> statement-breakpoint
CREATE INDEX "users_unconfirmed" ON "users" USING btree ("created_at") WHERE confirmed_at is null;--> statement-breakpoint
CREATE INDEX "statuses_local_replies" ON "statuses" USING btree ("id","account_id") WHERE is_local and in_reply_to_uri is not null and visibility in ('public', 'unlisted') and deleted_at is null and (consent is null or consent = 'unproven');--> statement-breakpoint
ALTER TABLE "active_days" ADD CONSTRAINT "active_days_of_account" UNIQUE("account_id","day");