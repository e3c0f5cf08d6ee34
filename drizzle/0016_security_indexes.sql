-- outside of a transaction
CREATE INDEX CONCURRENTLY "sessions_address" ON "sessions" USING btree ("address") WHERE address is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "sessions_identity" ON "sessions" USING btree ("identity_id") WHERE identity_id is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_by_invite" ON "users" USING btree ("invite_id") WHERE invite_id is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_sign_up_address" ON "users" USING btree ("sign_up_address") WHERE sign_up_address is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "access_tokens_expiry" ON "access_tokens" USING btree ("expires_at") WHERE expires_at is not null;
--> statement-breakpoint
ALTER TABLE "sessions" VALIDATE CONSTRAINT "sessions_identity_id_identities_id_fk";
--> statement-breakpoint
ALTER TABLE "users" VALIDATE CONSTRAINT "users_invite_id_invites_id_fk";
