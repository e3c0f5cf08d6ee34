CREATE TABLE "documents" (
	"uri" text PRIMARY KEY NOT NULL,
	"version" bigserial NOT NULL,
	"fingerprint" text,
	"body" text,
	"envelope" text,
	"etag" text,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "documents_whole" CHECK ((fingerprint is null) = (etag is null) and (etag is null) = (body is null and envelope is null))
);
--> statement-breakpoint
DROP INDEX "statuses_thread";--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "is_memorial" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "documents_age" ON "documents" USING btree ("made_at");--> statement-breakpoint
CREATE INDEX "statuses_thread" ON "statuses" USING btree ("thread_id","id");