ALTER TABLE "webhooks" ADD COLUMN "gave_up_at" timestamp (3) with time zone;
