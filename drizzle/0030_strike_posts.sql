CREATE TABLE "strike_posts" (
	"strike_id" bigint PRIMARY KEY NOT NULL,
	"posts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "strike_posts" ADD CONSTRAINT "strike_posts_strike_id_strikes_id_fk" FOREIGN KEY ("strike_id") REFERENCES "public"."strikes"("id") ON DELETE cascade ON UPDATE no action;