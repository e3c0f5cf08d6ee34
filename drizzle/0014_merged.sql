CREATE TABLE "farewells" (
	"subject_id" bigint NOT NULL,
	"inbox_url" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "farewells_subject_id_inbox_url_pk" PRIMARY KEY("subject_id","inbox_url")
);
--> statement-breakpoint
ALTER TABLE "custom_emojis" DROP CONSTRAINT "custom_emojis_shortcode";--> statement-breakpoint
ALTER TABLE "received_activities" ADD COLUMN "said" text;--> statement-breakpoint
ALTER TABLE "tags" ADD COLUMN "is_open" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_policies" ADD COLUMN "for_bots" text DEFAULT 'accept' NOT NULL;--> statement-breakpoint
CREATE INDEX "farewells_age" ON "farewells" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE "custom_emojis" ADD CONSTRAINT "custom_emojis_shortcode" CHECK (shortcode ~ '^[A-Za-z0-9_.+-]{1,64}$');