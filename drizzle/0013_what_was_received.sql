CREATE TABLE "farewells" (
	"subject_id" bigint NOT NULL,
	"inbox_url" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "farewells_subject_id_inbox_url_pk" PRIMARY KEY("subject_id","inbox_url")
);
--> statement-breakpoint
ALTER TABLE "received_activities" ADD COLUMN "said" text;--> statement-breakpoint
CREATE INDEX "farewells_age" ON "farewells" USING btree ("created_at");--> statement-breakpoint
-- Nobody both follows and asks to any more; some did.
DELETE FROM "follow_requests" r USING "follows" f WHERE f."follower_id" = r."follower_id" AND f."target_id" = r."target_id";
