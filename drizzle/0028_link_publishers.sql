CREATE TABLE "link_publishers" (
	"id" bigint PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"is_trendable" boolean,
	"reviewed_at" timestamp (3) with time zone,
	"requested_review_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "link_publishers_domain_unique" UNIQUE("domain")
);
