DROP INDEX `tag_days_day` ON `tag_days`;--> statement-breakpoint
CREATE INDEX `tag_days_uses` ON `tag_days` (`day`,`tag_id`,`uses`);--> statement-breakpoint
CREATE INDEX `tags_used` ON `tags` (`post_count`);