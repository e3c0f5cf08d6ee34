-- outside of a transaction
CREATE INDEX CONCURRENTLY "custom_emojis_domain" ON "custom_emojis" USING btree ("domain");
