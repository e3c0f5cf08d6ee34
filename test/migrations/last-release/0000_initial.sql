CREATE SEQUENCE "public"."notification_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "account_stats" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"statuses_count" integer DEFAULT 0 NOT NULL,
	"followers_count" integer DEFAULT 0 NOT NULL,
	"following_count" integer DEFAULT 0 NOT NULL,
	"last_status_at" timestamp (3) with time zone,
	CONSTRAINT "account_stats_not_negative" CHECK (statuses_count >= 0 and followers_count >= 0 and following_count >= 0)
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" bigint PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"domain" text,
	"uri" text NOT NULL,
	"url" text NOT NULL,
	"actor_type" text DEFAULT 'Person' NOT NULL,
	"display_name" text DEFAULT '' NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"note_source" text DEFAULT '' NOT NULL,
	"fields" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"avatar_file" text,
	"header_file" text,
	"avatar_remote_url" text,
	"header_remote_url" text,
	"is_locked" boolean DEFAULT false NOT NULL,
	"is_discoverable" boolean DEFAULT true NOT NULL,
	"is_indexable" boolean DEFAULT true NOT NULL,
	"hides_collections" boolean DEFAULT false NOT NULL,
	"inbox_url" text NOT NULL,
	"shared_inbox_url" text,
	"outbox_url" text,
	"followers_url" text,
	"following_url" text,
	"featured_url" text,
	"moved_to_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"fetched_at" timestamp (3) with time zone,
	"suspended_at" timestamp (3) with time zone,
	"silenced_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "accounts_uri_unique" UNIQUE("uri"),
	CONSTRAINT "accounts_username_form" CHECK (username ~ '^[A-Za-z0-9_.-]{1,64}$' and (domain is not null or username ~ '^[a-z0-9_]{1,30}$')),
	CONSTRAINT "accounts_domain_form" CHECK (domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''),
	CONSTRAINT "accounts_fields_list" CHECK (jsonb_typeof(fields) = 'array'),
	CONSTRAINT "accounts_local_unfetched" CHECK (domain is not null or fetched_at is null)
);
--> statement-breakpoint
CREATE TABLE "active_days" (
	"day" date NOT NULL,
	"account_id" bigint NOT NULL,
	CONSTRAINT "active_days_once" UNIQUE("day","account_id")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"count" bigint NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "attempts_positive" CHECK (count > 0)
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint,
	"kind" text NOT NULL,
	"public_key" jsonb NOT NULL,
	"private_key" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "keys_one_of_a_kind" UNIQUE NULLS NOT DISTINCT("account_id","kind")
);
--> statement-breakpoint
CREATE TABLE "mail_tokens" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"purpose" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"user_agent" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text DEFAULT 'user' NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"approved_at" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	"sign_up_reason" text,
	"default_visibility" text DEFAULT 'public' NOT NULL,
	"default_sensitive" boolean DEFAULT false NOT NULL,
	"default_language" text,
	"mails_mentions" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_form" CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254)
);
--> statement-breakpoint
CREATE TABLE "activities" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uri" text NOT NULL,
	"account_id" bigint,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activities_uri_unique" UNIQUE("uri")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" bigint PRIMARY KEY NOT NULL,
	"activity_id" bigint NOT NULL,
	"inbox_url" text NOT NULL,
	"host" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_status" integer,
	"last_error" text,
	"next_try_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deliveries_once" UNIQUE("activity_id","inbox_url"),
	CONSTRAINT "deliveries_finished" CHECK ((state = 'pending') = (finished_at is null))
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"signature" text DEFAULT 'cavage' NOT NULL,
	"next_try_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_success_at" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "kv" (
	"key" text collate "C" PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "received_activities" (
	"uri" text PRIMARY KEY NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"uri" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "daily_stats" (
	"day" date PRIMARY KEY NOT NULL,
	"new_users" integer NOT NULL,
	"active_users" integer NOT NULL,
	"statuses" integer NOT NULL,
	"replies" integer NOT NULL,
	"reblogs" integer NOT NULL,
	"favourites" integer NOT NULL,
	"follows" integer NOT NULL,
	"remote_statuses" integer NOT NULL,
	"deliveries" integer NOT NULL,
	"failed_deliveries" integer NOT NULL,
	"counted_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bookmarks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"status_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bookmarks_once" UNIQUE("account_id","status_id")
);
--> statement-breakpoint
CREATE TABLE "favourites" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"status_id" bigint NOT NULL,
	"uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "favourites_uri_unique" UNIQUE("uri"),
	CONSTRAINT "favourites_once" UNIQUE("account_id","status_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"account_id" bigint NOT NULL,
	"key" text NOT NULL,
	"status_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "poll_options" (
	"status_id" bigint NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"votes_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "poll_options_status_id_position_pk" PRIMARY KEY("status_id","position"),
	CONSTRAINT "poll_options_not_negative" CHECK (votes_count >= 0 and position >= 0)
);
--> statement-breakpoint
CREATE TABLE "poll_votes" (
	"status_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"position" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "poll_votes_status_id_account_id_position_pk" PRIMARY KEY("status_id","account_id","position")
);
--> statement-breakpoint
CREATE TABLE "polls" (
	"status_id" bigint PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"kind" text NOT NULL,
	"voters_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "polls_not_negative" CHECK (voters_count >= 0)
);
--> statement-breakpoint
CREATE TABLE "status_tags" (
	"status_id" bigint NOT NULL,
	"tag_id" bigint NOT NULL,
	CONSTRAINT "status_tags_status_id_tag_id_pk" PRIMARY KEY("status_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"display_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_name_unique" UNIQUE("name"),
	CONSTRAINT "tags_name_lower" CHECK (name = lower(name) and name <> '')
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"status_id" bigint,
	"position" integer DEFAULT 0 NOT NULL,
	"kind" text NOT NULL,
	"media_type" text NOT NULL,
	"file" text,
	"preview_file" text,
	"remote_url" text,
	"description" text DEFAULT '' NOT NULL,
	"width" integer,
	"height" integer,
	"preview_width" integer,
	"preview_height" integer,
	"blurhash" text,
	"focus_x" double precision DEFAULT 0 NOT NULL,
	"focus_y" double precision DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "media_order" UNIQUE("status_id","position"),
	CONSTRAINT "media_is_somewhere" CHECK ((file is null) <> (remote_url is null)),
	CONSTRAINT "media_focus" CHECK (focus_x between -1 and 1 and focus_y between -1 and 1),
	CONSTRAINT "media_remote_is_attached" CHECK (remote_url is null or status_id is not null)
);
--> statement-breakpoint
CREATE TABLE "markers" (
	"account_id" bigint NOT NULL,
	"timeline" text NOT NULL,
	"last_read_id" bigint NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "markers_account_id_timeline_pk" PRIMARY KEY("account_id","timeline")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" bigint PRIMARY KEY DEFAULT nextval('notification_ids') NOT NULL,
	"account_id" bigint NOT NULL,
	"type" text NOT NULL,
	"from_account_id" bigint NOT NULL,
	"status_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"mailed_at" timestamp (3) with time zone,
	CONSTRAINT "notifications_once" UNIQUE NULLS NOT DISTINCT("account_id","type","from_account_id","status_id"),
	CONSTRAINT "notifications_status_given" CHECK ((type in ('follow', 'follow_request')) = (status_id is null)),
	CONSTRAINT "notifications_not_self" CHECK (account_id <> from_account_id),
	CONSTRAINT "notifications_id_is_a_number" CHECK (id < 9007199254740992)
);
--> statement-breakpoint
CREATE TABLE "access_tokens" (
	"id" bigint PRIMARY KEY NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"application_id" bigint NOT NULL,
	"account_id" bigint,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "applications" (
	"id" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"website" text,
	"client_id" text NOT NULL,
	"client_secret_hash" "bytea" NOT NULL,
	"redirect_uris" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "applications_client_id_unique" UNIQUE("client_id"),
	CONSTRAINT "applications_redirect" CHECK (cardinality(redirect_uris) > 0)
);
--> statement-breakpoint
CREATE TABLE "authorization_codes" (
	"code_hash" "bytea" PRIMARY KEY NOT NULL,
	"application_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"redirect_uri" text NOT NULL,
	"scopes" text[] NOT NULL,
	"code_challenge" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"spent_at" timestamp (3) with time zone,
	"token_id" bigint
);
--> statement-breakpoint
CREATE TABLE "blocks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"uri" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "blocks_uri_unique" UNIQUE("uri"),
	CONSTRAINT "blocks_once" UNIQUE("account_id","target_id"),
	CONSTRAINT "blocks_not_self" CHECK (account_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "follow_requests" (
	"id" bigint PRIMARY KEY NOT NULL,
	"follower_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"uri" text NOT NULL,
	"shows_reblogs" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "follow_requests_uri_unique" UNIQUE("uri"),
	CONSTRAINT "follow_requests_once" UNIQUE("follower_id","target_id"),
	CONSTRAINT "follow_requests_not_self" CHECK (follower_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "follows" (
	"id" bigint PRIMARY KEY NOT NULL,
	"follower_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"uri" text NOT NULL,
	"shows_reblogs" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "follows_uri_unique" UNIQUE("uri"),
	CONSTRAINT "follows_once" UNIQUE("follower_id","target_id"),
	CONSTRAINT "follows_not_self" CHECK (follower_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "mutes" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"hides_notifications" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mutes_once" UNIQUE("account_id","target_id"),
	CONSTRAINT "mutes_not_self" CHECK (account_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "mentions" (
	"status_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "mentions_status_id_account_id_pk" PRIMARY KEY("status_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "status_stats" (
	"status_id" bigint PRIMARY KEY NOT NULL,
	"replies_count" integer DEFAULT 0 NOT NULL,
	"reblogs_count" integer DEFAULT 0 NOT NULL,
	"favourites_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "status_stats_not_negative" CHECK (replies_count >= 0 and reblogs_count >= 0 and favourites_count >= 0)
);
--> statement-breakpoint
CREATE TABLE "statuses" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"is_local" boolean NOT NULL,
	"uri" text NOT NULL,
	"url" text NOT NULL,
	"visibility" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"text_format" text DEFAULT 'plain' NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"spoiler_text" text DEFAULT '' NOT NULL,
	"is_sensitive" boolean DEFAULT false NOT NULL,
	"has_media" boolean DEFAULT false NOT NULL,
	"language" text,
	"in_reply_to_id" bigint,
	"in_reply_to_account_id" bigint,
	"in_reply_to_uri" text,
	"reblog_of_id" bigint,
	"application_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "statuses_uri_unique" UNIQUE("uri"),
	CONSTRAINT "statuses_reblog_is_bare" CHECK (reblog_of_id is null or (content = '' and text = '' and in_reply_to_id is null)),
	CONSTRAINT "statuses_not_own_parent" CHECK (in_reply_to_id <> id and reblog_of_id <> id)
);
--> statement-breakpoint
ALTER TABLE "account_stats" ADD CONSTRAINT "account_stats_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_moved_to_id_accounts_id_fk" FOREIGN KEY ("moved_to_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "active_days" ADD CONSTRAINT "active_days_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_tokens" ADD CONSTRAINT "mail_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_activity_id_activities_id_fk" FOREIGN KEY ("activity_id") REFERENCES "public"."activities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookmarks" ADD CONSTRAINT "bookmarks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookmarks" ADD CONSTRAINT "bookmarks_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favourites" ADD CONSTRAINT "favourites_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favourites" ADD CONSTRAINT "favourites_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_options" ADD CONSTRAINT "poll_options_status_id_polls_status_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."polls"("status_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_votes" ADD CONSTRAINT "poll_votes_status_id_polls_status_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."polls"("status_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_votes" ADD CONSTRAINT "poll_votes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polls" ADD CONSTRAINT "polls_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_tags" ADD CONSTRAINT "status_tags_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_tags" ADD CONSTRAINT "status_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "markers" ADD CONSTRAINT "markers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_token_id_access_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."access_tokens"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follow_requests" ADD CONSTRAINT "follow_requests_follower_id_accounts_id_fk" FOREIGN KEY ("follower_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follow_requests" ADD CONSTRAINT "follow_requests_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_follower_id_accounts_id_fk" FOREIGN KEY ("follower_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentions" ADD CONSTRAINT "mentions_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentions" ADD CONSTRAINT "mentions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_stats" ADD CONSTRAINT "status_stats_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_in_reply_to_id_statuses_id_fk" FOREIGN KEY ("in_reply_to_id") REFERENCES "public"."statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_in_reply_to_account_id_accounts_id_fk" FOREIGN KEY ("in_reply_to_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_reblog_of_id_statuses_id_fk" FOREIGN KEY ("reblog_of_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_handle" ON "accounts" USING btree (lower("username"),coalesce("domain", ''));--> statement-breakpoint
CREATE INDEX "accounts_username_prefix" ON "accounts" USING btree (lower("username") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "accounts_display_name_prefix" ON "accounts" USING btree (lower("display_name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "accounts_domain" ON "accounts" USING btree ("domain") WHERE domain is not null;--> statement-breakpoint
CREATE INDEX "accounts_url" ON "accounts" USING btree ("url");--> statement-breakpoint
CREATE INDEX "accounts_moved_to" ON "accounts" USING btree ("moved_to_id") WHERE moved_to_id is not null;--> statement-breakpoint
CREATE INDEX "active_days_account" ON "active_days" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "attempts_expiry" ON "attempts" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "mail_tokens_account" ON "mail_tokens" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "mail_tokens_expiry" ON "mail_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_account" ON "sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "users_created_at" ON "users" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "users_waiting" ON "users" USING btree ("created_at") WHERE approved_at is null;--> statement-breakpoint
CREATE INDEX "activities_account" ON "activities" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "activities_created_at" ON "activities" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("host","next_try_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_next" ON "deliveries" USING btree ("next_try_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_finished_at" ON "deliveries" USING btree ("finished_at") WHERE finished_at is not null;--> statement-breakpoint
CREATE INDEX "kv_expiry" ON "kv" USING btree ("expires_at") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "received_activities_age" ON "received_activities" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "tombstones_age" ON "tombstones" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "bookmarks_of_account" ON "bookmarks" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "bookmarks_of_status" ON "bookmarks" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "favourites_of_account" ON "favourites" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "favourites_of_status" ON "favourites" USING btree ("status_id","id");--> statement-breakpoint
CREATE INDEX "favourites_created_at" ON "favourites" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_status" ON "idempotency_keys" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "poll_votes_account" ON "poll_votes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "polls_expiry" ON "polls" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "status_tags_of_tag" ON "status_tags" USING btree ("tag_id","status_id");--> statement-breakpoint
CREATE INDEX "tags_name_prefix" ON "tags" USING btree ("name" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "media_of_account" ON "media" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "media_unattached" ON "media" USING btree ("created_at") WHERE status_id is null;--> statement-breakpoint
CREATE INDEX "notifications_of_account" ON "notifications" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "notifications_from" ON "notifications" USING btree ("from_account_id");--> statement-breakpoint
CREATE INDEX "notifications_status" ON "notifications" USING btree ("status_id") WHERE status_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "access_tokens_hash" ON "access_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "access_tokens_account" ON "access_tokens" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "access_tokens_application" ON "access_tokens" USING btree ("application_id");--> statement-breakpoint
CREATE INDEX "access_tokens_revoked" ON "access_tokens" USING btree ("revoked_at") WHERE revoked_at is not null;--> statement-breakpoint
CREATE INDEX "authorization_codes_expiry" ON "authorization_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "authorization_codes_account" ON "authorization_codes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "authorization_codes_application" ON "authorization_codes" USING btree ("application_id");--> statement-breakpoint
CREATE INDEX "authorization_codes_token" ON "authorization_codes" USING btree ("token_id") WHERE token_id is not null;--> statement-breakpoint
CREATE INDEX "blocks_of_account" ON "blocks" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "blocks_of_target" ON "blocks" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "follow_requests_of_target" ON "follow_requests" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "follows_of_follower" ON "follows" USING btree ("follower_id","id");--> statement-breakpoint
CREATE INDEX "follows_of_target" ON "follows" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "follows_created_at" ON "follows" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "mutes_of_account" ON "mutes" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "mutes_of_target" ON "mutes" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "mentions_account" ON "mentions" USING btree ("account_id","status_id");--> statement-breakpoint
CREATE INDEX "statuses_account" ON "statuses" USING btree ("account_id","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_public" ON "statuses" USING btree ("id") WHERE visibility = 'public' and reblog_of_id is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_public_by_origin" ON "statuses" USING btree ("is_local","id") WHERE visibility = 'public' and reblog_of_id is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_public_media" ON "statuses" USING btree ("id") WHERE visibility = 'public' and reblog_of_id is null and deleted_at is null and has_media;--> statement-breakpoint
CREATE INDEX "statuses_account_media" ON "statuses" USING btree ("account_id","id") WHERE deleted_at is null and has_media;--> statement-breakpoint
CREATE INDEX "statuses_replies" ON "statuses" USING btree ("in_reply_to_id","id") WHERE in_reply_to_id is not null;--> statement-breakpoint
CREATE INDEX "statuses_reply_account" ON "statuses" USING btree ("in_reply_to_account_id") WHERE in_reply_to_account_id is not null;--> statement-breakpoint
CREATE INDEX "statuses_orphans" ON "statuses" USING btree ("in_reply_to_uri") WHERE in_reply_to_uri is not null and in_reply_to_id is null;--> statement-breakpoint
CREATE INDEX "statuses_reblogs" ON "statuses" USING btree ("reblog_of_id","id") WHERE reblog_of_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "statuses_one_reblog" ON "statuses" USING btree ("account_id","reblog_of_id") WHERE reblog_of_id is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_url" ON "statuses" USING btree ("url");--> statement-breakpoint
CREATE INDEX "statuses_received_at" ON "statuses" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "statuses_application" ON "statuses" USING btree ("application_id") WHERE application_id is not null;--> statement-breakpoint
CREATE INDEX "statuses_tombstones" ON "statuses" USING btree ("deleted_at") WHERE deleted_at is not null;