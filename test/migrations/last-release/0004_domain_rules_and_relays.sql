CREATE TABLE "relays" (
	"id" bigint PRIMARY KEY NOT NULL,
	"inbox_url" text NOT NULL,
	"actor_uri" text,
	"protocol" text NOT NULL,
	"state" text DEFAULT 'idle' NOT NULL,
	"follow_uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "relays_inbox_url_unique" UNIQUE("inbox_url"),
	CONSTRAINT "relays_follow_uri_unique" UNIQUE("follow_uri"),
	CONSTRAINT "relays_follow" CHECK ((state = 'idle') = (follow_uri is null)),
	CONSTRAINT "relays_litepub_actor" CHECK (protocol <> 'litepub' or actor_uri is not null)
);
--> statement-breakpoint
CREATE TABLE "domain_allows" (
	"domain" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "domain_allows_form" CHECK (domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> '')
);
--> statement-breakpoint
CREATE TABLE "domain_rules" (
	"domain" text PRIMARY KEY NOT NULL,
	"severity" text NOT NULL,
	"rejects_media" boolean DEFAULT false NOT NULL,
	"rejects_reports" boolean DEFAULT false NOT NULL,
	"private_comment" text DEFAULT '' NOT NULL,
	"public_comment" text DEFAULT '' NOT NULL,
	"is_obfuscated" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "domain_rules_form" CHECK (domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> '')
);
--> statement-breakpoint
CREATE TABLE "severance_events" (
	"id" bigint PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"target_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "severances" (
	"id" bigint PRIMARY KEY NOT NULL,
	"event_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"followers_count" integer DEFAULT 0 NOT NULL,
	"following_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "severances_once" UNIQUE("event_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "severed_follows" (
	"severance_id" bigint NOT NULL,
	"other_id" bigint NOT NULL,
	"is_following" boolean NOT NULL,
	"shows_reblogs" boolean NOT NULL,
	"notifies" boolean NOT NULL,
	"languages" text[],
	CONSTRAINT "severed_follows_severance_id_other_id_is_following_pk" PRIMARY KEY("severance_id","other_id","is_following")
);
--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_once";--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_status_given";--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_not_self";--> statement-breakpoint
DROP INDEX "accounts_domain";--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "uri_host" text GENERATED ALWAYS AS (split_part(uri, '/', 3)) STORED;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "suspended_by" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "silenced_by" text;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "severance_id" bigint;--> statement-breakpoint
ALTER TABLE "severances" ADD CONSTRAINT "severances_event_id_severance_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."severance_events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severances" ADD CONSTRAINT "severances_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severed_follows" ADD CONSTRAINT "severed_follows_severance_id_severances_id_fk" FOREIGN KEY ("severance_id") REFERENCES "public"."severances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severed_follows" ADD CONSTRAINT "severed_follows_other_id_accounts_id_fk" FOREIGN KEY ("other_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "relays_actor" ON "relays" USING btree ("actor_uri") WHERE actor_uri is not null;--> statement-breakpoint
CREATE INDEX "severance_events_unfinished" ON "severance_events" USING btree ("target_name","type") WHERE finished_at is null;--> statement-breakpoint
CREATE INDEX "severances_account" ON "severances" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "severed_follows_other" ON "severed_follows" USING btree ("other_id");--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_severance_id_severances_id_fk" FOREIGN KEY ("severance_id") REFERENCES "public"."severances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "accounts_server" ON "accounts" USING btree ("domain","uri_host","id") WHERE domain is not null;--> statement-breakpoint
CREATE INDEX "notifications_severance" ON "notifications" USING btree ("severance_id") WHERE severance_id is not null;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_once" UNIQUE NULLS NOT DISTINCT("account_id","type","from_account_id","status_id","collection_id","report_id","severance_id");--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_suspended_by_somebody" CHECK (suspended_by is null or suspended_at is not null);--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_silenced_by_somebody" CHECK (silenced_by is null or silenced_at is not null);--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_status_given" CHECK ((type in ('follow', 'follow_request', 'admin.sign_up', 'admin.report', 'added_to_collection', 'severed_relationships')) = (status_id is null));--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_not_self" CHECK (account_id <> from_account_id or type in ('poll', 'severed_relationships'));