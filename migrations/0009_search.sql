CREATE TABLE `recent_searches` (
	`user_id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`entry_key` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`id` bigint NOT NULL,
	`target_id` bigint,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `recent_searches_user_id_kind_entry_key_pk` PRIMARY KEY(`user_id`,`kind`,`entry_key`),
	CONSTRAINT `recent_searches_id` UNIQUE(`id`)
);
--> statement-breakpoint
CREATE TABLE `search_changes` (
	`kind` varchar(10) NOT NULL,
	`target_id` bigint NOT NULL,
	`destination` varchar(4) NOT NULL,
	`stamp` bigint NOT NULL,
	`available_at` datetime(3) NOT NULL,
	`claim` varchar(43) character set utf8mb4 collate utf8mb4_bin,
	`attempts` int NOT NULL DEFAULT 0,
	`taken_stamp` bigint,
	`task_uid` int,
	CONSTRAINT `search_changes_kind_target_id_destination_pk` PRIMARY KEY(`kind`,`target_id`,`destination`)
);
--> statement-breakpoint
CREATE TABLE `search_indexes` (
	`kind` varchar(10) NOT NULL,
	`fingerprint` varchar(43) character set utf8mb4 collate utf8mb4_bin,
	`built_at` datetime(3),
	`rebuild_id` bigint,
	`rebuild_started_at` datetime(3),
	`beat_at` datetime(3),
	`lease_token` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`lease_until` datetime(3),
	CONSTRAINT `search_indexes_kind` PRIMARY KEY(`kind`)
);
--> statement-breakpoint
CREATE INDEX `recent_searches_user` ON `recent_searches` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `recent_searches_target` ON `recent_searches` (`target_id`);--> statement-breakpoint
CREATE INDEX `search_changes_available` ON `search_changes` (`destination`,`available_at`);--> statement-breakpoint
CREATE INDEX `search_changes_claim` ON `search_changes` (`claim`);--> statement-breakpoint
CREATE INDEX `search_changes_task` ON `search_changes` (`task_uid`);