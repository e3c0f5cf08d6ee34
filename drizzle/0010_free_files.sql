-- outside of a transaction
CREATE INDEX CONCURRENTLY "media_free" ON "media" USING btree ("created_at") WHERE status_id is null and scheduled_status_id is null and draft_id is null;