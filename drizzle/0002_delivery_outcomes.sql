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
CREATE TABLE "inboxes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "inboxes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"url" text NOT NULL,
	"host" text NOT NULL,
	CONSTRAINT "inboxes_url_unique" UNIQUE("url")
);
--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_finished";--> statement-breakpoint
DROP INDEX "deliveries_pending";--> statement-breakpoint
DROP INDEX "deliveries_finished_at";--> statement-breakpoint
DROP INDEX "deliveries_holding";--> statement-breakpoint
ALTER TABLE "activities" ADD COLUMN "status_id" bigint;--> statement-breakpoint
ALTER TABLE "relays" ADD COLUMN "last_error" text;--> statement-breakpoint
ALTER TABLE "delivery_outcomes" ADD CONSTRAINT "delivery_outcomes_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_outcomes_status" ON "delivery_outcomes" USING btree ("status_id");--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activities_status" ON "activities" USING btree ("status_id") WHERE status_id is not null;--> statement-breakpoint
CREATE INDEX "deliveries_host" ON "deliveries" USING btree ("host","activity_id");--> statement-breakpoint
CREATE INDEX "deliveries_holding" ON "deliveries" USING btree ("host","inbox_url","activity_id") WHERE attempts > 0 and attempts < 3;--> statement-breakpoint
ALTER TABLE "deliveries" DROP COLUMN "state";--> statement-breakpoint
ALTER TABLE "deliveries" DROP COLUMN "finished_at";