-- outside of a transaction
CREATE UNIQUE INDEX CONCURRENTLY "collections_uri" ON "collections" USING btree ("uri") WHERE uri is not null;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "collection_items_approval" ON "collection_items" USING btree ("approval_uri") WHERE approval_uri is not null;
--> statement-breakpoint
ALTER TABLE "notifications" VALIDATE CONSTRAINT "notifications_of_status";
