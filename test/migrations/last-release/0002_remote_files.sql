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
CREATE INDEX "remote_files_used_at" ON "remote_files" USING btree ("used_at");--> statement-breakpoint
CREATE INDEX "media_remote_url" ON "media" USING btree ("remote_url") WHERE remote_url is not null;