CREATE TABLE "collection_claims" (
	"id" bigint PRIMARY KEY NOT NULL,
	"collection_id" bigint NOT NULL,
	"uri" text NOT NULL,
	"account_uri" text,
	"approval_uri" text,
	"position" integer NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collection_claims_once" UNIQUE("collection_id","uri")
);
--> statement-breakpoint
ALTER TABLE "collection_claims" ADD CONSTRAINT "collection_claims_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;