-- outside of a transaction
CREATE INDEX CONCURRENTLY "media_of_draft" ON "media" USING btree ("draft_id") WHERE draft_id is not null;
