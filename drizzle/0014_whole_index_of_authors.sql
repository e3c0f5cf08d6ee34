DROP INDEX "statuses_account";--> statement-breakpoint
CREATE INDEX "statuses_account" ON "statuses" USING btree ("account_id","id");