ALTER TABLE `careers` ADD `input_hash` varchar(43) character set utf8mb4 collate utf8mb4_bin;--> statement-breakpoint
ALTER TABLE `posts` ADD `input_hash` varchar(43) character set utf8mb4 collate utf8mb4_bin;--> statement-breakpoint
ALTER TABLE `tag_days` ADD `people` int;--> statement-breakpoint
CREATE INDEX `posts_deleted` ON `posts` (`deleted_at`);--> statement-breakpoint
CREATE INDEX `tag_days_people` ON `tag_days` (`day`,`tag_id`,`people`,`uses`);--> statement-breakpoint
DROP INDEX `tag_days_uses` ON `tag_days`;
