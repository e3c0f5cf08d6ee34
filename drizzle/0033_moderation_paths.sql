-- outside of a transaction
-- allows removes-without-contract: the new index on days serves all that the old one did
CREATE INDEX CONCURRENTLY "active_days_of_day" ON "active_days" USING btree ("day","account_id");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "active_days_day";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "reports_category" ON "reports" USING btree ("category","id");
