ALTER TABLE "mail_tokens" ADD COLUMN "data" jsonb DEFAULT '{}'::jsonb NOT NULL;
