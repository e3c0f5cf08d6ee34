CREATE TABLE "reactions" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"status_id" bigint NOT NULL,
	"reaction_id" bigint NOT NULL,
	"uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reactions_uri_unique" UNIQUE("uri"),
	CONSTRAINT "reactions_once" UNIQUE("account_id","status_id","reaction_id")
);
--> statement-breakpoint
CREATE TABLE "status_reactions" (
	"id" bigint PRIMARY KEY NOT NULL,
	"status_id" bigint NOT NULL,
	"name" text NOT NULL,
	"domain" text,
	"emoji_id" bigint,
	"remote_url" text,
	"count" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "status_reactions_once" UNIQUE NULLS NOT DISTINCT("status_id","name","domain"),
	CONSTRAINT "status_reactions_positive" CHECK (count > 0)
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "featured_tags_url" text;--> statement-breakpoint
ALTER TABLE "favourites" ADD COLUMN "is_implied" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "audience_uri" text;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_reaction_id_status_reactions_id_fk" FOREIGN KEY ("reaction_id") REFERENCES "public"."status_reactions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_reactions" ADD CONSTRAINT "status_reactions_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_reactions" ADD CONSTRAINT "status_reactions_emoji_id_custom_emojis_id_fk" FOREIGN KEY ("emoji_id") REFERENCES "public"."custom_emojis"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reactions_of_kind" ON "reactions" USING btree ("reaction_id","id");--> statement-breakpoint
CREATE INDEX "reactions_of_status" ON "reactions" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "status_reactions_emoji" ON "status_reactions" USING btree ("emoji_id") WHERE emoji_id is not null;