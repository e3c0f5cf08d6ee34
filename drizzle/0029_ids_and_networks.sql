-- outside of a transaction
CREATE INDEX CONCURRENTLY "users_sign_up_network" ON "users" USING btree ("sign_up_address" text_pattern_ops) WHERE sign_up_address is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX CONCURRENTLY "domain_allows_id" ON "domain_allows" USING btree ("id");
--> statement-breakpoint
CREATE UNIQUE INDEX CONCURRENTLY "domain_rules_id" ON "domain_rules" USING btree ("id");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "security_events_network" ON "security_events" USING btree ("address" text_pattern_ops,"account_id") WHERE address is not null;