CREATE TABLE "interaction_requests" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"from_account_id" bigint NOT NULL,
	"status_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"favourite_id" bigint,
	"interaction_id" bigint,
	"interaction_uri" text,
	"request_uri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "interaction_requests_of_favourite" UNIQUE("favourite_id"),
	CONSTRAINT "interaction_requests_of_interaction" UNIQUE("interaction_id","kind"),
	CONSTRAINT "interaction_requests_subject" CHECK (state = 'rejected' or ((kind = 'like') = (interaction_id is null) and (kind = 'like') = (favourite_id is not null))),
	CONSTRAINT "interaction_requests_answered" CHECK ((state = 'pending') = (answered_at is null))
);
--> statement-breakpoint
ALTER TABLE "interaction_requests" ADD CONSTRAINT "interaction_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interaction_requests" ADD CONSTRAINT "interaction_requests_from_account_id_accounts_id_fk" FOREIGN KEY ("from_account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interaction_requests" ADD CONSTRAINT "interaction_requests_status_id_statuses_id_fk" FOREIGN KEY ("status_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interaction_requests" ADD CONSTRAINT "interaction_requests_favourite_id_favourites_id_fk" FOREIGN KEY ("favourite_id") REFERENCES "public"."favourites"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interaction_requests" ADD CONSTRAINT "interaction_requests_interaction_id_statuses_id_fk" FOREIGN KEY ("interaction_id") REFERENCES "public"."statuses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "interaction_requests_of_account" ON "interaction_requests" USING btree ("account_id","state","id");--> statement-breakpoint
CREATE INDEX "interaction_requests_from" ON "interaction_requests" USING btree ("from_account_id","account_id","state");--> statement-breakpoint
CREATE INDEX "interaction_requests_of_status" ON "interaction_requests" USING btree ("status_id","from_account_id","kind");--> statement-breakpoint
CREATE INDEX "interaction_requests_age" ON "interaction_requests" USING btree ("created_at") WHERE state <> 'accepted';