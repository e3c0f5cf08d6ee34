CREATE SEQUENCE "public"."notification_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "public"."push_subscription_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "account_stats" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"statuses_count" integer DEFAULT 0 NOT NULL,
	"followers_count" integer DEFAULT 0 NOT NULL,
	"popularity" smallint GENERATED ALWAYS AS (case when followers_count > 0 then floor(2 * ln(followers_count::float8) / ln(2::float8)) end::smallint) STORED,
	"following_count" integer DEFAULT 0 NOT NULL,
	"last_status_at" timestamp (3) with time zone,
	"remote_statuses_count" integer,
	"remote_followers_count" integer,
	"remote_following_count" integer,
	CONSTRAINT "account_stats_not_negative" CHECK (statuses_count >= 0 and followers_count >= 0 and following_count >= 0),
	CONSTRAINT "account_stats_remote_not_negative" CHECK (remote_statuses_count >= 0 and remote_followers_count >= 0 and remote_following_count >= 0)
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" bigint PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"domain" text,
	"uri" text NOT NULL,
	"uri_host" text GENERATED ALWAYS AS (split_part(uri, '/', 3)) STORED,
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
	"avatar_description" text DEFAULT '' NOT NULL,
	"header_description" text DEFAULT '' NOT NULL,
	"is_locked" boolean DEFAULT false NOT NULL,
	"is_discoverable" boolean DEFAULT true NOT NULL,
	"is_indexable" boolean DEFAULT true NOT NULL,
	"is_memorial" boolean DEFAULT false NOT NULL,
	"hides_collections" boolean DEFAULT false NOT NULL,
	"shows_media" boolean DEFAULT true NOT NULL,
	"shows_media_replies" boolean DEFAULT true NOT NULL,
	"shows_featured" boolean DEFAULT true NOT NULL,
	"attribution_domains" text[] DEFAULT '{}' NOT NULL,
	"inbox_url" text NOT NULL,
	"shared_inbox_url" text,
	"inbox_missing_at" timestamp (3) with time zone,
	"inbox_gone_at" timestamp (3) with time zone,
	"outbox_url" text,
	"followers_url" text,
	"following_url" text,
	"featured_url" text,
	"featured_tags_url" text,
	"also_known_as" text[] DEFAULT '{}' NOT NULL,
	"moved_to_id" bigint,
	"moved_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"fetched_at" timestamp (3) with time zone,
	"refresh_queued_at" timestamp (3) with time zone,
	"missing_since" timestamp (3) with time zone,
	"backfill_due_at" timestamp (3) with time zone,
	"suspended_at" timestamp (3) with time zone,
	"suspended_by" text,
	"silenced_at" timestamp (3) with time zone,
	"silenced_by" text,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "accounts_uri_unique" UNIQUE("uri"),
	CONSTRAINT "accounts_username_form" CHECK (username ~ '^[A-Za-z0-9_.-]{1,64}$' and (domain is not null or username ~ '^[a-z0-9_]{1,30}$')),
	CONSTRAINT "accounts_domain_form" CHECK (domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''),
	CONSTRAINT "accounts_fields_list" CHECK (jsonb_typeof(fields) = 'array'),
	CONSTRAINT "accounts_suspended_by_somebody" CHECK (suspended_by is null or suspended_at is not null),
	CONSTRAINT "accounts_silenced_by_somebody" CHECK (silenced_by is null or silenced_at is not null),
	CONSTRAINT "accounts_local_unfetched" CHECK (domain is not null or fetched_at is null)
);
--> statement-breakpoint
CREATE TABLE "active_days" (
	"day" date NOT NULL,
	"account_id" bigint NOT NULL,
	CONSTRAINT "active_days_of_account" UNIQUE("account_id","day")
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
	"default_quote_policy" text DEFAULT 'public' NOT NULL,
	"locale" text,
	"time_zone" text,
	"groups_boosts" boolean DEFAULT true NOT NULL,
	"mails_mentions" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_form" CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254)
);
--> statement-breakpoint
CREATE TABLE "annual_reports" (
	"account_id" bigint NOT NULL,
	"year" integer NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp (3) with time zone,
	CONSTRAINT "annual_reports_account_id_year_pk" PRIMARY KEY("account_id","year")
);
--> statement-breakpoint
CREATE TABLE "cards" (
	"id" bigint PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"type" text DEFAULT 'link' NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"language" text,
	"author_name" text DEFAULT '' NOT NULL,
	"author_url" text DEFAULT '' NOT NULL,
	"author_account_id" bigint,
	"provider_name" text DEFAULT '' NOT NULL,
	"provider_url" text DEFAULT '' NOT NULL,
	"width" integer DEFAULT 0 NOT NULL,
	"height" integer DEFAULT 0 NOT NULL,
	"image_file" text,
	"image_description" text DEFAULT '' NOT NULL,
	"blurhash" text,
	"published_at" timestamp (3) with time zone,
	"fetched_at" timestamp (3) with time zone,
	"is_usable" boolean DEFAULT false NOT NULL,
	"is_trendable" boolean,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cards_url_unique" UNIQUE("url"),
	CONSTRAINT "cards_size" CHECK (width >= 0 and height >= 0)
);
--> statement-breakpoint
CREATE TABLE "status_cards" (
	"status_id" bigint NOT NULL,
	"card_id" bigint NOT NULL,
	CONSTRAINT "status_cards_status_id_pk" PRIMARY KEY("status_id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"event" jsonb NOT NULL,
	"slot" smallint DEFAULT ((extract(epoch from clock_timestamp())::bigint / 3600) % 3)::smallint NOT NULL
) PARTITION BY LIST ("slot");
--> statement-breakpoint
-- By hand, as drizzle-kit knows no partitions.
CREATE TABLE "events_0" PARTITION OF "events" FOR VALUES IN (0);
--> statement-breakpoint
CREATE TABLE "events_1" PARTITION OF "events" FOR VALUES IN (1);
--> statement-breakpoint
CREATE TABLE "events_2" PARTITION OF "events" FOR VALUES IN (2);
--> statement-breakpoint
CREATE TABLE "activities" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uri" text NOT NULL,
	"account_id" bigint,
	"status_id" bigint,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activities_uri_unique" UNIQUE("uri")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"activity_id" bigint NOT NULL,
	"inbox_url" text NOT NULL,
	"host" text NOT NULL,
	"followers_digest" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_status" integer,
	"last_error" text,
	"next_try_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deliveries_activity_id_inbox_url_pk" PRIMARY KEY("activity_id","inbox_url")
);
--> statement-breakpoint
CREATE TABLE "delivery_days" (
	"day" date NOT NULL,
	"backend" integer NOT NULL,
	"delivered" integer NOT NULL,
	"failed" integer NOT NULL,
	CONSTRAINT "delivery_days_day_backend_pk" PRIMARY KEY("day","backend")
);
--> statement-breakpoint
CREATE TABLE "delivery_outcomes" (
	"status_id" bigint NOT NULL,
	"finished_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"error" text,
	"inbox_ids" integer[] NOT NULL
);
--> statement-breakpoint
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
CREATE TABLE "delete_recipients" (
	"subject_id" bigint NOT NULL,
	"inbox_url" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "delete_recipients_subject_id_inbox_url_pk" PRIMARY KEY("subject_id","inbox_url")
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"is_slow" boolean DEFAULT false NOT NULL,
	"signature" text DEFAULT 'cavage' NOT NULL,
	"next_try_at" timestamp (3) with time zone,
	"lease_ends_at" timestamp (3) with time zone,
	"stopped_at" timestamp (3) with time zone,
	"last_success_at" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "inboxes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "inboxes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"url" text NOT NULL,
	"host" text NOT NULL,
	CONSTRAINT "inboxes_url_unique" UNIQUE("url")
);
--> statement-breakpoint
CREATE TABLE "kv" (
	"key" text collate "C" PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "received_activities" (
	"key" uuid PRIMARY KEY NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"said" uuid
);
--> statement-breakpoint
CREATE TABLE "relays" (
	"id" bigint PRIMARY KEY NOT NULL,
	"inbox_url" text NOT NULL,
	"actor_uri" text,
	"protocol" text NOT NULL,
	"state" text DEFAULT 'idle' NOT NULL,
	"follow_uri" text,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "relays_inbox_url_unique" UNIQUE("inbox_url"),
	CONSTRAINT "relays_follow_uri_unique" UNIQUE("follow_uri"),
	CONSTRAINT "relays_follow" CHECK ((state = 'idle') = (follow_uri is null)),
	CONSTRAINT "relays_litepub_actor" CHECK (protocol <> 'litepub' or actor_uri is not null)
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"uri" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "filter_keywords" (
	"id" bigint PRIMARY KEY NOT NULL,
	"filter_id" bigint NOT NULL,
	"keyword" text NOT NULL,
	"is_whole_word" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "filter_statuses" (
	"id" bigint PRIMARY KEY NOT NULL,
	"filter_id" bigint NOT NULL,
	"status_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "filter_statuses_once" UNIQUE("filter_id","status_id")
);
--> statement-breakpoint
CREATE TABLE "filters" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"title" text NOT NULL,
	"contexts" text[] NOT NULL,
	"action" text DEFAULT 'warn' NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "announcement_dismissals" (
	"announcement_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "announcement_dismissals_announcement_id_account_id_pk" PRIMARY KEY("announcement_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "announcement_reactions" (
	"announcement_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "announcement_reactions_announcement_id_account_id_name_pk" PRIMARY KEY("announcement_id","account_id","name")
);
--> statement-breakpoint
CREATE TABLE "announcements" (
	"id" bigint PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"ends_at" timestamp (3) with time zone,
	"is_all_day" boolean DEFAULT false NOT NULL,
	"published_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "custom_emojis" (
	"id" bigint PRIMARY KEY NOT NULL,
	"shortcode" text NOT NULL,
	"domain" text,
	"file" text,
	"static_file" text,
	"remote_url" text,
	"category" text,
	"is_listed" boolean DEFAULT true NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "custom_emojis_shortcode" CHECK (shortcode ~ '^[A-Za-z0-9_.+-]{1,64}$'),
	CONSTRAINT "custom_emojis_is_somewhere" CHECK (file is not null or remote_url is not null)
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
	"is_pending" boolean DEFAULT false NOT NULL,
	"approval_uri" text,
	"is_implied" boolean DEFAULT false NOT NULL,
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
	"uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "poll_votes_status_id_account_id_position_pk" PRIMARY KEY("status_id","account_id","position"),
	CONSTRAINT "poll_votes_uri_unique" UNIQUE("uri")
);
--> statement-breakpoint
CREATE TABLE "polls" (
	"status_id" bigint PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"kind" text NOT NULL,
	"hides_totals" boolean DEFAULT false NOT NULL,
	"voters_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "polls_not_negative" CHECK (voters_count >= 0)
);
--> statement-breakpoint
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
	"is_open" boolean DEFAULT false NOT NULL,
	"is_trendable" boolean,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_name_unique" UNIQUE("name"),
	CONSTRAINT "tags_name_lower" CHECK (name = lower(name) and name <> '')
);
--> statement-breakpoint
CREATE TABLE "collection_items" (
	"id" bigint PRIMARY KEY NOT NULL,
	"collection_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collection_items_once" UNIQUE("collection_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"language" text,
	"tag_id" bigint,
	"is_sensitive" boolean DEFAULT false NOT NULL,
	"is_discoverable" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "featured_tags" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"tag_id" bigint NOT NULL,
	"name" text NOT NULL,
	"statuses_count" integer DEFAULT 0 NOT NULL,
	"last_status_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "featured_tags_once" UNIQUE("account_id","tag_id"),
	CONSTRAINT "featured_tags_not_negative" CHECK (statuses_count >= 0)
);
--> statement-breakpoint
CREATE TABLE "list_accounts" (
	"id" bigint PRIMARY KEY NOT NULL,
	"list_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "list_accounts_once" UNIQUE("list_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"title" text NOT NULL,
	"replies_policy" text DEFAULT 'list' NOT NULL,
	"is_exclusive" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tag_follows" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"tag_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tag_follows_once" UNIQUE("account_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"status_id" bigint,
	"position" integer DEFAULT 0,
	"scheduled_status_id" bigint,
	"state" text DEFAULT 'ready' NOT NULL,
	"kind" text NOT NULL,
	"media_type" text NOT NULL,
	"file" text,
	"preview_file" text,
	"remote_url" text,
	"preview_remote_url" text,
	"description" text DEFAULT '' NOT NULL,
	"width" integer,
	"height" integer,
	"preview_width" integer,
	"preview_height" integer,
	"blurhash" text,
	"focus_x" double precision DEFAULT 0 NOT NULL,
	"focus_y" double precision DEFAULT 0 NOT NULL,
	"duration_seconds" double precision,
	"frame_rate" double precision,
	"bitrate" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "media_order" UNIQUE("status_id","position"),
	CONSTRAINT "media_is_somewhere" CHECK (file is not null or remote_url is not null or state <> 'ready'),
	CONSTRAINT "media_focus" CHECK (focus_x between -1 and 1 and focus_y between -1 and 1),
	CONSTRAINT "media_remote_is_attached" CHECK (remote_url is null or status_id is not null)
);
--> statement-breakpoint
CREATE TABLE "remote_files" (
	"url" text NOT NULL,
	"kind" text NOT NULL,
	"file" text,
	"small_file" text,
	"bytes" integer DEFAULT 0 NOT NULL,
	"fetched_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retry_at" timestamp (3) with time zone,
	CONSTRAINT "remote_files_url_kind_pk" PRIMARY KEY("url","kind"),
	CONSTRAINT "remote_files_had_or_not" CHECK ((file is null) = (retry_at is not null))
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
CREATE TABLE "reports" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"status_ids" bigint[] DEFAULT '{}' NOT NULL,
	"collection_ids" bigint[] DEFAULT '{}' NOT NULL,
	"rule_ids" bigint[] DEFAULT '{}' NOT NULL,
	"comment" text DEFAULT '' NOT NULL,
	"category" text DEFAULT 'other' NOT NULL,
	"is_forwarded" boolean DEFAULT false NOT NULL,
	"uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by_id" bigint,
	"assigned_to_id" bigint,
	CONSTRAINT "reports_uri_unique" UNIQUE("uri")
);
--> statement-breakpoint
CREATE TABLE "rules" (
	"id" bigint PRIMARY KEY NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"text" text NOT NULL,
	"hint" text DEFAULT '' NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
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
CREATE TABLE "conversations" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"thread_id" bigint NOT NULL,
	"last_status_id" bigint NOT NULL,
	"is_unread" boolean DEFAULT false NOT NULL,
	CONSTRAINT "conversations_once" UNIQUE("account_id","thread_id")
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
CREATE TABLE "notification_permissions" (
	"account_id" bigint NOT NULL,
	"from_account_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_permissions_account_id_from_account_id_pk" PRIMARY KEY("account_id","from_account_id")
);
--> statement-breakpoint
CREATE TABLE "notification_policies" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"for_not_following" text DEFAULT 'accept' NOT NULL,
	"for_not_followers" text DEFAULT 'accept' NOT NULL,
	"for_new_accounts" text DEFAULT 'accept' NOT NULL,
	"for_private_mentions" text DEFAULT 'accept' NOT NULL,
	"for_limited_accounts" text DEFAULT 'filter' NOT NULL,
	"for_bots" text DEFAULT 'accept' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_requests" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"from_account_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_requests_once" UNIQUE("account_id","from_account_id")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" bigint PRIMARY KEY DEFAULT nextval('notification_ids') NOT NULL,
	"account_id" bigint NOT NULL,
	"type" text NOT NULL,
	"from_account_id" bigint NOT NULL,
	"status_id" bigint,
	"collection_id" bigint,
	"report_id" bigint,
	"severance_id" bigint,
	"group_key" text,
	"is_filtered" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"mailed_at" timestamp (3) with time zone,
	CONSTRAINT "notifications_once" UNIQUE NULLS NOT DISTINCT("account_id","type","from_account_id","status_id","collection_id","report_id","severance_id"),
	CONSTRAINT "notifications_status_given" CHECK ((type in ('follow', 'follow_request', 'admin.sign_up', 'admin.report', 'added_to_collection', 'severed_relationships')) = (status_id is null)),
	CONSTRAINT "notifications_not_self" CHECK (account_id <> from_account_id or type in ('poll', 'severed_relationships')),
	CONSTRAINT "notifications_id_is_a_number" CHECK (id < 9007199254740992)
);
--> statement-breakpoint
CREATE TABLE "push_subscriptions" (
	"id" bigint PRIMARY KEY DEFAULT nextval('push_subscription_ids') NOT NULL,
	"token_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"endpoint" text NOT NULL,
	"p256dh" text NOT NULL,
	"auth" text NOT NULL,
	"is_standard" boolean DEFAULT false NOT NULL,
	"alerts" jsonb NOT NULL,
	"policy" text DEFAULT 'all' NOT NULL,
	"sealed_token" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "push_subscriptions_token_id_unique" UNIQUE("token_id")
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
CREATE TABLE "account_domain_blocks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"domain" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_domain_blocks_once" UNIQUE("account_id","domain")
);
--> statement-breakpoint
CREATE TABLE "account_notes" (
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"comment" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_notes_account_id_target_id_pk" PRIMARY KEY("account_id","target_id")
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
CREATE TABLE "endorsements" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "endorsements_once" UNIQUE("account_id","target_id"),
	CONSTRAINT "endorsements_not_self" CHECK (account_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "follow_requests" (
	"id" bigint PRIMARY KEY NOT NULL,
	"follower_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"uri" text NOT NULL,
	"shows_reblogs" boolean DEFAULT true NOT NULL,
	"notifies" boolean DEFAULT false NOT NULL,
	"languages" text[],
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
	"notifies" boolean DEFAULT false NOT NULL,
	"languages" text[],
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
	"expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mutes_once" UNIQUE("account_id","target_id"),
	CONSTRAINT "mutes_not_self" CHECK (account_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "suggestion_dismissals" (
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "suggestion_dismissals_account_id_target_id_pk" PRIMARY KEY("account_id","target_id")
);
--> statement-breakpoint
CREATE TABLE "mentions" (
	"status_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "mentions_status_id_account_id_pk" PRIMARY KEY("status_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "pins" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"status_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quotes" (
	"id" bigint PRIMARY KEY NOT NULL,
	"status_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"quoted_status_id" bigint,
	"quoted_account_id" bigint,
	"quoted_uri" text NOT NULL,
	"state" text NOT NULL,
	"request_uri" text,
	"approval_uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quotes_status_id_unique" UNIQUE("status_id"),
	CONSTRAINT "quotes_request_uri_unique" UNIQUE("request_uri"),
	CONSTRAINT "quotes_approval_uri_unique" UNIQUE("approval_uri")
);
--> statement-breakpoint
CREATE TABLE "scheduled_statuses" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"scheduled_at" timestamp (3) with time zone NOT NULL,
	"params" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "status_edits" (
	"id" bigint PRIMARY KEY NOT NULL,
	"status_id" bigint NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"spoiler_text" text DEFAULT '' NOT NULL,
	"is_sensitive" boolean DEFAULT false NOT NULL,
	"language" text,
	"media_ids" bigint[] DEFAULT '{}' NOT NULL,
	"media_descriptions" text[] DEFAULT '{}' NOT NULL,
	"poll_options" text[],
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "status_search" (
	"status_id" bigint PRIMARY KEY NOT NULL,
	"document" "tsvector" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "status_stats" (
	"status_id" bigint PRIMARY KEY NOT NULL,
	"replies_count" integer DEFAULT 0 NOT NULL,
	"reblogs_count" integer DEFAULT 0 NOT NULL,
	"favourites_count" integer DEFAULT 0 NOT NULL,
	"quotes_count" integer DEFAULT 0 NOT NULL,
	"remote_reblogs_count" integer,
	"remote_favourites_count" integer,
	CONSTRAINT "status_stats_not_negative" CHECK (replies_count >= 0 and reblogs_count >= 0 and favourites_count >= 0 and quotes_count >= 0),
	CONSTRAINT "status_stats_remote_not_negative" CHECK (remote_reblogs_count >= 0 and remote_favourites_count >= 0)
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
	"replies_url" text,
	"context_uri" text,
	"replies_fetched_at" timestamp (3) with time zone,
	"audience_uri" text,
	"thread_id" bigint NOT NULL,
	"quote_automatic" text[] DEFAULT '{}' NOT NULL,
	"quote_manual" text[] DEFAULT '{}' NOT NULL,
	"interaction_policy" jsonb,
	"consent" text,
	"approval_uri" text,
	"is_trendable" boolean,
	"reblog_of_id" bigint,
	"application_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "statuses_uri_unique" UNIQUE("uri"),
	CONSTRAINT "statuses_reblog_is_bare" CHECK (reblog_of_id is null or (content = '' and text = '' and in_reply_to_id is null)),
	CONSTRAINT "statuses_policy_object" CHECK (jsonb_typeof(interaction_policy) = 'object'),
	CONSTRAINT "statuses_not_own_parent" CHECK (in_reply_to_id <> id and reblog_of_id <> id)
);
--> statement-breakpoint
CREATE TABLE "thread_mutes" (
	"account_id" bigint NOT NULL,
	"thread_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "thread_mutes_account_id_thread_id_pk" PRIMARY KEY("account_id","thread_id")
);
--> statement-breakpoint
CREATE TABLE "card_days" (
	"card_id" bigint NOT NULL,
	"day" date NOT NULL,
	"uses" integer NOT NULL,
	"accounts" integer NOT NULL,
	CONSTRAINT "card_days_card_id_day_pk" PRIMARY KEY("card_id","day")
);
--> statement-breakpoint
CREATE TABLE "tag_days" (
	"tag_id" bigint NOT NULL,
	"day" date NOT NULL,
	"uses" integer NOT NULL,
	"accounts" integer NOT NULL,
	CONSTRAINT "tag_days_tag_id_day_pk" PRIMARY KEY("tag_id","day")
);
--> statement-breakpoint
CREATE TABLE "trending_cards" (
	"card_id" bigint PRIMARY KEY NOT NULL,
	"score" double precision NOT NULL,
	"language" text,
	"is_allowed" boolean NOT NULL,
	"computed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trending_statuses" (
	"status_id" bigint PRIMARY KEY NOT NULL,
	"score" double precision NOT NULL,
	"language" text,
	"is_allowed" boolean NOT NULL,
	"computed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trending_statuses_score_positive" CHECK (score >= 0)
);
--> statement-breakpoint
CREATE TABLE "trending_tags" (
	"tag_id" bigint PRIMARY KEY NOT NULL,
	"score" double precision NOT NULL,
	"language" text,
	"is_allowed" boolean NOT NULL,
	"computed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account_stats" ADD CONSTRAINT "account_stats_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_moved_to_id_accounts_id_fk" FOREIGN KEY ("moved_to_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "active_days" ADD CONSTRAINT "active_days_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_tokens" ADD CONSTRAINT "mail_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annual_reports" ADD CONSTRAINT "annual_reports_account_id_users_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."users"("account_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cards" ADD CONSTRAINT "cards_author_account_id_accounts_id_fk" FOREIGN KEY ("author_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_cards" ADD CONSTRAINT "status_cards_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_cards" ADD CONSTRAINT "status_cards_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_activity_id_activities_id_fk" FOREIGN KEY ("activity_id") REFERENCES "public"."activities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_outcomes" ADD CONSTRAINT "delivery_outcomes_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filter_keywords" ADD CONSTRAINT "filter_keywords_filter_id_filters_id_fk" FOREIGN KEY ("filter_id") REFERENCES "public"."filters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filter_statuses" ADD CONSTRAINT "filter_statuses_filter_id_filters_id_fk" FOREIGN KEY ("filter_id") REFERENCES "public"."filters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filter_statuses" ADD CONSTRAINT "filter_statuses_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filters" ADD CONSTRAINT "filters_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_dismissals" ADD CONSTRAINT "announcement_dismissals_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_dismissals" ADD CONSTRAINT "announcement_dismissals_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_reactions" ADD CONSTRAINT "announcement_reactions_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_reactions" ADD CONSTRAINT "announcement_reactions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
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
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_reaction_id_status_reactions_id_fk" FOREIGN KEY ("reaction_id") REFERENCES "public"."status_reactions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_reactions" ADD CONSTRAINT "status_reactions_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_reactions" ADD CONSTRAINT "status_reactions_emoji_id_custom_emojis_id_fk" FOREIGN KEY ("emoji_id") REFERENCES "public"."custom_emojis"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_tags" ADD CONSTRAINT "status_tags_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_tags" ADD CONSTRAINT "status_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_items" ADD CONSTRAINT "collection_items_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_items" ADD CONSTRAINT "collection_items_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "featured_tags" ADD CONSTRAINT "featured_tags_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "featured_tags" ADD CONSTRAINT "featured_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_accounts" ADD CONSTRAINT "list_accounts_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_accounts" ADD CONSTRAINT "list_accounts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_follows" ADD CONSTRAINT "tag_follows_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_follows" ADD CONSTRAINT "tag_follows_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_scheduled_status_id_scheduled_statuses_id_fk" FOREIGN KEY ("scheduled_status_id") REFERENCES "public"."scheduled_statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_resolved_by_id_accounts_id_fk" FOREIGN KEY ("resolved_by_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_assigned_to_id_accounts_id_fk" FOREIGN KEY ("assigned_to_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severances" ADD CONSTRAINT "severances_event_id_severance_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."severance_events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severances" ADD CONSTRAINT "severances_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severed_follows" ADD CONSTRAINT "severed_follows_severance_id_severances_id_fk" FOREIGN KEY ("severance_id") REFERENCES "public"."severances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "severed_follows" ADD CONSTRAINT "severed_follows_other_id_accounts_id_fk" FOREIGN KEY ("other_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_last_status_id_statuses_id_fk" FOREIGN KEY ("last_status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "markers" ADD CONSTRAINT "markers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_permissions" ADD CONSTRAINT "notification_permissions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_permissions" ADD CONSTRAINT "notification_permissions_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_policies" ADD CONSTRAINT "notification_policies_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_severance_id_severances_id_fk" FOREIGN KEY ("severance_id") REFERENCES "public"."severances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_token_id_access_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_token_id_access_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."access_tokens"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_domain_blocks" ADD CONSTRAINT "account_domain_blocks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follow_requests" ADD CONSTRAINT "follow_requests_follower_id_accounts_id_fk" FOREIGN KEY ("follower_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follow_requests" ADD CONSTRAINT "follow_requests_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_follower_id_accounts_id_fk" FOREIGN KEY ("follower_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissals" ADD CONSTRAINT "suggestion_dismissals_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissals" ADD CONSTRAINT "suggestion_dismissals_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentions" ADD CONSTRAINT "mentions_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentions" ADD CONSTRAINT "mentions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pins" ADD CONSTRAINT "pins_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pins" ADD CONSTRAINT "pins_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_quoted_status_id_statuses_id_fk" FOREIGN KEY ("quoted_status_id") REFERENCES "public"."statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_quoted_account_id_accounts_id_fk" FOREIGN KEY ("quoted_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheduled_statuses" ADD CONSTRAINT "scheduled_statuses_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_edits" ADD CONSTRAINT "status_edits_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_search" ADD CONSTRAINT "status_search_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_stats" ADD CONSTRAINT "status_stats_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_in_reply_to_id_statuses_id_fk" FOREIGN KEY ("in_reply_to_id") REFERENCES "public"."statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_in_reply_to_account_id_accounts_id_fk" FOREIGN KEY ("in_reply_to_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_reblog_of_id_statuses_id_fk" FOREIGN KEY ("reblog_of_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statuses" ADD CONSTRAINT "statuses_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_mutes" ADD CONSTRAINT "thread_mutes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "card_days" ADD CONSTRAINT "card_days_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_days" ADD CONSTRAINT "tag_days_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trending_cards" ADD CONSTRAINT "trending_cards_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trending_statuses" ADD CONSTRAINT "trending_statuses_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trending_tags" ADD CONSTRAINT "trending_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_stats_activity" ON "account_stats" USING btree ("last_status_at","account_id") WHERE last_status_at is not null;--> statement-breakpoint
CREATE INDEX "account_stats_popularity" ON "account_stats" USING btree ("popularity","account_id") WHERE popularity is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_handle" ON "accounts" USING btree (lower("username"),coalesce("domain", ''));--> statement-breakpoint
CREATE INDEX "accounts_username_prefix" ON "accounts" USING btree (lower("username") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "accounts_display_name_prefix" ON "accounts" USING btree (lower("display_name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "accounts_server" ON "accounts" USING btree ("domain","uri_host","id") WHERE domain is not null;--> statement-breakpoint
CREATE INDEX "accounts_url" ON "accounts" USING btree ("url");--> statement-breakpoint
CREATE INDEX "accounts_inbox" ON "accounts" USING hash ("inbox_url");--> statement-breakpoint
CREATE INDEX "accounts_inbox_missing" ON "accounts" USING btree ("inbox_url") WHERE inbox_missing_at is not null and inbox_gone_at is null;--> statement-breakpoint
CREATE INDEX "accounts_shared_inbox" ON "accounts" USING hash ("shared_inbox_url") WHERE shared_inbox_url is not null;--> statement-breakpoint
CREATE INDEX "accounts_directory" ON "accounts" USING btree ("id") WHERE is_discoverable and suspended_at is null;--> statement-breakpoint
CREATE INDEX "accounts_local_directory" ON "accounts" USING btree ("id") WHERE is_discoverable and suspended_at is null and domain is null;--> statement-breakpoint
CREATE INDEX "accounts_moved_to" ON "accounts" USING btree ("moved_to_id") WHERE moved_to_id is not null;--> statement-breakpoint
CREATE INDEX "active_days_day" ON "active_days" USING btree ("day");--> statement-breakpoint
CREATE INDEX "attempts_expiry" ON "attempts" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "mail_tokens_account" ON "mail_tokens" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "mail_tokens_expiry" ON "mail_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_account" ON "sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "users_created_at" ON "users" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "users_unconfirmed" ON "users" USING btree ("created_at") WHERE confirmed_at is null;--> statement-breakpoint
CREATE INDEX "users_waiting" ON "users" USING btree ("created_at") WHERE approved_at is null;--> statement-breakpoint
CREATE INDEX "cards_author" ON "cards" USING btree ("author_account_id") WHERE author_account_id is not null;--> statement-breakpoint
CREATE INDEX "cards_fetched_at" ON "cards" USING btree ("fetched_at");--> statement-breakpoint
CREATE INDEX "status_cards_of_card" ON "status_cards" USING btree ("card_id","status_id");--> statement-breakpoint
CREATE INDEX "events_transaction" ON "events" USING btree ("transaction");--> statement-breakpoint
CREATE INDEX "activities_account" ON "activities" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "activities_status" ON "activities" USING btree ("status_id") WHERE status_id is not null;--> statement-breakpoint
CREATE INDEX "activities_created_at" ON "activities" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "deliveries_host" ON "deliveries" USING btree ("host","activity_id");--> statement-breakpoint
CREATE INDEX "deliveries_holding" ON "deliveries" USING btree ("host","inbox_url","activity_id") WHERE attempts > 0 and attempts < 3;--> statement-breakpoint
CREATE INDEX "delivery_outcomes_status" ON "delivery_outcomes" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "documents_age" ON "documents" USING btree ("made_at");--> statement-breakpoint
CREATE INDEX "delete_recipients_age" ON "delete_recipients" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "hosts_due" ON "hosts" USING btree ("is_slow","next_try_at") WHERE next_try_at is not null and stopped_at is null;--> statement-breakpoint
CREATE INDEX "kv_expiry" ON "kv" USING btree ("expires_at") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "relays_actor" ON "relays" USING btree ("actor_uri") WHERE actor_uri is not null;--> statement-breakpoint
CREATE INDEX "tombstones_age" ON "tombstones" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "filter_keywords_of_filter" ON "filter_keywords" USING btree ("filter_id","id");--> statement-breakpoint
CREATE INDEX "filter_statuses_status" ON "filter_statuses" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "filters_of_account" ON "filters" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "announcement_dismissals_account" ON "announcement_dismissals" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "announcement_reactions_account" ON "announcement_reactions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "announcements_published" ON "announcements" USING btree ("published_at") WHERE published_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_emojis_once" ON "custom_emojis" USING btree ("shortcode",coalesce("domain", ''));--> statement-breakpoint
CREATE INDEX "bookmarks_of_account" ON "bookmarks" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "bookmarks_of_status" ON "bookmarks" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "favourites_of_account" ON "favourites" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "favourites_of_status" ON "favourites" USING btree ("status_id","id");--> statement-breakpoint
CREATE INDEX "favourites_created_at" ON "favourites" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "favourites_approval" ON "favourites" USING btree ("approval_uri") WHERE approval_uri is not null;--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_status" ON "idempotency_keys" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "poll_votes_account" ON "poll_votes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "polls_expiry" ON "polls" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "reactions_of_kind" ON "reactions" USING btree ("reaction_id","id");--> statement-breakpoint
CREATE INDEX "reactions_of_status" ON "reactions" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "status_reactions_emoji" ON "status_reactions" USING btree ("emoji_id") WHERE emoji_id is not null;--> statement-breakpoint
CREATE INDEX "status_tags_of_tag" ON "status_tags" USING btree ("tag_id","status_id");--> statement-breakpoint
CREATE INDEX "tags_name_prefix" ON "tags" USING btree ("name" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "collection_items_of_collection" ON "collection_items" USING btree ("collection_id","id");--> statement-breakpoint
CREATE INDEX "collection_items_account" ON "collection_items" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "collections_of_account" ON "collections" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "collections_tag" ON "collections" USING btree ("tag_id") WHERE tag_id is not null;--> statement-breakpoint
CREATE INDEX "featured_tags_tag" ON "featured_tags" USING btree ("tag_id");--> statement-breakpoint
CREATE INDEX "list_accounts_of_list" ON "list_accounts" USING btree ("list_id","id");--> statement-breakpoint
CREATE INDEX "list_accounts_account" ON "list_accounts" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "lists_of_account" ON "lists" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "tag_follows_of_account" ON "tag_follows" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "tag_follows_tag" ON "tag_follows" USING btree ("tag_id");--> statement-breakpoint
CREATE INDEX "media_remote_url" ON "media" USING btree ("remote_url") WHERE remote_url is not null;--> statement-breakpoint
CREATE INDEX "media_of_account" ON "media" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "media_unattached" ON "media" USING btree ("created_at") WHERE status_id is null and scheduled_status_id is null;--> statement-breakpoint
CREATE INDEX "media_scheduled" ON "media" USING btree ("scheduled_status_id") WHERE scheduled_status_id is not null;--> statement-breakpoint
CREATE INDEX "remote_files_used_at" ON "remote_files" USING btree ("used_at");--> statement-breakpoint
CREATE INDEX "reports_account" ON "reports" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "reports_target" ON "reports" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "reports_open" ON "reports" USING btree ("id") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "reports_resolved_by" ON "reports" USING btree ("resolved_by_id") WHERE resolved_by_id is not null;--> statement-breakpoint
CREATE INDEX "reports_assigned_to" ON "reports" USING btree ("assigned_to_id") WHERE assigned_to_id is not null;--> statement-breakpoint
CREATE INDEX "severance_events_unfinished" ON "severance_events" USING btree ("target_name","type") WHERE finished_at is null;--> statement-breakpoint
CREATE INDEX "severances_account" ON "severances" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "severed_follows_other" ON "severed_follows" USING btree ("other_id");--> statement-breakpoint
CREATE INDEX "conversations_of_account" ON "conversations" USING btree ("account_id","last_status_id");--> statement-breakpoint
CREATE INDEX "conversations_last_status" ON "conversations" USING btree ("last_status_id");--> statement-breakpoint
CREATE INDEX "conversations_thread" ON "conversations" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "notification_permissions_from" ON "notification_permissions" USING btree ("from_account_id");--> statement-breakpoint
CREATE INDEX "notification_requests_of_account" ON "notification_requests" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "notification_requests_from" ON "notification_requests" USING btree ("from_account_id");--> statement-breakpoint
CREATE INDEX "notifications_of_account" ON "notifications" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "notifications_group" ON "notifications" USING btree ("account_id","group_key","id") WHERE group_key is not null;--> statement-breakpoint
CREATE INDEX "notifications_filtered" ON "notifications" USING btree ("account_id","from_account_id","id") WHERE is_filtered;--> statement-breakpoint
CREATE INDEX "notifications_collection" ON "notifications" USING btree ("collection_id") WHERE collection_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_report" ON "notifications" USING btree ("report_id") WHERE report_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_severance" ON "notifications" USING btree ("severance_id") WHERE severance_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_from" ON "notifications" USING btree ("from_account_id");--> statement-breakpoint
CREATE INDEX "notifications_status" ON "notifications" USING btree ("status_id") WHERE status_id is not null;--> statement-breakpoint
CREATE INDEX "push_subscriptions_account" ON "push_subscriptions" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "access_tokens_hash" ON "access_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "access_tokens_account" ON "access_tokens" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "access_tokens_application" ON "access_tokens" USING btree ("application_id");--> statement-breakpoint
CREATE INDEX "access_tokens_revoked" ON "access_tokens" USING btree ("revoked_at") WHERE revoked_at is not null;--> statement-breakpoint
CREATE INDEX "authorization_codes_expiry" ON "authorization_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "authorization_codes_account" ON "authorization_codes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "authorization_codes_application" ON "authorization_codes" USING btree ("application_id");--> statement-breakpoint
CREATE INDEX "authorization_codes_token" ON "authorization_codes" USING btree ("token_id") WHERE token_id is not null;--> statement-breakpoint
CREATE INDEX "account_domain_blocks_of_account" ON "account_domain_blocks" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "account_notes_target" ON "account_notes" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "blocks_of_account" ON "blocks" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "blocks_of_target" ON "blocks" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "endorsements_of_account" ON "endorsements" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "endorsements_target" ON "endorsements" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "follow_requests_of_target" ON "follow_requests" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "follows_of_follower" ON "follows" USING btree ("follower_id","id");--> statement-breakpoint
CREATE INDEX "follows_of_target" ON "follows" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "follows_created_at" ON "follows" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "follows_notifying" ON "follows" USING btree ("target_id") WHERE notifies;--> statement-breakpoint
CREATE INDEX "mutes_of_account" ON "mutes" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "mutes_of_target" ON "mutes" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "mutes_expiry" ON "mutes" USING btree ("expires_at") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "suggestion_dismissals_target" ON "suggestion_dismissals" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "mentions_account" ON "mentions" USING btree ("account_id","status_id");--> statement-breakpoint
CREATE UNIQUE INDEX "pins_once" ON "pins" USING btree ("account_id","status_id");--> statement-breakpoint
CREATE INDEX "pins_of_account" ON "pins" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "pins_of_status" ON "pins" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "quotes_of_status" ON "quotes" USING btree ("quoted_status_id","id") WHERE quoted_status_id is not null;--> statement-breakpoint
CREATE INDEX "quotes_waiting" ON "quotes" USING btree ("quoted_uri") WHERE quoted_status_id is null;--> statement-breakpoint
CREATE INDEX "quotes_account" ON "quotes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "quotes_quoted_account" ON "quotes" USING btree ("quoted_account_id") WHERE quoted_account_id is not null;--> statement-breakpoint
CREATE INDEX "scheduled_statuses_of_account" ON "scheduled_statuses" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "scheduled_statuses_due" ON "scheduled_statuses" USING btree ("scheduled_at");--> statement-breakpoint
CREATE INDEX "status_edits_of_status" ON "status_edits" USING btree ("status_id","id");--> statement-breakpoint
CREATE INDEX "status_search_words" ON "status_search" USING gin ("document");--> statement-breakpoint
CREATE INDEX "statuses_account" ON "statuses" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "statuses_public" ON "statuses" USING btree ("id") WHERE visibility = 'public' and reblog_of_id is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_public_by_origin" ON "statuses" USING btree ("is_local","id") WHERE visibility = 'public' and reblog_of_id is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_public_media" ON "statuses" USING btree ("id") WHERE visibility = 'public' and reblog_of_id is null and deleted_at is null and has_media;--> statement-breakpoint
CREATE INDEX "statuses_account_media" ON "statuses" USING btree ("account_id","id") WHERE deleted_at is null and has_media;--> statement-breakpoint
CREATE INDEX "statuses_thread" ON "statuses" USING btree ("thread_id","id");--> statement-breakpoint
CREATE INDEX "statuses_local_replies" ON "statuses" USING btree ("id","account_id") WHERE is_local and in_reply_to_uri is not null and visibility in ('public', 'unlisted') and deleted_at is null and (consent is null or consent = 'unproven');--> statement-breakpoint
CREATE INDEX "statuses_replies" ON "statuses" USING btree ("in_reply_to_id","id") WHERE in_reply_to_id is not null;--> statement-breakpoint
CREATE INDEX "statuses_reply_account" ON "statuses" USING btree ("in_reply_to_account_id") WHERE in_reply_to_account_id is not null;--> statement-breakpoint
CREATE INDEX "statuses_orphans" ON "statuses" USING btree ("in_reply_to_uri") WHERE in_reply_to_uri is not null and in_reply_to_id is null;--> statement-breakpoint
CREATE INDEX "statuses_reblogs" ON "statuses" USING btree ("reblog_of_id","id") WHERE reblog_of_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "statuses_one_reblog" ON "statuses" USING btree ("account_id","reblog_of_id") WHERE reblog_of_id is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "statuses_url" ON "statuses" USING hash ("url");--> statement-breakpoint
CREATE INDEX "statuses_received_at" ON "statuses" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "statuses_application" ON "statuses" USING btree ("application_id") WHERE application_id is not null;--> statement-breakpoint
CREATE INDEX "statuses_approval" ON "statuses" USING btree ("approval_uri") WHERE approval_uri is not null;--> statement-breakpoint
CREATE INDEX "statuses_tombstones" ON "statuses" USING btree ("deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "thread_mutes_thread" ON "thread_mutes" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "card_days_day" ON "card_days" USING btree ("day","accounts");--> statement-breakpoint
CREATE INDEX "tag_days_day" ON "tag_days" USING btree ("day","accounts");--> statement-breakpoint
CREATE INDEX "trending_cards_score" ON "trending_cards" USING btree ("score");--> statement-breakpoint
CREATE INDEX "trending_statuses_score" ON "trending_statuses" USING btree ("score");--> statement-breakpoint
CREATE INDEX "trending_tags_score" ON "trending_tags" USING btree ("score");