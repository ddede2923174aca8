DROP INDEX `posts_author` ON `posts`;--> statement-breakpoint
DROP INDEX `posts_career` ON `posts`;--> statement-breakpoint
CREATE INDEX `posts_author` ON `posts` (`author_id`,`deleted_at`,`id`);--> statement-breakpoint
CREATE INDEX `posts_career` ON `posts` (`career_id`,`deleted_at`,`id`,`author_id`);