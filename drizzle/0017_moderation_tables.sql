CREATE TABLE "roles" (
	"id" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"permissions" bigint NOT NULL,
	"position" integer NOT NULL,
	"colour" text DEFAULT '' NOT NULL,
	"is_highlighted" boolean DEFAULT false NOT NULL,
	"needs_second_factor" boolean DEFAULT false NOT NULL,
	"max_collections" integer,
	"max_invites" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "roles_colour" CHECK (colour ~ '^(#[0-9a-f]{6})?$')
);
--> statement-breakpoint
CREATE TABLE "appeals" (
	"strike_id" bigint PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"approved_at" timestamp (3) with time zone,
	"rejected_at" timestamp (3) with time zone,
	"decided_by_id" bigint,
	CONSTRAINT "appeals_one_decision" CHECK (approved_at is null or rejected_at is null)
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY NOT NULL,
	"actor_id" bigint,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"target_kind" text NOT NULL,
	"target_id" text NOT NULL,
	"target_name" text DEFAULT '' NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "canonical_email_blocks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"account_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "canonical_email_blocks_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "email_domain_blocks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"allows_with_approval" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_domain_blocks_domain_unique" UNIQUE("domain")
);
--> statement-breakpoint
CREATE TABLE "ip_blocks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"network" "cidr" NOT NULL,
	"severity" text NOT NULL,
	"comment" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "ip_blocks_network_unique" UNIQUE("network")
);
--> statement-breakpoint
CREATE TABLE "moderation_notes" (
	"id" bigint PRIMARY KEY NOT NULL,
	"author_id" bigint,
	"account_id" bigint,
	"report_id" bigint,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "moderation_notes_subject" CHECK ((account_id is null) <> (report_id is null))
);
--> statement-breakpoint
CREATE TABLE "strikes" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"actor_id" bigint,
	"action" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"status_ids" bigint[] DEFAULT '{}' NOT NULL,
	"report_id" bigint,
	"before" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"review_at" timestamp (3) with time zone,
	"lifted_at" timestamp (3) with time zone,
	"lifted_by_id" bigint
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"secret" text NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"last_success_at" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"last_failure" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "appeals" ADD CONSTRAINT "appeals_strike_id_strikes_id_fk" FOREIGN KEY ("strike_id") REFERENCES "public"."strikes"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "appeals" ADD CONSTRAINT "appeals_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_actor_id_accounts_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "canonical_email_blocks" ADD CONSTRAINT "canonical_email_blocks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "moderation_notes" ADD CONSTRAINT "moderation_notes_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "moderation_notes" ADD CONSTRAINT "moderation_notes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "moderation_notes" ADD CONSTRAINT "moderation_notes_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "strikes" ADD CONSTRAINT "strikes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "strikes" ADD CONSTRAINT "strikes_actor_id_accounts_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "strikes" ADD CONSTRAINT "strikes_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "strikes" ADD CONSTRAINT "strikes_lifted_by_id_accounts_id_fk" FOREIGN KEY ("lifted_by_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "appeals_open" ON "appeals" USING btree ("strike_id") WHERE approved_at is null and rejected_at is null;
--> statement-breakpoint
CREATE INDEX "appeals_decided_by" ON "appeals" USING btree ("decided_by_id") WHERE decided_by_id is not null;
--> statement-breakpoint
CREATE INDEX "audit_log_by_actor" ON "audit_log" USING btree ("actor_id","id");
--> statement-breakpoint
CREATE INDEX "audit_log_of_target" ON "audit_log" USING btree ("target_kind","target_id","id");
--> statement-breakpoint
CREATE INDEX "audit_log_by_action" ON "audit_log" USING btree ("action","id");
--> statement-breakpoint
CREATE INDEX "canonical_email_blocks_of_account" ON "canonical_email_blocks" USING btree ("account_id") WHERE account_id is not null;
--> statement-breakpoint
CREATE INDEX "ip_blocks_expiry" ON "ip_blocks" USING btree ("expires_at") WHERE expires_at is not null;
--> statement-breakpoint
CREATE INDEX "moderation_notes_of_account" ON "moderation_notes" USING btree ("account_id","id") WHERE account_id is not null;
--> statement-breakpoint
CREATE INDEX "moderation_notes_of_report" ON "moderation_notes" USING btree ("report_id","id") WHERE report_id is not null;
--> statement-breakpoint
CREATE INDEX "moderation_notes_by_author" ON "moderation_notes" USING btree ("author_id");
--> statement-breakpoint
CREATE INDEX "strikes_of_account" ON "strikes" USING btree ("account_id","id");
--> statement-breakpoint
CREATE INDEX "strikes_by_actor" ON "strikes" USING btree ("actor_id","id");
--> statement-breakpoint
CREATE INDEX "strikes_of_report" ON "strikes" USING btree ("report_id") WHERE report_id is not null;
--> statement-breakpoint
CREATE INDEX "strikes_lifted_by" ON "strikes" USING btree ("lifted_by_id") WHERE lifted_by_id is not null;
--> statement-breakpoint
CREATE INDEX "strikes_ending" ON "strikes" USING btree ("ends_at") WHERE ends_at is not null and lifted_at is null;
--> statement-breakpoint
CREATE INDEX "strikes_for_review" ON "strikes" USING btree ("review_at") WHERE review_at is not null and lifted_at is null;
