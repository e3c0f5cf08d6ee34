-- allows removes-without-contract: each constraint that goes is replaced by a wider one, which stands already
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_distinct" UNIQUE USING INDEX "notifications_distinct";
--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_once";
--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_status_given";
--> statement-breakpoint
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_not_self";
