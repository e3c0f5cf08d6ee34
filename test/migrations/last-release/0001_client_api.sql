CREATE SEQUENCE "public"."push_subscription_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
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
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"event" jsonb NOT NULL,
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
	CONSTRAINT "custom_emojis_shortcode" CHECK (shortcode ~ '^[A-Za-z0-9_]{1,64}$'),
	CONSTRAINT "custom_emojis_is_somewhere" CHECK (file is not null or remote_url is not null)
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
CREATE TABLE "conversations" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"thread_id" bigint NOT NULL,
	"last_status_id" bigint NOT NULL,
	"is_unread" boolean DEFAULT false NOT NULL,
	CONSTRAINT "conversations_once" UNIQUE("account_id","thread_id")
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
	"for_limited_accounts" text DEFAULT 'filter' NOT NULL
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
CREATE TABLE "endorsements" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "endorsements_once" UNIQUE("account_id","target_id"),
	CONSTRAINT "endorsements_not_self" CHECK (account_id <> target_id)
);
--> statement-breakpoint
CREATE TABLE "suggestion_dismissals" (
	"account_id" bigint NOT NULL,
	"target_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "suggestion_dismissals_account_id_target_id_pk" PRIMARY KEY("account_id","target_id")
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
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_once";--> statement-breakpoint
ALTER TABLE "media" DROP CONSTRAINT "media_is_somewhere";--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_status_given";--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_not_self";--> statement-breakpoint
ALTER TABLE "status_stats" DROP CONSTRAINT "status_stats_not_negative";--> statement-breakpoint
DROP INDEX "media_unattached";--> statement-breakpoint
ALTER TABLE "media" ALTER COLUMN "position" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "avatar_description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "header_description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "shows_media" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "shows_media_replies" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "shows_featured" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "attribution_domains" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "default_quote_policy" text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "locale" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "poll_votes" ADD COLUMN "uri" text;--> statement-breakpoint
ALTER TABLE "polls" ADD COLUMN "hides_totals" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "tags" ADD COLUMN "is_trendable" boolean;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "scheduled_status_id" bigint;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "state" text DEFAULT 'ready' NOT NULL;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "duration_seconds" double precision;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "frame_rate" double precision;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "bitrate" integer;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "collection_id" bigint;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "report_id" bigint;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "group_key" text;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "is_filtered" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "follow_requests" ADD COLUMN "notifies" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "follow_requests" ADD COLUMN "languages" text[];--> statement-breakpoint
ALTER TABLE "follows" ADD COLUMN "notifies" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "follows" ADD COLUMN "languages" text[];--> statement-breakpoint
ALTER TABLE "mutes" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "status_stats" ADD COLUMN "quotes_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "thread_id" bigint;--> statement-breakpoint
WITH RECURSIVE thread(id, root) AS (
	SELECT id, id FROM statuses WHERE in_reply_to_id IS NULL
	UNION ALL SELECT s.id, t.root FROM statuses s JOIN thread t ON s.in_reply_to_id = t.id
) UPDATE statuses SET thread_id = thread.root FROM thread WHERE thread.id = statuses.id;--> statement-breakpoint
UPDATE statuses SET thread_id = id WHERE thread_id IS NULL;--> statement-breakpoint
ALTER TABLE "statuses" ALTER COLUMN "thread_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "quote_automatic" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "quote_manual" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "is_trendable" boolean;--> statement-breakpoint
ALTER TABLE "annual_reports" ADD CONSTRAINT "annual_reports_account_id_users_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."users"("account_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cards" ADD CONSTRAINT "cards_author_account_id_accounts_id_fk" FOREIGN KEY ("author_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_cards" ADD CONSTRAINT "status_cards_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_cards" ADD CONSTRAINT "status_cards_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filter_keywords" ADD CONSTRAINT "filter_keywords_filter_id_filters_id_fk" FOREIGN KEY ("filter_id") REFERENCES "public"."filters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filter_statuses" ADD CONSTRAINT "filter_statuses_filter_id_filters_id_fk" FOREIGN KEY ("filter_id") REFERENCES "public"."filters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filter_statuses" ADD CONSTRAINT "filter_statuses_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filters" ADD CONSTRAINT "filters_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_dismissals" ADD CONSTRAINT "announcement_dismissals_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_dismissals" ADD CONSTRAINT "announcement_dismissals_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_reactions" ADD CONSTRAINT "announcement_reactions_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_reactions" ADD CONSTRAINT "announcement_reactions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
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
ALTER TABLE "reports" ADD CONSTRAINT "reports_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_resolved_by_id_accounts_id_fk" FOREIGN KEY ("resolved_by_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_assigned_to_id_accounts_id_fk" FOREIGN KEY ("assigned_to_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_last_status_id_statuses_id_fk" FOREIGN KEY ("last_status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_permissions" ADD CONSTRAINT "notification_permissions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_permissions" ADD CONSTRAINT "notification_permissions_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_policies" ADD CONSTRAINT "notification_policies_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_token_id_access_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_domain_blocks" ADD CONSTRAINT "account_domain_blocks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissals" ADD CONSTRAINT "suggestion_dismissals_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissals" ADD CONSTRAINT "suggestion_dismissals_target_id_accounts_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pins" ADD CONSTRAINT "pins_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pins" ADD CONSTRAINT "pins_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_quoted_status_id_statuses_id_fk" FOREIGN KEY ("quoted_status_id") REFERENCES "public"."statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_quoted_account_id_accounts_id_fk" FOREIGN KEY ("quoted_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheduled_statuses" ADD CONSTRAINT "scheduled_statuses_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_edits" ADD CONSTRAINT "status_edits_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_search" ADD CONSTRAINT "status_search_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_mutes" ADD CONSTRAINT "thread_mutes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "card_days" ADD CONSTRAINT "card_days_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_days" ADD CONSTRAINT "tag_days_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trending_cards" ADD CONSTRAINT "trending_cards_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trending_statuses" ADD CONSTRAINT "trending_statuses_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trending_tags" ADD CONSTRAINT "trending_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cards_author" ON "cards" USING btree ("author_account_id") WHERE author_account_id is not null;--> statement-breakpoint
CREATE INDEX "cards_fetched_at" ON "cards" USING btree ("fetched_at");--> statement-breakpoint
CREATE INDEX "status_cards_of_card" ON "status_cards" USING btree ("card_id","status_id");--> statement-breakpoint
CREATE INDEX "events_transaction" ON "events" USING btree ("transaction");--> statement-breakpoint
CREATE INDEX "events_created_at" ON "events" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "filter_keywords_of_filter" ON "filter_keywords" USING btree ("filter_id","id");--> statement-breakpoint
CREATE INDEX "filter_statuses_status" ON "filter_statuses" USING btree ("status_id");--> statement-breakpoint
CREATE INDEX "filters_of_account" ON "filters" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "announcement_dismissals_account" ON "announcement_dismissals" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "announcement_reactions_account" ON "announcement_reactions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "announcements_published" ON "announcements" USING btree ("published_at") WHERE published_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_emojis_once" ON "custom_emojis" USING btree ("shortcode",coalesce("domain", ''));--> statement-breakpoint
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
CREATE INDEX "reports_account" ON "reports" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "reports_target" ON "reports" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "reports_open" ON "reports" USING btree ("id") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "reports_resolved_by" ON "reports" USING btree ("resolved_by_id") WHERE resolved_by_id is not null;--> statement-breakpoint
CREATE INDEX "reports_assigned_to" ON "reports" USING btree ("assigned_to_id") WHERE assigned_to_id is not null;--> statement-breakpoint
CREATE INDEX "conversations_of_account" ON "conversations" USING btree ("account_id","last_status_id");--> statement-breakpoint
CREATE INDEX "conversations_last_status" ON "conversations" USING btree ("last_status_id");--> statement-breakpoint
CREATE INDEX "conversations_thread" ON "conversations" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "notification_permissions_from" ON "notification_permissions" USING btree ("from_account_id");--> statement-breakpoint
CREATE INDEX "notification_requests_of_account" ON "notification_requests" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "notification_requests_from" ON "notification_requests" USING btree ("from_account_id");--> statement-breakpoint
CREATE INDEX "push_subscriptions_account" ON "push_subscriptions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "account_domain_blocks_of_account" ON "account_domain_blocks" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "account_notes_target" ON "account_notes" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "endorsements_of_account" ON "endorsements" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "endorsements_target" ON "endorsements" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "suggestion_dismissals_target" ON "suggestion_dismissals" USING btree ("target_id");--> statement-breakpoint
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
CREATE INDEX "thread_mutes_thread" ON "thread_mutes" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "card_days_day" ON "card_days" USING btree ("day","accounts");--> statement-breakpoint
CREATE INDEX "tag_days_day" ON "tag_days" USING btree ("day","accounts");--> statement-breakpoint
CREATE INDEX "trending_cards_score" ON "trending_cards" USING btree ("score");--> statement-breakpoint
CREATE INDEX "trending_statuses_score" ON "trending_statuses" USING btree ("score");--> statement-breakpoint
CREATE INDEX "trending_tags_score" ON "trending_tags" USING btree ("score");--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_scheduled_status_id_scheduled_statuses_id_fk" FOREIGN KEY ("scheduled_status_id") REFERENCES "public"."scheduled_statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_stats_activity" ON "account_stats" USING btree ("last_status_at","account_id") WHERE last_status_at is not null;--> statement-breakpoint
CREATE INDEX "account_stats_followers" ON "account_stats" USING btree ("followers_count");--> statement-breakpoint
CREATE INDEX "accounts_directory" ON "accounts" USING btree ("id") WHERE is_discoverable and suspended_at is null;--> statement-breakpoint
CREATE INDEX "accounts_local_directory" ON "accounts" USING btree ("id") WHERE is_discoverable and suspended_at is null and domain is null;--> statement-breakpoint
CREATE INDEX "media_scheduled" ON "media" USING btree ("scheduled_status_id") WHERE scheduled_status_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_group" ON "notifications" USING btree ("account_id","group_key","id") WHERE group_key is not null;--> statement-breakpoint
CREATE INDEX "notifications_filtered" ON "notifications" USING btree ("account_id","from_account_id","id") WHERE is_filtered;--> statement-breakpoint
CREATE INDEX "notifications_collection" ON "notifications" USING btree ("collection_id") WHERE collection_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_report" ON "notifications" USING btree ("report_id") WHERE report_id is not null;--> statement-breakpoint
CREATE INDEX "follows_notifying" ON "follows" USING btree ("target_id") WHERE notifies;--> statement-breakpoint
CREATE INDEX "mutes_expiry" ON "mutes" USING btree ("expires_at") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "statuses_thread" ON "statuses" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "media_unattached" ON "media" USING btree ("created_at") WHERE status_id is null and scheduled_status_id is null;--> statement-breakpoint
ALTER TABLE "poll_votes" ADD CONSTRAINT "poll_votes_uri_unique" UNIQUE("uri");--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_once" UNIQUE NULLS NOT DISTINCT("account_id","type","from_account_id","status_id","collection_id","report_id");--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_is_somewhere" CHECK (file is not null or remote_url is not null or state <> 'ready');--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_status_given" CHECK ((type in ('follow', 'follow_request', 'admin.sign_up', 'admin.report', 'added_to_collection')) = (status_id is null));--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_not_self" CHECK (account_id <> from_account_id or type = 'poll');--> statement-breakpoint
ALTER TABLE "status_stats" ADD CONSTRAINT "status_stats_not_negative" CHECK (replies_count >= 0 and reblogs_count >= 0 and favourites_count >= 0 and quotes_count >= 0);--> statement-breakpoint
INSERT INTO conversations (id, account_id, thread_id, last_status_id)
	SELECT (floor(extract(epoch FROM now()) * 1000)::bigint << 16) + row_number() OVER (ORDER BY last_status_id), account_id, thread_id, last_status_id FROM (
		SELECT u.account_id, s.thread_id, max(s.id) AS last_status_id
		FROM statuses s JOIN (
			SELECT id AS status_id, account_id FROM statuses WHERE visibility = 'direct'
			UNION SELECT status_id, account_id FROM mentions
		) people ON people.status_id = s.id JOIN users u ON u.account_id = people.account_id
		WHERE s.visibility = 'direct' AND s.deleted_at IS NULL GROUP BY u.account_id, s.thread_id) reached;
