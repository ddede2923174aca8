ALTER TABLE `job_runs` MODIFY COLUMN `finished_at` datetime(3);--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `source` varchar(190) character set utf8mb4 collate utf8mb4_bin NOT NULL;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `slice` json;--> statement-breakpoint
ALTER TABLE `job_runs` ADD `lease_until` datetime(3);--> statement-breakpoint
ALTER TABLE `schedule_runs` ADD `attempts` int DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `due_by` varchar(20) DEFAULT 'cron' NOT NULL;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD CONSTRAINT `dead_letters_source` UNIQUE(`source`);