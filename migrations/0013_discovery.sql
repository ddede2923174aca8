CREATE TABLE `discoveries` (
	`id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`source` varchar(20) NOT NULL,
	`title` varchar(300) NOT NULL,
	`author` varchar(120),
	`url` varchar(2048) NOT NULL,
	`picture_url` varchar(2048),
	`channel_id` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`channel_picture_url` varchar(2048),
	`duration_seconds` int,
	`language` varchar(10),
	`published_at` datetime(3),
	`first_seen_at` datetime(3) NOT NULL,
	`refreshed_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`sort_at` datetime(3) NOT NULL,
	CONSTRAINT `discoveries_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `discovery_hosts` (
	`host` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`next_at` datetime(3) NOT NULL,
	`failures` int NOT NULL DEFAULT 0,
	`open_until` datetime(3),
	`robots_state` varchar(20),
	`robots_text` mediumtext,
	`robots_read_at` datetime(3),
	CONSTRAINT `discovery_hosts_host` PRIMARY KEY(`host`)
);
--> statement-breakpoint
CREATE TABLE `discovery_identities` (
	`identity` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`discovery_id` bigint NOT NULL,
	CONSTRAINT `discovery_identities_identity` PRIMARY KEY(`identity`)
);
--> statement-breakpoint
CREATE TABLE `discovery_quotas` (
	`name` varchar(30) NOT NULL,
	`day` date NOT NULL,
	`used` int NOT NULL,
	`is_spent` tinyint(1) NOT NULL DEFAULT false,
	CONSTRAINT `discovery_quotas_name_day_pk` PRIMARY KEY(`name`,`day`)
);
--> statement-breakpoint
CREATE TABLE `discovery_runs` (
	`day` date NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`plan` json NOT NULL,
	CONSTRAINT `discovery_runs_day` PRIMARY KEY(`day`)
);
--> statement-breakpoint
CREATE TABLE `discovery_tags` (
	`tag_id` bigint NOT NULL,
	`discovery_id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`sort_at` datetime(3) NOT NULL,
	CONSTRAINT `discovery_tags_tag_id_discovery_id_pk` PRIMARY KEY(`tag_id`,`discovery_id`)
);
--> statement-breakpoint
CREATE TABLE `discovery_validators` (
	`url_hash` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`etag` varchar(300),
	`last_modified` varchar(60),
	`checked_at` datetime(3) NOT NULL,
	CONSTRAINT `discovery_validators_url_hash` PRIMARY KEY(`url_hash`)
);
--> statement-breakpoint
CREATE TABLE `discovery_visits` (
	`day` date NOT NULL,
	`source` varchar(20) NOT NULL,
	`tag_id` bigint NOT NULL,
	`position` int NOT NULL,
	`state` varchar(10) NOT NULL,
	`lease_until` datetime(3),
	`attempts` int NOT NULL DEFAULT 0,
	`deferrals` int NOT NULL DEFAULT 0,
	`outcome` varchar(30),
	`is_partial` tinyint(1) NOT NULL DEFAULT false,
	`stored` int NOT NULL DEFAULT 0,
	`known` int NOT NULL DEFAULT 0,
	`dropped` json,
	`finished_at` datetime(3),
	CONSTRAINT `discovery_visits_day_source_tag_id_pk` PRIMARY KEY(`day`,`source`,`tag_id`),
	CONSTRAINT `discovery_visits_position` UNIQUE(`day`,`source`,`position`)
);
--> statement-breakpoint
CREATE INDEX `discoveries_kind` ON `discoveries` (`kind`,`sort_at`,`id`);--> statement-breakpoint
CREATE INDEX `discoveries_expiry` ON `discoveries` (`expires_at`);--> statement-breakpoint
CREATE INDEX `discovery_identities_discovery` ON `discovery_identities` (`discovery_id`);--> statement-breakpoint
CREATE INDEX `discovery_tags_page` ON `discovery_tags` (`tag_id`,`kind`,`sort_at`,`discovery_id`);--> statement-breakpoint
CREATE INDEX `discovery_tags_discovery` ON `discovery_tags` (`discovery_id`);--> statement-breakpoint
CREATE INDEX `discovery_validators_checked` ON `discovery_validators` (`checked_at`);--> statement-breakpoint
CREATE INDEX `discovery_visits_outcome` ON `discovery_visits` (`day`,`source`,`outcome`);