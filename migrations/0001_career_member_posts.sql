ALTER TABLE `career_members` ADD `post_count` int DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `career_members` ADD `last_post_at` datetime(3);