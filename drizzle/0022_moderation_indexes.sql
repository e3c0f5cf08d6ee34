-- outside of a transaction
CREATE INDEX CONCURRENTLY "accounts_suspended" ON "accounts" USING btree ("id") WHERE suspended_at is not null and deleted_at is null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "accounts_silenced" ON "accounts" USING btree ("id") WHERE silenced_at is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "accounts_purge" ON "accounts" USING btree ("purge_at") WHERE purge_at is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_staff" ON "users" USING btree ("role") WHERE role <> 'user';
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_role" ON "users" USING btree ("role_id") WHERE role_id is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_disabled" ON "users" USING btree ("account_id") WHERE disabled_at is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_email_domain" ON "users" USING btree (lower(split_part("email", '@', 2)));
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "notifications_strike" ON "notifications" USING btree ("strike_id") WHERE strike_id is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX CONCURRENTLY "notifications_distinct" ON "notifications" USING btree ("account_id","type","from_account_id","status_id","collection_id","report_id","severance_id","strike_id") NULLS NOT DISTINCT;
--> statement-breakpoint
ALTER TABLE "users" VALIDATE CONSTRAINT "users_role_id_roles_id_fk";
--> statement-breakpoint
ALTER TABLE "notifications" VALIDATE CONSTRAINT "notifications_strike_id_strikes_id_fk";
--> statement-breakpoint
ALTER TABLE "notifications" VALIDATE CONSTRAINT "notifications_with_status";
--> statement-breakpoint
ALTER TABLE "notifications" VALIDATE CONSTRAINT "notifications_from_others";
