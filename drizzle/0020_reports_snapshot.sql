ALTER TABLE "reports" ALTER COLUMN "account_id" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "snapshot" jsonb;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "reporter_name" text;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "reporter_email" text;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "forwarded_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "answer" text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "answered_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "updated_at" timestamp (3) with time zone;
